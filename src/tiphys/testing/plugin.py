"""The pytest plugin of Tiphys; loaded by pytest wherever Tiphys is installed, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tiphys.testing.clock import VirtualClock
    from tiphys.testing.trial import Trial

# Contract suites are modules of ours, yet their asserts must explain themselves as those of test modules do.
pytest.register_assert_rewrite("tiphys.testing.contracts")


@pytest.fixture
def run_workflow() -> type[Trial]:
    """Runs a workflow with mocked steps in virtual time: ``run_workflow("wf.yaml", mocks={"build": ok("v1")})``."""
    from tiphys.testing.trial import Trial

    return Trial


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """A clock that stands still until the test calls ``advance`` or ``set``."""
    from tiphys.testing.clock import VirtualClock

    return VirtualClock()

"""The pytest plugin of Tiphys; loaded by pytest wherever Tiphys is installed, so it imports next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tiphys.testing.clock import VirtualClock

# Contract suites are modules of ours, yet their asserts must explain themselves as those of test modules do.
pytest.register_assert_rewrite("tiphys.testing.contracts")


@pytest.fixture
def virtual_clock() -> VirtualClock:
    """A clock that stands still until the test calls ``advance`` or ``set``."""
    from tiphys.testing.clock import VirtualClock

    return VirtualClock()

"""Settings of the whole suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.engine.podman import Podman

#: CI tries the same examples each time, so that it judges the change; everywhere else new ones are tried.
#: No example has a time limit anywhere: a loaded machine is no failure.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """A container engine of the tests' own, with the image ``busybox``; for tests that ``needs_podman`` marks."""
    from tests.engine.podman import podman_service

    with podman_service() as made:
        yield made

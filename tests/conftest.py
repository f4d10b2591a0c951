"""Settings of the whole suite."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
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

#: Folders whose tests drive engines, databases and servers as users have them (``docs/decisions/0057``).
REAL = ("api", "canary", "contract", "examples", "kill", "unit/adapters")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a test of real components that fails has a second look; both are said."""
    folders = [Path(__file__).parent / folder for folder in REAL]
    for item in items:
        if os.environ.get("CI") and any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What failed at the first look is shown as any failure is."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"failed once: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """A container engine of the tests' own, with the image ``busybox``; for tests that ``needs_podman`` marks."""
    from tests.engine.podman import podman_service

    with podman_service() as made:
        yield made

"""The machine of a test in either runtime."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine.podman import Podman, needs_podman
from tests.kill.machine import Machine
from tests.needs import needs

PROCESS = pytest.param("process", marks=needs(shutil.which("bwrap") is not None, "bubblewrap"))
CONTAINER = pytest.param("container", marks=needs_podman)


@pytest.fixture(params=[PROCESS, CONTAINER])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    if request.param == "process":
        return Machine(tmp_path, {"TIPHYS_RUNTIME": "process"})
    podman: Podman = request.getfixturevalue("podman")
    return Machine(tmp_path, {"TIPHYS_RUNTIME": "container", "TIPHYS_ENGINE": podman.address})

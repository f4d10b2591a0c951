"""The container runtime over a real engine: Podman through the Docker-compatible API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.engine import needs_podman, podman_service

from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
from tiphys.testing.contracts.pods import PodContract
from tiphys.testing.contracts.runtime import UID


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with podman_service(tmp_path_factory.mktemp("podman")) as address:
        yield address


@pytest.fixture
def runtime(engine: str, tmp_path: Path) -> Iterator[ContainerRuntime]:
    made = ContainerRuntime(tmp_path / "home", engine)
    yield made
    made.remove(UID)
    made.close()


@needs_podman
class TestPodman(PodContract):
    """Everything that the contracts say."""

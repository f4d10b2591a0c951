"""The container runtime over a real podman: Podman through the Docker-compatible API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.engine.images import debian_image
from tests.engine.podman import Podman, needs_podman

from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
from tiphys.ports.runtime import OutputParameter, PodRequest
from tiphys.testing.contracts.pods import PodContract, container, pod_of
from tiphys.testing.contracts.runtime import UID, run


@pytest.fixture(scope="module")
def debian(podman: Podman) -> str:
    debian_image(podman.folder / "debian.tar")
    podman.add(podman.folder / "debian.tar", "debian")
    return podman.address


@pytest.fixture
def runtime(podman: Podman, tmp_path: Path) -> Iterator[ContainerRuntime]:
    made = ContainerRuntime(tmp_path / "home", podman.address)
    yield made
    made.remove(UID)
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@needs_podman
class TestPodman(PodContract):
    """Everything that the contracts say, in an image of busybox alone."""


class InDebian(ContainerRuntime):
    """Runs every container in the image ``debian``."""

    def start(self, request: PodRequest) -> None:
        spec: Any = request.manifest["spec"]
        groups = {
            name: [{**item, "image": "debian"} for item in spec[name]]
            for name in ("initContainers", "containers")
            if name in spec
        }
        super().start(replace(request, manifest={**request.manifest, "spec": {**spec, **groups}}))


@needs_podman
class TestDebian(PodContract):
    """The same in a Debian made by debootstrap: other shell, other libraries, a user's whole system."""

    @pytest.fixture
    def runtime(self, debian: str, tmp_path: Path) -> Iterator[ContainerRuntime]:
        made = InDebian(tmp_path / "home", debian)
        yield made
        made.remove(UID)
        made.close()


@needs_podman
def test_images_that_cannot_be_had_fail_the_node_with_the_reason(runtime: ContainerRuntime) -> None:
    image = "localhost:1/none:1"
    for name, policy, reason in (("a", "IfNotPresent", "ErrImagePull"), ("b", "Never", "ErrImageNeverPull")):
        main = {**container("main", "true"), "image": image, "imagePullPolicy": policy}
        report = run(runtime, pod_of(name, main))
        assert report.phase == "Failed" and report.message == ""
        assert (report.containers[0].state, report.containers[0].reason) == ("waiting", reason)
        assert image in report.containers[0].message


@needs_podman
def test_artifacts_go_in_and_come_out(runtime: ContainerRuntime) -> None:
    text = {"name": "in", "path": "/work/in.txt", "raw": {"data": "hello"}}
    out = {"name": "out", "path": "/made", "archive": {"none": {}}, "file": {"key": "t/out"}}
    script = "mkdir /made; cat /work/in.txt > /made/copy; ln -s copy /made/link; echo logged"
    request = replace(
        pod_of("a", container("main", script)),
        input_artifacts=(text,),
        output_artifacts=(out,),
        output_parameters=(OutputParameter(name="p", path="/made/link"),),
    )
    report = run(runtime, request)
    assert report.phase == "Succeeded" and report.outputs is not None, report
    assert report.outputs.error is None and report.outputs.parameters == (("p", "hello"),)
    assert [item["name"] for item in report.outputs.artifacts] == ["out"]

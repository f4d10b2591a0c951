"""The container runtime over a real podman: Podman through the Docker-compatible API."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.engine.dockerd import Docker, docker_service, needs_docker
from tests.engine.images import debian_image
from tests.engine.podman import Podman, needs_podman, podman_service
from tests.engine.registry import PASSWORD, USER, docker_config, needs_registry, registry
from tests.waiting import until

from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
from tiphys.adapters.supervisor.layout import pod_directory
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.runtime import OutputParameter, PodReport, PodRequest, PodSources
from tiphys.secret import Secret
from tiphys.testing.contracts.pods import PodContract, container, pod_of, result_of
from tiphys.testing.contracts.runtime import UID, log_of, run, wait_for


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


@pytest.fixture(scope="module")
def docker() -> Iterator[Docker]:
    with docker_service() as made:
        yield made


@needs_docker
class TestDocker(PodContract):
    """The same over Docker itself, which differs from Podman where nobody looks."""

    @pytest.fixture
    def runtime(self, docker: Docker, tmp_path: Path) -> Iterator[ContainerRuntime]:
        made = ContainerRuntime(tmp_path / "home", docker.address)
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
def test_what_a_container_may_do_is_what_its_manifest_says(runtime: ContainerRuntime) -> None:
    script = "grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status | tr '\\t' ' '; grep -E 'nameserver 192|ndots' /etc/resolv.conf"
    narrow = {
        "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]},
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "Unconfined"},
    }
    names = {"nameservers": ["192.0.2.1"], "options": [{"name": "ndots", "value": "3"}]}
    beside = container("beside", "while test ! -e /stop; do sleep 0.1; done", securityContext=narrow)
    pod = pod_of("narrow", container("main", script, securityContext=narrow), beside, dnsConfig=names)
    assert result_of(runtime, pod).splitlines() == [
        "CapEff: 0000000000000001",
        "NoNewPrivs: 1",
        "Seccomp: 0",
        "nameserver 192.0.2.1",
        "options ndots:3",
    ]


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


@needs_podman
def test_modes_survive_the_way_out_and_in(runtime: ContainerRuntime) -> None:
    place: JsonObject = {"name": "a", "path": "/made", "file": {"key": "t/modes"}}
    script = "mkdir -p /made/d/e; echo x > /made/d/e/f; chmod 666 /made/d/e/f; chmod 705 /made/d; chmod 770 /made/d/e"
    made = run(runtime, replace(pod_of("a", container("main", script)), output_artifacts=(place,)))
    assert made.phase == "Succeeded" and made.outputs is not None and made.outputs.error is None, made
    look = pod_of("b", container("main", "stat -c %a /made/d /made/d/e /made/d/e/f"))
    assert result_of(runtime, replace(look, input_artifacts=(place,))).split() == ["705", "770", "666"]


@needs_podman
def test_pods_outlive_the_service_of_their_engine(tmp_path: Path) -> None:
    """It is killed while one pod goes on and another ends, and starts again."""
    script = "echo one; echo x >> /v/begun; until test -e /v/go; do sleep 0.1; done; echo two; cat /v/begun"
    mounts = [{"name": "v", "mountPath": "/v"}]
    pods = {
        name: pod_of(name, container("main", script, volumeMounts=mounts), volumes=[{"name": "v", "emptyDir": {}}])
        for name in ("during", "after")
    }

    def let_go(name: str) -> None:
        Path(pod_directory(str(tmp_path), UID, name), "volumes", "v", "go").touch()

    with podman_service() as podman:
        runtime = ContainerRuntime(tmp_path, podman.address)
        try:
            for request in pods.values():
                runtime.start(request)
            for request in pods.values():
                until(partial(log_of, runtime, request.key))
            podman.end(signal.SIGKILL)
            let_go("during")
            podman.serve()
            let_go("after")
            ended = wait_for(runtime, *(request.key for request in pods.values()))
            for request in pods.values():
                report = ended[request.key]
                assert (report.phase, report.message) == ("Succeeded", "")
                assert log_of(runtime, request.key) == [("stdout", text) for text in ("one", "two", "x")]
        finally:
            runtime.remove(UID)
            runtime.close()


@pytest.fixture(scope="module")
def image(podman: Podman, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry")) as host:
        podman.run("push", "-q", f"--creds={USER}:{PASSWORD}", "busybox", f"docker://{host}/team/busybox:1")
        yield f"{host}/team/busybox:1"


@needs_podman
@needs_registry
class TestRegistry:
    """Images of a registry that wants a password: it comes from ``imagePullSecrets``."""

    def pull(self, runtime: ContainerRuntime, image: str, secrets: Mapping[str, bytes], policy: str) -> PodReport:
        main = {**container("main", "echo pulled"), "image": image, "imagePullPolicy": policy}
        names = [{"name": name} for name in secrets]
        keys = {name: {".dockerconfigjson": Secret(text)} for name, text in secrets.items()}
        request = pod_of(f"n{len(secrets)}{policy}", main, imagePullSecrets=names)
        return run(runtime, replace(request, sources=PodSources(secrets=keys)))

    def test_the_secret_of_the_registry_opens_it(self, runtime: ContainerRuntime, image: str) -> None:
        host, wrong = image.partition("/")[0], docker_config("registry.example", USER, "wrong")
        secrets = {"other": wrong, "own": docker_config(host, USER, PASSWORD)}
        report = self.pull(runtime, image, secrets, "Always")
        assert report.phase == "Succeeded", report

    def test_a_pod_that_names_none_takes_those_of_its_account(self, runtime: ContainerRuntime, image: str) -> None:
        keys = {"of-account": {".dockerconfigjson": Secret(docker_config(image.partition("/")[0], USER, PASSWORD))}}
        main = {**container("main", "echo pulled"), "image": image, "imagePullPolicy": "Always"}
        sources = PodSources(secrets=keys, pull_secrets=("of-account",))
        assert run(runtime, replace(pod_of("account", main), sources=sources)).phase == "Succeeded"

    @pytest.mark.parametrize(("user", "password"), [("", ""), (USER, "wrong-word"), ("nobody", PASSWORD)])
    def test_without_it_the_node_fails_with_the_reason(
        self, runtime: ContainerRuntime, image: str, user: str, password: str
    ) -> None:
        secrets = {"own": docker_config(image.partition("/")[0], user, password)} if user else {}
        report = self.pull(runtime, image, secrets, "Always")
        found = report.containers[0]
        assert (report.phase, found.state, found.reason) == ("Failed", "waiting", "ErrImagePull")
        assert found.message.startswith(f'Failed to pull image "{image}": ')
        assert "authentication required" in found.message or "unauthorized" in found.message
        assert not password or password not in found.message

"""Manifests become plans; what cannot be honoured is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.runtimes.process.images import BUILT_IN, ImageEntry, find
from tiphys.adapters.runtimes.process.plan import Settings, compile_plan
from tiphys.adapters.runtimes.process.refusals import refusals
from tiphys.adapters.runtimes.process.sandbox import Sandbox
from tiphys.adapters.supervisor.records import ContainerPlan, PodPlan, ProcessLaunch
from tiphys.testing.contracts.runtime import request_of

SANDBOX = Sandbox("/usr/bin/bwrap", (("/usr", "/usr"),), (), (("tmp", 0o1777),), (("bin", "usr/bin"),))
SETTINGS = Settings(home="/home/t", sandbox=SANDBOX, environment={"PATH": "/usr/bin", "HOME": "/root"})
POD = "/home/t/pods/0a1b2c3d-0000-4000-8000-000000000001/a"


def plan(spec: Any, settings: Settings = SETTINGS, **more: Any) -> PodPlan:
    return compile_plan(replace(request_of("a", {"spec": spec}), **more), settings)


def launch(container: ContainerPlan) -> ProcessLaunch:
    assert isinstance(container.launch, ProcessLaunch)
    return container.launch


def main(**fields: Any) -> dict[str, Any]:
    return {"containers": [{"name": "main", "command": ["run"], **fields}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)", "1"), ("a$(A)b$(A)", "a1b1"), ("$(NONE)", "$(NONE)"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"),
        ("$(", "$("), ("$", "$"), ("$A", "$A"), ("$$", "$"), ("$(B)", "$(A)"), ("$()", "$()"),
    ],
)  # fmt: skip
def test_expansion(text: str, expected: str) -> None:
    assert expand(text, {"A": "1", "B": "$(A)"}) == expected


@given(st.text(alphabet="$()AB x", max_size=30))
def test_expansion_without_references_only_halves_dollars(text: str) -> None:
    assert expand(text.replace("$", "$$"), {"A": "1"}) == text


@pytest.mark.parametrize(
    "image",
    ["argoproj/argosay", "argoproj/argosay:v2", "docker.io/argoproj/argosay:v1", "argoproj/argosay@sha256:00"],
)
def test_images_are_found_by_name(image: str) -> None:
    assert find({}, image) is BUILT_IN["argoproj/argosay"]


def test_an_image_of_a_bare_system_runs_what_stands_in_args() -> None:
    entry = find({}, "alpine:3.23")
    assert entry is not None and entry.entrypoint == () and entry.cmd == ("sh",)
    refused, ignored = check({"containers": [{"name": "main", "image": "alpine:3.23", "args": ["sleep", "1"]}]})
    assert refused == [] and ignored == ["spec.containers[0].image"]


def test_configured_images_come_first_and_exactly() -> None:
    mine, tagged = ImageEntry(("mine",)), ImageEntry(("tagged",))
    images = {"argoproj/argosay": mine, "alpine:3": tagged, "localhost:5000/x": mine}
    assert find(images, "argoproj/argosay:v2") is mine
    assert find(images, "alpine:3") is tagged and find(images, "docker.io/library/alpine:4") is BUILT_IN["alpine"]
    assert find(images, "localhost:5000/x:tag") is mine


def test_the_command_is_wrapped_and_the_root_is_the_pods_own() -> None:
    (container,) = plan(main(args=["$(X)", "b"], env=[{"name": "X", "value": "v"}])).containers
    found = launch(container)
    assert found.argv[:4] == ("/usr/bin/bwrap", "--bind", f"{POD}/root", "/")
    assert found.argv[-3:] == ("run", "v", "b") and found.argv[-4] == "--"
    assert found.env["X"] == "v" and found.env["HOSTNAME"] == "pod-a" and found.program == "run"


def test_command_replaces_entry_point_and_args_replace_cmd() -> None:
    settings = replace(SETTINGS, images={"i": ImageEntry(("entry",), ("cmd",))})

    def words(**fields: Any) -> list[str]:
        argv = launch(plan({"containers": [{"name": "main", "image": "i", **fields}]}, settings).containers[0]).argv
        return list(argv[argv.index("--") + 1 :])

    assert words() == ["entry", "cmd"]
    assert words(args=["a"]) == ["entry", "a"]
    assert words(command=["c"]) == ["c"]
    assert words(command=["c"], args=["a"]) == ["c", "a"]


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"containers": [{"name": "main", "image": "x"}]}, "no entry point is known for image 'x'"),
        ({"containers": []}, "the pod has no main container"),
        ({"containers": [{"name": "../x", "command": ["a"]}]}, "cannot name a directory"),
        (main(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.x"}}}]), "fieldRef 'status.x'"),
        (main(volumeMounts=[{"name": "v", "mountPath": "/v"}]), "mounts volume 'v', which the pod does not have"),
        ({**main(), "volumes": [{"name": "v", "nfs": {}}]}, "volume 'v' is of a kind"),
        (
            {**main(), "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]},
            'persistentvolumeclaim "c" not found',
        ),
        ({**main(), "volumes": [{"name": "v", "hostPath": {"path": "/etc"}}]}, "hostPath '/etc' is not below"),
        ({**main(), "terminationGracePeriodSeconds": "soon"}, "invalid pod: "),
        (main(command=["a\0b"]), "NUL"),
    ],
)
def test_pods_that_cannot_run_say_why(spec: Any, text: str) -> None:
    refused = plan(spec)
    assert refused.refusal is not None and text in refused.refusal and refused.containers == ()


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc"])
def test_a_subpath_stays_in_its_volume(path: str) -> None:
    spec = {**main(volumeMounts=[{"name": "v", "mountPath": "/v", "subPath": path}])}
    refused = plan({**spec, "volumes": [{"name": "v", "emptyDir": {}}]})
    assert refused.refusal == f"subPath {path!r} leaves its volume"


def test_files_are_staged_in_the_root_or_in_the_volume_that_covers_them() -> None:
    spec = {**main(volumeMounts=[{"name": "v", "mountPath": "/v"}]), "volumes": [{"name": "v", "emptyDir": {}}]}
    found = plan(spec, files={"/argo/staging/script": ("text", 0o755), "/v/x/y": ("t", 0o644)})
    assert [(file.path, file.mode) for file in found.files] == [
        (f"{POD}/root/argo/staging/script", 0o755),
        (f"{POD}/volumes/v/x/y", 0o644),
    ]
    opened = plan(main(), files={"/usr/x": ("", 0o644)})
    assert opened.files[0].path == f"{POD}/root/usr/x"
    assert (f"{POD}/root/usr/bin", "/.tiphys/host/usr/bin") in opened.extra_links
    inside = plan(main(), files={"/../../escape": ("", 0o644)})
    assert inside.files[0].path == f"{POD}/root/escape"


def test_without_a_sandbox_staged_files_are_named_where_they_lie() -> None:
    settings = replace(SETTINGS, sandbox=None)
    (container,) = plan(main(args=["/s/script"]), settings, files={"/s/script": ("", 0o755)}).containers
    assert launch(container).argv == ("run", f"{POD}/root/s/script") and launch(container).cwd == f"{POD}/root"
    refused = plan(
        {**main(volumeMounts=[{"name": "v", "mountPath": "/v"}]), "volumes": [{"name": "v", "emptyDir": {}}]}, settings
    )
    assert refused.refusal == "volumes of container 'main' cannot be mounted without a sandbox"


def test_roles() -> None:
    names = [{"name": name, "command": ["x"]} for name in ("a", "main", "b")]
    assert [item.role for item in plan({"containers": names}).containers] == ["sidecar", "main", "sidecar"]
    assert [item.role for item in plan({"containers": [names[0], names[2]]}).containers] == ["main", "main"]


def check(spec: Any, *, sandboxed: bool = True, host_paths: bool = False) -> tuple[list[str], list[str]]:
    found = refusals({"spec": spec}, {}, sandboxed=sandboxed, host_paths=host_paths)
    return [item.path for item in found if not item.ignored], [item.path for item in found if item.ignored]


def test_refusals_name_what_is_refused_and_what_is_ignored() -> None:
    container = {
        "name": "main", "image": "nginx", "volumeDevices": [{"name": "x"}],
        "securityContext": {"runAsUser": 1, "privileged": True},
    }  # fmt: skip
    volumes = [
        {"name": "a", "emptyDir": {}},
        {"name": "b", "configMap": {}},
        {"name": "c", "hostPath": {"path": "{{x}}"}},
        {"name": "d", "nfs": {}},
    ]
    refused, ignored = check({"containers": [container], "volumes": volumes, "nodeSelector": {"a": "b"}})
    assert refused == ["spec.volumes[2].hostPath", "spec.volumes[3].nfs", "spec.containers[0].command"]
    assert ignored == [
        "spec.nodeSelector", "spec.containers[0].volumeDevices", "spec.containers[0].image",
        "spec.containers[0].securityContext.privileged",
    ]  # fmt: skip


def test_what_only_a_cluster_has_is_told_and_never_refused() -> None:
    spec = {
        "schedulerName": "s", "priorityClassName": "p", "runtimeClassName": "r",
        "resourceClaims": [{"name": "gpu", "resourceClaimName": "g"}], "resources": {"limits": {"cpu": "1"}},
    }  # fmt: skip
    container = {"name": "main", "image": "alpine", "command": ["x"], "resources": {"claims": [{"name": "gpu"}]}}
    refused, ignored = check({**spec, "containers": [container]})
    assert refused == []
    assert set(ignored) == {*(f"spec.{name}" for name in spec), "spec.containers[0].image"}


def test_probes_by_grpc_are_refused() -> None:
    probe = {"grpc": {"port": 5000}}
    refused, _ = check({"containers": [{"name": "main", "image": "a", "command": ["a"], "readinessProbe": probe}]})
    assert refused == ["spec.containers[0].readinessProbe.grpc"]


def test_refusals_accept_tags_and_odd_shapes() -> None:
    assert check({"containers": [{"name": "main", "image": "{{inputs.parameters.i}}"}]})[0] == []
    assert check({"containers": "{{x}}", "volumes": None}) == ([], [])
    assert check(main(volumeMounts=[{"name": "v"}]), sandboxed=False)[0] == ["spec.containers[0].volumeMounts"]

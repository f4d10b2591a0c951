"""Every runtime against its contract; and what only real processes can show."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.needs import needs
from tests.waiting import PATIENCE, until

from tiphys.adapters.runtimes.process import ImageEntry, ProcessRuntime
from tiphys.adapters.runtimes.process.sandbox import find_program
from tiphys.adapters.supervisor.processes import marked
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import OutputParameter, PodKey, PodReport, PodRequest, PodRuntime
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.pods import PodContract
from tiphys.testing.contracts.runtime import (
    UID,
    Behaviour,
    RuntimeContract,
    key_of,
    log_of,
    request_of,
    run,
    shell_pod,
    wait_for,
)
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

Make = Callable[..., ProcessRuntime]
needs_sandbox = needs(find_program({}) is not None, "bubblewrap")
MODES = [pytest.param(True, marks=needs_sandbox, id="sandbox"), pytest.param(False, id="plain")]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[ProcessRuntime] = []

    def build(sandbox: bool = True, **more: object) -> ProcessRuntime:
        made.append(ProcessRuntime(tmp_path / "home", sandbox=sandbox, **more))  # type: ignore[arg-type]
        return made[-1]

    yield build
    for runtime in made:
        runtime.remove(UID)
        runtime.close()


class TestFake(RuntimeContract):
    @pytest.fixture
    def runtime(self) -> FakeRuntime:
        return FakeRuntime(VirtualClock(datetime(2026, 1, 5, tzinfo=UTC)))

    def pod(self, runtime: PodRuntime, name: str, behaviour: Behaviour) -> PodRequest:
        assert isinstance(runtime, FakeRuntime)
        runtime.on(
            name,
            Outcome(
                exit_code=behaviour.exit_code,
                seconds=None if behaviour.stays else 5,
                stdout=behaviour.prints,
                stderr=behaviour.warns,
                files=behaviour.writes,
            ),
        )
        return request_of(name, {})


@needs_sandbox
class TestSandboxed(PodContract):
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return tmp_path / "home"

    @pytest.fixture
    def runtime(self, make: Make) -> ProcessRuntime:
        return make(True)


class TestUnsandboxed(RuntimeContract):
    @pytest.fixture(autouse=True)
    def written(self) -> Iterator[list[Path]]:
        """Without a sandbox paths are the machine's own."""
        self.files: list[Path] = []
        yield self.files
        for path in self.files:
            path.unlink(missing_ok=True)

    @pytest.fixture
    def runtime(self, make: Make) -> ProcessRuntime:
        return make(False)

    def pod(self, runtime: PodRuntime, name: str, behaviour: Behaviour) -> PodRequest:
        for path in map(Path, behaviour.writes):
            assert not path.exists(), "the machine has this file: the test would overwrite it"
            self.files.append(path)
        return super().pod(runtime, name, behaviour)


# --- what containers see


@needs_sandbox
def test_parallel_pods_write_the_same_paths_and_the_machine_is_unchanged(make: Make) -> None:
    runtime = make()
    script = "mkdir -p /data/x && echo {0} > /data/x/f && echo {0} > /tmp/out.txt && echo {0} > $HOME/tiphys-probe"
    wanted = tuple(
        OutputParameter(name=name, path=path)
        for name, path in (("a", "/data/x/f"), ("b", "/tmp/out.txt"), ("c", f"{Path.home()}/tiphys-probe"))
    )
    requests = [shell_pod(f"n{i}", script.format(i), output_parameters=wanted) for i in range(8)]
    for request in requests:
        runtime.start(request)
    reports = wait_for(runtime, *(request.key for request in requests))
    for i, request in enumerate(requests):
        outputs = reports[request.key].outputs
        assert outputs is not None and dict(outputs.parameters) == {"a": str(i), "b": str(i), "c": str(i)}
    assert not Path("/data/x/f").exists()
    assert not (Path.home() / "tiphys-probe").exists()


@needs_sandbox
def test_the_host_is_read_only_and_the_data_directory_is_hidden(make: Make, tmp_path: Path) -> None:
    script = (
        f"touch /usr/x /etc/x; echo $?; ls {tmp_path} >/dev/null 2>&1; echo $?; hostname; ps ax 2>/dev/null | wc -l"
    )
    report = run(make(), shell_pod("a", script, capture_result=True))
    assert report.outputs is not None and report.outputs.result is not None
    lines = report.outputs.result.splitlines()
    assert lines[0] == "1" and lines[1] == "2" and lines[2] == "pod-a"
    assert int(lines[3]) < 10


@needs_sandbox
def test_a_root_that_was_used_before_holds_nothing_of_the_other_pod(make: Make) -> None:
    runtime = make()
    for script in ("true", "touch /tmp/left /left; chmod 700 /tmp; ln -sf nowhere /bin2", "true"):
        for i in range(3):
            run(runtime, shell_pod(f"{len(script)}-{i}", script))
        probe = shell_pod(
            f"probe-{len(script)}", "ls -A / /tmp /mnt /run; stat -c %a /tmp; ls -lid /tmp", capture_result=True
        )
        outputs = run(runtime, replace(probe, key=key_of(f"p{len(script)}-{script[:2]}"))).outputs
        assert outputs is not None and outputs.result is not None
        assert "left" not in outputs.result and "bin2" not in outputs.result and "1777" in outputs.result


@needs_sandbox
def test_links_in_outputs_never_lead_out_of_the_root(make: Make, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("host")
    script = (
        f"ln -s /etc/passwd /tmp/abs; ln -s ../../../../../../../../etc/passwd /tmp/rel; ln -s {tmp_path} /tmp/dir;"
        "ln -s loop /tmp/loop; mkfifo /tmp/pipe; echo in > /tmp/real; ln -s /tmp/real /tmp/good"
    )

    def read(name: str, path: str) -> PodReport:
        return run(runtime, shell_pod(name, script, output_parameters=(OutputParameter(name="p", path=path),)))

    runtime = make()
    for name, path in (("a", "/tmp/abs"), ("b", "/tmp/rel"), ("c", "/tmp/dir/secret")):
        outputs = read(name, path).outputs
        assert outputs is not None and outputs.parameters == ()
        assert outputs.error == f"open {path}: no such file or directory"
    for name, path in (("d", "/tmp/loop"), ("e", "/tmp/pipe"), ("f", "/tmp")):
        outputs = read(name, path).outputs
        assert outputs is not None and outputs.error is not None and outputs.error.startswith(f"read {path}: ")
    outputs = read("g", "/tmp/good").outputs
    assert outputs is not None and outputs.parameters == (("p", "in"),)


@needs_sandbox
def test_volumes_are_shared_by_the_containers_of_a_pod(make: Make, tmp_path: Path) -> None:
    shared, host = tmp_path / "allowed", tmp_path / "other"
    shared.mkdir()
    host.mkdir()
    runtime = make(host_paths=[shared])

    def pod(name: str, host_path: Path) -> PodRequest:
        mounts: Any = [{"name": "work", "mountPath": "/work"}, {"name": "sub", "mountPath": "/sub", "subPath": "deep"}]
        mounts.append({"name": "host", "mountPath": "/mnt/host"})
        image: Any = {"image": "busybox", "volumeMounts": mounts}
        return request_of(
            name,
            {
                "spec": {
                    "volumes": [
                        {"name": "work", "emptyDir": {}},
                        {"name": "sub", "emptyDir": {"medium": "Memory"}},
                        {"name": "host", "hostPath": {"path": str(host_path)}},
                    ],
                    "initContainers": [
                        {"name": "first", **image, "command": ["sh", "-c", "echo made > /work/f; echo s > /sub/f; touch /tmp/mine"]}
                    ],
                    "containers": [
                        {"name": "main", **image, "workingDir": "/work/here", "command": ["sh", "-c"],
                         "args": ["pwd; cat ../f /sub/f; ls /tmp; cat /mnt/host/given; echo out > /mnt/host/out; echo p > /work/p"]}
                    ],
                }
            },
        )  # fmt: skip

    (shared / "given").write_text("given\n")
    wanted = (OutputParameter(name="p", path="/work/p"), OutputParameter(name="s", path="/sub/f"))
    report = run(runtime, replace(pod("a", shared), capture_result=True, output_parameters=wanted))
    assert report.outputs is not None and report.phase == "Succeeded", report.containers
    assert report.outputs.result == "/work/here\nmade\ns\ngiven"
    assert report.outputs.parameters == (("p", "p"), ("s", "s"))
    assert (shared / "out").read_text() == "out\n"
    refused = run(runtime, pod("b", host))
    assert refused.phase == "Failed" and "not below a directory that the configuration allows" in refused.message


@needs_sandbox
def test_a_directory_of_the_host_that_is_missing_is_made(make: Make, tmp_path: Path) -> None:
    runtime = make(host_paths=[tmp_path])
    (tmp_path / "file").write_text("kept")
    mounts = [{"name": name, "mountPath": f"/mnt/{name}"} for name in ("new", "file")]
    request = shell_pod("a", "cat /mnt/file > /mnt/new/copy")
    _main(request)["volumeMounts"] = mounts
    spec: Any = request.manifest["spec"]
    spec["volumes"] = [{"name": name, "hostPath": {"path": str(tmp_path / name)}} for name in ("new", "file")]
    assert run(runtime, request).phase == "Succeeded"
    assert (tmp_path / "new" / "copy").read_text() == "kept"


@needs_sandbox
def test_a_subpath_that_became_a_link_is_refused(make: Make, tmp_path: Path) -> None:
    mount = {"name": "v", "mountPath": "/v"}
    containers: Any = {
        "volumes": [{"name": "v", "emptyDir": {}}],
        "initContainers": [
            {"name": "evil", "command": ["sh", "-c", "rmdir /v/s && ln -s /etc /v/s"], "volumeMounts": [mount]}
        ],
        "containers": [{"name": "main", "command": ["ls"], "volumeMounts": [{**mount, "subPath": "s"}]}],
    }
    report = run(make(), request_of("a", {"spec": containers}))
    assert [(item.name, item.exit_code, item.reason) for item in report.containers] == [
        ("evil", 0, "Completed"),
        ("main", 128, "StartError"),
    ]


@pytest.mark.parametrize("sandbox", MODES)
def test_staged_scripts_run(make: Make, sandbox: bool) -> None:
    manifest: Any = {"spec": {"containers": [{"name": "main", "command": ["sh"], "args": ["/argo/staging/script"]}]}}
    files = {"/argo/staging/script": ("echo from $0 | sed 's|.*/||'; test -x $0 && echo yes\n", 0o755)}
    report = run(make(sandbox), replace(request_of("a", manifest), files=files, capture_result=True))
    assert report.outputs is not None and report.outputs.result == "script\nyes"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nosuch", 'exec: "nosuch": executable file not found in $PATH'),
        ("/no/such", 'exec: "/no/such": no such file or directory'),
        ("/etc/passwd", 'exec: "/etc/passwd": permission denied'),
    ],
)
def test_a_program_that_cannot_begin_is_named_without_a_sandbox_too(make: Make, command: str, message: str) -> None:
    runtime = make(False)
    report = run(runtime, request_of("a", {"spec": {"containers": [{"name": "main", "command": [command]}]}}))
    (main,) = report.containers
    assert (report.phase, main.exit_code, main.reason, main.message) == ("Failed", 128, "StartError", message)
    assert log_of(runtime, report.key) == []


@pytest.mark.parametrize("sandbox", MODES)
def test_variables_are_set_and_expanded(make: Make, sandbox: bool) -> None:
    env = [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)$$(A)$(NONE)"},
        {"name": "P", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "L", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['x/y']"}}},
    ]
    manifest: Any = {
        "metadata": {"labels": {"x/y": "label"}},
        "spec": {
            "containers": [{"name": "main", "env": env, "command": ["sh", "-c", "echo '$(B)' $P $L $LANG $UNSET."]}]
        },
    }
    runtime = make(sandbox, environment={"LANG": "C"})
    report = run(runtime, replace(request_of("a", manifest), capture_result=True))
    assert report.outputs is not None and report.outputs.result == "1$(A)$(NONE) pod-a label C ."


@needs_sandbox
def test_images_of_the_examples_are_emulated(make: Make) -> None:
    runtime = make(images={"mine:1": ImageEntry(entrypoint=("sh", "-c"), cmd=("echo mine",))})

    def pod(name: str, image: str, **more: object) -> PodRequest:
        manifest: Any = {"spec": {"containers": [{"name": "main", "image": image, **more}]}}
        wanted = (OutputParameter(name="p", path="/tmp/d/f", default="none"),)
        return replace(request_of(name, manifest), capture_result=True, output_parameters=wanted)

    def result(request: PodRequest) -> tuple[str | None, str]:
        outputs = run(runtime, request).outputs
        assert outputs is not None
        return outputs.result, outputs.parameters[0][1]

    assert result(pod("a", "argoproj/argosay:v2")) == ("hello argo", "none")
    assert result(pod("b", "argoproj/argosay:v2", args=["echo", "hi $x", "/tmp/d/f"])) == ("", "hi $x")
    assert result(pod("c", "docker.io/argoproj/argosay:v1", command=["sh", "-c"], args=["/argosay echo x"])) == (
        "x",
        "none",
    )
    assert result(pod("d", "mine:1")) == ("mine", "none")
    assert run(runtime, pod("e", "argoproj/argosay:v2", args=["exit", "7"])).containers[0].exit_code == 7
    assert "< boo >" in (result(pod("f", "docker/whalesay", command=["cowsay"], args=["boo"]))[0] or "")
    refused = run(runtime, pod("g", "nginx:1.13"))
    assert "no entry point is known for image 'nginx:1.13'" in refused.message


# --- order, signals, trees


@pytest.mark.parametrize("sandbox", MODES)
def test_a_port_that_another_has_is_named(make: Make, sandbox: bool) -> None:
    runtime = make(sandbox)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        request = shell_pod("a", "echo cannot bind >&2; exit 1")
        _main(request)["ports"] = [{"containerPort": port}]
        (main,) = run(runtime, request).containers
        assert main.message == f"its port {port} is taken by another process of this machine"
    request = shell_pod("b", "exit 1")
    _main(request)["ports"] = [{"containerPort": port}]
    (main,) = run(runtime, request).containers
    assert (main.exit_code, main.message) == (1, "")


@pytest.mark.parametrize("sandbox", MODES)
def test_init_containers_run_in_order_and_a_failure_stops_the_pod(make: Make, sandbox: bool) -> None:
    def pod(name: str, second: str) -> PodRequest:
        spec: Any = {
            "initContainers": [
                {"name": "one", "command": ["sh", "-c", "echo one"]},
                {"name": "two", "command": ["sh", "-c", second]},
            ],
            "containers": [{"name": "main", "command": ["echo", "main"]}],
        }
        return request_of(name, {"spec": spec})

    runtime = make(sandbox)
    good = run(runtime, pod("a", "echo two"))
    assert good.phase == "Succeeded"
    begins = [item.started_at for item in good.containers]
    assert [item.role for item in good.containers] == ["init", "init", "main"] and begins == sorted(begins)  # type: ignore[type-var]
    bad = run(runtime, pod("b", "exit 6"))
    assert bad.phase == "Failed"
    assert [(item.state, item.exit_code) for item in bad.containers] == [
        ("terminated", 0), ("terminated", 6), ("waiting", None)
    ]  # fmt: skip


@pytest.mark.parametrize("sandbox", MODES)
def test_sidecars_end_with_main(make: Make, sandbox: bool) -> None:
    spec: Any = {
        "terminationGracePeriodSeconds": 100,
        "containers": [
            {"name": "side", "command": ["sleep", "1000"]},
            {"name": "main", "command": ["true"]},
        ],
    }
    report = run(make(sandbox), request_of("a", {"spec": spec}))
    assert report.phase == "Succeeded"
    assert [(item.name, item.role, item.exit_code) for item in report.containers] == [
        ("side", "sidecar", 143),
        ("main", "main", 0),
    ]


@pytest.mark.parametrize("sandbox", MODES)
def test_container_sets_honour_their_dependencies(make: Make, sandbox: bool) -> None:
    def pod(name: str, code: int) -> PodRequest:
        containers: Any = [
            {"name": "c", "command": ["true"]},
            {"name": "b", "command": ["true"]},
            {"name": "a", "command": ["sh", "-c", f"exit {code}"]},
        ]
        needs = json.dumps({"a": [], "b": ["a"], "c": ["b"]})
        return request_of(
            name, {"metadata": {"annotations": {"tiphys.dev/container-set": needs}}, "spec": {"containers": containers}}
        )

    runtime = make(sandbox)
    good = run(runtime, pod("good", 0))
    assert good.phase == "Succeeded" and {item.role for item in good.containers} == {"main"}
    ends = {item.name: item.finished_at for item in good.containers}
    assert ends["a"] <= ends["b"] <= ends["c"]  # type: ignore[operator]
    bad = run(runtime, pod("bad", 3))
    assert [(item.name, item.exit_code, item.message) for item in bad.containers] == [
        ("c", 64, 'dependency "b" exited with non-zero code: 3'),
        ("b", 64, 'dependency "a" exited with non-zero code: 3'),
        ("a", 3, ""),
    ]


@pytest.mark.parametrize("sandbox", MODES)
def test_a_signal_is_an_exit_code_over_128(make: Make, sandbox: bool) -> None:
    assert run(make(sandbox), shell_pod("a", "kill -s USR1 $$$$")).containers[0].exit_code == 128 + signal.SIGUSR1


STUBBORN = "trap '' TERM; (trap '' TERM; setsid sleep 1000 & ) ; setsid sh -c 'trap \"\" TERM; sleep 1000 & sleep 1000' & echo up; while :; do sleep 1000; done"


def _stubborn(name: str, probe: Path) -> PodRequest:
    """A pod whose processes do not end by themselves; it says ``up`` when no signal but one reaches them."""
    request = shell_pod(name, STUBBORN)
    spec: Any = request.manifest["spec"]
    spec["terminationGracePeriodSeconds"] = 0.05
    _main(request)["env"] = [{"name": "PROBE", "value": str(probe)}]
    return request


def _killed(runtime: ProcessRuntime, probe: Path) -> PodReport:
    request = _stubborn("a", probe)
    runtime.start(request)
    wait_for(runtime, request.key, phase="Running")
    while not log_of(runtime, request.key):
        runtime.poll(0.01)
    assert _with_probe(probe)
    runtime.kill(request.key, 0.05)
    return wait_for(runtime, request.key)[request.key]


def _late(runtime: ProcessRuntime, probe: Path) -> PodReport:
    """The report of a pod that was up before its deadline: each one is given more time than the one before."""
    for seconds in (0.3, 3, 30, PATIENCE):
        request = _stubborn(f"within-{seconds}", probe)
        runtime.start(replace(request, deadline=datetime.now(UTC) + timedelta(seconds=seconds)))
        report = wait_for(runtime, request.key)[request.key]
        if log_of(runtime, request.key):
            return report
    raise AssertionError("no pod was up before its deadline")


@pytest.mark.parametrize("sandbox", MODES)
@pytest.mark.parametrize("how", ["kill", "deadline"])
def test_no_process_of_a_killed_pod_survives(make: Make, sandbox: bool, how: str, tmp_path: Path) -> None:
    runtime = make(sandbox)
    report = (_killed if how == "kill" else _late)(runtime, tmp_path)
    assert report.phase == "Failed" and report.containers[0].exit_code == 137
    assert (report.message != "") is (how == "deadline")
    assert _with_probe(tmp_path) == set()


@pytest.mark.parametrize("sandbox", MODES)
def test_no_process_outlives_the_main_command(make: Make, sandbox: bool, tmp_path: Path) -> None:
    request = shell_pod("a", "(setsid sleep 1000 &) ; setsid setsid sleep 1000 & exit 0")
    _main(request)["env"] = [{"name": "PROBE", "value": str(tmp_path)}]
    assert run(make(sandbox), request).phase == "Succeeded"
    assert _with_probe(tmp_path) == set()


def _main(request: PodRequest) -> Any:
    """The main container of a request's manifest."""
    spec: Any = request.manifest["spec"]
    return spec["containers"][0]


def _with_probe(folder: Path) -> set[int]:
    """Living processes that have the test's own variable."""
    found = set()
    for entry in (path.name for path in Path("/proc").iterdir()):
        try:
            if entry.isdigit() and f"PROBE={folder}".encode() in Path(f"/proc/{entry}/environ").read_bytes().split(
                b"\0"
            ):
                found.add(int(entry))
        except OSError:
            continue
    return found


# --- output


@pytest.mark.parametrize("sandbox", MODES)
def test_ten_megabytes_of_output_are_kept_and_the_result_is_their_end(make: Make, sandbox: bool) -> None:
    runtime = make(sandbox)
    report = run(runtime, shell_pod("a", "seq -f 'line %.0f' 900000; printf end", capture_result=True))
    assert report.outputs is not None and report.outputs.result is not None
    assert len(report.outputs.result) == 262_144 and report.outputs.result.endswith("line 900000\nend")
    count, last, total = 0, "", 0
    for _, line in runtime.logs(report.key.uid, report.key.node_id, "main"):
        count, last, total = count + 1, line.text, total + len(line.text) + 1
    assert (count, last) == (900_001, "end") and total > 10_000_000


@pytest.mark.parametrize("sandbox", MODES)
def test_binary_output_and_endless_lines_do_no_harm(make: Make, sandbox: bool) -> None:
    runtime = make(sandbox)
    script = "printf 'a\\377\\000b\\r\\n'; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last"
    report = run(runtime, shell_pod("a", script, capture_result=True))
    lines = log_of(runtime, report.key)
    assert lines[0] == ("stdout", "a�\0b\r") and lines[-1] == ("stdout", "last")
    assert "".join(text for _, text in lines[1:-1]) == "x" * 3_000_000
    assert (
        report.outputs is not None and report.outputs.result is not None and report.outputs.result.endswith("x\nlast")
    )


@pytest.mark.parametrize("sandbox", MODES)
def test_both_streams_are_in_one_log(make: Make, sandbox: bool) -> None:
    runtime = make(sandbox)
    report = run(runtime, shell_pod("a", "echo 1; sleep 0.05; echo 2 >&2; sleep 0.05; echo 3"))
    assert log_of(runtime, report.key) == [("stdout", "1"), ("stderr", "2"), ("stdout", "3")]


def test_a_half_written_record_is_left_alone(make: Make, tmp_path: Path) -> None:
    runtime = make(False)
    report = run(runtime, shell_pod("a", "echo one"))
    (log,) = (tmp_path / "home").glob("pods/*/a/main.log")
    whole = log.read_bytes()
    log.write_bytes(whole + b"not a record\n" + whole + whole[:20])
    assert log_of(runtime, report.key) == [("stdout", "one"), ("stdout", "one")]


# --- the life of controllers and supervisors

CONTROLLER = """
import sys
from pathlib import Path
from tiphys.adapters.runtimes.process import ProcessRuntime
from tiphys.testing.contracts.runtime import shell_pod, wait_for
runtime = ProcessRuntime(Path(sys.argv[1]), sandbox=sys.argv[2] == "True")
done, living = shell_pod("done", "echo early; exit 9"), shell_pod("living", sys.argv[3], capture_result=True)
runtime.start(living)
wait_for(runtime, living.key, phase="Running")
runtime.start(done)
wait_for(runtime, done.key)
print("ready", flush=True)
runtime.poll(None)
while True:
    runtime.poll(None)
"""


def _controller(home: Path, sandbox: bool, script: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(sys.path)
    argv = [sys.executable, "-c", CONTROLLER, str(home), str(sandbox), script]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})


@pytest.mark.parametrize("sandbox", MODES)
def test_pods_outlive_a_killed_controller_and_are_taken_over(make: Make, sandbox: bool, tmp_path: Path) -> None:
    script = "echo before; sleep 1; echo after; exit 5"
    with _controller(tmp_path / "home", sandbox, script) as controller:
        assert controller.stdout is not None and controller.stdout.readline() == b"ready\n"
        controller.kill()
        assert controller.stdout.read() == b"", "somebody keeps the controller's stdout open"
    runtime = make(sandbox)
    runtime.attach(UID)
    reports = wait_for(runtime, key_of("done"), key_of("living"))
    assert reports[key_of("done")].containers[0].exit_code == 9
    living = reports[key_of("living")]
    assert living.containers[0].exit_code == 5 and not living.lost
    assert living.outputs is not None and living.outputs.result == "before\nafter"
    assert log_of(runtime, key_of("done")) == [("stdout", "early")]
    runtime.start(shell_pod("living", "echo twice"))
    assert wait_for(runtime, key_of("living"))[key_of("living")] == living


@pytest.mark.parametrize("sandbox", MODES)
def test_pods_of_a_killed_supervisor_are_lost_and_not_started_again(make: Make, sandbox: bool, tmp_path: Path) -> None:
    runtime = make(sandbox)
    request = shell_pod("a", "echo once; sleep 1000")
    _main(request)["env"] = [{"name": "PROBE", "value": str(tmp_path)}]
    ended = run(runtime, shell_pod("b", "exit 2"))
    runtime.start(request)
    wait_for(runtime, request.key, phase="Running")
    while not log_of(runtime, request.key):
        runtime.poll(0.01)
    os.kill(supervisor_of(tmp_path / "home"), signal.SIGKILL)
    report = wait_for(runtime, request.key)[request.key]
    assert report.lost and report.phase == "Failed" and report.outputs is None
    runtime.start(request)
    assert wait_for(runtime, request.key)[request.key] == report
    assert log_of(runtime, request.key) == [("stdout", "once")]
    while _living(_with_probe(tmp_path)):
        runtime.poll(0.01)
    runtime.attach(UID)
    assert wait_for(runtime, ended.key, request.key) == {ended.key: ended, request.key: report}


def _living(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def supervisor_of(home: Path) -> int:
    """The process that holds the lock of the data directory."""
    lock = (home / "supervisor.lock").stat()
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        if words[1] == "FLOCK" and words[5].endswith(f":{lock.st_ino}"):
            return int(words[4])
    raise AssertionError("no supervisor")


def test_two_controllers_share_a_supervisor(make: Make) -> None:
    one, two = make(False), make(False)
    request = shell_pod("a", "exit 1")
    one.start(request)
    two.start(request)
    assert wait_for(one, request.key) == wait_for(two, request.key)


def test_a_process_with_threads_gets_a_supervisor_too(make: Make) -> None:
    import threading

    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert run(make(False), shell_pod("a", "exit 3")).containers[0].exit_code == 3
    finally:
        stop.set()
        thread.join()


def test_keys_that_would_leave_the_directory_are_refused(make: Make) -> None:
    runtime = make(False)
    key = PodKey(WorkflowUid("../.."), NodeId("etc"))
    runtime.start(replace(shell_pod("a", "true"), key=key))
    report = wait_for(runtime, key)[key]
    assert report.phase == "Failed" and "cannot name a directory" in report.message


def test_remove_takes_everything_and_follows_no_link(make: Make, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    runtime = make(False)
    script = f"mkdir -p d/e && echo x > d/e/f && ln -s {outside} d/link && chmod 000 d/e && chmod 500 d"
    report = run(runtime, shell_pod("a", script))
    assert report.phase == "Succeeded"
    runtime.remove(UID, report.key.node_id)
    assert list((tmp_path / "home").glob("pods/*/a")) == []
    assert list((tmp_path / "home" / "trash").iterdir()) == []
    assert (outside / "kept").read_text() == "kept"


def test_without_a_sandbox_there_is_one_warning(make: Make) -> None:
    (text,) = make(False).warnings()
    assert "without a sandbox" in text
    assert marked("no such mark") == set()


def test_a_supervisor_of_a_deleted_directory_leaves_the_new_one_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = ProcessRuntime(home, sandbox=False)
    run(first, shell_pod("first", "true"))
    home.rename(tmp_path / "old")
    second = ProcessRuntime(home, sandbox=False)
    run(second, shell_pod("second", "true"))
    ours = (home / "supervisor.sock").stat().st_ino
    first.close()  # the first supervisor has nobody to serve any more and ends
    until(lambda: not _holders(tmp_path / "old" / "supervisor.lock"))
    assert (home / "supervisor.sock").stat().st_ino == ours
    run(second, shell_pod("third", "true"))
    second.close()


def _holders(lock: Path) -> list[str]:
    """Lines of /proc/locks about a file."""
    inode = f":{lock.stat().st_ino} "
    return [line for line in Path("/proc/locks").read_text().splitlines() if inode in line]

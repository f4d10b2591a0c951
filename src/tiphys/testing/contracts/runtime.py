"""What every runtime must do: each sentence of ``ports/runtime.py`` as a test.

Subclass ``RuntimeContract`` in a test module and give it a ``runtime`` fixture and a ``pod`` method that turns a
``Behaviour`` into a request.  A runtime that runs real commands can take ``shell_pod`` for it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.runtime import (
    OutputParameter,
    PodKey,
    PodReport,
    PodRequest,
    PodRuntime,
)

UID = WorkflowUid("0a1b2c3d-0000-4000-8000-000000000001")
#: Seconds without any report after which a runtime is taken to hang.
PATIENCE = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What the main container of a pod of a test does."""

    prints: str = ""
    warns: str = ""
    writes: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = 0
    stays: bool = False


def key_of(name: str, uid: WorkflowUid = UID) -> PodKey:
    """The key of the pod ``name``."""
    return PodKey(uid, NodeId(name))


def request_of(name: str, manifest: JsonObject, uid: WorkflowUid = UID) -> PodRequest:
    """A request for the pod ``name``."""
    return PodRequest(
        key=key_of(name, uid),
        workflow="wf",
        namespace="argo",
        node_name=NodeName(name),
        pod_name=f"pod-{name}",
        manifest=manifest,
    )


def shell_pod(name: str, script: str, **more: object) -> PodRequest:
    """A request for a pod whose main container runs a shell script; ``more`` are fields of the request."""
    container: JsonObject = {"name": "main", "image": "busybox", "command": ["sh", "-c"], "args": [script]}
    request = request_of(name, {"spec": {"containers": [container]}})
    return replace(request, **more)


def script_of(behaviour: Behaviour) -> str:
    """The shell script that behaves like that."""
    lines = [f"printf %s {shlex.quote(text)} > {path}" for path, text in behaviour.writes.items()]
    lines += [f"printf %s {shlex.quote(behaviour.prints)}", f"printf %s {shlex.quote(behaviour.warns)} >&2"]
    lines += ["sleep 1000"] if behaviour.stays else []
    return "; ".join([*lines, f"exit {behaviour.exit_code}"])


def wait_for(runtime: PodRuntime, *keys: PodKey, phase: str = "") -> dict[PodKey, PodReport]:
    """Poll until each key has ended (or was reported in ``phase``); the last report of each.

    The assertion that gives up is for a runtime that hangs: a test passes as soon as it can.
    """
    latest: dict[PodKey, PodReport] = {}
    wanted = {phase} if phase else {"Succeeded", "Failed", "Error"}
    missing = set(keys)
    while missing:
        reports = runtime.poll(PATIENCE)
        assert reports, f"nothing was reported; still missing {missing}"
        for report in reports:
            latest[report.key] = report
            if report.phase in wanted:
                missing.discard(report.key)
    return {key: latest[key] for key in keys}


def run(runtime: PodRuntime, request: PodRequest) -> PodReport:
    """Start a pod and wait for its end."""
    runtime.start(request)
    return wait_for(runtime, request.key)[request.key]


def log_of(runtime: PodRuntime, key: PodKey, container: str = "main") -> list[tuple[str, str]]:
    """Stream and text of every line."""
    return [(line.stream, line.text) for _, line in runtime.logs(key.uid, key.node_id, container)]


class RuntimeContract:
    """The sentences."""

    def pod(self, runtime: PodRuntime, name: str, behaviour: Behaviour) -> PodRequest:
        """A request for a pod that behaves like that."""
        return shell_pod(name, script_of(behaviour))

    def test_a_pod_that_exits_with_zero_succeeds(self, runtime: PodRuntime) -> None:
        report = run(runtime, self.pod(runtime, "a", Behaviour()))
        (main,) = report.containers
        assert (report.phase, report.message, report.lost) == ("Succeeded", "", False)
        assert (main.name, main.role, main.state, main.exit_code) == ("main", "main", "terminated", 0)
        assert main.started_at is not None and main.finished_at is not None and main.started_at <= main.finished_at
        assert report.outputs is not None and report.outputs.result is None and report.outputs.error is None

    def test_a_pod_that_exits_otherwise_fails_with_its_code(self, runtime: PodRuntime) -> None:
        report = run(runtime, self.pod(runtime, "a", Behaviour(exit_code=3)))
        assert (report.phase, report.containers[0].exit_code, report.containers[0].reason) == ("Failed", 3, "Error")

    def test_a_started_pod_is_reported_as_running(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        runtime.start(request)
        report = wait_for(runtime, request.key, phase="Running")[request.key]
        assert report.containers[0].state == "running" and report.outputs is None
        runtime.kill(request.key, 0)
        assert wait_for(runtime, request.key)[request.key].phase == "Failed"

    def test_a_key_that_ended_is_reported_again_and_not_started_again(self, runtime: PodRuntime) -> None:
        first = run(runtime, self.pod(runtime, "a", Behaviour(exit_code=4)))
        again = run(runtime, self.pod(runtime, "a", Behaviour(exit_code=0)))
        assert again == first

    def test_a_key_that_runs_is_not_started_again(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True, prints="once\n"))
        runtime.start(request)
        runtime.start(request)
        wait_for(runtime, request.key, phase="Running")
        runtime.kill(request.key, 0)
        wait_for(runtime, request.key)
        assert log_of(runtime, request.key) in ([], [("stdout", "once")])

    def test_the_result_is_stdout_without_one_newline(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(prints="one\ntwo\n\n", warns="not me\n"))
        report = run(runtime, replace(request, capture_result=True))
        assert report.outputs is not None and report.outputs.result == "one\ntwo\n"

    def test_output_parameters_are_files_without_one_newline(self, runtime: PodRuntime) -> None:
        wanted = (OutputParameter(name="p", path="/tmp/p"), OutputParameter(name="q", path="/tmp/q", default="d"))
        request = self.pod(runtime, "a", Behaviour(writes={"/tmp/p": "x\n\n"}))
        report = run(runtime, replace(request, output_parameters=wanted))
        assert report.outputs is not None
        assert report.outputs.parameters == (("p", "x\n"), ("q", "d"))
        assert report.outputs.error is None

    def test_a_missing_file_without_default_is_an_error(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour())
        report = run(
            runtime, replace(request, output_parameters=(OutputParameter(name="p", path="/tmp/tiphys-test-none"),))
        )
        assert report.outputs is not None
        assert report.outputs.error == "open /tmp/tiphys-test-none: no such file or directory"
        assert report.phase == "Succeeded"

    def test_logs_have_an_offset_to_go_on_from(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(prints="one\ntwo\nthree"))
        run(runtime, request)
        lines = list(runtime.logs(request.key.uid, request.key.node_id, "main"))
        assert [line.text for _, line in lines] == ["one", "two", "three"]
        assert {(line.pod_name, line.container, line.stream) for _, line in lines} == {("pod-a", "main", "stdout")}
        rest = list(runtime.logs(request.key.uid, request.key.node_id, "main", offset=lines[0][0]))
        assert rest == lines[1:]
        assert list(runtime.logs(request.key.uid, request.key.node_id, "main", offset=lines[2][0])) == []

    def test_unknown_pods_and_containers_have_no_logs(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(prints="x\n"))
        run(runtime, request)
        assert list(runtime.logs(UID, NodeId("never"), "main")) == []
        assert list(runtime.logs(UID, request.key.node_id, "sidecar")) == []

    def test_kill_ends_a_pod_with_sigterm(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        runtime.start(request)
        wait_for(runtime, request.key, phase="Running")
        runtime.kill(request.key, 100)
        report = wait_for(runtime, request.key)[request.key]
        assert (report.phase, report.containers[0].exit_code, report.message) == ("Failed", 143, "")

    def test_kill_without_grace_ends_a_pod_with_sigkill(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        runtime.start(request)
        wait_for(runtime, request.key, phase="Running")
        runtime.kill(request.key, 0)
        assert wait_for(runtime, request.key)[request.key].containers[0].exit_code == 137

    def test_a_kill_that_says_no_grace_takes_the_pods_own(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        spec = request.manifest.get("spec")
        own = {**(spec if isinstance(spec, dict) else {}), "terminationGracePeriodSeconds": 0}
        hurried: JsonObject = {**request.manifest, "spec": own}
        request = replace(request, manifest=hurried)
        runtime.start(request)
        wait_for(runtime, request.key, phase="Running")
        runtime.kill(request.key, None)
        assert wait_for(runtime, request.key)[request.key].containers[0].exit_code == 137

    def test_kill_ignores_unknown_and_ended_keys(self, runtime: PodRuntime) -> None:
        runtime.kill(key_of("never"), 1)
        request = self.pod(runtime, "a", Behaviour())
        first = run(runtime, request)
        runtime.kill(request.key, 0)
        assert run(runtime, request) == first

    def test_the_deadline_ends_a_pod_with_its_message(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        past = datetime.now(UTC) - timedelta(days=365)  # noqa: TID251 - a runtime keeps real deadlines
        report = run(runtime, replace(request, deadline=past))
        assert report.phase == "Failed" and report.reason == "DeadlineExceeded"
        assert report.message == "Pod was active on the node longer than the specified deadline"

    def test_attach_reports_every_pod_of_a_run_again(self, runtime: PodRuntime) -> None:
        ended = run(runtime, self.pod(runtime, "a", Behaviour(exit_code=2)))
        living = self.pod(runtime, "b", Behaviour(stays=True))
        runtime.start(living)
        wait_for(runtime, living.key, phase="Running")
        runtime.attach(UID)
        again = wait_for(runtime, ended.key)[ended.key]
        assert again == ended
        runtime.kill(living.key, 0)
        wait_for(runtime, living.key)

    def test_attach_to_an_unknown_run_reports_nothing(self, runtime: PodRuntime) -> None:
        runtime.attach(WorkflowUid("never"))
        assert list(runtime.poll(0)) == []

    def test_poll_returns_when_it_is_woken(self, runtime: PodRuntime) -> None:
        runtime.wake()
        assert list(runtime.poll(PATIENCE)) == []

    def test_remove_forgets_a_pod(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(prints="x\n", exit_code=5))
        other = self.pod(runtime, "b", Behaviour(prints="y\n"))
        run(runtime, request)
        run(runtime, other)
        runtime.remove(UID, request.key.node_id)
        assert log_of(runtime, request.key) == []
        assert log_of(runtime, other.key) == [("stdout", "y")]

    def test_remove_kills_what_runs(self, runtime: PodRuntime) -> None:
        request = self.pod(runtime, "a", Behaviour(stays=True))
        runtime.start(request)
        wait_for(runtime, request.key, phase="Running")
        runtime.remove(UID)
        runtime.attach(UID)
        assert list(runtime.poll(0)) == []

    def test_many_pods_run_at_once(self, runtime: PodRuntime) -> None:
        requests = [self.pod(runtime, f"n{index}", Behaviour(exit_code=index % 2)) for index in range(24)]
        for request in requests:
            runtime.start(request)
        reports = wait_for(runtime, *(request.key for request in requests))
        phases: Sequence[str] = [reports[request.key].phase for request in requests]
        assert phases == ["Succeeded", "Failed"] * 12

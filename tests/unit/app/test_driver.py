"""The loop over a memory store, a fake runtime and virtual time."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.retention import delete_expired
from tiphys.app.controller.rules import RunRules
from tiphys.app.services.archive import Archive
from tiphys.app.services.objects import key_of, new_object
from tiphys.app.services.query import LocalApi
from tiphys.app.services.reading import Reading
from tiphys.app.services.submit import identify
from tiphys.app.services.telemetry import Telemetry
from tiphys.core.engine.measurement import Metric
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.objects.selectors import label_selector
from tiphys.errors import NotFoundError, StoreError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import ListFilter, LogFilter
from tiphys.ports.metrics import NoMetrics
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import RunCommit, StoredObject
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

TWO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
    - - {name: b, template: work}
  - name: work
    script: {image: none, command: [sh], source: echo}
"""


class Watcher:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.nodes: list[tuple[str, str]] = []
        self.lines: list[str] = []

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        phase = workflow.status.phase if workflow.status is not None else None
        if phase and phase not in self.phases:
            self.phases.append(phase)
        self.nodes += [(node.display_name or "", node.phase or "") for node in nodes]

    def tick(self) -> None:
        return None

    def log(self, line: LogLine) -> None:
        self.lines.append(line.text)


class Machine:
    """A data directory with its runtime; ``restart`` forgets everything that is not stored."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.runtime = FakeRuntime(self.clock)
        self.watcher = Watcher()
        self.restart()

    def restart(self) -> None:
        self.driver = LocalDriver(self.store, self.runtime, self.clock)
        self.api = LocalApi(self.store, self.runtime)

    def remove(self, stored: StoredObject) -> None:
        self.runtime.remove(stored.uid)
        self.store.delete(stored.key)

    def submit(self, text: str) -> WorkflowUid:
        manifest = load(textwrap.dedent(text), "t.yaml").documents[0].manifest
        assert isinstance(manifest, Workflow)
        workflow = identify(manifest, self.clock, "default")
        return self.store.create(new_object(workflow, self.clock.now())).uid

    def run(self, text: str, *, logs: bool = False) -> Workflow:
        uid = self.submit(text)
        self.driver.drive([uid], self.watcher, logs=logs)
        found = self.store.find(uid)
        assert found is not None
        return self.api.get("default", found.key.name)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_run_is_driven_to_its_end_and_kept(machine: Machine) -> None:
    machine.runtime.on("*", Outcome(seconds=3, stdout="hello\n"))
    workflow = machine.run(TWO, logs=True)
    assert workflow.status is not None
    assert (workflow.status.phase, workflow.status.progress) == ("Succeeded", "2/2")
    assert {node.name: node.phase for node in (workflow.status.nodes or {}).values()} == dict.fromkeys(
        ("two", "two[0]", "two[0].a", "two[1]", "two[1].b"), "Succeeded"
    )
    assert workflow.metadata is not None
    assert workflow.metadata.labels == {
        "workflows.argoproj.io/phase": "Succeeded",
        "workflows.argoproj.io/completed": "true",
    }
    assert machine.watcher.phases == ["Running", "Succeeded"]
    assert machine.watcher.lines == ["hello", "hello"]
    assert [request.node_name for request in machine.runtime.started] == ["two[0].a", "two[1].b"]


def test_nothing_is_left_to_perform_after_the_end(machine: Machine) -> None:
    workflow = machine.run(TWO)
    assert workflow.metadata is not None
    assert machine.store.commands(workflow.metadata.uid) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("crash_at", range(1, 8))
def test_a_crash_after_any_commit_loses_and_repeats_nothing(machine: Machine, crash_at: int) -> None:
    class CrashError(Exception):
        pass

    machine.runtime.on("*", Outcome(seconds=1))
    uid = machine.submit(TWO)
    original = machine.store.commit
    commits = 0

    def commit(change: RunCommit) -> int:
        nonlocal commits
        version = original(change)
        commits += 1
        if commits == crash_at:
            raise CrashError
        return version

    machine.store.commit = commit  # type: ignore[method-assign,assignment]
    try:
        machine.driver.drive([uid], machine.watcher)
    except CrashError:
        machine.store.commit = original  # type: ignore[method-assign]
        machine.restart()
        machine.driver.drive([uid], machine.watcher)
    workflow = machine.api.get("default", "two")
    assert workflow.status is not None
    assert workflow.status.phase == "Succeeded"
    assert [request.node_name for request in machine.runtime.started] == ["two[0].a", "two[1].b"]


def test_what_ended_while_nobody_looked_is_heard_before_time_limits_count(machine: Machine) -> None:
    machine.runtime.on("*.a", Outcome(seconds=5))
    uid = machine.submit(TWO.replace("entrypoint: main", "entrypoint: main\n  activeDeadlineSeconds: 20"))
    original = machine.runtime.poll
    machine.runtime.poll = _crash  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreError):
        machine.driver.drive([uid], machine.watcher)
    machine.runtime.poll = original  # type: ignore[method-assign]
    machine.clock.advance(10)
    original(0)
    machine.clock.advance(60)
    machine.restart()
    machine.driver.drive([uid], machine.watcher)
    status = machine.api.get("default", "two").status
    assert status is not None
    assert {node.display_name: (node.phase, node.message) for node in (status.nodes or {}).values()}["a"] == (
        "Succeeded",
        None,
    )


def _crash(timeout: float | None) -> list[object]:
    raise StoreError("the controller is killed")


def test_a_crash_before_a_commit_repeats_only_the_decision(machine: Machine) -> None:
    uid = machine.submit(TWO)
    original = machine.store.commit
    machine.store.commit = _full_disk  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreError):
        machine.driver.drive([uid], machine.watcher)
    assert machine.runtime.started == []
    machine.store.commit = original  # type: ignore[method-assign]
    machine.restart()
    machine.driver.drive([uid], machine.watcher)
    assert len(machine.runtime.started) == 2


def _full_disk(change: RunCommit) -> int:
    raise StoreError("the disk is full")


def test_no_more_pods_run_at_once_than_the_machine_allows(machine: Machine) -> None:
    machine.driver = LocalDriver(machine.store, machine.runtime, machine.clock, max_pods=3)
    machine.runtime.on("*", Outcome(seconds=5))
    most = 0

    class Counter(Watcher):
        def tick(self) -> None:
            nonlocal most
            most = max(most, len(machine.runtime.running()))

    machine.watcher = Counter()
    workflow = machine.run(
        TWO.replace("{name: a, template: work}", "{name: a, template: work, withSequence: {count: 10}}")
    )
    assert workflow.status is not None
    assert workflow.status.phase == "Succeeded"
    assert most == 3
    assert len(machine.runtime.started) == 11


def test_stopping_kills_what_runs_and_starts_nothing_more(machine: Machine) -> None:
    machine.runtime.on("*", Outcome(seconds=None))

    class Stopper(Watcher):
        def tick(self) -> None:
            if machine.runtime.running():
                machine.driver.stop("Stop")

    machine.watcher = Stopper()
    workflow = machine.run(TWO)
    assert workflow.status is not None
    assert (workflow.status.phase, workflow.status.message) == ("Failed", "Stopped with strategy 'Stop'")
    assert workflow.spec is not None
    assert workflow.spec.shutdown == "Stop"
    assert len(machine.runtime.killed) == 1


def test_retry_waits_in_virtual_time(machine: Machine) -> None:
    machine.runtime.on("*", Outcome(exit_code=1), Outcome(exit_code=1), Outcome())
    begin = machine.clock.now()
    retry = 'retryStrategy: {limit: 3, backoff: {duration: "10", factor: 2}}'
    workflow = machine.run(
        f"""
        kind: Workflow
        metadata: {{name: rt}}
        spec:
          entrypoint: main
          templates:
          - name: main
            {retry}
            container: {{image: none, command: [x]}}
        """
    )
    assert workflow.status is not None
    assert workflow.status.phase == "Succeeded"
    assert machine.clock.now() - begin >= timedelta(seconds=30)
    assert len(machine.runtime.started) == 3


@pytest.mark.parametrize(
    ("strategy", "fails", "seconds"),
    [
        ("{secondsAfterCompletion: 10}", False, 11),
        ("{secondsAfterCompletion: 10, secondsAfterSuccess: 5}", False, 6),
        ("{secondsAfterCompletion: 10, secondsAfterFailure: 20}", True, 21),
        ("{secondsAfterFailure: 20}", False, None),
    ],
)
def test_time_to_live(machine: Machine, strategy: str, fails: bool, seconds: int | None) -> None:
    machine.runtime.on("*", Outcome(exit_code=int(fails)))
    machine.run(TWO.replace("spec:", f"spec:\n  ttlStrategy: {strategy}"))
    if seconds is None:
        machine.clock.advance(1_000_000)
        assert delete_expired(machine.store, machine.remove, machine.clock.now()) == []
        return
    machine.clock.advance(seconds - 1)
    assert delete_expired(machine.store, machine.remove, machine.clock.now()) == []
    machine.clock.advance(1)
    assert delete_expired(machine.store, machine.remove, machine.clock.now()) == ["two"]
    assert machine.store.get(key_of("default", "two")) is None


def test_list_get_logs_and_delete(machine: Machine) -> None:
    machine.runtime.on("*", Outcome(stdout="one\ntwo\n"))
    machine.run(TWO)
    assert [w.metadata.name for w in machine.api.list(ListFilter()) if w.metadata] == ["two"]
    assert machine.api.list(ListFilter(phases=["Failed"])) == []
    assert machine.api.get("default", "@latest") == machine.api.get("default", "two")
    lines = list(machine.api.logs("default", "two", LogFilter(pod_name="a")))
    assert [(line.pod_name.rpartition("-")[0], line.text) for line in lines] == [
        ("two-work", "one"),
        ("two-work", "two"),
    ]
    machine.api.delete("default", "two")
    with pytest.raises(NotFoundError):
        machine.api.get("default", "two")


def test_a_damaged_row_is_an_error_that_names_it(machine: Machine) -> None:
    uid = machine.submit(TWO)
    machine.store.commit(RunCommit(uid=uid, data=b'{"spec": {"entrypoint": 1}}'))
    with pytest.raises(StoreError, match="the stored workflow cannot be read"):
        machine.api.get("default", "two")


def test_the_object_has_what_argo_writes(machine: Machine) -> None:
    workflow = machine.run(TWO)
    data = msgspec.to_builtins(workflow)
    assert data["metadata"]["annotations"] == {"workflows.argoproj.io/pod-name-format": "v2"}
    assert list(data["status"]["conditions"]) == [
        {"type": "PodRunning", "status": "False"},
        {"type": "Completed", "status": "True"},
    ]
    assert {"startedAt", "finishedAt", "phase", "progress", "nodes"} <= set(data["status"])
    assert data["status"]["artifactGCStatus"] == {"notSpecified": True}
    assert "workflows.argoproj.io/workflow-archiving-status" not in data["metadata"]["labels"]


def test_lists_without_nodes_show_the_progress_of_the_nodes(machine: Machine) -> None:
    reading = Reading(machine.store, Archive(machine.store, on=False))
    listed: list[JsonValue] = []

    class Reader(Watcher):
        def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
            few, whole = (reading.get("default", "two", nodes=nodes)["status"] for nodes in (False, True))
            assert isinstance(few, dict)
            assert isinstance(whole, dict)
            assert few["progress"] == whole["progress"]
            listed.append(few["progress"])

    machine.watcher = Reader()
    machine.run(TWO)
    assert list(dict.fromkeys(listed)) == ["0/1", "1/2", "2/2"]


@pytest.mark.parametrize(("selector", "labelled"), [({}, True), ({"matchLabels": {"keep": "yes"}}, False)])
def test_a_finished_workflow_says_that_the_archive_has_it(
    machine: Machine, selector: dict[str, JsonValue], *, labelled: bool
) -> None:
    machine.driver.rules = RunRules(archive=Archive(machine.store, on=True, selector=label_selector(selector)))
    meta = machine.run(TWO).metadata
    label = ((meta and meta.labels) or {}).get("workflows.argoproj.io/workflow-archiving-status")
    assert label == ("Archived" if labelled else None)


def test_what_a_manifest_measures_is_told_once(machine: Machine) -> None:
    told: list[tuple[str, float]] = []

    class Remembers(NoMetrics):
        def tell(self, metric: Metric, run: str = "") -> str:
            told.append((metric.name, metric.value))
            return ""

    machine.driver.telemetry = Telemetry(Remembers())
    counted = "metrics: {prometheus: [{name: ran, help: h, counter: {value: '2'}}]}\n    script:"
    machine.run(TWO.replace("script:", counted))
    assert told == [("ran", 2.0), ("ran", 2.0)]


def test_a_metric_that_cannot_be_told_is_a_condition(machine: Machine) -> None:
    class Refuses(NoMetrics):
        def tell(self, metric: Metric, run: str = "") -> str:
            return f"help for metric {metric.name} is already set to x, it cannot be changed"

    machine.driver.telemetry = Telemetry(Refuses())
    counted = "metrics: {prometheus: [{name: ran, help: h, counter: {value: '2'}}]}\n    script:"
    status = machine.run(TWO.replace("script:", counted)).status
    found = {item.type: item.message for item in (status and status.conditions) or ()}
    text = "could not construct metric 'ran': help for metric ran is already set to x, it cannot be changed"
    assert found["MetricsError"] == f"{text}, {text}"
    assert status is not None and status.phase == "Succeeded"

"""Requests reach a run through the store, whoever drives it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import msgspec
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.requests import answer_undriven
from tiphys.app.services.asking import body_of, request_of
from tiphys.app.services.lifecycle import Lifecycle
from tiphys.app.services.objects import new_object
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submit import identify
from tiphys.core.engine.events import NodesSet, ShutdownRequested, SuspendChanged
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.errors import NotFoundError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import NodeValues
from tiphys.ports.runtime import LogLine
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

GATE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gate}
spec:
  entrypoint: main
  onExit: work
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
    - - {name: ask, template: ask}
    - - {name: b, template: work}
  - name: ask
    suspend: {}
    outputs: {parameters: [{name: who, valueFrom: {supplied: {}}}]}
  - name: work
    script: {image: none, command: [sh], source: echo}
"""


class Scripted:
    """An observer that does one thing after another, each as soon as its moment has come."""

    def __init__(self, *acts: tuple[Callable[[], bool], Callable[[], object]]) -> None:
        self.acts = list(acts)

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        return None

    def tick(self) -> None:
        if self.acts and self.acts[0][0]():
            self.acts.pop(0)[1]()

    def log(self, line: LogLine) -> None:
        return None


class Machine:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.runtime = FakeRuntime(self.clock)
        self.api = LocalApi(self.store, self.runtime)
        self.driver = LocalDriver(self.store, self.runtime, self.clock)
        self.lifecycle = Lifecycle(self.store, lambda uid: answer_undriven(self.store, self.clock, uid))

    def submit(self, text: str = GATE) -> WorkflowUid:
        manifest = load(textwrap.dedent(text), "t.yaml").documents[0].manifest
        assert isinstance(manifest, Workflow)
        return self.store.create(new_object(identify(manifest, self.clock, "default"), self.clock.now())).uid

    def node(self, name: str) -> NodeStatus | None:
        nodes = (self.api.get("default", "gate").status or msgspec.UNSET).nodes or {}  # type: ignore[union-attr]
        return next((node for node in nodes.values() if node.display_name == name), None)

    def waits(self) -> bool:
        node = self.node("ask")
        return node is not None and node.phase == "Running"

    def phase(self) -> tuple[str | None, str | None]:
        status = self.api.get("default", "gate").status
        return (status.phase, status.message) if status is not None else (None, None)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_driver_takes_what_another_process_asks_and_answers(machine: Machine) -> None:
    uid = machine.submit()
    asked: list[int] = []

    def ask() -> None:
        for request in (
            SuspendChanged(False),
            NodesSet(selector="displayName=ask", parameters=(("who", "zoe"),)),
            SuspendChanged(False),
        ):
            asked.append(machine.store.ask(uid, body_of(request)))

    machine.driver.drive([uid], Scripted((machine.waits, ask)))
    assert machine.phase()[0] == "Succeeded"
    missing = "raw output parameter 'who' has not been set and does not have a default value"
    assert [machine.store.take_answer(number) for number in asked] == [missing, "", ""]
    node = machine.node("ask")
    assert node is not None
    assert node.outputs is not None
    assert [p.value for p in node.outputs.parameters or ()] == ["zoe"]


def test_stop_reaches_a_driven_run(machine: Machine) -> None:
    uid = machine.submit()
    machine.runtime.on("*.a", Outcome(seconds=None))
    running = lambda: bool(machine.runtime.running())  # noqa: E731
    machine.driver.drive([uid], Scripted((running, lambda: machine.store.ask(uid, body_of(ShutdownRequested("Stop"))))))
    assert machine.phase() == ("Failed", "Stopped with strategy 'Stop'")
    assert len(machine.runtime.killed) == 1
    assert [request.node_name for request in machine.runtime.started] == ["gate[0].a", "gate.onExit"]


def test_a_request_that_is_older_than_the_driver_is_taken(machine: Machine) -> None:
    uid = machine.submit()
    number = machine.store.ask(uid, body_of(ShutdownRequested("Terminate")))
    machine.driver.drive([uid], Scripted())
    assert machine.phase() == ("Failed", "Stopped with strategy 'Terminate'")
    assert machine.store.take_answer(number) == ""


def test_a_run_that_nobody_drives_takes_requests_at_once(machine: Machine) -> None:
    uid = machine.submit()
    machine.driver.drive([uid], Scripted(), until_resting=True)
    assert machine.waits()
    with pytest.raises(UsageError, match="has not been set"):
        machine.lifecycle.resume("default", "gate")
    machine.lifecycle.set_nodes("default", "gate", NodeValues(selector="displayName=ask", parameters={"who": "zoe"}))
    assert machine.lifecycle.resume("default", "@latest") == "gate"
    assert machine.phase()[0] == "Running"
    assert len(machine.runtime.started) == 1
    machine.driver.drive([uid], Scripted())
    assert machine.phase()[0] == "Succeeded"
    assert [request.node_name for request in machine.runtime.started] == ["gate[0].a", "gate[2].b", "gate.onExit"]
    assert machine.store.requests() == []


def test_a_suspended_run_rests_until_it_is_resumed(machine: Machine) -> None:
    uid = machine.submit(GATE.replace("spec:\n", "spec:\n  suspend: true\n", 1))
    machine.driver.drive([uid], Scripted(), until_resting=True)
    assert machine.runtime.started == []
    machine.lifecycle.resume("default", "gate")
    machine.driver.drive([uid], Scripted(), until_resting=True)
    assert machine.waits()
    machine.lifecycle.suspend("default", "gate")
    assert machine.api.get("default", "gate").spec.suspend is True  # type: ignore[union-attr]
    machine.lifecycle.terminate("default", "gate")
    assert machine.phase() == ("Failed", "Stopped with strategy 'Terminate'")


def test_what_is_refused_is_refused_with_its_text(machine: Machine) -> None:
    uid = machine.submit()
    machine.driver.drive([uid], Scripted(), until_resting=True)
    with pytest.raises(UsageError, match="no suspend nodes matching nodeFieldSelector: phase=Failed"):
        machine.lifecycle.stop("default", "gate", selector="phase=Failed")
    with pytest.raises(UsageError, match="unable to parse node field selector 'x'"):
        machine.lifecycle.stop("default", "gate", selector="x")
    machine.lifecycle.stop("default", "gate", selector="displayName=ask", message="no")
    machine.driver.drive([uid], Scripted())
    assert machine.phase()[0] == "Failed"
    with pytest.raises(
        UsageError, match='cannot shutdown a completed workflow: workflow: "gate", namespace: "default"'
    ):
        machine.lifecycle.stop("default", "gate")
    with pytest.raises(NotFoundError):
        machine.lifecycle.stop("default", "nobody")


def test_an_unreadable_request_is_answered_and_harms_nothing(machine: Machine) -> None:
    uid = machine.submit()
    number = machine.store.ask(uid, b'{"type":"FromTheFuture"}')
    machine.driver.drive([uid], Scripted(), until_resting=True)
    assert (machine.store.take_answer(number) or "").startswith("the request cannot be read")
    assert request_of(body_of(SuspendChanged(True))) == SuspendChanged(True)


def test_events_are_kept_with_the_steps(machine: Machine) -> None:
    uid = machine.submit()
    machine.driver.drive([uid], Scripted(), until_resting=True)
    found = [msgspec.json.decode(body, type=Fact) for body in machine.store.events(uid)]
    assert [fact.reason for fact in found] == [
        "WorkflowRunning", "WorkflowNodeRunning", "WorkflowNodeRunning", "WorkflowNodeRunning",
        "WorkflowNodeSucceeded", "WorkflowNodeSucceeded", "WorkflowNodeRunning", "WorkflowNodeRunning",
    ]  # fmt: skip
    assert found[3].message == "Running node gate[0].a"


def test_explain_reads_the_rows(machine: Machine) -> None:
    uid = machine.submit()
    assert machine.api.explain("default", "gate").text.startswith("no process has begun to run it")
    machine.driver.drive([uid], Scripted(), until_resting=True)
    assert [reason.node for reason in machine.api.explain("default", "gate").reasons] == ["gate[1].ask"]
    with pytest.raises(NotFoundError, match="no node is called 'x'"):
        machine.api.explain("default", "gate", "x")

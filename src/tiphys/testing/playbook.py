"""Stories about the engine: a manifest, then events in and commands out, in virtual time.

A playbook keeps what a store would keep, so at any point the run can be thrown away and restored from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.capacities import Capacities, WorkflowLimits
from tiphys.app.controller.memo import Memo
from tiphys.app.controller.rules import NO_RULES, RunRules
from tiphys.app.controller.waits import PAUSE, Waits
from tiphys.core.engine.assemble import assemble
from tiphys.core.engine.commands import Command, KillPod, StartPod
from tiphys.core.engine.events import Container, Event, PodChanged, ShutdownRequested, SuspendChanged
from tiphys.core.engine.invariants import violations
from tiphys.core.engine.rerun import RerunPlan, plan_retry
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import Internal, NodeChange, Step, WorkflowChange
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowTemplate
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import Identity
from tiphys.core.validate.library import Library
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.store import ObjectKey, RunCommit, StoredObject
from tiphys.testing.clock import VirtualClock
from tiphys.testing.history import begun_anew

START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


class Playbook:
    """One run of a manifest, driven by hand.

    Pods are named by the display name or the full name of their node.  After every step the invariants are
    checked; ``restoring`` also replaces the run by one restored from its rows after every step, which must change
    nothing.  Playbooks that are given one ``store`` share locks and memoized outputs; ``limits`` bounds the workflows
    that run at once.  With ``hurried`` every poll looks whether holders of locks wait for each other.
    Of ``rules`` only those about pods and depth count.
    """

    def __init__(
        self,
        workflow: Workflow,
        *,
        name: str | None = None,
        library: Sequence[WorkflowTemplate] = (),
        restoring: bool = False,
        store: MemoryStore | None = None,
        limits: WorkflowLimits | None = None,
        hurried: bool = False,
        rules: RunRules = NO_RULES,
    ) -> None:
        meta = workflow.metadata
        self.name = name or (meta.name if meta is not None else None) or "wf"
        self.now = START
        self.manifest = workflow
        uid = WorkflowUid("uid-1") if store is None else WorkflowUid(f"uid-{self.name}")
        identity = Identity(uid=uid, name=self.name, namespace="default", created_at=START)
        self.plan = compile_plan(workflow, identity, Library(library), max_depth=rules.max_depth, pods=rules.pods)
        self.store = store or MemoryStore(VirtualClock(START))
        self._limits = limits
        self._hurried = hurried
        keep(self.store, identity)
        self.run = Run.start(self.plan, self.now, throttled=limits is not None)
        self.waits = self._waits()
        self.restoring = restoring
        self.rows: dict[str, NodeChange] = {}
        self.workflow = WorkflowChange(
            phase="",
            message="",
            started_at=None,
            finished_at=None,
            progress="0/0",
            shutdown="",
            suspended=False,
            parameters=(),
        )
        self.commands: list[Command] = []
        self.running: dict[NodeId, StartPod] = {}
        self.killed: list[NodeId] = []
        self.step = self.advance()

    # -- events ----------------------------------------------------------------------------------------------

    def advance(self, *events: Event, seconds: float = 0) -> Step:
        """Let time pass, hand in events and what waiting nodes hear, keep the steps; the last one is answered."""
        self.now += timedelta(seconds=seconds)
        if self.restoring:
            waited = self.waits.waiting
            self.crash()
            if waited:
                self._settle([])
        return self._settle([*events, *self.waits.poll(self.now)])

    def _settle(self, news: list[Event]) -> Step:
        """Decide until every question is answered; ``restoring`` also crashes before each new answer is heard."""
        heard: list[Event] = []
        while True:
            self._turn(news)
            news = self.waits.answers(self.now)
            if not news:
                return self.step
            # A restored run asks again for what it waits for; it is not restored for the same answer twice.
            if self.restoring and any(event not in heard for event in news):
                self.crash()
            heard += news

    def crash(self) -> None:
        """Lose what is in memory: the next step is decided by a run that is restored from its rows."""
        restore = Run.restore if self.rows or self.workflow.phase or self.workflow.started_at else None
        throttled = self._limits is not None
        self.run = (
            restore(self.plan, self.workflow, _through_json(self.rows), self.now, throttled=throttled)
            if restore is not None
            else Run.start(self.plan, self.now, throttled=throttled)
        )
        self.waits = self._waits()

    def _waits(self) -> Waits:
        uid, namespace = self.plan.identity.uid, self.plan.identity.namespace
        limits = self._limits or WorkflowLimits()
        capacities = Capacities(self.store, self.plan.config_maps, lambda: limits)
        memo = Memo(uid, namespace, self.store)
        return Waits(uid, self.store.locks, capacities, memo, pause=timedelta(0) if self._hurried else PAUSE)

    def _turn(self, events: Sequence[Event]) -> None:
        self.step = self.run.advance(events, self.now)
        asked = self.waits.take_in(self.step, self.now)
        self.store.commit(
            RunCommit(
                uid=self.plan.identity.uid,
                lock_requests=asked.lock_requests,
                unlocks=asked.unlocks,
                cached=asked.cached,
                ended=self.step.finished,
            )
        )
        self._take_in()

    def _take_in(self) -> None:
        for change in self.step.changes:
            self.rows[change.status.name or ""] = change
        if self.step.workflow is not None:
            self.workflow = self.step.workflow
        self.commands.extend(self.step.commands)
        for command in self.step.commands:
            if isinstance(command, StartPod):
                if command.node_id in self.running:
                    raise AssertionError(f"{command.node_name} was started twice")
                self.running[command.node_id] = command
            elif isinstance(command, KillPod):
                self.killed.append(command.node_id)
                self.running.pop(command.node_id, None)
        problems = violations(list(self.rows.values()), self.workflow)
        if problems:
            raise AssertionError("; ".join(problems))

    def begin(self, *pods: str) -> Step:
        """The pods run now."""
        return self.advance(*(PodChanged(node_id=self.find(pod), phase="Running") for pod in pods))

    def succeed(
        self, *pods: str, result: str | None = None, parameters: Mapping[str, str] | None = None, seconds: float = 0
    ) -> Step:
        """The pods end well."""
        return self._finish(pods, 0, result, parameters, seconds)

    def fail(self, *pods: str, exit_code: int = 1, seconds: float = 0) -> Step:
        """The main containers of the pods end with an exit code."""
        return self._finish(pods, exit_code, None, None, seconds)

    def report(
        self, pod: str, phase: str, *containers: Container, message: str = "", result: str | None = None, ip: str = ""
    ) -> Step:
        """Any report of a pod."""
        id_ = self.find(pod)
        event = PodChanged(
            node_id=id_, phase=phase, containers=containers, message=message, result=result, pod_ip=ip or None
        )
        return self.tell(pod, event)

    def tell(self, pod: str, event: PodChanged) -> Step:
        """Any report of a pod, whose node is filled in."""
        found = self.find(pod)
        if event.phase in {"Succeeded", "Failed", "Error"}:
            del self.running[found]
        return self.advance(msgspec.structs.replace(event, node_id=found))

    def ready(self, pod: str, ip: str = "10.0.0.7") -> Step:
        """All containers of a daemon are ready."""
        container = Container(name="main", state="running", ready=True)
        return self.report(pod, "Running", container, ip=ip)

    def lose(self, *pods: str) -> Step:
        """Nothing is left of the pods."""
        events = [PodChanged(node_id=self._take(pod), phase="Failed", lost=True) for pod in pods]
        return self.advance(*events)

    def shut_down(self, strategy: str) -> Step:
        """Somebody stops or terminates the run."""
        return self.advance(ShutdownRequested(strategy))

    def suspend(self, *, on: bool) -> Step:
        """Somebody suspends or resumes the run."""
        return self.advance(SuspendChanged(on))

    def rerun(
        self,
        chosen: Callable[[NodeStatus], bool] | None = None,
        *,
        failed: bool = True,
        expand: bool = False,
        daemon: Callable[[NodeStatus], bool] = lambda status: False,
    ) -> RerunPlan:
        """Somebody retries the finished run; answers with the plan that was carried out."""
        plan = plan_retry(
            list(self.rows.values()), self.name, self.now, chosen=chosen, failed=failed, expand=expand, daemon=daemon
        )
        self.rows = {row.status.name: row for row in (*plan.kept, *plan.reset)}
        self.workflow = begun_anew(self.workflow, self.now)
        self.commands, self.killed, self.running = [], [], {}
        self.run = Run.restore(self.plan, self.workflow, _through_json(self.rows), self.now)
        self.waits = self._waits()
        self.advance()
        return plan

    def _finish(
        self, pods: Sequence[str], code: int, result: str | None, parameters: Mapping[str, str] | None, seconds: float
    ) -> Step:
        end = self.now + timedelta(seconds=seconds)
        events = [
            PodChanged(
                node_id=self.find(pod),
                phase="Failed" if code else "Succeeded",
                containers=(
                    Container(
                        name="main",
                        exit_code=code,
                        reason="Error" if code else "Completed",
                        started_at=self.now,
                        finished_at=end,
                    ),
                ),
                result=result,
                parameters=tuple((parameters or {}).items()),
                artifacts=saved(self.running.pop(self.find(pod))),
            )
            for pod in pods
        ]
        return self.advance(*events, seconds=seconds)

    def _take(self, pod: str) -> NodeId:
        found = self.find(pod)
        if self.running.pop(found, None) is None:
            raise AssertionError(f"{pod} is not running")
        return found

    # -- what can be seen -------------------------------------------------------------------------------------

    def find(self, pod: str) -> NodeId:
        """The node of a started pod, by display name or full name."""
        for command in self.running.values():
            status = self.rows[command.node_name].status
            if pod in {status.name, status.display_name}:
                return command.node_id
        raise AssertionError(f"{pod} is not running; there is: {', '.join(self.started)}")

    @property
    def started(self) -> list[str]:
        """Display names of the pods that run, in the order of their start."""
        return [self.rows[command.node_name].status.display_name or "" for command in self.running.values()]

    @property
    def phase(self) -> str:
        """The phase of the workflow."""
        return self.workflow.phase

    @property
    def message(self) -> str:
        """The message of the workflow."""
        return self.workflow.message

    def nodes(self) -> dict[str, NodeStatus]:
        """All nodes by full name, as Argo shows them."""
        return {status.name or "": status for status in assemble(list(self.rows.values())).values()}

    def node(self, name: str) -> NodeStatus:
        """A node by full name or display name."""
        found = self.nodes()
        if name in found:
            return found[name]
        return next(status for status in found.values() if status.display_name == name)

    def phases(self) -> dict[str, str]:
        """Phase by full name."""
        return {name: status.phase or "" for name, status in self.nodes().items()}

    def pod(self, name: str) -> StartPod:
        """The command that started a pod, running or not, by display name or full name."""
        for command in reversed(self.commands):
            if isinstance(command, StartPod):
                status = self.rows[command.node_name].status
                if name in {status.name, status.display_name}:
                    return command
        raise AssertionError(f"no pod {name} was started")

    def env(self, name: str) -> Mapping[str, object]:
        """The variables of the main container of a pod that have a value."""
        found = self.main(name).get("env")
        return {item["name"]: item.get("value") for item in found} if isinstance(found, list) else {}

    def main(self, name: str) -> Mapping[str, object]:
        """The main container of a pod."""
        spec = self.pod(name).manifest["spec"]
        if not isinstance(spec, dict) or not isinstance(spec["containers"], list):
            raise AssertionError("the pod has no containers")
        container = spec["containers"][0]
        if not isinstance(container, dict):
            raise AssertionError("the container is no map")
        return container


def saved(command: StartPod) -> tuple[JsonObject, ...]:
    """What a runtime reports of the artifacts of a pod that wrote them all."""
    logs = (command.log_artifact,) if command.log_artifact is not None else ()
    return (*command.output_artifacts, *logs)


def keep(store: MemoryStore, identity: Identity) -> None:
    """Make the object of a run, driven by a living process."""
    store.create(
        StoredObject(
            key=ObjectKey("Workflow", identity.namespace, identity.name),
            uid=identity.uid,
            resource_version=0,
            created_at=identity.created_at,
            labels={},
            phase="",
            data=b"{}",
        )
    )
    store.claim(identity.uid)


def _through_json(rows: Mapping[str, NodeChange]) -> list[NodeChange]:
    """The rows as a store gives them back."""
    return [
        NodeChange(
            msgspec.json.decode(msgspec.json.encode(row.status), type=NodeStatus),
            msgspec.json.decode(msgspec.json.encode(row.internal), type=Internal),
        )
        for row in rows.values()
    ]

"""One run while this process drives it: its engine, what is stored of it, what is still to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tiphys.app.controller.capacities import Capacities, WorkflowLimits, is_throttled
from tiphys.app.controller.memo import Memo
from tiphys.app.controller.rules import NO_RULES, RunRules
from tiphys.app.controller.waits import Waits
from tiphys.app.services.asking import request_of
from tiphys.app.services.estimation import Estimate, estimate
from tiphys.app.services.objects import (
    PENDING,
    change_of,
    identity_of,
    node_changes,
    node_row,
    row_labels,
    times_of,
    with_change,
    workflow_of,
)
from tiphys.core.engine.commands import Command, KillPod, StartPod
from tiphys.core.engine.events import Event, ShutdownRequested, SuspendChanged
from tiphys.core.engine.measurement import Metric
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import Step, WorkflowChange
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.compile import compile_plan
from tiphys.core.validate.library import Library
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import Answer, CommandRow, RequestRow, RunCommit, Store, StoredObject


class ActiveRun:
    """Advances one run and keeps every step before anything is done about it."""

    def __init__(
        self,
        store: Store,
        stored: StoredObject,
        library: Library,
        now: datetime,
        *,
        limits: Callable[[], WorkflowLimits] = WorkflowLimits,
        rules: RunRules = NO_RULES,
        uid: Callable[[], str] | None = None,
    ) -> None:
        self._store = store
        self._rules = rules
        self.uid: WorkflowUid = stored.uid
        self.workflow = workflow_of(stored)
        self.events: list[Event] = []
        self.performed: list[str] = []
        self.wake_at: datetime | None = None
        self.touched = True
        self.finished = False
        self._kept: WorkflowChange | None = None
        self._version = stored.resource_version
        self._written = _wishes(self.workflow)
        self._answers: list[Answer] = []
        self._estimate = estimate(store, self.workflow) if rules.estimates else Estimate()
        self.commands: list[Command] = []
        #: Where measurements go; answers why one cannot be told.
        self.tell: Callable[[Metric], str | None] = lambda _metric: None
        self._refuse_changed()
        identity = identity_of(stored)
        self.plan = plan = compile_plan(
            self.workflow, identity, library, passing=rules.passing, pods=rules.pods, max_depth=rules.max_depth
        )
        throttled = is_throttled(store, limits(), self.namespace)
        rows = list(store.nodes(stored.uid))
        self.restored = bool(rows)
        if rows or (self.workflow.status is not None and self.workflow.status.phase):
            shown = change_of(self.workflow)
            self.run = Run.restore(plan, shown, node_changes(rows), now, throttled=throttled, uid=uid)
            self.commands = [_command(row) for row in store.commands(stored.uid)]
        else:
            self.run = Run.start(plan, now, throttled=throttled, uid=uid)
        self.waits = Waits(
            stored.uid,
            store.locks,
            Capacities(store, plan.config_maps, limits),
            Memo(stored.uid, self.namespace, store, single_flight=limits().single_flight),
            passing=rules.passing,
        )

    @property
    def begun(self) -> bool:
        """True once something of the run may have been done."""
        status = self.workflow.status
        return status is not None and (status.phase or PENDING) != PENDING

    @property
    def name(self) -> str:
        """The workflow's name."""
        return (self.workflow.metadata.name if self.workflow.metadata else None) or ""

    @property
    def namespace(self) -> str:
        """The workflow's namespace."""
        return (self.workflow.metadata.namespace if self.workflow.metadata else None) or ""

    @property
    def resting(self) -> bool:
        """True while only a person can move the run, and all that it wanted is done."""
        return self.run.resting and not (self.events or self.commands or self.performed)

    def take_request(self, row: RequestRow) -> None:
        """Let the next step do what somebody asks; the answer is kept with it.

        Everything that happened before must have been decided: whether it is refused depends on the present state.
        """
        try:
            request = request_of(row.body)
        except ValueError as error:
            self._answers.append(Answer(row.number, str(error)))
            return
        refusal = self.run.refusal(request)
        if refusal is None:
            self.events.append(request)
        self._answers.append(Answer(row.number, refusal or ""))

    def advance(self, now: datetime) -> Step:
        """Decide the next step and keep it, in one transaction with its commands.

        What it measures is told before: a metric that cannot be told is a condition of the workflow.
        """
        events, self.events = self.events, []
        step = self.run.advance(events, now)
        step = self.run.metrics_refused(step, [text for metric in step.metrics if (text := self._refused(metric))])
        step = msgspec.structs.replace(step, changes=self._estimate.of_nodes(step.changes, self.name))
        self._keep(step, now)
        self.events += self.waits.answers(now)
        self.wake_at = step.wake_at
        self.finished = step.finished
        self.touched = False
        self.commands.extend(step.commands)
        return step

    def _refused(self, metric: Metric) -> str:
        refused = self.tell(metric)
        return f"could not construct metric '{metric.name}': {refused}" if refused else ""

    def _keep(self, step: Step, now: datetime) -> None:
        data = phase = labels = times = None
        progress = ""
        if step.workflow is not None:
            self.workflow = self._estimate.of_workflow(with_change(self.workflow, step.workflow))
            if step.finished:
                self.workflow = self._rules.finished(self.workflow)
            if self._matters(step.workflow) or step.finished:
                data = msgspec.json.encode(self.workflow)
                phase = step.workflow.phase
                labels = row_labels(self.workflow)
                times = times_of(self.workflow)
            else:
                progress = step.workflow.progress
        asked = self.waits.take_in(step, now)
        changed = step.changes or step.commands or data or self.performed or self._answers or step.events
        if not (changed or asked.lock_requests or asked.unlocks or asked.cached):
            return
        performed, self.performed = self.performed, []
        answers, self._answers = self._answers, []
        commit = RunCommit(
            uid=self.uid,
            nodes=[node_row(change) for change in step.changes],
            commands=[CommandRow(key=command.key, body=msgspec.json.encode(command)) for command in step.commands],
            performed=performed,
            data=data,
            phase=phase,
            labels=labels,
            times=times,
            progress=progress,
            answers=answers,
            events=[msgspec.json.encode(fact) for fact in self._rules.events.told(step, self.name)],
            expected=self._version,
            lock_requests=asked.lock_requests,
            unlocks=asked.unlocks,
            cached=asked.cached,
            ended=step.finished,
        )
        while True:
            try:
                self._version = self._store.commit(commit)
            except ConflictError:
                commit = self._joined(commit)
            else:
                break
        if commit.data is not None:
            self._written = _wishes(self.workflow)

    def _joined(self, commit: RunCommit) -> RunCommit:
        """The commit on top of what somebody else made of the workflow: its metadata is theirs, its status ours.

        A shutdown or suspension that they wrote into the spec is heard in the next step.
        """
        stored = self._store.find(self.uid)
        if stored is None:
            raise NotFoundError("the workflow was deleted", where=self.uid)
        theirs = workflow_of(stored)
        self._hear(*_wishes(theirs))
        self._refuse_changed(theirs)
        self._version = stored.resource_version
        self.workflow = msgspec.structs.replace(self.workflow, metadata=theirs.metadata)
        if commit.data is None:
            return msgspec.structs.replace(commit, expected=stored.resource_version)
        if self._kept is not None:
            self.workflow = with_change(self.workflow, self._kept)
        return msgspec.structs.replace(
            commit,
            expected=stored.resource_version,
            data=msgspec.json.encode(self.workflow),
            labels=row_labels(self.workflow),
        )

    def _refuse_changed(self, workflow: Workflow | None = None) -> None:
        """End the run with the next step if it must not go on as it, or what somebody made of it, is."""
        refusal = self._rules.refusal(workflow or self.workflow)
        if refusal is not None:
            self.events.append(refusal)

    def _hear(self, shutdown: str, suspend: bool) -> None:
        before = self._written
        if shutdown and shutdown != before[0]:
            self.events.append(ShutdownRequested(shutdown))
        if suspend != before[1]:
            self.events.append(SuspendChanged(suspend))
        self._written = shutdown, suspend

    def _matters(self, change: WorkflowChange) -> bool:
        """False when only the progress differs, which follows from the nodes: the manifest is not written for it."""
        kept, self._kept = self._kept, change
        if kept is None:
            return True
        return _without_progress(kept) != _without_progress(change)


def _without_progress(change: WorkflowChange) -> Sequence[object]:
    return (
        change.phase, change.message, change.started_at, change.finished_at, change.shutdown, change.suspended,
        change.parameters, change.artifacts, change.metric_errors,
    )  # fmt: skip


def _wishes(workflow: Workflow) -> tuple[str, bool]:
    """What the spec asks of a run: a shutdown, a suspension."""
    spec = workflow.spec or WorkflowSpec()
    return spec.shutdown or "", bool(spec.suspend)


_DECODERS: dict[str, msgspec.json.Decoder[Command]] = {}


def _command(row: CommandRow) -> Command:
    """A stored command."""
    if "command" not in _DECODERS:
        _DECODERS["command"] = msgspec.json.Decoder(StartPod | KillPod)
    return _DECODERS["command"].decode(row.body)

"""The loop: the only place where time passes.

Reports of pods come in, every touched run decides its next step, the step is kept, and only then are its commands
performed.  Synchronous and single-threaded: the runtime's ``poll`` is the one place where it waits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from tiphys.app.controller.active import ActiveRun
from tiphys.app.controller.capacities import WorkflowLimits
from tiphys.app.controller.rules import RunRules
from tiphys.app.controller.translate import pod_changed, pod_request
from tiphys.app.services.objects import KIND
from tiphys.app.services.telemetry import WORKFLOWS, Telemetry
from tiphys.core.engine.commands import KillPod, StartPod
from tiphys.core.engine.events import Refused, ShutdownRequested
from tiphys.core.engine.step import Step
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.objects.meta import MADE_BY
from tiphys.core.plan.model import Plan
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.api import RunObserver
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodKey, PodReport, PodRequest, PodRuntime, PodSources
from tiphys.ports.store import ListOptions, Store, StoredObject

#: The longest wait for reports, so that an observer can show that time passes.
TICK_SECONDS = 0.1


#: What a pod refers to by name, in the namespace of its run.
SourcesOf = Callable[[str, StartPod], PodSources]


def no_sources(namespace: str, pod: StartPod | PodRequest) -> PodSources:
    """Nothing that could be referred to."""
    return PodSources()


#: Is told of a run of which something raised; the others go on.
Broken = Callable[[ActiveRun, Exception], None]


class Companion(Protocol):
    """Looks after what belongs to runs beside their nodes: Jobs and bare Pods, claims.  Called from the loop only."""

    @property
    def busy(self) -> bool:
        """Whether the loop must go on for it."""

    def turn(self) -> None:
        """Start what is due and keep what changed."""

    def opened(self, workflow: Workflow, plan: Plan) -> str:
        """Is told of a run before its first pod starts, again after each take-over; answers why it cannot begin."""

    def finished(self, workflow: Workflow) -> None:
        """Is told of the end of a run."""

    def take(self, report: PodReport) -> bool:
        """Take the report of a pod; False when the pod is none of its own."""


class LocalDriver:
    """Drives runs of one store on one runtime.

    ``max_pods`` bounds how many pods run at once on this machine; further ones stay Pending until one ends.
    ``limits`` bounds the workflows that run at once and is read again while some wait.
    """

    def __init__(
        self,
        store: Store,
        runtime: PodRuntime,
        clock: Clock,
        *,
        library: Library = EMPTY,
        max_pods: int = 64,
        sources: SourcesOf = no_sources,
        companions: Sequence[Companion] = (),
        limits: Callable[[], WorkflowLimits] = WorkflowLimits,
    ) -> None:
        self._store = store
        self._runtime = runtime
        self._clock = clock
        self._library = library
        self._max_pods = max_pods
        self._limits = limits
        #: The longest wait for reports in seconds, where nothing has to be looked for again and again.
        self.tick = TICK_SECONDS
        #: Where the measurements of runs, and of the driver itself, go.
        self.telemetry = Telemetry()
        self.rules = RunRules()
        self._runs: dict[WorkflowUid, ActiveRun] = {}
        self._queue: OrderedDict[PodKey, tuple[ActiveRun, StartPod]] = OrderedDict()
        self._running: dict[PodKey, str] = {}
        self._sources = sources
        self._companions = companions
        self._adopted: list[WorkflowUid] = []
        self._stop: str | None = None
        self._offsets: dict[PodKey, int] = {}
        self._listened: datetime | None = None

    def stop(self, strategy: str) -> None:
        """Ask all driven runs to shut down; safe in a signal handler."""
        self._stop = strategy
        self._runtime.wake()

    def adopt(self, uid: WorkflowUid) -> None:
        """Drive one more run in the next round: one that a step of a driven run has made."""
        if self._runs:
            self._adopted.append(uid)

    def drive(
        self, uids: Sequence[str], observer: RunObserver, *, logs: bool = False, until_resting: bool = False
    ) -> None:
        """Block until every run is finished, or also until only a person can move those that are not.

        Without any, until the companions have nothing more to do: Jobs that somebody made.
        """
        try:
            if not uids:
                for companion in self._companions:
                    companion.turn()
            for uid in uids:
                self.take_up(WorkflowUid(uid))
            if any(run.restored for run in self._runs.values()):
                # What ended while nobody looked counts before any time limit does.
                for report in self._runtime.poll(TICK_SECONDS):
                    self._take(report, observer, logs=logs)
            while self._busy():
                self.turn(observer, logs=logs)
                if until_resting and all(run.finished or run.resting for run in self._runs.values()):
                    break
            for run in self._runs.values():
                if run.performed:
                    run.advance(self._clock.now())
        finally:
            for uid_ in list(self._runs):
                self.let_go(uid_)

    @property
    def runs(self) -> Sequence[ActiveRun]:
        """The runs that are driven now."""
        return tuple(self._runs.values())

    def drives(self, uid: WorkflowUid) -> bool:
        """Whether a workflow is driven here now."""
        return uid in self._runs

    def take_up(self, uid: WorkflowUid) -> None:
        """Begin to drive a run; one that is driven already goes on.

        Raises:
            NotFoundError: there is no such workflow.
            ConflictError: somebody else drives it.
        """
        if uid in self._runs:
            return
        run = self._open(uid)
        self._runs[run.uid] = run
        self._runtime.attach(run.uid)
        # What its steps have made and an earlier process did not finish.
        options = ListOptions(kind=KIND, labels={MADE_BY: uid}, phases=("", "Pending", "Running"), limit=10_000)
        self._adopted += [stored.uid for stored in self._store.list(options).items]

    def _busy(self) -> bool:
        """Whether anything is left to do: a run that is not over, or something that a run has made."""
        unfinished = any(not run.finished for run in self._runs.values())
        return unfinished or bool(self._adopted) or any(companion.busy for companion in self._companions)

    def _take_up_adopted(self) -> None:
        """One that another process drives, or that is gone, is left alone."""
        adopted, self._adopted = self._adopted, []
        for uid in adopted:
            if uid not in self._runs:
                with suppress(ConflictError, NotFoundError):
                    self.take_up(uid)

    def let_go(self, uid: WorkflowUid) -> None:
        """Drive a run no longer; its pods live on."""
        self._runs.pop(uid, None)
        for key in [key for key in self._queue if key.uid == uid]:
            del self._queue[key]
        for key in [key for key in self._running if key.uid == uid]:
            del self._running[key]
        self._store.release(uid)

    def _open(self, uid: WorkflowUid) -> ActiveRun:
        stored = self._found(uid)
        if not self._store.claim(uid):
            raise ConflictError(
                f"another process is running the workflow {stored.key.name}",
                "`tiphys get` and `tiphys logs -f` show what it does",
                stored.key.name,
            )
        try:
            run = ActiveRun(
                self._store,
                self._found(uid),  # again: until now somebody else may have driven it
                self._library,
                self._clock.now(),
                limits=self._limits,
                rules=self.rules,
                uid=self._clock.uid,
            )
            run.tell = lambda metric: self.telemetry.metrics.tell(metric, run.uid)
            for companion in self._companions:
                reason = companion.opened(run.workflow, run.plan)
                if reason and not run.begun:
                    run.events.append(Refused(message=reason, begun=True))
        except BaseException:
            self._store.release(uid)
            raise
        return run

    def _found(self, uid: WorkflowUid) -> StoredObject:
        stored = self._store.find(uid)
        if stored is None:
            raise NotFoundError(f"no workflow has the uid {uid}")
        return stored

    def turn(
        self,
        observer: RunObserver,
        *,
        logs: bool = False,
        for_ever: bool = False,
        broken: Broken | None = None,
    ) -> None:
        """One round: stop if asked, decide, keep, perform, wait.

        ``for_ever`` waits for reports even when no run is left to decide.  ``broken`` is told of a run whose step
        raised, and the others go on; without it the error is raised.
        """
        if self._stop is not None:
            strategy, self._stop = self._stop, None
            for run in self._runs.values():
                run.events.append(ShutdownRequested(strategy))
        now = self._clock.now()
        self._listen(now, observer, broken)
        self._take_up_adopted()
        for run in self.runs:
            with _contained(run, broken):
                if not run.finished and not run.events:
                    run.events += run.waits.poll(now)
                if not run.finished and (run.touched or run.events or self._due(run, now)):
                    self._advance(run, now, observer)
        self._start_waiting(broken)
        for companion in self._companions:
            companion.turn()
        if not for_ever and not self._busy():
            return
        reports = self._runtime.poll(self._timeout(now))
        for report in reports:
            self._take(report, observer, logs=logs)
        if logs:
            for key in self._running:  # a pod that only prints has nothing to report
                self._show_logs(key, observer)
        observer.tick()

    def _listen(self, now: datetime, observer: RunObserver, broken: Broken | None) -> None:
        """Take what other processes ask of the runs, in the order of asking; looked for ten times a second at most."""
        if self._listened is not None and (now - self._listened).total_seconds() < TICK_SECONDS:
            return
        self._listened = now
        for row in self._store.requests():
            run = self._runs.get(row.uid)
            if run is not None:
                with _contained(run, broken):
                    self._advance(run, now, observer)
                    run.take_request(row)
                    self._advance(run, now, observer)

    def _advance(self, run: ActiveRun, now: datetime, observer: RunObserver) -> None:
        step = self._decided(run, now)
        self._measure(run, step, now)
        if step.finished:
            for companion in self._companions:
                companion.finished(run.workflow)
        changed: list[NodeStatus] = [change.status for change in step.changes]
        self._perform(run)
        observer.changed(run.workflow, changed)

    def _decided(self, run: ActiveRun, now: datetime) -> Step:
        queue, begun = self.telemetry.queues[WORKFLOWS], self._clock.now()
        queue.start(run.uid, begun)
        try:
            return run.advance(now)
        finally:
            ended = self._clock.now()
            queue.done(ended)
            self.telemetry.decided((ended - begun).total_seconds())

    def _measure(self, run: ActiveRun, step: Step, now: datetime) -> None:
        """Tell what is over, and which locks were taken."""
        metrics = self.telemetry.metrics
        for change in step.changes:
            if change.status.finished_at:
                metrics.stop(run.uid, change.status.id, now)
        if step.finished:
            metrics.stop(run.uid, "", now)
        for lock in run.waits.taken():
            self.telemetry.took(lock)

    def _perform(self, run: ActiveRun) -> None:
        """Do what was decided and kept; doing it twice is harmless."""
        commands, run.commands = run.commands, []
        for command in commands:
            key = PodKey(run.uid, command.node_id)
            if isinstance(command, StartPod):
                self._queue[key] = (run, command)
                self.telemetry.asked(key, self._clock.now())
            elif isinstance(command, KillPod):
                waiting = self._queue.pop(key, None)
                if waiting is not None:
                    self.telemetry.dropped(key)
                    run.performed.append(waiting[1].key)
                else:
                    self.telemetry.killed(key, self._clock.now())
                    self._runtime.kill(key, command.grace_seconds)
                run.performed.append(command.key)

    def _start_waiting(self, broken: Broken | None) -> None:
        while self._queue and len(self._running) < self._max_pods:
            key, (run, command) = self._queue.popitem(last=False)
            with _contained(run, broken):
                sources = self._sources(run.namespace, command)
                self._running[key] = command.key
                self.telemetry.started(key, self._clock.now())
                self._runtime.start(pod_request(run.uid, run.name, run.namespace, command, sources))

    def _take(self, report: PodReport, observer: RunObserver, *, logs: bool) -> None:
        if any(companion.take(report) for companion in self._companions):
            return
        run = self._runs.get(report.key.uid)
        started = self._running.get(report.key, "")
        if report.lost or report.phase in {"Succeeded", "Failed", "Error"}:
            self._running.pop(report.key, None)
        elif started:
            self._running[report.key] = ""
        if run is None:
            return
        now = self._clock.now()
        self.telemetry.reported(report, now)
        self.telemetry.queues[WORKFLOWS].add(run.uid, now)
        if started:
            # The first report proves that the runtime will not forget the start.
            run.performed.append(started)
        if logs:
            self._show_logs(report.key, observer)
        run.events.append(pod_changed(report))
        run.touched = True

    def _show_logs(self, key: PodKey, observer: RunObserver) -> None:
        start = self._offsets.get(key, 0)
        for offset, line in self._runtime.logs(key.uid, NodeId(key.node_id), "main", offset=start):
            self._offsets[key] = offset
            observer.log(line)

    def _due(self, run: ActiveRun, now: datetime) -> bool:
        return run.wake_at is not None and run.wake_at <= now

    def _timeout(self, now: datetime) -> float:
        if any(run.events and not run.finished for run in self._runs.values()):
            return 0.0
        tick = TICK_SECONDS if any(run.waits.waiting for run in self._runs.values()) else self.tick
        moments = [run.wake_at for run in self._runs.values() if run.wake_at is not None and not run.finished]
        if not moments:
            return tick
        seconds = (min(moments) - now).total_seconds()
        return max(0.0, min(seconds, tick))


@contextmanager
def _contained(run: ActiveRun, broken: Broken | None) -> Iterator[None]:
    """Tell ``broken`` of what is raised about a run instead of letting the loop end."""
    try:
        yield
    except Exception as error:
        if broken is None:
            raise
        broken(run, error)

"""The controller of a server: takes up every workflow that nobody drives, and goes on until it is told to stop.

One thread.  Everything else that a server does over time (schedules, time to live) is a ``Duty`` that is called
between two rounds of the driver, so nothing needs a lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from tiphys.app.controller.active import ActiveRun
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.duty import Duty
from tiphys.app.services.objects import COMPLETED, KIND, in_error, row_labels, times_of, with_change, workflow_of
from tiphys.app.services.paging import rows
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.app.services.telemetry import WORKFLOWS
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.errors import ConflictError, ExpiredError, NotFoundError, StoreError, TiphysError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import RunObserver
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import ListOptions, RunCommit, Store, StoredObject

_LOG = logging.getLogger(__name__)
#: How often all unfinished workflows are looked through for those that lost their driver.
RESYNC = timedelta(seconds=5)
#: How long a run waits after the store failed it.
PATIENCE = timedelta(seconds=2)


class Silent:
    """An observer for nobody."""

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Nothing."""

    def tick(self) -> None:
        """Nothing."""

    def log(self, line: LogLine) -> None:
        """Nothing."""


class Controller:
    """Drives all runs of a store.

    Several controllers may share a store: a run belongs to whoever claims it.  A run whose step raises is put into
    quarantine: it ends in Error with the reason, for good, and the others go on.  A store that fails (a full disk) is
    tried again.  ``scope`` says which workflows are its own.
    """

    def __init__(
        self,
        store: Store,
        driver: LocalDriver,
        clock: Clock,
        *,
        duties: Sequence[Duty] = (),
        observer: RunObserver | None = None,
        scope: Scope = EVERYWHERE,
    ) -> None:
        self._store = store
        self._driver = driver
        self._clock = clock
        self._duties: dict[Duty, datetime | None] = dict.fromkeys(duties, clock.now())
        self._woken: set[Duty] = set()
        self._observer = observer or Silent()
        self._scope = scope
        self._stopping = threading.Event()
        #: The version of the store up to which changes were read; what was before the start is found by the first
        #: resync and by the duties, which are all due then.
        self._seen: int | None = None
        self._resync_at = clock.now()
        self._resting: dict[WorkflowUid, datetime] = {}

    def run(self) -> None:
        """Work until ``stop``; runs are let go then, and their pods live on."""
        try:
            while not self._stopping.is_set():
                self.round()
        finally:
            for run in self._driver.runs:
                self._driver.let_go(run.uid)

    def stop(self) -> None:
        """Have ``run`` return soon; from any thread."""
        self._stopping.set()

    def round(self) -> None:
        """Look for new work, do what is due, drive for a moment."""
        now = self._clock.now()
        self._woken.clear()
        try:
            changed = self._look(now)
        except StoreError:
            _LOG.exception("the store cannot be read")
            changed = False
        for duty, due in list(self._duties.items()):
            if duty in self._woken or (due is None and changed) or (due is not None and due <= now):
                self._duties[duty] = self._perform(duty, now)
        try:
            self._driver.turn(self._observer, for_ever=True, broken=self._broken)
        except Exception:  # what it decided is kept; what is left to do is found again
            _LOG.exception("a round failed")
            self._stopping.wait(PATIENCE.total_seconds())
        for run in self._driver.runs:
            self._settle(run)

    def _settle(self, run: ActiveRun) -> None:
        """Let a run go that is over and has been told so."""
        if run.finished and not run.performed:
            self._driver.let_go(run.uid)
        elif run.finished:
            try:
                run.advance(self._clock.now())
            except Exception:  # it is over, and performing a command twice is harmless
                _LOG.exception("the end of the workflow %s cannot be kept", run.name)
                self._driver.let_go(run.uid)

    def _perform(self, duty: Duty, now: datetime) -> datetime | None:
        queue, failed = self._driver.telemetry.queues.get(duty.queue), False
        if queue is not None:
            queue.start(duty.queue, now)
        try:
            return duty.perform(now)
        except Exception:  # a duty that fails must not end the controller
            _LOG.exception("%s failed", type(duty).__name__)
            failed = True
            return now + PATIENCE
        finally:
            if queue is not None:
                queue.done(self._clock.now(), again=failed)

    def _look(self, now: datetime) -> bool:
        """Take up what is new or has lost its driver; whether anything in the store has changed."""
        version = self._store.version()
        before, changed = self._seen, version != self._seen
        if before is not None:
            try:
                self._follow(before, version, now)
            except ExpiredError:
                self._resync_at = now
        if now >= self._resync_at:
            self._resync(now)
            self._resync_at = now + RESYNC
        self._seen = version
        return changed

    def _follow(self, since: int, version: int, now: datetime) -> None:
        """Read what has become of workflows from one version of the store to another."""
        while since < version:
            news = self._store.changes(since, kind=KIND)
            for change in news.items:
                self._wake(change.item)
                if change.type == "DELETED":
                    self._driver.let_go(change.item.uid)
                elif change.item.phase not in COMPLETED:
                    self._take_up(change.item, now)
            since = self._seen = max(news.version, since + 1)

    def _wake(self, item: StoredObject) -> None:
        """Have every duty called in this round that a change of a workflow concerns."""
        self._woken.update(duty for duty in self._duties if duty not in self._woken and duty.woken_by(item))

    def _resync(self, now: datetime) -> None:
        for phase in ("", "Pending", "Running"):
            for item in rows(self._store, ListOptions(kind=KIND, phases=(phase,))):
                self._take_up(item, now)

    def _take_up(self, item: StoredObject, now: datetime) -> None:
        uid = item.uid
        if not self._scope.takes(item.key, item.labels):
            return
        if self._driver.drives(uid) or self._resting.get(uid, now) > now:
            return
        self._resting.pop(uid, None)
        try:
            self._driver.take_up(uid)
        except (ConflictError, NotFoundError):
            return
        except StoreError:
            _LOG.exception("the workflow %s cannot be read", uid)
            self._resting[uid] = now + PATIENCE
        except Exception as error:  # one workflow that cannot be taken up must not stop the others
            _LOG.exception("the workflow %s cannot be taken up", uid)
            self._quarantine(uid, error)

    def _broken(self, run: ActiveRun, error: Exception) -> None:
        """A step of a run raised: what the engine holds of it cannot be trusted any more."""
        self._driver.let_go(run.uid)
        if isinstance(error, NotFoundError):  # it was deleted meanwhile
            return
        _LOG.error("the workflow %s failed", run.name, exc_info=error)
        if isinstance(error, StoreError):
            self._driver.telemetry.queues[WORKFLOWS].retry()
            self._resting[run.uid] = self._clock.now() + PATIENCE
        else:
            self._quarantine(run.uid, error)

    def _quarantine(self, uid: WorkflowUid, error: Exception) -> None:
        """End a workflow that Tiphys cannot handle, so that it is not tried again after a restart."""
        self._driver.telemetry.failed("OperationPanic")
        reason = error.message if isinstance(error, TiphysError) else f"{type(error).__name__}: {error}"
        now = self._clock.now()
        ended = in_error(f"Tiphys cannot handle this workflow: {reason}", now)
        try:
            stored = self._store.find(uid)
            if stored is None:
                return
            workflow = with_change(workflow_of(stored), ended)
            self._store.commit(
                RunCommit(
                    uid=uid,
                    data=msgspec.json.encode(workflow),
                    phase="Error",
                    labels=row_labels(workflow),
                    times=times_of(workflow),
                    ended=True,
                )
            )
        except TiphysError:
            _LOG.exception("the workflow %s cannot be put into quarantine", uid)
            self._resting[uid] = now + PATIENCE

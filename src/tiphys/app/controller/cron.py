"""Fires CronWorkflows: the moments come from ``core/schedule``, the decisions from ``core/engine/cron``.

A moment is fired once: the workflow and the note that it was made are kept in one transaction, whichever server and
however often it is restarted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tiphys.app.controller.duty import Duty
from tiphys.app.services.asking import body_of
from tiphys.app.services.objects import key_of
from tiphys.app.services.paging import rows
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.app.services.telemetry import CRONS, Telemetry
from tiphys.core.engine import cron as rules
from tiphys.core.engine.events import ShutdownRequested
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowStatus
from tiphys.core.plan.resolve import CRON_LABEL
from tiphys.core.schedule.fields import ScheduleError
from tiphys.core.schedule.firing import Firing, following
from tiphys.errors import ConflictError, NotFoundError, StoreError, TiphysError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import FIRING, ListOptions, Store, StoredObject, made_for

_LOG = logging.getLogger(__name__)
KIND = "CronWorkflow"
#: Argo's default of ``CRON_SYNC_PERIOD``.
SYNC = timedelta(seconds=10)
#: The longest time between two looks, so that a new schedule is noticed in time.
LOOK = timedelta(seconds=1)
#: How long it is kept that a moment was fired after it was noted: for controllers that read before that.
NOTED = timedelta(days=1)

Submit = Callable[[Workflow, str], Workflow]
"""Keeps a workflow, ``once`` for a name; raises ``ConflictError`` when that was done before."""
Delete = Callable[[str, str], None]
"""Removes the workflow of a namespace and name with its pods."""
Check = Callable[[CronWorkflow], str | None]
"""Why a CronWorkflow is not valid, or None."""


def _firing(item: StoredObject, slot: datetime) -> str:
    """What the workflow of a moment is made for; names of later moments are greater."""
    return made_for(FIRING, item.uid, str(int(slot.timestamp())))


class _Job(Struct):
    """What is known of one CronWorkflow: ``version`` is the resource version that its schedule was read at."""

    version: int
    text: str
    found: Sequence[Firing] = ()
    next: datetime | None = None


class CronController(Duty):
    """Fires what is due and keeps status and history."""

    queue = CRONS

    def __init__(
        self,
        store: Store,
        submit: Submit,
        delete: Delete,
        check: Check,
        *,
        zone: tzinfo,
        zones: Callable[[str], tzinfo],
        scope: Scope = EVERYWHERE,
        telemetry: Telemetry | None = None,
    ) -> None:
        #: How often children are counted and history is cut.
        self.sync = SYNC
        self._telemetry = telemetry or Telemetry()
        self._store = store
        self._delete = delete
        self._submit = submit
        self._check = check
        self._zone = zone
        self._zones = zones
        self._scope = scope
        self._jobs: dict[WorkflowUid, _Job] = {}
        self._sync_at: datetime | None = None

    def perform(self, now: datetime) -> datetime | None:
        """Fire what is due; the next moment is at most a second away."""
        stored = list(self._all())
        for uid in set(self._jobs) - {item.uid for item in stored}:
            del self._jobs[uid]
        sync = self._sync_at is None or now >= self._sync_at
        if sync:
            self._sync_at = now + self.sync
        moments = [now + LOOK]
        for item in stored:
            try:
                upcoming = self._one(item, now, sync=sync)
            except ConflictError:  # somebody changed it meanwhile: the next look sees the change
                continue
            except (TiphysError, msgspec.DecodeError):
                _LOG.exception("the CronWorkflow %s failed", item.key.name)
                continue
            if upcoming is not None:
                moments.append(upcoming)
        return min(moments)

    def _all(self) -> Sequence[StoredObject]:
        found = rows(self._store, ListOptions(kind=KIND))
        return [item for item in found if self._scope.takes(item.key, item.labels)]

    def _one(self, item: StoredObject, now: datetime, *, sync: bool) -> datetime | None:
        cron = cron_of(item)
        job = self._job(item, cron, now)
        slot = job.next if job.next is not None and job.next <= now else None
        held = slot is not None and rules.waits(cron)
        if slot is not None and not held:
            if not rules.is_noted(cron, slot):
                item = self._fire(item, slot, now)
            job.next = rules.upcoming(cron, job.found, slot, now)
        if sync or slot is not None:
            self._observe(item, now)
        return None if held else job.next

    def _job(self, item: StoredObject, cron: CronWorkflow, now: datetime) -> _Job:
        """The schedule as it is now; one that cannot be read never fires, which is said once."""
        spec = cron.spec
        text = f"{rules.schedule_text(spec)}|{spec.suspend}" if spec is not None else ""
        job = self._jobs.get(item.uid)
        if job is not None and job.text == text:
            return job
        try:
            found = rules.firings(cron, self._zone, self._zones)
        except (ScheduleError, LookupError) as error:
            self._telemetry.failed("CronWorkflowSpecError")
            self._keep(item, rules.invalid(cron, _unreadable(cron, error)).cron)
            job = self._jobs[item.uid] = _Job(item.resource_version, text)
            return job
        job = _Job(item.resource_version, text, found, rules.missed(cron, found, now) or following(found, now))
        self._jobs[item.uid] = job
        if rules.was_invalid(cron) and self._check(cron) is None:
            self._keep(item, rules.mended(cron))
        return job

    def _fire(self, item: StoredObject, slot: datetime, now: datetime) -> StoredObject:
        cron = cron_of(item)
        problem = self._check(cron)
        decision = rules.invalid(cron, problem) if problem else rules.fire(cron, slot, now)
        self._measure(item, cron, decision, wrong=bool(problem))
        namespace = item.key.namespace
        for name in decision.terminate:
            self._terminate(namespace, name)
        cron = decision.cron
        if decision.create is not None:
            cron = self._make(cron, decision.create, _firing(item, slot), slot)
        kept = self._keep(item, cron)
        self._store.forget_made(made_for(FIRING, item.uid), _firing(item, slot - NOTED))
        return kept

    def _measure(self, item: StoredObject, cron: CronWorkflow, decision: rules.Decision, *, wrong: bool) -> None:
        """Count a firing, and what the concurrency policy made of it."""
        names = {"name": item.key.name, "namespace": item.key.namespace}
        metrics = self._telemetry.metrics
        if wrong:
            self._telemetry.failed("CronWorkflowSpecError")
        elif decision.terminate or decision.skipped == rules.HELD_BACK:
            policy = (cron.spec and cron.spec.concurrency_policy) or ""
            metrics.count("cronworkflows_concurrencypolicy_triggered", {**names, "concurrency_policy": policy})

    def _make(self, cron: CronWorkflow, wanted: Workflow, once: str, slot: datetime) -> CronWorkflow:
        meta = wanted.metadata or ObjectMeta()
        try:
            made = self._submit(wanted, once)
        except ConflictError:
            # Made before: by another controller, or by one that was killed before it could be noted.
            found = self._store.get(key_of(meta.namespace or "", meta.name or ""))
            active = (cron.status or CronWorkflowStatus()).active or ()
            if found is None or any(item.uid == found.uid for item in active):
                return rules.noted(cron, slot)
            return rules.submitted(cron, replace(wanted, metadata=replace(meta, uid=str(found.uid))), slot)
        except StoreError:  # nothing is wrong with the workflow: the next look tries again
            raise
        except TiphysError as error:
            self._telemetry.failed("CronWorkflowSubmissionError")
            return rules.failed(cron, error.message)
        names = {"name": (cron.metadata or ObjectMeta()).name or "", "namespace": meta.namespace or ""}
        self._telemetry.metrics.count("cronworkflows_triggered_total", names)
        return rules.submitted(cron, made, slot)

    def _terminate(self, namespace: str, name: str) -> None:
        stored = self._store.get(key_of(namespace, name))
        if stored is not None:
            self._store.ask(stored.uid, body_of(ShutdownRequested("Terminate")))

    def _observe(self, item: StoredObject, now: datetime) -> None:
        cron = cron_of(item)
        decision = rules.observe(cron, self._children(item), now)
        if decision.cron.status != cron.status or decision.cron.metadata != cron.metadata:
            self._keep(item, decision.cron)
        for name in decision.delete:
            with suppress(NotFoundError):  # another controller was quicker
                self._delete(item.key.namespace, name)

    def _children(self, item: StoredObject) -> Sequence[rules.Child]:
        options = ListOptions(kind="Workflow", namespace=item.key.namespace, labels={CRON_LABEL: item.key.name})
        return [_child(each) for each in rows(self._store, options)]

    def _keep(self, item: StoredObject, cron: CronWorkflow) -> StoredObject:
        labels = (cron.metadata or ObjectMeta()).labels or {}
        try:
            return self._store.update(replace(item, data=msgspec.json.encode(cron), labels=labels))
        except NotFoundError:
            return item


def cron_of(item: StoredObject) -> CronWorkflow:
    """The CronWorkflow of a stored object.

    Raises:
        msgspec.DecodeError: The row cannot be read.
    """
    cron = msgspec.json.decode(item.data, type=CronWorkflow)
    meta = replace(cron.metadata or ObjectMeta(), name=item.key.name, namespace=item.key.namespace, uid=str(item.uid))
    return replace(cron, metadata=meta)


def _unreadable(cron: CronWorkflow, error: Exception) -> str:
    """Why the schedules of a CronWorkflow cannot be read; a time zone may have gone since it was made."""
    zone = cron.spec.timezone if cron.spec is not None else None
    if zone and isinstance(error, LookupError):
        return f'invalid timezone "{zone}": unknown time zone {zone}'
    return str(error)


class _Ended(Struct):
    """The part of a workflow that its CronWorkflow wants to know."""

    status: WorkflowStatus | None = None


def _child(item: StoredObject) -> rules.Child:
    finished = None
    if item.phase in {"Succeeded", "Failed", "Error"}:
        status = msgspec.json.decode(item.data, type=_Ended).status
        text = status.finished_at if status is not None else None
        finished = datetime.fromisoformat(text) if text else item.created_at
    return rules.Child(name=item.key.name, uid=str(item.uid), phase=item.phase, finished_at=finished)

"""What a CronWorkflow does: firings, the workflows that come of them, history (``spec/engine.md`` 25).

Data in, data out: the controller finds out which moment is due (``core/schedule``), asks here, and keeps what is
decided in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from msgspec.structs import replace

from tiphys.core.expr.values import Time
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus
from tiphys.core.manifest.model.meta import ObjectMeta, OwnerReference
from tiphys.core.manifest.model.pod import ObjectReference
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.objects.moments import rfc3339_of_zone
from tiphys.core.plan.resolve import CRON_LABEL
from tiphys.core.schedule.fields import parse
from tiphys.core.schedule.firing import Daylight, Firing, following, latest
from tiphys.core.template import ambient
from tiphys.core.template.cron import CronFacts, cron_stop, cron_when
from tiphys.core.template.errors import TemplateError

if TYPE_CHECKING:
    from tiphys.core.expr.values import Value

API_VERSION = "argoproj.io/v1alpha1"
PREFIX = "workflows.argoproj.io"
SCHEDULED_TIME = f"{PREFIX}/scheduled-time"
COMPLETED_LABEL = "cronworkflows.argoproj.io/completed"
LAST_SCHEDULE = "cronworkflows.argoproj.io/last-used-schedule"
#: Our own: ``once`` fires once where clocks are changed.
DAYLIGHT = "tiphys.dev/daylight"
#: Our own: ``all`` makes up every missed moment, one after the other, where Argo makes up the last one.
CATCH_UP = "tiphys.dev/catch-up"
SPEC_ERROR = "SpecError"
SUBMISSION_ERROR = "SubmissionError"
_CREATOR_LABELS = tuple(f"{PREFIX}/creator{end}" for end in ("", "-email", "-preferred-username"))
_ENDED = frozenset({"Succeeded", "Failed", "Error"})


class Child(Struct, frozen=True, kw_only=True):
    """A workflow that carries the label of the CronWorkflow."""

    name: str
    uid: str
    phase: str
    finished_at: datetime | None = None


#: Why a firing of the policy Forbid makes nothing.
HELD_BACK = "concurrencyPolicy is Forbid and a workflow is active"


class Decision(Struct, frozen=True, kw_only=True):
    """What becomes of a CronWorkflow.

    ``cron`` has its new status, labels and annotations.  ``create`` is the workflow of the firing, ``terminate`` and
    ``delete`` name children.  ``skipped`` says why a firing made none; empty otherwise.
    """

    cron: CronWorkflow
    create: Workflow | None = None
    terminate: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    skipped: str = ""


def firings(cron: CronWorkflow, zone: tzinfo, zones: Callable[[str], tzinfo]) -> tuple[Firing, ...]:
    """The schedules of a CronWorkflow; ``zone`` is the controller's, for those that name none.

    Raises:
        ScheduleError: a schedule is malformed.
        LookupError: a time zone does not exist.
    """
    spec, meta = cron.spec or CronWorkflowSpec(), _meta(cron)
    own = zones(spec.timezone) if spec.timezone else zone
    daylight = Daylight.ONCE if (meta.annotations or {}).get(DAYLIGHT) == "once" else Daylight.ARGO
    anchor = _moment(meta.creation_timestamp) or datetime(1970, 1, 1, tzinfo=UTC)
    return tuple(Firing(parse(text), own, zones, anchor=anchor, daylight=daylight) for text in spec.schedules or ())


def catches_up(cron: CronWorkflow) -> bool:
    """Whether every missed moment is made up, see ``docs/decisions/0034``."""
    return (_meta(cron).annotations or {}).get(CATCH_UP) == "all"


def missed(cron: CronWorkflow, found: Sequence[Firing], now: datetime) -> datetime | None:
    """The firing to make up after a time without a controller; None when there is none (25.5).

    It is the last one; where a CronWorkflow catches up it is the first, of all or of those within the deadline.
    """
    spec = cron.spec or CronWorkflowSpec()
    last = _moment((cron.status or CronWorkflowStatus()).last_scheduled_time)
    used = (_meta(cron).annotations or {}).get(LAST_SCHEDULE)
    deadline = timedelta(seconds=spec.starting_deadline_seconds or 0)
    if last is None or used != schedule_text(spec):
        return None
    if catches_up(cron):
        return following(found, max(last, now - deadline) if deadline else last)
    slot = latest(found, last, now) if deadline else None
    return slot if slot is not None and slot != now and now - slot < deadline else None


def upcoming(cron: CronWorkflow, found: Sequence[Firing], slot: datetime, now: datetime) -> datetime | None:
    """The firing after the one of ``slot`` was dealt with: none of those before ``now``, unless all are made up."""
    return following(found, slot if catches_up(cron) else now)


def waits(cron: CronWorkflow) -> bool:
    """Whether a moment that is made up waits for the workflow before it, as the policy Forbid wants."""
    spec, status = cron.spec or CronWorkflowSpec(), cron.status or CronWorkflowStatus()
    return catches_up(cron) and spec.concurrency_policy == "Forbid" and bool(status.active)


def schedule_text(spec: CronWorkflowSpec) -> str:
    """All schedules as the annotation of the last used ones has them."""
    zone = f"CRON_TZ={spec.timezone} " if spec.timezone else ""
    return ",".join(f"{zone}{text}" for text in spec.schedules or ())


def fire(cron: CronWorkflow, slot: datetime, now: datetime) -> Decision:
    """Decide a firing: stop, skip, or make the workflow of the moment ``slot`` (25.3).

    The caller has validated the CronWorkflow; one that is invalid goes to ``invalid`` instead.
    """
    spec = cron.spec or CronWorkflowSpec()
    cron = _without(_annotated(cron, LAST_SCHEDULE, schedule_text(spec)), SPEC_ERROR)
    try:
        if _stops(cron, now):
            return Decision(cron=_stopped(cron), skipped="stopStrategy.expression holds")
    except TemplateError as error:
        return invalid(cron, f"failed to check CronWorkflow '{_meta(cron).name}' stopping condition: {error}")
    status = cron.status or CronWorkflowStatus()
    if spec.suspend:
        return Decision(cron=cron, skipped="suspended")
    if status.phase == "Stopped":
        return Decision(cron=cron, skipped="stopped")
    try:
        if spec.when and not cron_when(spec.when, cron_facts(cron), _clock(now)):
            return Decision(cron=cron, skipped=f"when '{spec.when}' evaluated false")
    except TemplateError as error:
        return Decision(cron=refused(cron, f"run policy error: {error}"), skipped="run policy error")
    return _concurrently(cron, slot)


def _concurrently(cron: CronWorkflow, slot: datetime) -> Decision:
    """Apply the concurrency policy and make the workflow."""
    spec, status = cron.spec or CronWorkflowSpec(), cron.status or CronWorkflowStatus()
    policy, made = spec.concurrency_policy or "Allow", child(cron, slot)
    if policy not in {"Allow", "Forbid", "Replace"}:
        text = f"run policy error: invalid ConcurrencyPolicy: {policy}"
        return Decision(cron=refused(cron, text), skipped="run policy error")
    # What this moment has made already, perhaps by another controller, neither holds it back nor is replaced.
    own = made.metadata.name if made.metadata is not None else ""
    active = [item.name or "" for item in status.active or () if item.name != own]
    if policy == "Forbid" and active:
        return Decision(cron=cron, skipped=HELD_BACK)
    replaced = tuple(name for name in active if _precedes(name, cron, slot)) if policy == "Replace" else ()
    return Decision(cron=cron, create=made, terminate=replaced)


def _precedes(name: str, cron: CronWorkflow, slot: datetime) -> bool:
    """Whether a child is of an earlier moment; one that was made by hand counts as such."""
    number = name.removeprefix(f"{_meta(cron).name}-")
    return not number.isdecimal() or int(number) < int(slot.timestamp())


def submitted(cron: CronWorkflow, made: Workflow, slot: datetime) -> CronWorkflow:
    """The CronWorkflow after the workflow of a firing was made (25.3, step 6)."""
    meta = made.metadata or ObjectMeta()
    reference = ObjectReference(
        api_version=API_VERSION, kind="Workflow", name=meta.name, namespace=meta.namespace, uid=meta.uid
    )
    status = cron.status or CronWorkflowStatus()
    return noted(replace(cron, status=replace(status, active=(*(status.active or ()), reference))), slot)


def noted(cron: CronWorkflow, slot: datetime) -> CronWorkflow:
    """The CronWorkflow after a firing that has made its workflow, whoever did it, even if that is gone by now."""
    status = cron.status or CronWorkflowStatus()
    last = max(slot, _moment(status.last_scheduled_time) or slot)
    changed = replace(status, phase="Active", last_scheduled_time=rfc3339_of_zone(last))
    return _without(replace(cron, status=changed), SUBMISSION_ERROR)


def is_noted(cron: CronWorkflow, slot: datetime) -> bool:
    """Whether a firing, or a later one, has made its workflow: another controller was quicker."""
    last = _moment((cron.status or CronWorkflowStatus()).last_scheduled_time)
    return last is not None and last >= slot


def failed(cron: CronWorkflow, reason: str) -> CronWorkflow:
    """The CronWorkflow after the workflow of a firing could not be made."""
    status = cron.status or CronWorkflowStatus()
    counted = replace(cron, status=replace(status, failed=(status.failed or 0) + 1))
    return refused(counted, f"Failed to submit Workflow: {reason}")


def refused(cron: CronWorkflow, message: str) -> CronWorkflow:
    """The CronWorkflow with a submission error."""
    return _with(cron, SUBMISSION_ERROR, message)


def invalid(cron: CronWorkflow, message: str) -> Decision:
    """A firing of a CronWorkflow that is not valid."""
    return Decision(cron=_with(cron, SPEC_ERROR, message), skipped=message)


def was_invalid(cron: CronWorkflow) -> bool:
    """Whether a look has found the CronWorkflow not to be valid."""
    return any(item.type == SPEC_ERROR for item in (cron.status or CronWorkflowStatus()).conditions or ())


def mended(cron: CronWorkflow) -> CronWorkflow:
    """The CronWorkflow once it is valid again."""
    return _without(cron, SPEC_ERROR)


def observe(cron: CronWorkflow, children: Sequence[Child], now: datetime) -> Decision:
    """Take in what became of the children, and decide which of the ended ones go (25.6)."""
    status = cron.status or CronWorkflowStatus()
    known = {item.uid for item in status.active or ()}
    by_uid = {item.uid: item for item in children}
    still = tuple(item for item in status.active or () if _lives(by_uid.get(item.uid or "")))
    fresh = tuple(_reference(cron, item) for item in children if item.uid not in known and item.phase not in _ENDED)
    ended = [by_uid[uid] for uid in known if uid in by_uid and by_uid[uid].phase in _ENDED]
    good = sum(item.phase == "Succeeded" for item in ended)
    changed = replace(
        status,
        active=still + fresh,
        succeeded=(status.succeeded or 0) + good,
        failed=(status.failed or 0) + len(ended) - good,
    )
    cron = replace(cron, status=changed)
    try:
        if ended and _stops(cron, now):
            cron = _stopped(cron)
    except TemplateError as error:
        text = f"failed to check CronWorkflow '{_meta(cron).name}' stopping condition: {error}"
        cron = _with(cron, SPEC_ERROR, text)
    return Decision(cron=cron, delete=_outlived(cron, children))


def _lives(item: Child | None) -> bool:
    return item is not None and item.phase not in _ENDED


def _reference(cron: CronWorkflow, item: Child) -> ObjectReference:
    namespace = _meta(cron).namespace
    return ObjectReference(api_version=API_VERSION, kind="Workflow", name=item.name, namespace=namespace, uid=item.uid)


def _outlived(cron: CronWorkflow, children: Sequence[Child]) -> tuple[str, ...]:
    """Ended children beyond the history limits; the latest stay."""
    spec = cron.spec or CronWorkflowSpec()
    ended = sorted(
        (item for item in children if item.phase in _ENDED and item.finished_at is not None),
        key=lambda item: item.finished_at or datetime.max.replace(tzinfo=UTC),
        reverse=True,
    )
    good = [item.name for item in ended if item.phase == "Succeeded"]
    bad = [item.name for item in ended if item.phase != "Succeeded"]
    keep_good = _limit(spec.successful_jobs_history_limit, 3)
    keep_bad = _limit(spec.failed_jobs_history_limit, 1)
    return (*good[keep_good:], *bad[keep_bad:])


def _limit(value: int | None, default: int) -> int:
    return default if value is None or value < 0 else value


def child(cron: CronWorkflow, slot: datetime) -> Workflow:
    """The workflow of a firing; its name makes a second firing of the same moment harmless (25.4)."""
    spec, meta = cron.spec or CronWorkflowSpec(), _meta(cron)
    own = spec.workflow_metadata or ObjectMeta()
    inherited = {key: value for key, value in (meta.labels or {}).items() if key in _CREATOR_LABELS}
    owner = OwnerReference(
        api_version=API_VERSION,
        kind="CronWorkflow",
        name=meta.name or "",
        uid=meta.uid or "",
        controller=True,
        block_owner_deletion=True,
    )
    metadata = ObjectMeta(
        name=f"{meta.name}-{int(slot.timestamp())}",
        namespace=meta.namespace,
        labels={**(own.labels or {}), **inherited, CRON_LABEL: meta.name or ""},
        annotations={SCHEDULED_TIME: rfc3339_of_zone(slot), **(own.annotations or {})},
        finalizers=own.finalizers,
        owner_references=(owner,),
    )
    return Workflow(
        api_version=API_VERSION, kind="Workflow", metadata=metadata, spec=spec.workflow_spec or WorkflowSpec()
    )


# -- small parts -------------------------------------------------------------------------------------------------


def _meta(cron: CronWorkflow) -> ObjectMeta:
    return cron.metadata or ObjectMeta()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def cron_facts(cron: CronWorkflow) -> CronFacts:
    """What expressions of a CronWorkflow know of it."""
    meta, status = _meta(cron), cron.status or CronWorkflowStatus()
    last = _moment(status.last_scheduled_time)
    return CronFacts(
        name=meta.name or "",
        namespace=meta.namespace or "",
        labels=meta.labels or {},
        annotations=meta.annotations or {},
        failed=status.failed or 0,
        succeeded=status.succeeded or 0,
        last_scheduled=Time(int(last.timestamp()) * 1_000_000_000, 0) if last is not None else None,
    )


def _clock(now: datetime) -> Mapping[str, Value]:
    return cast("Mapping[str, Value]", {ambient.NOW: ambient.moment(now)})


def _stops(cron: CronWorkflow, now: datetime) -> bool:
    strategy = (cron.spec or CronWorkflowSpec()).stop_strategy
    if strategy is None or not strategy.expression:
        return False
    return cron_stop(strategy.expression, cron_facts(cron), _clock(now))


def _stopped(cron: CronWorkflow) -> CronWorkflow:
    meta, status = _meta(cron), cron.status or CronWorkflowStatus()
    labels = {**(meta.labels or {}), COMPLETED_LABEL: "true"}
    return replace(cron, metadata=replace(meta, labels=labels), status=replace(status, phase="Stopped"))


def _annotated(cron: CronWorkflow, name: str, value: str) -> CronWorkflow:
    meta = _meta(cron)
    if (meta.annotations or {}).get(name) == value:
        return cron
    return replace(cron, metadata=replace(meta, annotations={**(meta.annotations or {}), name: value}))


def _with(cron: CronWorkflow, kind: str, message: str) -> CronWorkflow:
    cron = _without(cron, kind)
    status = cron.status or CronWorkflowStatus()
    condition = Condition(type=kind, status="True", message=message)
    return replace(cron, status=replace(status, conditions=(*(status.conditions or ()), condition)))


def _without(cron: CronWorkflow, kind: str) -> CronWorkflow:
    status = cron.status or CronWorkflowStatus()
    left = tuple(item for item in status.conditions or () if item.type != kind)
    return replace(cron, status=replace(status, conditions=left or None))

"""Making up the runs of a CronWorkflow for a time in the past (``spec/engine.md`` 25.8, ``spec/cli.md`` 7).

Argo makes a monitor workflow that creates the others; here they are made at once, which needs no rights of a
ServiceAccount and cannot stop half way: a run of a backfill is made once, however often the call is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tiphys.core.engine import cron as rules
from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import Mutex, Synchronization
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.objects.moments import rfc3339_of_zone
from tiphys.core.plan.resolve import CRON_LABEL
from tiphys.core.schedule.fields import ScheduleError
from tiphys.core.schedule.firing import between
from tiphys.errors import ConflictError, UsageError
from tiphys.ports.store import BACKFILL, made_for

LABEL = "workflows.argoproj.io/backfill"
MAX_PRIORITY = 2**31 - 1
#: Firings are looked for so far ahead when nobody says until when.
_AHEAD = timedelta(days=5 * 366)
#: Makes a workflow, unless one was made for the same words before: then it raises ConflictError.
SubmitOnce: TypeAlias = Callable[[Workflow, str], Workflow]


class Backfill(Struct, frozen=True, kw_only=True):
    """What to make up: after ``start``, up to ``end``.

    ``argument`` is the parameter that carries the moment.  ``parallel`` lets the runs overlap; else one follows the
    other by a mutex, in the order in which they are made: the oldest moment first, or the newest.
    """

    name: str
    start: datetime
    end: datetime
    argument: str = "cronScheduleTime"
    parallel: bool = False
    newest_first: bool = False
    limit: int = 1000


def moments(cron: CronWorkflow, wanted: Backfill, zone: tzinfo, zones: Callable[[str], tzinfo]) -> Sequence[datetime]:
    """When the CronWorkflow would have run, in the order in which the runs are made.

    Raises:
        UsageError: there are more than the limit.
    """
    found: list[datetime] = []
    for moment in between(rules.firings(cron, zone, zones), wanted.start.astimezone(UTC), wanted.end.astimezone(UTC)):
        if len(found) == wanted.limit:
            raise UsageError(
                f"more than {wanted.limit} runs would be made", "choose a shorter time, or raise --maxworkflowcount"
            )
        found.append(moment)
    return found[::-1] if wanted.newest_first else found


def make(cron: CronWorkflow, wanted: Backfill, found: Sequence[datetime], submit: SubmitOnce) -> Iterator[Workflow]:
    """Make the runs in the order of their moments; those that were made by an earlier call are left out."""
    uid = (cron.metadata or ObjectMeta()).uid
    for moment in found:
        try:
            yield submit(
                run_of(cron, wanted, moment), made_for(BACKFILL, uid or "", f"{wanted.name}/{int(moment.timestamp())}")
            )
        except ConflictError:
            continue


def run_of(cron: CronWorkflow, wanted: Backfill, moment: datetime) -> Workflow:
    """The run of one moment."""
    child = rules.child(cron, moment)
    meta, spec = child.metadata or ObjectMeta(), child.spec or WorkflowSpec()
    name = (cron.metadata or ObjectMeta()).name or ""
    arguments = spec.arguments or Arguments()
    others = tuple(each for each in arguments.parameters or () if each.name != wanted.argument)
    moment_argument = Parameter(name=wanted.argument, value=rfc3339_of_zone(moment))
    spec = replace(spec, arguments=replace(arguments, parameters=(moment_argument, *others)))
    if not wanted.parallel:
        synchronization = spec.synchronization or Synchronization()
        mutexes = (*(synchronization.mutexes or ()), Mutex(name=wanted.name))
        spec = replace(spec, synchronization=replace(synchronization, mutexes=mutexes), priority=MAX_PRIORITY)
    meta = replace(
        meta,
        name=None,
        generate_name=f"{name}-backfill-{wanted.name}-",
        # Without the label of the CronWorkflow: its history limits and its concurrency policy are not for these.
        labels={
            **{key: value for key, value in (meta.labels or {}).items() if key != CRON_LABEL},
            LABEL: wanted.name,
        },
    )
    return replace(child, metadata=meta, spec=spec)


class Schedules:
    """The schedules of stored CronWorkflows: when they fire, and runs that are made up for the past.

    ``zone`` is the controller's, for schedules that name none.
    """

    def __init__(self, submit: SubmitOnce, zone: tzinfo, zones: Callable[[str], tzinfo]) -> None:
        self._submit = submit
        self._zone = zone
        self._zones = zones

    def times(self, cron: JsonObject, start: datetime, end: datetime | None, limit: int) -> list[datetime]:
        """The first moments after ``start`` and not after ``end``, at most ``limit``.

        Raises:
            UsageError: a schedule or the time zone is malformed.
        """
        until = (start + _AHEAD if end is None else end).astimezone(UTC)
        try:
            firings = rules.firings(msgspec.convert(cron, CronWorkflow, strict=False), self._zone, self._zones)
            return list(islice(between(firings, start.astimezone(UTC), until), limit))
        except (ScheduleError, LookupError) as error:
            raise UsageError(f"the schedule cannot be read: {error}") from None

    def make_up(self, cron: JsonObject, wanted: Backfill) -> list[Workflow]:
        """Make the runs of a time that is past; those that an earlier call made are left out.

        Raises:
            UsageError: there are more than the limit, or a schedule is malformed.
        """
        record = msgspec.convert(cron, CronWorkflow, strict=False)
        try:
            found = moments(record, wanted, self._zone, self._zones)
        except (ScheduleError, LookupError) as error:
            raise UsageError(f"the schedule cannot be read: {error}") from None
        return list(make(record, wanted, found, self._submit))


def schedule_of(cron: CronWorkflow) -> str:
    """The schedules as one text, for reports."""
    return ",".join((cron.spec or CronWorkflowSpec()).schedules or ())

"""When CronWorkflows fire, and making up what they missed: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from tiphys.app.services.backfill import Backfill
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.moments import rfc3339_of_zone
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import ForbiddenError, UsageError
from tiphys.ports.identity import Access

#: So many moments or runs at most, whatever is asked for.
_MOST = 1000
_USUAL = 20
#: So much of the future is told of all schedules at once.
_AHEAD = timedelta(days=31)


class BackfillRequest(Struct, frozen=True, kw_only=True, rename="camel"):
    """The body of a backfill: after ``start``, up to ``end``, which is now when it is missing; RFC 3339."""

    start: str = ""
    end: str = ""
    name: str = ""
    argument: str = "cronScheduleTime"
    parallel: bool = False
    newest_first: bool = False


def times(parts: Parts, call: Call) -> JsonObject:
    """When a CronWorkflow fires: the first moments after ``from`` (now) and not after ``to``, at most ``limit``."""
    query = call.query
    limit = _USUAL if (given := query.number("limit")) is None else given
    if not 0 <= limit <= _MOST:
        raise InvalidArgumentError(f"limit must be from 0 to {_MOST}")
    cron = parts.resources.get(call.principal, "CronWorkflow", call.namespace, call.name)
    start, end = query.moment("from") or parts.clock.now(), query.moment("to")
    found: list[JsonValue] = [rfc3339_of_zone(moment) for moment in parts.schedules.times(cron, start, end, limit)]
    return {"times": found}


def draft_times(parts: Parts, call: Call) -> JsonObject:
    """When a schedule that is still written would fire: each ``schedule`` of the query, in ``timezone``."""
    query = call.query
    limit = _limit(call)
    schedules: list[JsonValue] = [*query.texts("schedule")]
    zone = query.text("timezone")
    spec: JsonObject = {"schedules": schedules, "workflowSpec": {}, **({"timezone": zone} if zone else {})}
    start = query.moment("from") or parts.clock.now()
    found: list[JsonValue] = [
        rfc3339_of_zone(moment) for moment in parts.schedules.times({"spec": spec}, start, None, limit)
    ]
    return {"times": found}


def _limit(call: Call) -> int:
    limit = _USUAL if (given := call.query.number("limit")) is None else given
    if not 1 <= limit <= _MOST:
        raise InvalidArgumentError(f"limit must be from 1 to {_MOST}")
    return limit


def agenda(parts: Parts, call: Call) -> JsonObject:
    """When the CronWorkflows of a namespace fire between two moments, those that are suspended too.

    ``more`` marks a schedule with more moments than ``limit``, ``problem`` one that cannot be read.
    """
    query = call.query
    start = query.moment("from") or parts.clock.now()
    end = query.moment("to") or start + timedelta(days=1)
    limit = _limit(call)
    if end - start > _AHEAD:
        raise InvalidArgumentError(f"to must be at most {_AHEAD.days} days after from")
    page = parts.resources.list(call.principal, "CronWorkflow", call.namespace, limit=_MOST)
    found: list[JsonValue] = [{**_planned(parts, cron, start, end, limit)} for cron in page.items]
    return {"items": found, "cut": bool(page.next)}


def _planned(parts: Parts, cron: JsonObject, start: datetime, end: datetime, limit: int) -> JsonObject:
    metadata = metadata_of(cron)
    who: JsonObject = {"namespace": text(metadata, "namespace"), "name": text(metadata, "name")}
    try:
        moments = parts.schedules.times(cron, start, end, limit + 1)
    except UsageError as error:
        return {**who, "times": [], "more": False, "problem": error.message}
    told: list[JsonValue] = [rfc3339_of_zone(moment) for moment in moments[:limit]]
    return {**who, "times": told, "more": len(moments) > limit}


def backfill(parts: Parts, call: Call) -> JsonObject:
    """Make the runs of a time that is past; a run that was made before is not made again."""
    request = call.record(BackfillRequest)
    wanted = Access(verb="create", resource="workflows", group="argoproj.io", namespace=call.namespace)
    if not parts.authorizer.allowed(call.principal, wanted):
        raise ForbiddenError("permission denied")
    cron = parts.resources.get(call.principal, "CronWorkflow", call.namespace, call.name)
    start = _moment("start", request.start)
    made = parts.schedules.make_up(
        cron,
        Backfill(
            name=request.name or f"{call.name}-{start.astimezone(UTC):%Y%m%d%H%M}",
            start=start,
            end=_moment("end", request.end) if request.end else parts.clock.now(),
            argument=request.argument,
            parallel=request.parallel,
            newest_first=request.newest_first,
            limit=_MOST,
        ),
    )
    names: list[JsonValue] = [(each.metadata and each.metadata.name) or "" for each in made]
    return {"names": names}


def _moment(name: str, value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise InvalidArgumentError(f'{name}: "{value}" is no time as in RFC 3339') from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


_PATH = "/api/x/v1/cron-workflows/{namespace}/{name}"
ROUTES = (
    Route("GET", "/api/x/v1/agenda/{namespace}", Right("list", "cronworkflows"), agenda),
    Route("GET", "/api/x/v1/agenda/{namespace}/draft", Right("list", "cronworkflows"), draft_times),
    Route("GET", f"{_PATH}/times", Right("get", "cronworkflows"), times),
    Route("POST", f"{_PATH}/backfill", Right("get", "cronworkflows"), backfill),
)

"""Figures over runs that are over, live and archived: how long they take, how often they fail, what they use.

For pages that speak of more runs than a browser would load (``spec/ui.md`` D7).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import msgspec
from msgspec import Struct, field

from tiphys.app.services.listing import Listing, Row, Wanted
from tiphys.core.manifest.model.scalars import JsonObject

#: So many runs are counted at most, the newest.
COUNTED: Final = 20_000
#: So many runs are named one by one, the newest.
NAMED: Final = 1_000
_BUCKETS: Final = 60
#: Widths of a stretch of time that people think in, in minutes.
_WIDTHS: Final = (5, 15, 60, 180, 360, 1440, 7 * 1440, 30 * 1440)
#: Which label says where a run came from; those further up say it better.
_ORIGINS: Final = {
    "workflows.argoproj.io/cron-workflow": "schedule",
    "workflows.argoproj.io/backfill": "backfill",
    "workflows.argoproj.io/workflow-event-binding": "event",
    "workflows.argoproj.io/workflow-template": "template",
    "workflows.argoproj.io/cluster-workflow-template": "cluster template",
    "workflows.argoproj.io/resubmitted-from-workflow": "run",
}


class _Status(Struct, rename="camel"):
    resources_duration: dict[str, int] = field(default_factory=dict)


class _Workflow(Struct):
    status: _Status = field(default_factory=_Status)


class Finished(Struct, frozen=True, kw_only=True):
    """A run that is over; ``took`` and ``waited`` (from its creation to its start) are in seconds.

    ``used`` is its ``resourcesDuration``: seconds of a core, and of 100 MiB of memory.
    """

    namespace: str
    name: str
    uid: str
    phase: str
    kind: str
    origin: str
    started: datetime
    took: float
    waited: float
    used: Mapping[str, int]
    archived: bool


def insights(listing: Listing, wanted: Wanted) -> JsonObject:
    """The figures of the wanted runs in all, by origin and by time, and the newest runs one by one.

    ``cut`` is true when there are more than the newest ``COUNTED`` of them: older ones are not counted then.
    """
    read = msgspec.json.Decoder(_Workflow)
    rows = list(islice((_kept(row, read) for row in listing.rows(wanted)), COUNTED + 1))
    runs = [run for run in rows[:COUNTED] if run is not None]
    by_origin: defaultdict[tuple[str, str], list[Finished]] = defaultdict(list)
    for run in runs:
        by_origin[run.kind, run.origin].append(run)
    newest = sorted(runs, key=lambda run: run.started, reverse=True)[:NAMED]
    return {
        "cut": len(rows) > COUNTED,
        "total": _figures(runs),
        "origins": [{"kind": kind, "name": name, **_figures(group)} for (kind, name), group in by_origin.items()],
        "times": [{"from": _text(begin), "to": _text(end), **_figures(group)} for begin, end, group in stretches(runs)],
        "runs": [_point(run) for run in newest],
    }


def _kept(row: Row, read: msgspec.json.Decoder[_Workflow]) -> Finished | None:
    """What counts of a run; None while it is not over.  Only what was over is decoded."""
    stored = row.stored
    started, finished = stored.times.started, stored.times.finished
    if started is None or finished is None:
        return None
    kind, origin = origin_of(stored.labels)
    return Finished(
        namespace=stored.key.namespace,
        name=stored.key.name,
        uid=stored.uid,
        phase=stored.phase,
        kind=kind,
        origin=origin,
        started=started,
        took=max(0.0, (finished - started).total_seconds()),
        waited=max(0.0, (started - stored.created_at).total_seconds()),
        used=read.decode(stored.data).status.resources_duration,
        archived=row.archived,
    )


def origin_of(labels: Mapping[str, str]) -> tuple[str, str]:
    """What kind of thing started a run, and its name; both empty for one that was started by hand."""
    return next(((_ORIGINS[key], labels[key]) for key in _ORIGINS if key in labels), ("", ""))


def stretches(runs: Sequence[Finished]) -> list[tuple[datetime, datetime, list[Finished]]]:
    """The runs by when they started: at most 60 stretches of one width, those without runs left out."""
    if not runs:
        return []
    starts = [run.started for run in runs]
    span = (max(starts) - min(starts)).total_seconds()
    minutes = next(
        (each for each in _WIDTHS if span / (each * 60) < _BUCKETS - 1), math.ceil(span / 60 / (_BUCKETS - 1))
    )
    width = timedelta(minutes=minutes)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    found: defaultdict[datetime, list[Finished]] = defaultdict(list)
    for run in runs:
        found[epoch + width * ((run.started - epoch) // width)].append(run)
    return [(begin, begin + width, found[begin]) for begin in sorted(found)]


def _figures(runs: Sequence[Finished]) -> JsonObject:
    took = [run.took for run in runs]
    return {
        "finished": len(runs),
        "failed": sum(run.phase != "Succeeded" for run in runs),
        "median": share_of(took, 0.5),
        "p90": share_of(took, 0.9),
        "waited": share_of((run.waited for run in runs), 0.5),
        "cpu": sum(run.used.get("cpu", 0) for run in runs),
        "memory": sum(run.used.get("memory", 0) for run in runs),
    }


def share_of(values: Iterable[float], share: float) -> float | None:
    """What this share of the values is at most; None without values.

    >>> share_of([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 0.9), share_of([], 0.5)
    (9, None)
    """
    found = sorted(values)
    return found[max(0, math.ceil(share * len(found)) - 1)] if found else None


def _point(run: Finished) -> JsonObject:
    return {
        "namespace": run.namespace,
        "name": run.name,
        "uid": run.uid,
        "phase": run.phase,
        "startedAt": _text(run.started),
        "took": run.took,
        "archived": run.archived,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""``now``, ``date``, ``timezone`` and ``duration`` (section 12).

The language reads neither clock nor time zone database: the environment gives the moment as ``$now`` (a ``Time``) and
zones as ``$zone`` (a function from a zone name to a function from Unix seconds to (seconds east of UTC, abbreviation),
or to ``None`` for an unknown zone).
"""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.goparse import parse_time
from tiphys.core.expr.gotime import RFC3339, parse_duration
from tiphys.core.expr.gotypes import DURATION, LOCATION, STRING, TIME, Type
from tiphys.core.expr.signature import Overload, Spec
from tiphys.core.expr.structs import Location
from tiphys.core.expr.values import Duration, Time

#: The layouts that ``date`` tries, in order.
LAYOUTS = (
    "2006-01-02",
    "15:04:05",
    "2006-01-02 15:04:05",
    RFC3339,
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "Mon, 02 Jan 2006 15:04:05 MST",
)


def current_time(frame: Frame) -> Time:
    """The moment that the environment gives."""
    moment = frame.env.get("$now")
    if not isinstance(moment, Time):
        raise Fault("the current time is not available here")
    return moment


def now(frame: Frame) -> Time:
    """``now``."""
    return current_time(frame)


def date(frame: Frame, *arguments: Any) -> Time:
    """``date``: text, layout, zone; or a location and then these."""
    values = list(arguments)
    location = values.pop(0) if isinstance(values[0], Location) else None
    text = op.to_str(values[0]) if values else ""
    layouts = (op.to_str(values[1]),) if len(values) > 1 else LAYOUTS
    if len(values) > 2:
        location = zone(frame, op.to_str(values[2]))
    for layout in layouts:
        try:
            return parse_time(layout, text, location.offset if location else None)
        except Fault:
            if len(values) > 1:
                raise
    raise Fault(f"invalid date {text}")


def zone(frame: Frame, name: str) -> Location:
    """A time zone by name."""
    if name in ("", "UTC", "Local"):
        return Location(name or "UTC", lambda seconds: (0, "UTC"))
    finder = frame.env.get("$zone")
    found = finder(name) if callable(finder) else None
    if not callable(found):
        raise Fault(f"unknown time zone {name}")
    return Location(name, found)  # type: ignore[arg-type]


def timezone(frame: Frame, name: Any) -> Location:
    """``timezone``."""
    return zone(frame, op.to_str(name))


def duration(frame: Frame, text: Any) -> Duration:
    """``duration``."""
    return parse_duration(op.to_str(text))


def _nothing(types: Sequence[Type]) -> Type:
    return TIME


def _date_arguments(types: Sequence[Type]) -> Type:
    return TIME


SPECS = (
    Spec(name="now", call=now, least=0, most=0, validate=_nothing),
    Spec(name="date", call=date, least=1, most=4, validate=_date_arguments),
    Spec(name="timezone", call=timezone, overloads=(Overload((STRING,), LOCATION),)),
    Spec(name="duration", call=duration, overloads=(Overload((STRING,), DURATION),)),
)

"""Methods of times and durations (section 12)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiphys.core.expr import gotime
from tiphys.core.expr.gotypes import Type, go_type
from tiphys.core.expr.int64 import wrap
from tiphys.core.expr.structs import Function, Location, NamedInt
from tiphys.core.expr.values import Duration, Time

_ZERO_NANOSECONDS = gotime.days_of(1, 1, 1) * gotime.DAY_SECONDS * gotime.SECOND
#: Go's zero time: the beginning of the year 1.
ZERO_TIME = Time(_ZERO_NANOSECONDS)


def month_of(value: Time) -> NamedInt:
    """The month; its text form is the English name."""
    month = gotime.Civil(value).month
    return NamedInt.of(month, "time.Month", gotime.MONTHS[month - 1])


def weekday_of(value: Time) -> NamedInt:
    """The day of the week; its text form is the English name."""
    day = gotime.Civil(value).weekday
    return NamedInt.of(day, "time.Weekday", gotime.DAYS[day])


def add_date(value: Time, years: int, months: int, days: int) -> Time:
    """Go's AddDate: out-of-range days run over into the next month."""
    civil = gotime.Civil(value)
    moved = gotime.days_of(civil.year + years, civil.month + months, 1) + civil.day - 1 + days
    shift = (moved - civil.days) * gotime.DAY_SECONDS * gotime.SECOND
    return Time(value.unix_nanoseconds + shift, value.offset_seconds, value.zone)


def truncate_time(value: Time, step: Duration) -> Time:
    """Round down to a multiple of the step since the year 1."""
    if step.nanoseconds <= 0:
        return value
    rest = (value.unix_nanoseconds - _ZERO_NANOSECONDS) % step.nanoseconds
    return Time(value.unix_nanoseconds - rest, value.offset_seconds, value.zone)


def round_time(value: Time, step: Duration) -> Time:
    """Round to a multiple of the step since the year 1, halves up."""
    if step.nanoseconds <= 0:
        return value
    rest = (value.unix_nanoseconds - _ZERO_NANOSECONDS) % step.nanoseconds
    moved = -rest if rest * 2 < step.nanoseconds else step.nanoseconds - rest
    return Time(value.unix_nanoseconds + moved, value.offset_seconds, value.zone)


def in_location(value: Time, location: Location) -> Time:
    """The same instant on the wall clock of a zone."""
    offset, name = location.offset(value.unix_nanoseconds // gotime.SECOND)
    return Time(value.unix_nanoseconds, offset, name)


def truncate_duration(value: Duration, step: Duration) -> Duration:
    """Round towards zero to a multiple of the step."""
    if step.nanoseconds <= 0:
        return value
    size = abs(value.nanoseconds)
    kept = size - size % step.nanoseconds
    return Duration(kept if value.nanoseconds >= 0 else -kept)


def round_duration(value: Duration, step: Duration) -> Duration:
    """Round to a multiple of the step, halves away from zero."""
    if step.nanoseconds <= 0:
        return value
    size = abs(value.nanoseconds)
    rest = size % step.nanoseconds
    kept = size - rest if rest * 2 < step.nanoseconds else size + step.nanoseconds - rest
    return Duration(kept if value.nanoseconds >= 0 else -kept)


def _iso_week(value: Time) -> list[Any]:
    civil = gotime.Civil(value)
    monday_based = (civil.weekday + 6) % 7
    thursday = civil.days - monday_based + 3
    year = gotime.date_of(thursday)[0]
    return [year, (thursday - gotime.days_of(year, 1, 1)) // 7 + 1]


_Table = dict[str, tuple[tuple[str, ...], str, Callable[..., Any]]]

#: Name to parameters, result, code.
_TIME: _Table = {
    "Year": ((), "int", lambda t: gotime.Civil(t).year),
    "Month": ((), "time.Month", month_of),
    "Day": ((), "int", lambda t: gotime.Civil(t).day),
    "Hour": ((), "int", lambda t: gotime.Civil(t).hour),
    "Minute": ((), "int", lambda t: gotime.Civil(t).minute),
    "Second": ((), "int", lambda t: gotime.Civil(t).second),
    "Nanosecond": ((), "int", lambda t: gotime.Civil(t).nanosecond),
    "Weekday": ((), "time.Weekday", weekday_of),
    "YearDay": ((), "int", lambda t: gotime.Civil(t).yearday),
    "ISOWeek": ((), "[]interface {}", _iso_week),
    "Unix": ((), "int", lambda t: t.unix_nanoseconds // gotime.SECOND),
    "UnixMilli": ((), "int", lambda t: t.unix_nanoseconds // 1_000_000),
    "UnixMicro": ((), "int", lambda t: t.unix_nanoseconds // 1_000),
    "UnixNano": ((), "int", lambda t: wrap(t.unix_nanoseconds)),
    "Format": (("string",), "string", gotime.format_time),
    "Add": (
        ("time.Duration",),
        "time.Time",
        lambda t, d: Time(t.unix_nanoseconds + d.nanoseconds, t.offset_seconds, t.zone),
    ),
    "AddDate": (("int", "int", "int"), "time.Time", add_date),
    "Sub": (
        ("time.Time",),
        "time.Duration",
        lambda t, other: Duration(wrap(t.unix_nanoseconds - other.unix_nanoseconds)),
    ),
    "Truncate": (("time.Duration",), "time.Time", truncate_time),
    "Round": (("time.Duration",), "time.Time", round_time),
    "In": (("*time.Location",), "time.Time", in_location),
    "UTC": ((), "time.Time", lambda t: Time(t.unix_nanoseconds)),
    "Local": ((), "time.Time", lambda t: Time(t.unix_nanoseconds)),
    "Before": (("time.Time",), "bool", lambda t, other: t.unix_nanoseconds < other.unix_nanoseconds),
    "After": (("time.Time",), "bool", lambda t, other: t.unix_nanoseconds > other.unix_nanoseconds),
    "Equal": (("time.Time",), "bool", lambda t, other: t.unix_nanoseconds == other.unix_nanoseconds),
    "Compare": (
        ("time.Time",),
        "int",
        lambda t, o: (t.unix_nanoseconds > o.unix_nanoseconds) - (t.unix_nanoseconds < o.unix_nanoseconds),
    ),
    "IsZero": ((), "bool", lambda t: t.unix_nanoseconds == _ZERO_NANOSECONDS),
    "String": ((), "string", lambda t: gotime.format_time(t, gotime.GO_STRING)),
}

_DURATION: _Table = {
    "Hours": ((), "float64", lambda d: d.nanoseconds / (3600 * gotime.SECOND)),
    "Minutes": ((), "float64", lambda d: d.nanoseconds / (60 * gotime.SECOND)),
    "Seconds": ((), "float64", lambda d: d.nanoseconds / gotime.SECOND),
    "Milliseconds": ((), "int", lambda d: int(d.nanoseconds / 1_000_000)),
    "Microseconds": ((), "int", lambda d: int(d.nanoseconds / 1_000)),
    "Nanoseconds": ((), "int", lambda d: d.nanoseconds),
    "Abs": ((), "time.Duration", lambda d: Duration(abs(d.nanoseconds))),
    "Round": (("time.Duration",), "time.Duration", round_duration),
    "Truncate": (("time.Duration",), "time.Duration", truncate_duration),
    "String": ((), "string", lambda d: gotime.duration_text(d.nanoseconds)),
}

_NAMED: _Table = {"String": ((), "string", lambda value: value.word)}

_LOCATION: _Table = {"String": ((), "string", lambda value: value.name)}

_BY_TYPE: dict[str, _Table] = {
    "time.Time": _TIME,
    "time.Duration": _DURATION,
    "*time.Location": _LOCATION,
    "time.Month": _NAMED,
    "time.Weekday": _NAMED,
}


def bound_method(base: Any, name: str) -> Function | None:
    """The method of a value, ready to be called; ``None`` when there is none."""
    kind = go_type(base)
    found = _BY_TYPE[kind].get(name)
    if found is None:
        return None
    parameters, result, code = found
    return Function(name, lambda *arguments: code(base, *arguments), parameters, result)


def method_type(type_name: str, name: str) -> Type | None:
    """The static type of a method; ``None`` when there is none."""
    found = _BY_TYPE.get(type_name, {}).get(name)
    if found is None:
        return None
    function = Function(name, found[2], found[0], found[1])
    return Type("func", function.go_type, None, (), function)

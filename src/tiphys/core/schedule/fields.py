"""The text of a schedule as Argo reads it: five fields, descriptors, ``@every``, ``CRON_TZ=``.

Texts of errors are those of Argo's cron library, for they stand in the messages of CronWorkflows.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gotime import parse_duration

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class _Limits(Struct, frozen=True):
    """Smallest and largest value of a field, and its names from ``first`` on."""

    low: int
    high: int
    names: tuple[str, ...] = ()
    first: int = 0


_FIELDS = (_Limits(0, 59), _Limits(0, 23), _Limits(1, 31), _Limits(1, 12, _MONTHS, 1), _Limits(0, 6, _DAYS, 0))


class ScheduleError(ValueError):
    """Why a schedule cannot be read."""


class Schedule(Struct, frozen=True, kw_only=True):
    """A schedule that was read: ``every``, or five ``fields`` of explicit values in which ``*`` means all.

    ``zone`` names the time zone that the text itself sets; empty when it sets none.
    """

    text: str
    zone: str = ""
    every: timedelta | None = None
    fields: tuple[str, ...] = ()


def parse(text: str) -> Schedule:
    """Read a schedule; whether its time zone exists is not looked up.

    Raises:
        ScheduleError: the message is that of Argo's cron library.
    """
    if not text:
        raise ScheduleError("empty spec string")
    zone, rest = "", text
    if text.startswith(("TZ=", "CRON_TZ=")):
        head, _, rest = text.partition(" ")
        zone, rest = head.partition("=")[2], rest.strip()
    if rest.startswith("@every "):
        return Schedule(text=text, zone=zone, every=_every(rest))
    if rest.startswith("@") and rest not in _DESCRIPTORS:
        raise ScheduleError(f"unrecognized descriptor: {rest}")
    fields = _DESCRIPTORS.get(rest, rest).split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    values = tuple(_field(field, limits) for field, limits in zip(fields, _FIELDS, strict=True))
    return Schedule(text=text, zone=zone, fields=values)


def _every(text: str) -> timedelta:
    """At least a second, in whole seconds."""
    try:
        nanoseconds = parse_duration(text.removeprefix("@every ")).nanoseconds
    except Fault as error:
        raise ScheduleError(f"failed to parse duration {text}: {error}") from None
    return timedelta(seconds=max(1, nanoseconds // 1_000_000_000))


def _field(text: str, limits: _Limits) -> str:
    """The values of a field as a list; ``*`` when a part is a star without a step above one."""
    found: set[int] = set()
    star = False
    for part in text.split(","):
        if part:
            values, all_of_them = _part(part, limits)
            found.update(values)
            star = star or all_of_them
    return "*" if star else ",".join(map(str, sorted(found)))


def _part(text: str, limits: _Limits) -> tuple[range, bool]:
    """One element of a list: a value, a range, either with a step."""
    bounds, *steps = text.split("/")
    first, *rest = bounds.split("-")
    star = first in {"*", "?"}
    start, end = limits.low, limits.high
    if not star:
        start = _value(first, limits)
        end = _value(rest[0], limits) if len(rest) == 1 else start
    if len(rest) > 1:
        raise ScheduleError(f"too many hyphens: {text}")
    if len(steps) > 1:
        raise ScheduleError(f"too many slashes: {text}")
    step = _number(steps[0]) if steps else 1
    if step == 0:
        raise ScheduleError(f"step of range should be a positive number: {text}")
    if steps and not rest and not star:
        end = limits.high
    if start < limits.low:
        raise ScheduleError(f"beginning of range ({start}) below minimum ({limits.low}): {text}")
    if end > limits.high:
        raise ScheduleError(f"end of range ({end}) above maximum ({limits.high}): {text}")
    if start > end:
        raise ScheduleError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    return range(start, end + 1, step), star and step == 1


def _value(text: str, limits: _Limits) -> int:
    return limits.names.index(text.lower()) + limits.first if text.lower() in limits.names else _number(text)


def _number(text: str) -> int:
    try:
        number = int(text) if text.isascii() and "_" not in text else None
    except ValueError:
        number = None
    if number is None:
        quoted = '"' + text + '"'
        raise ScheduleError(f"failed to parse int from {text}: strconv.Atoi: parsing {quoted}: invalid syntax")
    if number < 0:
        raise ScheduleError(f"negative number ({number}) not allowed: {text}")
    return number

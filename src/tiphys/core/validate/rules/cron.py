"""Schedules of CronWorkflows (``spec/data.md`` 19.2)."""

from __future__ import annotations

from tiphys.core.manifest.model.cron import CronWorkflowSpec
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.durations import is_go_duration

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: Smallest and largest value of each field, and the names that it knows with the value of the first.
_FIELDS: tuple[tuple[int, int, tuple[str, ...], int], ...] = (
    (0, 59, (), 0),
    (0, 23, (), 0),
    (1, 31, (), 0),
    (1, 12, _MONTHS, 1),
    (0, 6, _DAYS, 0),
)


class _ScheduleError(ValueError):
    """Why a schedule cannot be read."""


def check_cron(context: Context, spec: CronWorkflowSpec) -> None:
    """Schedules, time zone, policy and deadline."""
    site = Site(path=("spec",))
    if not spec.schedules:
        context.error(Code.CRON, site, "cron workflow must have at least one schedule")
    for at, schedule in enumerate(spec.schedules or ()):
        problem = schedule_problem(context, schedule)
        if problem:
            context.error(Code.CRON, site.at("schedules", at), f"cron schedule {schedule} is malformed: {problem}")
    exists = context.options.timezone_exists
    if spec.timezone and exists is not None and not exists(spec.timezone):
        text = f'invalid timezone "{spec.timezone}": unknown time zone {spec.timezone}'
        context.error(Code.CRON, site.at("timezone"), text)
    if spec.concurrency_policy not in {None, "", "Allow", "Forbid", "Replace"}:
        text = f"'{spec.concurrency_policy}' is not a valid concurrencyPolicy"
        context.error(Code.CRON, site.at("concurrencyPolicy"), text, hint="one of Allow, Forbid, Replace")
    if spec.starting_deadline_seconds is not None and spec.starting_deadline_seconds < 0:
        context.error(Code.CRON, site.at("startingDeadlineSeconds"), "startingDeadlineSeconds must be positive")


def schedule_problem(context: Context, schedule: str) -> str | None:
    """Why a schedule cannot be read, as Argo says it."""
    text = schedule
    if not text:
        return "empty spec string"
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition(" ")
        zone = zone.partition("=")[2]
        exists = context.options.timezone_exists
        if exists is not None and not exists(zone):
            return f"provided bad location {zone}: unknown time zone {zone}"
        text = text.strip()
    try:
        _schedule(text)
    except _ScheduleError as error:
        return str(error)
    return None


def _schedule(text: str) -> None:
    if text.startswith("@"):
        if text.startswith("@every ") and not is_go_duration(text.removeprefix("@every ")):
            raise _ScheduleError(f"failed to parse duration {text}")
        if not text.startswith("@every ") and text not in _MACROS:
            raise _ScheduleError(f"unrecognized descriptor: {text}")
        return
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise _ScheduleError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    for field, limits in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if part:
                _part(part, limits)


def _part(text: str, limits: tuple[int, int, tuple[str, ...], int]) -> None:
    """One element of a list: a value, a range, either with a step."""
    low, high, _, _ = limits
    bounds, *steps = text.split("/")
    first, *rest = bounds.split("-")
    if first in {"*", "?"}:
        start, end = low, high
    else:
        start = _value(first, limits)
        end = _value(rest[0], limits) if len(rest) == 1 else start
    if len(rest) > 1:
        raise _ScheduleError(f"too many hyphens: {text}")
    if len(steps) > 1:
        raise _ScheduleError(f"too many slashes: {text}")
    if steps and _number(steps[0]) == 0:
        raise _ScheduleError(f"step of range should be a positive number: {text}")
    if steps and len(rest) == 0 and first not in {"*", "?"}:
        end = high
    if start < low:
        raise _ScheduleError(f"beginning of range ({start}) below minimum ({low}): {text}")
    if end > high:
        raise _ScheduleError(f"end of range ({end}) above maximum ({high}): {text}")
    if start > end:
        raise _ScheduleError(f"beginning of range ({start}) beyond end of range ({end}): {text}")


def _value(text: str, limits: tuple[int, int, tuple[str, ...], int]) -> int:
    _, _, names, first = limits
    return names.index(text.lower()) + first if text.lower() in names else _number(text)


def _number(text: str) -> int:
    try:
        number = int(text) if text.isascii() and "_" not in text else None
    except ValueError:
        number = None
    if number is None:
        quoted = '"' + text + '"'
        raise _ScheduleError(f"failed to parse int from {text}: strconv.Atoi: parsing {quoted}: invalid syntax")
    if number < 0:
        raise _ScheduleError(f"negative number ({number}) not allowed: {text}")
    return number

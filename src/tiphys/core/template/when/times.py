"""Dates in quoted ``when`` strings (``spec/expressions.md`` 18.2)."""

from __future__ import annotations

import functools
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_WEEKDAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,]\d+)?"
_NAMED = rf"{_WEEKDAY} (?P<month>{'|'.join(_MONTHS)}) +(?P<day>\d\d?) {_CLOCK}"
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_ZONE = r"(?P<zone>Z|[+-]\d\d{}\d\d)"

#: One pattern per layout that govaluate tries.  A zone name without an offset counts as UTC.
_LAYOUTS = (
    rf"{_NAMED} (?P<year>\d{{4}})",
    rf"{_NAMED} [A-Z]{{3,5}}(?:[+-]\d\d?)? (?P<year>\d{{4}})",
    rf"{_NAMED} {_ZONE.format('')} (?P<year>\d{{4}})",
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?P<half>[AP]M)",
    rf"{_DATE}T{_CLOCK}{_ZONE.format(':')}",
    rf"{_DATE}(?: (?P<hour>\d\d?):(?P<minute>\d\d))?",
    rf"{_DATE} {_CLOCK}(?:{_ZONE.format(':')})?",
    rf"{_DATE}T(?P<hour>\d\d?)(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?{_ZONE.format('')}",
)


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(layout, re.ASCII | re.IGNORECASE) for layout in _LAYOUTS)


def parse_time(text: str) -> int | None:
    """Unix seconds of a date in one of the layouts, or None.

    A date without a zone is read as UTC: the result must not depend on the machine.
    """
    if len(text) < 6 or not any(character.isdigit() for character in text):
        return None
    for pattern in _patterns():
        if (match := pattern.fullmatch(text)) is not None:
            seconds = _seconds(match.groupdict())
            if seconds is not None:
                return seconds
    return None


def _seconds(part: dict[str, str | None]) -> int | None:
    def number(name: str, default: int) -> int:
        value = part.get(name)
        return default if value is None else int(value)

    month_text = part.get("month") or "1"
    month = int(month_text) if month_text.isdigit() else _MONTHS.index(month_text.lower()) + 1
    year, day = number("year", 0), number("day", 1)
    hour, minute, second = number("hour", 0), number("minute", 0), number("second", 0)
    half = part.get("half")
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    if not (1 <= month <= 12 and 1 <= day <= _month_days(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    return _day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - _offset(part.get("zone"))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if _is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; year 0 exists (a clock time alone is in year 0)."""
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE[month - 1] + day
    return days + (1 if month > 2 and _is_leap(year) else 0) - 719163


def _offset(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds

"""Durations as Argo reads and shows them, in integer nanoseconds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tiphys.core.expr import gotime
from tiphys.core.expr.failure import Fault

SECOND = gotime.SECOND
MAX_INT64 = 2**63 - 1


def parse_duration(text: str) -> int:
    """Whole seconds (``10``) or a Go duration (``1m30s``) in nanoseconds.

    Raises:
        ValueError: the text is neither; the message is Go's.
    """
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text) * SECOND
    try:
        return parse_go_duration(text)
    except ValueError as error:
        raise ValueError(f"unable to parse {text} as a duration: {error}") from None


def parse_go_duration(text: str) -> int:
    """A Go duration (``1m30s``); a bare number other than 0 is an error as in Go.

    Raises:
        ValueError: the message is Go's.
    """
    try:
        return gotime.parse_duration(text).nanoseconds
    except Fault as fault:
        raise ValueError(str(fault)) from None


def add(moment: datetime, nanoseconds: int) -> datetime:
    """A moment later by a duration; the end of time when it would overflow."""
    try:
        return moment + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)


def between(start: datetime, end: datetime) -> int:
    """Nanoseconds from ``start`` to ``end``."""
    return (end - start) // timedelta(microseconds=1) * 1000


def humanize(nanoseconds: int) -> str:
    """A duration for a person, as in ``Backoff for 1 minute 20 seconds`` (``spec/engine.md`` 15.3).

    >>> humanize(5 * SECOND), humanize(60 * SECOND), humanize(3600 * SECOND)
    ('5 seconds', '1 minute 0 seconds', '1 hour 0 minutes')
    """
    seconds = nanoseconds // SECOND
    if seconds < 1:
        return "0 seconds"
    if seconds < 2:
        return "1 second"
    if seconds < 60:
        return f"{seconds} seconds"
    if seconds < 3600:
        return f"{_count(seconds // 60, 'minute')} {seconds % 60} seconds"
    if seconds < 86400:
        return f"{_count(seconds // 3600, 'hour')} {seconds % 3600 // 60} minutes"
    return f"{_large(seconds)} {seconds % 86400 // 3600} hours"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _large(seconds: int) -> str:
    days = seconds // 86400
    for size, unit in ((365, "year"), (30, "month"), (7, "week")):
        if days >= size:
            return _count(days // size, unit)
    return _count(days, "day")

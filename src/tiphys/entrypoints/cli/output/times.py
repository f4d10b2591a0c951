"""Moments and durations as Argo's commands show them (``spec/cli.md`` 3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_MONTH = 30 * _DAY
_YEAR = 12 * _MONTH
_LONG = 37 * _YEAR

#: Below (first) a distance is told in (second) units of a name; the last row has no end.
_STEPS = (
    (2, 0, "1 second"),
    (_MINUTE, 1, "seconds"),
    (2 * _MINUTE, 0, "1 minute"),
    (_HOUR, _MINUTE, "minutes"),
    (2 * _HOUR, 0, "1 hour"),
    (_DAY, _HOUR, "hours"),
    (2 * _DAY, 0, "1 day"),
    (_WEEK, _DAY, "days"),
    (2 * _WEEK, 0, "1 week"),
    (_MONTH, _WEEK, "weeks"),
    (2 * _MONTH, 0, "1 month"),
    (_YEAR, _MONTH, "months"),
    (18 * _MONTH, 0, "1 year"),
    (2 * _YEAR, 0, "2 years"),
    (_LONG, _YEAR, "years"),
)


def parse(text: str | None) -> datetime | None:
    """An RFC 3339 moment; None for an absent or empty one.

    >>> parse("2024-01-31T12:00:00Z")
    datetime.datetime(2024, 1, 31, 12, 0, tzinfo=datetime.timezone.utc)
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def timestamp(moment: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """A moment in the zone of this machine (or the one given), and how far away it is."""
    shown = moment or datetime(1, 1, 1, tzinfo=UTC)
    try:
        local = shown.astimezone(zone)
    except OverflowError:
        local = shown
    return f"{local.strftime('%a %b %d %H:%M:%S %z')} ({distance(shown, now)})"


def distance(moment: datetime, now: datetime) -> str:
    """How far a moment is from now: ``now``, ``3 minutes ago``, ``1 day from now``."""
    seconds = int(abs(now - moment) / timedelta(seconds=1))
    if seconds < 1:
        return "now"
    side = "ago" if moment <= now else "from now"
    return f"{_magnitude(seconds)} {side}"


def _magnitude(seconds: int) -> str:
    for end, unit, name in _STEPS:
        if seconds < end:
            return f"{seconds // unit} {name}" if unit else name
    return "a long while"


def _seconds(start: datetime | None, end: datetime | None, now: datetime) -> int:
    if start is None:
        return 0
    return max(0, int(((end or now) - start) / timedelta(seconds=1)))


def short_duration(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """A duration in one unit, rounded down: ``0s``, ``59s``, ``3m``, ``5h``, ``40d``; running ones end now."""
    seconds = _seconds(start, end, now)
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def long_duration(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """A duration in two units: ``1 minute 0 seconds``, ``2 hours 5 minutes``, ``1 week 0 hours``."""
    return span_text(_seconds(start, end, now))


def span_text(seconds: int) -> str:
    """Seconds in two units.

    >>> span_text(1), span_text(60), span_text(10 * 86400)
    ('1 second', '1 minute 0 seconds', '1 week 0 hours')
    """
    if seconds < _MINUTE:
        return _count(seconds, "second")
    if seconds < _HOUR:
        return f"{_count(seconds // _MINUTE, 'minute')} {_plural(seconds % _MINUTE, 'second')}"
    if seconds < _DAY:
        return f"{_count(seconds // _HOUR, 'hour')} {_plural(seconds % _HOUR // _MINUTE, 'minute')}"
    return f"{_magnitude(seconds)} {_plural(seconds // _HOUR % 24, 'hour')}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _plural(number: int, unit: str) -> str:
    return f"{number} {unit}s"


def brief(seconds: float) -> str:
    """A duration for the live view: tenths below ten seconds.

    >>> brief(0.24), brief(75), brief(7300)
    ('0.2s', '1m15s', '2h01m')
    """
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = int(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"

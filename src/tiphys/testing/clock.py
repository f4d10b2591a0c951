"""Virtual time: a clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Where virtual time starts unless a test says otherwise: a Monday.
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SUFFIX_LENGTH = 5


class VirtualClock:
    """Implements ``ports.clock.Clock`` without the machine's clock: equal calls give equal answers in every process.

    Example:
        >>> clock = VirtualClock()
        >>> clock.advance(90)
        >>> clock.now().isoformat()
        '2026-01-05T09:01:30+00:00'
        >>> clock.uid(), clock.suffix()
        ('00000000-0000-4000-8000-000000000001', 'aaaab')
    """

    def __init__(self, start: datetime = START) -> None:
        _check_zone(start)
        self._now = start.astimezone(UTC)
        self._uids = 0
        self._suffixes = 0

    def now(self) -> datetime:
        """The virtual moment; changes only by ``advance`` and ``set``."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move time forward.

        Raises:
            ValueError: ``seconds`` is negative.
        """
        if seconds < 0:
            raise ValueError("time never goes back")
        self._now += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Move time to a moment.

        Raises:
            ValueError: ``moment`` is in the past or has no time zone.
        """
        _check_zone(moment)
        if moment < self._now:
            raise ValueError("time never goes back")
        self._now = moment.astimezone(UTC)

    def uid(self) -> str:
        """The next UUID of a fixed row."""
        self._uids += 1
        return f"00000000-0000-4000-8000-{self._uids:012x}"

    def suffix(self) -> str:
        """The next five characters of a fixed row that begins with ``aaaab``, ``aaaac``."""
        self._suffixes += 1
        number, letters = self._suffixes, ""
        for _ in range(_SUFFIX_LENGTH):
            number, digit = divmod(number, len(_ALPHABET))
            letters = _ALPHABET[digit] + letters
        return letters


def _check_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")

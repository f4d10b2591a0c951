"""The real clock and source of identifiers: the only module that reads the time or asks for random numbers."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from threading import Lock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Kubernetes' alphabet for generated names: nothing that spells a word or is mistaken for another character.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5


class SystemClock:
    """Implements ``ports.clock.Clock`` with the machine's clock and random numbers.  Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._last_monotonic = 0

    def now(self) -> datetime:
        """The present moment in UTC.

        While the machine's clock stands behind an earlier answer (somebody set it back), time goes on from that
        answer at the pace of the monotonic clock: timers neither freeze nor fire twice.
        """
        with self._lock:
            wall, monotonic = time.time_ns(), time.monotonic_ns()
            if wall < self._last:
                wall = self._last + (monotonic - self._last_monotonic)
            self._last, self._last_monotonic = wall, monotonic
        return _EPOCH + timedelta(microseconds=wall // 1000)

    def uid(self) -> str:
        """A fresh random UUID (version 4) in lower case."""
        # ``import uuid`` costs several milliseconds of start-up for these four lines.
        value = bytearray(os.urandom(16))
        value[6] = value[6] & 0x0F | 0x40
        value[8] = value[8] & 0x3F | 0x80
        text = value.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def suffix(self) -> str:
        """Five random characters of Kubernetes' alphabet for generated names."""
        base = len(_ALPHABET)
        number = int.from_bytes(os.urandom(16), "big")  # 128 bits over 24: the bias is far below notice
        letters = []
        for _ in range(_SUFFIX_LENGTH):
            number, digit = divmod(number, base)
            letters.append(_ALPHABET[digit])
        return "".join(letters)


def timezone_exists(name: str) -> bool:
    """Whether this machine knows a time zone; one without any time zones takes every name."""
    import zoneinfo

    if name in {"", "UTC", "Local"}:
        return True
    for each, answer in ((name, True), ("Etc/UTC", False)):
        try:
            zoneinfo.ZoneInfo(each)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return answer
    return True

"""What expressions ask of the world: the moment (``now()``) and chance (``sprig.uuidv4()``).

Both are variables that no tag and no manifest can name, since ``$`` begins no variable of Argo's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count

from tiphys.core.expr.values import Time, Value

NOW = "$now"
RANDOM = "$random"
_MASK = (1 << 64) - 1


def moment(now: datetime) -> Time:
    """A moment as the language has it."""
    return Time(int(now.timestamp()) * 1_000_000_000 + now.microsecond * 1000)


def chance(uid: Callable[[], str] | None, seed: str = "") -> Callable[[], Value]:
    """The source of 64 random bits that is made of a source of random UUIDs.

    Without one it gives the sequence that belongs to ``seed``, which suits tests and whatever is worked out again.
    """
    if uid is None:
        numbers = count(1 + int.from_bytes(seed.encode(), "big"))
        return lambda: _mixed(next(numbers))
    return lambda: _bits(uid())


def _bits(uid: str) -> int:
    """The bits of a UUID before its version and behind its variant."""
    digits = uid.replace("-", "")
    return int(digits[:12] + digits[-12:], 16) & _MASK


def _mixed(number: int) -> int:
    """A number spread over 64 bits (the finalizer of splitmix64)."""
    number = (number * 0x9E3779B97F4A7C15) & _MASK
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    number = (number ^ number >> 27) * 0x94D049BB133111EB & _MASK
    return number ^ number >> 31

"""Integers of 64 bits."""

from __future__ import annotations

import math

_SIGN = 1 << 63
_MASK = (1 << 64) - 1


def wrap(number: int) -> int:
    """Reduce an integer to 64 signed bits, as Go's arithmetic does."""
    if -_SIGN <= number < _SIGN:
        return number
    return ((number + _SIGN) & _MASK) - _SIGN


def float_to_int(value: float) -> int:
    """Truncate like Go on amd64: what does not fit becomes the smallest integer."""
    if math.isnan(value) or not -_SIGN <= value < _SIGN:
        return -_SIGN
    return int(value)

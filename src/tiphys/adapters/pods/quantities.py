"""Kubernetes' quantities: ``500m``, ``1.5Gi``, ``2e3``."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from tiphys.adapters.pods.problems import PodError

_FORM = r"([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?"
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def quantity(text: str | float) -> Decimal:
    """The number that a quantity stands for.

    Raises:
        PodError: It is none.

    Example:
        >>> quantity("500m"), quantity("1Ki"), quantity("2e3")
        (Decimal('0.500'), Decimal('1024'), Decimal('2E+3'))
    """
    match = re.fullmatch(_FORM, str(text).strip())
    if match is None:
        raise PodError(f"{str(text)[:80]!r} is not a quantity")
    number, suffix = Decimal(match.group(1)), match.group(2) or ""
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    if suffix in _DECIMAL:
        return number * Decimal(10) ** _DECIMAL[suffix]
    return number * Decimal(f"1{suffix}") if suffix else number


def in_units(text: str | float, divisor: str | float) -> int:
    """How many divisors a quantity holds, rounded up; a divisor of 0 counts as 1."""
    unit = quantity(divisor)
    return math.ceil(quantity(text) / (unit or Decimal(1)))

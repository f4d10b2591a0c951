"""Quantities as Kubernetes writes them: ``100m``, ``1.5``, ``64Mi``, ``2e3``."""

from __future__ import annotations

import re
from fractions import Fraction

_FORM = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)\Z")
_SUFFIXES = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "k": Fraction(1000),
    "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12), "P": Fraction(10**15), "E": Fraction(10**18),
    "Ki": Fraction(1 << 10), "Mi": Fraction(1 << 20), "Gi": Fraction(1 << 30), "Ti": Fraction(1 << 40),
    "Pi": Fraction(1 << 50), "Ei": Fraction(1 << 60),
}  # fmt: skip


class QuantityError(ValueError):
    """A text is no quantity."""


def parse_quantity(text: str) -> Fraction:
    """The exact amount.

    >>> parse_quantity("100m"), parse_quantity("1Ki")
    (Fraction(1, 10), Fraction(1024, 1))

    Raises:
        QuantityError: the text is none.
    """
    match = _FORM.match(text.strip())
    if match is None:
        raise QuantityError(f"{text!r} is no quantity such as 100m, 1.5 or 64Mi")
    number, exponent, suffix = match.groups()
    if exponent:
        return Fraction(number) * Fraction(10) ** int(exponent[1:])
    return Fraction(number) * _SUFFIXES.get(suffix or "", Fraction(1))

"""The values of number literals, with the texts of Go's ``strconv`` for what is none."""

from __future__ import annotations

import math

from tiphys.core.expr.lexer import quote

_BASES = {"0x": (16, "hex"), "0o": (8, "octal"), "0b": (2, "binary")}
_MOST = (1 << 63) - 1


class LiteralError(Exception):
    """A text that is no number, or one out of range."""


def parse_number(text: str) -> int | float:
    """The value of a number literal.

    Raises:
        LiteralError: with the message of the reference implementation.
    """
    base, kind = _BASES.get(text[:2].lower(), (10, "integer"))
    if base != 16 and any(char in text for char in ".eE"):
        return _float(text)
    try:
        value = int(text, base)
    except ValueError:
        raise LiteralError(f"invalid {kind} literal: strconv.ParseInt: parsing {quote(text)}: invalid syntax") from None
    if value > _MOST:
        raise LiteralError(f"invalid {kind} literal: strconv.ParseInt: parsing {quote(text)}: value out of range")
    return value


def _float(text: str) -> float:
    problem = f"invalid float literal: strconv.ParseFloat: parsing {quote(text)}: "
    try:
        value = float(text)  # refuses "0o1e" and "0b1e" as Go does
    except ValueError:
        raise LiteralError(f"{problem}invalid syntax") from None
    if math.isinf(value):
        raise LiteralError(f"{problem}value out of range")
    return value

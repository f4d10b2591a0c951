"""What is wrong with a value, before anybody knows where it stands in the text."""

from __future__ import annotations

from msgspec import Struct, field

from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.source import Path

_EXACT_INTEGERS = 2**53
_MAX_SHOWN = 40
#: How the hint begins that a value should be a string; what the text has follows.
PUT_IN_QUOTES = "put it in quotes: "


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong with the value at ``path``.

    ``found`` is what Go calls the JSON value and ``go`` the type it should have been read to, for Argo's text of a
    wrong type. ``text`` is Argo's whole text where it has another form. ``aborts``: Argo stops decoding here.
    ``unknown_in`` is the record that has no such field; ``nesting``: steps are not a list of lists.
    """

    path: Path
    message: str
    found: str | None = None
    go: str | None = None
    text: str | None = None
    hint: str | None = None
    aborts: bool = False
    unknown_in: type[Record] | None = None
    nesting: bool = False


class Walk(Struct):
    """Where the reader is, and the problems so far."""

    path: list[str | int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def here(self) -> Path:
        """The path of the value that is being read."""
        return tuple(self.path)


def go_name(value: object) -> str:
    """What Go's JSON reader calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


def is_number(value: object) -> bool:
    """Whether a value is a number; booleans are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def described(value: object) -> str:
    """A value for a person: its kind, and the value itself when it is short."""
    if isinstance(value, str):
        return f'the string "{value}"' if len(value) <= _MAX_SHOWN and value.isprintable() else "a string"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {number_text(value)}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a mapping" if value else "an empty mapping"


def number_text(value: object) -> str:
    """A number as Go writes it to JSON."""
    text = repr(value)
    if "e" not in text:
        return text.removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].lstrip('0').zfill(2 if exponent[0] == '+' else 1)}"


def decimal(value: int | float) -> str:
    """A number without exponent, as Argo's AnyString has it; large integers go through a 64-bit float.

    >>> [decimal(number) for number in (1000, 1.5, 1e-07, 12345678901234567890)]
    ['1000', '1.5', '0.0000001', '12345678901234567000']
    """
    if isinstance(value, int) and abs(value) <= _EXACT_INTEGERS:
        return str(value)
    text = repr(float(value))
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text.removesuffix(".0")

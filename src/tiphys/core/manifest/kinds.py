"""How scalars of each type are read: data in, typed value out, problems noted on the way.

A kind also knows what Go calls the type, because Argo's texts say it. Nothing here knows about text or places:
a problem carries the path of its value. Lists, maps and records are in ``shapes``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from tiphys.core.manifest.problems import (
    PUT_IN_QUOTES,
    Problem,
    Walk,
    decimal,
    described,
    go_name,
    is_number,
    number_text,
)

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonValue

#: Argo's text for text that is no quantity.
QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
# Texts, not compiled expressions: most manifests need none of them, and compiling takes a millisecond.
_QUANTITY = r"[+-]?([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z"
_UNIT = r"(?:[eE][-+]?[0-9]+|[KMGTPE]i|[numkMGTPE]|)\Z"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})\Z"
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z"


class Kind(Struct, frozen=True, eq=False):
    """The type of a field.

    ``go`` is Go's name of it, ``expected`` ours; ``aborts``: Go reads it with code of its own.
    """

    go: str
    expected: str
    aborts: bool = False

    def read(self, value: object, walk: Walk) -> object:
        """The typed value; None, with a problem noted, when the data does not do. ``value`` is not None."""
        raise NotImplementedError

    def zero(self) -> object:
        """What null means inside a list or a map."""
        return None

    def written(self, value: JsonValue) -> JsonValue:
        """Data of this type as Go writes it back; what Go could not read stays as it is."""
        return value

    def hint(self, value: object) -> str | None:
        """How to write a value of the wrong type, where a small change does."""
        return None

    def wrong(self, value: object, walk: Walk, *, exact: bool = False) -> None:
        """Note a value of the wrong type; ``exact`` names a number, as Go does for one that does not fit."""
        found = f"{go_name(value)} {number_text(value)}" if exact and is_number(value) else go_name(value)
        message = f"expected {self.expected}, found {described(value)}"
        problem = Problem(
            path=walk.here(), message=message, found=found, go=self.go, hint=self.hint(value), aborts=self.aborts
        )
        walk.problems.append(problem)

    def refuse(self, walk: Walk, message: str, text: str | None = None, hint: str | None = None) -> None:
        """Note a value that does not do although its type may be right; Argo stops decoding at it."""
        problem = Problem(path=walk.here(), message=message, text=text, hint=hint, aborts=text is not None)
        walk.problems.append(problem)


class Text(Kind, frozen=True, eq=False):
    """A string."""

    def read(self, value: object, walk: Walk) -> object:
        """Strings only: numbers and booleans are not turned into text."""
        if type(value) is str:
            return value
        self.wrong(value, walk)
        return None

    def zero(self) -> object:
        """The empty string."""
        return ""

    def hint(self, value: object) -> str | None:
        """Quotes make a string of a number or boolean."""
        if isinstance(value, bool):
            return f'{PUT_IN_QUOTES}"{described(value)}"'
        return f'{PUT_IN_QUOTES}"{number_text(value)}"' if is_number(value) else None


class AnyText(Kind, frozen=True, eq=False):
    """AnyString (``spec/data.md`` 2.2)."""

    def read(self, value: object, walk: Walk) -> object:
        """Numbers as decimals, booleans as words; lists and mappings are the empty string."""
        if type(value) is str:
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return decimal(value) if isinstance(value, (int, float)) else ""

    def zero(self) -> object:
        """The empty string."""
        return ""

    def written(self, value: JsonValue) -> JsonValue:
        """Always a string."""
        return str(self.read(value, Walk())) if isinstance(value, (bool, int, float)) else value


class Integer(Kind, frozen=True, eq=False):
    """A whole number within bounds."""

    smallest: int = -(2**63)
    largest: int = 2**63 - 1

    def read(self, value: object, walk: Walk) -> object:
        """Whole numbers only; the text ``2`` in quotes is not one."""
        if type(value) is int and self.smallest <= value <= self.largest:
            return value
        self.wrong(value, walk, exact=True)
        return None

    def zero(self) -> object:
        """Zero."""
        return 0

    def hint(self, value: object) -> str | None:
        """A number must not be in quotes; one that is too large has another trouble."""
        if isinstance(value, str) and re.match(r"-?[0-9]{1,18}\Z", value):
            return f"write it without quotes: {value}"
        return f"from {self.smallest} to {self.largest}" if type(value) is int else None


class Number(Kind, frozen=True, eq=False):
    """Any number."""

    def read(self, value: object, walk: Walk) -> object:
        """The number as it is written: 1 stays 1."""
        if is_number(value):
            return value
        self.wrong(value, walk)
        return None

    def zero(self) -> object:
        """Zero."""
        return 0


class Boolean(Kind, frozen=True, eq=False):
    """True or false."""

    def read(self, value: object, walk: Walk) -> object:
        """Booleans only."""
        if isinstance(value, bool):
            return value
        self.wrong(value, walk)
        return None

    def zero(self) -> object:
        """False."""
        return False

    def hint(self, value: object) -> str | None:
        """A boolean must not be in quotes."""
        return f"write it without quotes: {value}" if value in ("true", "false") else None


class IntOrText(Kind, frozen=True, eq=False):
    """IntOrString. ``fractions``: a fraction is kept as its decimal text (``backoff.factor``)."""

    fractions: bool = False

    def read(self, value: object, walk: Walk) -> object:
        """A string, or a whole number of 32 bits."""
        if type(value) is str:
            return value
        if type(value) is int and -(2**31) <= value < 2**31:
            return value
        if isinstance(value, float) and self.fractions:
            return decimal(value)
        self.wrong(value, walk, exact=True)
        return None

    def zero(self) -> object:
        """Zero."""
        return 0


class QuantityText(Kind, frozen=True, eq=False):
    """A Kubernetes quantity."""

    def read(self, value: object, walk: Walk) -> object:
        """The text of the quantity as it is written; a number becomes its decimal text."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return decimal(value)
        match = re.match(_QUANTITY, value) if isinstance(value, str) and value else None
        if match is None:
            hint = "write a number with an optional unit, such as 500m, 2 or 100Mi"
            self.refuse(walk, f"expected {self.expected}, found {described(value)}", QUANTITY_TEXT, hint)
        elif not (match[1] or match[2]):
            message = f"expected {self.expected}, found {described(value)}"
            text = "unable to parse numeric part of quantity" if match[3] == "" else QUANTITY_TEXT
            self.refuse(walk, message, text, "begin with a number, such as 100Mi")
        elif not re.match(_UNIT, match[3]):
            hint = "units are n u m k M G T P E and Ki Mi Gi Ti Pi Ei"
            self.refuse(walk, f'"{match[3]}" is not a unit of quantities', "unable to parse quantity's suffix", hint)
        else:
            return value
        return None

    def zero(self) -> object:
        """Zero."""
        return "0"


class Moment(Kind, frozen=True, eq=False):
    """An RFC 3339 time."""

    def read(self, value: object, walk: Walk) -> object:
        """The text as it is written."""
        if not isinstance(value, str):
            self.wrong(value, walk)
        elif re.match(_TIME, value):
            return value
        else:
            self.refuse(walk, f"expected {self.expected}, found {described(value)}", _go_time_text(value))
        return None


def _go_time_text(value: str) -> str | None:
    """What Go says of a text that does not even begin with a year; None for other texts."""
    if re.match(r"[0-9]{4}", value) or not value.isascii() or not value.isprintable() or '"' in value or "\\" in value:
        return None
    return f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006"'


class Base64Text(Kind, frozen=True, eq=False):
    """Bytes in base64."""

    def read(self, value: object, walk: Walk) -> object:
        """The base64 text as it is written."""
        if not isinstance(value, str):
            self.wrong(value, walk)
        elif re.match(_BASE64, value):
            return value
        else:
            self.refuse(walk, f"expected {self.expected}, found {described(value)}")
        return None

    def zero(self) -> object:
        """No bytes."""
        return ""


class Anything(Kind, frozen=True, eq=False):
    """Any JSON value."""

    def read(self, value: object, walk: Walk) -> object:
        """The value itself."""
        return value


class Mapping(Kind, frozen=True, eq=False):
    """Any mapping. ``single``: it must have exactly one key (plugin templates)."""

    single: bool = False

    def read(self, value: object, walk: Walk) -> object:
        """The mapping itself."""
        if not isinstance(value, dict):
            self.wrong(value, walk)
        elif self.single and len(value) != 1:
            message = f"expected one key, the name of the plugin, found {len(value)}"
            self.refuse(walk, message, f"expected exactly one key, got {len(value)}")
        else:
            return value
        return None

    def zero(self) -> object:
        """The empty mapping."""
        return {}

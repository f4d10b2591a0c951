"""How values of each type are read: data in, typed value out, problems noted on the way.

A kind also knows what Go calls the type, because Argo's texts say it. Nothing here knows about text or places:
a problem carries the path of its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.source import Path

#: Argo's text for text that is no quantity.
QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_QUANTITY = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)\Z")
_SUFFIX = re.compile(r"(?:[eE][-+]?[0-9]+|[KMGTPE]i|[numkMGTPE]|)\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})\Z")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_EXACT_INTEGERS = 2**53


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at ``path``.

    ``found`` is what Go calls the JSON value and ``go`` the type it should have been read to, for Argo's text of a
    wrong type. ``text`` is Argo's whole text where it has another form. ``aborts``: Argo stops decoding here.
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


@dataclass(slots=True)
class Walk:
    """Where the reader is, and the problems so far."""

    path: list[str | int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def here(self) -> Path:
        """The path of the value that is being read."""
        return tuple(self.path)

    def wrong(self, kind: Kind, value: object, *, exact: bool = False, hint: str | None = None) -> None:
        """Note a value of the wrong type; ``exact`` names the number, as Go does for one that does not fit."""
        found = go_name(value) + (f" {number_text(value)}" if exact else "")
        message = f"expected {kind.expected}, found {described(value)}"
        hint = hint or _type_hint(kind, value)
        self.problems.append(
            Problem(self.here(), message, found=found, go=kind.go, hint=hint, aborts=kind.aborts)
        )

    def refuse(self, message: str, text: str | None = None, hint: str | None = None) -> None:
        """Note a value that has the right type and does not do; Argo stops decoding at it."""
        self.problems.append(Problem(self.here(), message, text=text, hint=hint, aborts=text is not None))


def go_name(value: object) -> str:
    """What Go's JSON reader calls a value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


def described(value: object) -> str:
    """A value for a person: its kind, and the value itself when it is short."""
    if isinstance(value, str):
        return f'the string "{value}"' if len(value) <= 40 and value.isprintable() else "a string"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {number_text(value)}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a mapping" if value else "an empty mapping"


def number_text(value: object) -> str:
    """A number as JSON writes it."""
    text = repr(value)
    return text.removesuffix(".0") if "e" not in text else text


def decimal(value: int | float) -> str:
    """A number without exponent, as Argo's AnyString has it; integers go through a 64-bit float.

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


def _type_hint(kind: Kind, value: object) -> str | None:
    """How to write the value, where a small change does."""
    if isinstance(kind, Text) and isinstance(value, (bool, int, float)):
        return f'put it in quotes: "{described(value).removeprefix("the number ")}"'
    if isinstance(kind, Integer) and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return f"write it without quotes: {value}"
    if isinstance(kind, Boolean) and value in {"true", "false"}:
        return f"write it without quotes: {value}"
    if isinstance(kind, ListOf) and isinstance(kind.item, Text) and isinstance(value, str) and value.isprintable():
        return f"write a list: [{_quoted(value)}]"
    if isinstance(kind, ListOf) and isinstance(kind.item, RecordOf) and isinstance(value, dict):
        return "begin each item of the list with a dash (- )"
    return None


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a field. ``go`` is Go's name of it, ``expected`` ours; ``aborts``: Go reads it with code of its own."""

    go: str
    expected: str
    aborts: bool = False

    def read(self, value: Any, walk: Walk) -> Any:
        """The typed value; None, with a problem noted, when the data does not do. ``value`` is not None."""
        raise NotImplementedError

    def zero(self) -> Any:
        """What null means inside a list or a map."""
        return None


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """A string."""

    def read(self, value: Any, walk: Walk) -> Any:
        """Strings only: numbers and booleans are not turned into text."""
        if type(value) is str:
            return value
        walk.wrong(self, value)
        return None

    def zero(self) -> Any:
        """The empty string."""
        return ""


@dataclass(frozen=True, slots=True)
class AnyText(Kind):
    """AnyString (``spec/data.md`` 2.2)."""

    def read(self, value: Any, walk: Walk) -> Any:
        """Numbers as decimals, booleans as words; lists and mappings are the empty string."""
        if type(value) is str:
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return decimal(value) if isinstance(value, (int, float)) else ""

    def zero(self) -> Any:
        """The empty string."""
        return ""


@dataclass(frozen=True, slots=True)
class Integer(Kind):
    """A whole number within bounds."""

    smallest: int = -(2**63)
    largest: int = 2**63 - 1

    def read(self, value: Any, walk: Walk) -> Any:
        """Whole numbers only; the text ``2`` in quotes is not one."""
        if type(value) is int and self.smallest <= value <= self.largest:
            return value
        walk.wrong(self, value, exact=isinstance(value, (int, float)) and not isinstance(value, bool))
        return None

    def zero(self) -> Any:
        """Zero."""
        return 0


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """Any number."""

    def read(self, value: Any, walk: Walk) -> Any:
        """The number as it is written: 1 stays 1."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        walk.wrong(self, value)
        return None

    def zero(self) -> Any:
        """Zero."""
        return 0


@dataclass(frozen=True, slots=True)
class Boolean(Kind):
    """True or false."""

    def read(self, value: Any, walk: Walk) -> Any:
        """Booleans only."""
        if isinstance(value, bool):
            return value
        walk.wrong(self, value)
        return None

    def zero(self) -> Any:
        """False."""
        return False


@dataclass(frozen=True, slots=True)
class IntOrText(Kind):
    """IntOrString. ``fractions``: a fraction is kept as its decimal text (``backoff.factor``)."""

    fractions: bool = False

    def read(self, value: Any, walk: Walk) -> Any:
        """A string, or a whole number of 32 bits."""
        if type(value) is str:
            return value
        if type(value) is int and -(2**31) <= value < 2**31:
            return value
        if isinstance(value, float) and self.fractions:
            return decimal(value)
        walk.wrong(self, value, exact=isinstance(value, (int, float)) and not isinstance(value, bool))
        return None

    def zero(self) -> Any:
        """Zero."""
        return 0


@dataclass(frozen=True, slots=True)
class QuantityText(Kind):
    """A Kubernetes quantity."""

    def read(self, value: Any, walk: Walk) -> Any:
        """The text of the quantity as it is written; a number becomes its decimal text."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return decimal(value)
        match = _QUANTITY.match(value) if isinstance(value, str) else None
        if match is None or not value:
            hint = "a number with an optional unit, such as 500m, 2 or 100Mi"
            walk.refuse(f"expected {self.expected}, found {described(value)}", QUANTITY_TEXT, hint)
        elif not _SUFFIX.match(match[3]):
            walk.refuse(f'"{match[3]}" is not a unit of quantities', "unable to parse quantity's suffix")
        elif not (match[1] or match[2]):
            walk.refuse("the quantity has no digits", "unable to parse numeric part of quantity")
        else:
            return value
        return None

    def zero(self) -> Any:
        """Zero."""
        return "0"


@dataclass(frozen=True, slots=True)
class Moment(Kind):
    """An RFC 3339 time."""

    def read(self, value: Any, walk: Walk) -> Any:
        """The text as it is written."""
        if type(value) is not str:
            walk.wrong(self, value)
        elif _TIME.match(value):
            return value
        else:
            text = None
            if not re.match(r"[0-9]{4}", value) and value.isascii() and value.isprintable() and '"' not in value:
                text = f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006"'
            walk.refuse(f"expected {self.expected}, found {described(value)}", text)
        return None


@dataclass(frozen=True, slots=True)
class Base64Text(Kind):
    """Bytes in base64."""

    def read(self, value: Any, walk: Walk) -> Any:
        """The base64 text as it is written."""
        if type(value) is not str:
            walk.wrong(self, value)
        elif _BASE64.match(value):
            return value
        else:
            walk.refuse(f"expected {self.expected}, found {described(value)}")
        return None

    def zero(self) -> Any:
        """No bytes."""
        return ""


@dataclass(frozen=True, slots=True)
class Anything(Kind):
    """Any JSON value."""

    def read(self, value: Any, walk: Walk) -> Any:
        """The value itself."""
        return value


@dataclass(frozen=True, slots=True)
class Mapping(Kind):
    """Any mapping. ``single``: it must have exactly one key (plugin templates)."""

    single: bool = False

    def read(self, value: Any, walk: Walk) -> Any:
        """The mapping itself."""
        if type(value) is not dict:
            walk.wrong(self, value)
        elif self.single and len(value) != 1:
            said = f"expected exactly one key, got {len(value)}"
            walk.refuse(f"expected exactly one plugin name, found {len(value)}", said)
        else:
            return value
        return None

    def zero(self) -> Any:
        """The empty mapping."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Kind):
    """A list of one type, read to a tuple."""

    item: Kind

    def read(self, value: Any, walk: Walk) -> Any:
        """Every item; null is the zero of the type."""
        if type(value) is not list:
            walk.wrong(self, value)
            return None
        path, item, found = walk.path, self.item, []
        path.append(0)
        for number, each in enumerate(value):
            path[-1] = number
            found.append(item.zero() if each is None else item.read(each, walk))
        path.pop()
        return tuple(found)

    def zero(self) -> Any:
        """The empty list."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOf(Kind):
    """A mapping with values of one type."""

    item: Kind

    def read(self, value: Any, walk: Walk) -> Any:
        """Every value; null is the zero of the type."""
        if type(value) is not dict:
            walk.wrong(self, value)
            return None
        path, item, found = walk.path, self.item, {}
        path.append("")
        for key, each in value.items():
            path[-1] = key
            found[key] = item.zero() if each is None else item.read(each, walk)
        path.pop()
        return found

    def zero(self) -> Any:
        """The empty mapping."""
        return {}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its attribute and its type."""

    attribute: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOf(Kind):
    """A record; ``fields`` is filled when it is first read, because records hold one another."""

    record: type[Record]
    fields: dict[str, Field] = field(default_factory=dict, compare=False)

    def read(self, value: Any, walk: Walk) -> Any:
        """The record; null fields stay absent, unknown ones are noted."""
        if type(value) is not dict:
            walk.wrong(self, value)
            return None
        fields, path, found = self.table(), walk.path, {}
        for key, each in value.items():
            known = fields.get(key)
            if known is None:
                message = f'unknown field "{key}"'
                walk.problems.append(Problem((*path, key), message, unknown_in=self.record))
            elif each is not None:
                path.append(key)
                found[known.attribute] = known.kind.read(each, walk)
                path.pop()
        return self.record(**found)

    def table(self) -> dict[str, Field]:
        """The fields by their JSON names."""
        if not self.fields:
            from tiphys.core.manifest.fields import fields_of

            self.fields.update(fields_of(self.record))
        return self.fields

    def zero(self) -> Any:
        """A record without fields."""
        return self.record()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroups(Kind):
    """``steps``: a list of lists of steps, which Argo reads with code of its own."""

    step: RecordOf

    def read(self, value: Any, walk: Walk) -> Any:
        """Tuples of steps; a list that lacks one level is noted once."""
        if type(value) is not list:
            go = "[]v1alpha1.ParallelSteps"
            self._note(walk, value, go, f"expected a list of lists of steps, found {described(value)}")
            return None
        groups: list[Any] = []
        flat = 0
        for number, group in enumerate(value):
            walk.path.append(number)
            if group is None or type(group) is list:
                groups.append(self._group(group or [], walk))
            elif isinstance(group, dict):
                flat += 1
                if flat == 1:
                    message = "expected a list of steps that run in parallel, found one step"
                    self._note(walk, group, "[]map[string]interface {}", message)
            else:
                message = f"expected a list of steps, found {described(group)}"
                self._note(walk, group, "[]map[string]interface {}", message)
            walk.path.pop()
        return tuple(groups)

    def _group(self, group: list[Any], walk: Walk) -> Any:
        steps = []
        for number, step in enumerate(group):
            walk.path.append(number)
            if step is None:
                steps.append(self.step.zero())
            elif isinstance(step, dict):
                steps.append(self.step.read(step, walk))
            else:
                self._note(walk, step, "map[string]interface {}", f"expected a step, found {described(step)}")
            walk.path.pop()
        return tuple(steps)

    def _note(self, walk: Walk, value: Any, go: str, message: str) -> None:
        problem = Problem(walk.here(), message, found=go_name(value), go=go, aborts=True, nesting=True)
        walk.problems.append(problem)

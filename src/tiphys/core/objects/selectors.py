"""Label selectors: ``a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1``.

The same grammar, with paths for keys, states the conditions of ``resource`` templates (``spec/engine.md`` 20.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from tiphys.errors import UsageError

IN, NOT_IN, EXISTS, ABSENT, EQUALS, NOT_EQUALS, GREATER, LESS = "in", "notin", "exists", "!", "=", "!=", "gt", "lt"
_TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_WORDS = {"in": IN, "notin": NOT_IN}
_SIGNS = {"=": EQUALS, "==": EQUALS, "!=": NOT_EQUALS, ">": GREATER, "<": LESS}


class Requirement(Struct, frozen=True):
    """One condition on the label ``key``; ``values`` are sorted."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The requirement in the form in which Kubernetes prints it."""
        if self.operator == EXISTS:
            return self.key
        if self.operator == ABSENT:
            return f"!{self.key}"
        if self.operator in (IN, NOT_IN):
            return f"{self.key} {self.operator} ({','.join(self.values)})"
        sign = {GREATER: ">", LESS: "<"}.get(self.operator, self.operator)
        return f"{self.key}{sign}{self.values[0]}"

    def holds(self, value: str | None) -> bool:
        """Whether the label's value satisfies the requirement; None means that there is no such label."""
        if value is None:
            return self.operator in (ABSENT, NOT_IN, NOT_EQUALS)
        return _TESTS[self.operator](self, value)


def _above(requirement: Requirement, value: str, sign: int) -> bool:
    if not _INTEGER.fullmatch(value):
        return False
    return (int(value) - int(requirement.values[0])) * sign > 0


_TESTS: Mapping[str, Callable[[Requirement, str], bool]] = {
    EXISTS: lambda _, __: True,
    ABSENT: lambda _, __: False,
    IN: lambda requirement, value: value in requirement.values,
    EQUALS: lambda requirement, value: value in requirement.values,
    NOT_IN: lambda requirement, value: value not in requirement.values,
    NOT_EQUALS: lambda requirement, value: value not in requirement.values,
    GREATER: lambda requirement, value: _above(requirement, value, 1),
    LESS: lambda requirement, value: _above(requirement, value, -1),
}


def equalities(labels: Mapping[str, str]) -> tuple[Requirement, ...]:
    """Requirements that labels have these values."""
    return tuple(Requirement(key, EQUALS, (value,)) for key, value in labels.items())


def matches(requirements: Iterable[Requirement], labels: Mapping[str, str]) -> bool:
    """Whether labels satisfy all requirements; no requirement holds for everything."""
    return all(requirement.holds(labels.get(requirement.key)) for requirement in requirements)


def parse_selector(text: str) -> tuple[Requirement, ...]:
    """The requirements of a selector, in the order of their keys; an empty text has none.

    Raises:
        UsageError: the text is not a selector.
    """
    parser = _Parser(_tokens(text))
    found = parser.requirements() if parser.tokens else []
    return tuple(sorted(found, key=lambda requirement: requirement.key))


def _tokens(text: str) -> list[str]:
    return [match[1] for match in _TOKEN.finditer(text)]


class _Parser:
    """One walk over the tokens of a selector."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self._at = 0

    def requirements(self) -> list[Requirement]:
        found = []
        while True:
            found.append(self._requirement())
            end = self._next()
            if end is None:
                return found
            if end != ",":
                raise _unexpected(end, "',' or the end")

    def _requirement(self) -> Requirement:
        token = self._next()
        if token == "!":
            return Requirement(self._word(self._next(), "a key"), ABSENT)
        key = self._word(token, "a key")
        operator = self._peek()
        if operator is None or operator == ",":
            return Requirement(key, EXISTS)
        self._at += 1
        if operator in _WORDS:
            return Requirement(key, _WORDS[operator], self._set())
        if operator not in _SIGNS:
            raise _unexpected(operator, "in, notin, =, ==, !=, > or <")
        return self._compared(key, _SIGNS[operator])

    def _compared(self, key: str, operator: str) -> Requirement:
        token = self._peek()
        value = "" if token is None or token == "," else self._word(self._next(), "a value")
        if operator in (GREATER, LESS) and not _INTEGER.fullmatch(value):
            raise UsageError(
                f"unable to parse requirement: for '>' and '<' operators the value must be an integer, not {value!r}"
            )
        return Requirement(key, operator, (value,))

    def _set(self) -> tuple[str, ...]:
        opening = self._next()
        if opening != "(":
            raise _unexpected(opening, "'('")
        values: set[str] = set()
        while True:
            token = self._next()
            if token in (",", ")"):
                values.add("")
            else:
                values.add(self._word(token, "a value"))
                token = self._next()
            if token == ")":
                return tuple(sorted(values))
            if token != ",":
                raise _unexpected(token, "',' or ')'")

    def _word(self, token: str | None, wanted: str) -> str:
        if token is None or token in "=!(),<>" or token in _SIGNS:
            raise _unexpected(token, wanted)
        return token

    def _peek(self) -> str | None:
        return self.tokens[self._at] if self._at < len(self.tokens) else None

    def _next(self) -> str | None:
        token = self._peek()
        self._at += 1
        return token


def _unexpected(token: str | None, wanted: str) -> UsageError:
    return UsageError(f"unable to parse requirement: found '{token or ''}', expected: {wanted}")

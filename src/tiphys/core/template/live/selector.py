"""Kubernetes' label selectors: ``a == b, c in (d, e), !f, g > 1``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from tiphys.core.template.errors import TemplateError

_TOKEN: Final = re.compile(r"\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)")
_KEY: Final = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?"
    r"[A-Za-z0-9#*?\\](?:[-A-Za-z0-9_.#*?\\]{0,250}[A-Za-z0-9#*?])?"
)
_VALUE: Final = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_OPERATORS: Final = "'=', '!=', '==', '>', '<', in, notin"


class Requirement(Struct, frozen=True):
    """One part of a selector.

    ``operator`` is ``=``, ``==``, ``!=``, ``in``, ``notin``, ``exists``, ``!``, ``>`` or ``<``.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.operator in ("exists", "!"):
            return self.key if self.operator == "exists" else f"!{self.key}"
        if self.operator in ("in", "notin"):
            return f"{self.key} {self.operator} ({','.join(sorted(self.values))})"
        return f"{self.key}{self.operator}{self.values[0]}"

    def matches(self, value_of: Callable[[str], str | None]) -> bool:
        """Whether it holds for labels, given by a function that answers None for an absent one."""
        value = value_of(self.key)
        if self.operator in ("=", "==", "in"):
            return value is not None and value in self.values
        if self.operator in ("!=", "notin"):
            return value is None or value not in self.values
        if self.operator in ("exists", "!"):
            return (value is not None) is (self.operator == "exists")
        return value is not None and _beyond(value, self.operator, self.values[0])


def parse_selector(text: str) -> tuple[Requirement, ...]:
    """The requirements of a selector, sorted by key; none for the empty text, which holds always.

    Raises:
        TemplateError: it is malformed.
    """
    reader = _Reader(text)
    try:
        found = reader.read()
    except TemplateError as error:
        raise TemplateError(f"unable to parse requirement: {error}") from None
    return tuple(sorted(found, key=lambda each: each.key))


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = [*(match[1] for match in _TOKEN.finditer(text)), ""]
        self.at = 0

    def read(self) -> list[Requirement]:
        """All requirements."""
        found: list[Requirement] = []
        while self._peek() or found:
            found.append(self._requirement())
            if not self._peek():
                break
            if self._next() != ",":
                raise TemplateError(f"found '{self.tokens[self.at - 1]}', expected: ',' or 'end of string'")
            if self._peek() in ("", ","):
                raise TemplateError(f"found '{self._peek()}', expected: identifier after ','")
        return found

    def _peek(self) -> str:
        return self.tokens[self.at]

    def _next(self) -> str:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _requirement(self) -> Requirement:
        negated = self._peek() == "!"
        if negated:
            self._next()
        key = self._key()
        if negated:
            return Requirement(key, "!")
        if self._peek() in ("", ","):
            return Requirement(key, "exists")
        operator = self._next()
        if operator in ("in", "notin"):
            return Requirement(key, operator, self._values())
        if operator not in ("=", "==", "!=", ">", "<"):
            raise TemplateError(f"found '{operator}', expected: {_OPERATORS}")
        value = "" if self._peek() in ("", ",") else self._next()
        if operator in ("<", ">") and not re.fullmatch(r"[+-]?\d+", value):
            raise TemplateError("for 'Gt', 'Lt' operators, the value must be an integer")
        return Requirement(key, operator, (self._value(value),))

    def _key(self) -> str:
        key = self._next()
        if key in ("", "=", "==", "!=", "<", ">", "(", ")", ",", "!"):
            raise TemplateError(f"found '{key}', expected: !, identifier, or 'end of string'")
        if not _KEY.fullmatch(key):
            raise TemplateError(f'key: Invalid value: "{key}": name part must consist of alphanumeric characters')
        return key

    def _values(self) -> tuple[str, ...]:
        if self._next() != "(":
            raise TemplateError(f"found '{self.tokens[self.at - 1]}', expected: '('")
        values: list[str] = []
        while True:
            token = self._next()
            if token in (")", ","):
                values.append("")
            else:
                values.append(self._value(token))
                token = self._next()
            if token == ")":
                return tuple(dict.fromkeys(values))
            if token != ",":
                raise TemplateError(f"found '{token}', expected: ',' or ')'")

    def _value(self, text: str) -> str:
        if not _VALUE.fullmatch(text):
            reason = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'"
            raise TemplateError(f'values[0][key]: Invalid value: "{text}": {reason}')
        return text


def _beyond(value: str, operator: str, limit: str) -> bool:
    """Whether an integer is greater or smaller; a text that is none is neither."""
    if not re.fullmatch(r"[+-]?\d{1,19}", value):
        return False
    return int(value) > int(limit) if operator == ">" else int(value) < int(limit)

"""Label selectors: ``a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1``.

The same grammar, with paths for keys, states the conditions of ``resource`` templates (``spec/engine.md`` 20.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import UsageError

IN, NOT_IN, EXISTS, ABSENT, EQUALS, NOT_EQUALS, GREATER, LESS = "in", "notin", "exists", "!", "=", "!=", ">", "<"
SAME = "=="
_SIGNS: Final = (EQUALS, SAME, NOT_EQUALS, GREATER, LESS)
_TOKEN: Final = r"\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)"
_INTEGER: Final = r"(?a)[+-]?[0-9]{1,19}"
_PREFIX: Final = r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?"
_KEY: Final = "(?a)" + _PREFIX + r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
#: What gjson adds: lengths, patterns, escapes; and paths may be longer than labels.
_PATH: Final = "(?a)" + _PREFIX + r"[A-Za-z0-9#*?\\](?:[-A-Za-z0-9_.#*?\\/]{0,250}[A-Za-z0-9#*?])?"
_VALUE: Final = r"(?a)(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
#: Operators of ``matchExpressions``.
_EXPRESSIONS: Final = {"In": IN, "NotIn": NOT_IN, "Exists": EXISTS, "DoesNotExist": ABSENT}
#: No database follows a condition of any length.
_MOST: Final = 500
_OPERATORS: Final = "'=', '!=', '==', '>', '<', in, notin"


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
        return f"{self.key}{self.operator}{self.values[0]}"

    def holds(self, value: str | None) -> bool:
        """Whether the label's value satisfies the requirement; None means that there is no such label."""
        if value is None:
            return self.operator in (ABSENT, NOT_IN, NOT_EQUALS)
        return _TESTS[self.operator](self, value)


def _above(requirement: Requirement, value: str, sign: int) -> bool:
    if not re.fullmatch(_INTEGER, value):
        return False
    return (int(value) - int(requirement.values[0])) * sign > 0


_TESTS: Mapping[str, Callable[[Requirement, str], bool]] = {
    EXISTS: lambda _, __: True,
    ABSENT: lambda _, __: False,
    IN: lambda requirement, value: value in requirement.values,
    EQUALS: lambda requirement, value: value in requirement.values,
    SAME: lambda requirement, value: value in requirement.values,
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


def label_selector(selector: JsonObject) -> tuple[Requirement, ...]:
    """The requirements of a LabelSelector (``matchLabels``, ``matchExpressions``)."""
    labels, expressions = selector.get("matchLabels"), selector.get("matchExpressions")
    equal = equalities({key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {})
    others = expressions if isinstance(expressions, list) else []
    return (*equal, *(_of_expression(item) for item in others if isinstance(item, dict)))


def _of_expression(given: JsonObject) -> Requirement:
    values = given.get("values")
    texts = tuple(str(value) for value in values) if isinstance(values, list) else ()
    return Requirement(str(given.get("key")), _EXPRESSIONS.get(str(given.get("operator")), IN), texts)


def parse_selector(text: str, *, paths: bool = False) -> tuple[Requirement, ...]:
    """The requirements of a selector, sorted by key; an empty text has none and holds for everything.

    ``paths``: keys are paths into an object instead of names of labels.

    Raises:
        UsageError: the text is not a selector; with Kubernetes' text.
    """
    try:
        found = _Parser(text, _PATH if paths else _KEY).requirements()
    except UsageError as error:
        raise UsageError(f"unable to parse requirement: {error.message}") from None
    return tuple(sorted(found, key=lambda requirement: requirement.key))


class _Parser:
    """One walk over the tokens of a selector."""

    def __init__(self, text: str, key: str) -> None:
        self._tokens = [*(match[1] for match in re.finditer(_TOKEN, text)), ""]
        self._at = 0
        self._key_form = key

    def requirements(self) -> list[Requirement]:
        """All of them; the empty token is the end."""
        found: list[Requirement] = []
        while self._peek() or found:
            found.append(self._requirement())
            if len(found) > _MOST:
                raise UsageError(f"a selector has at most {_MOST} requirements")
            if not self._peek():
                break
            self._expect(",", "',' or 'end of string'")
            if self._peek() in ("", ","):
                raise UsageError(f"found '{self._peek()}', expected: identifier after ','")
        return found

    def _requirement(self) -> Requirement:
        if self._peek() == ABSENT:
            self._next()
            return Requirement(self._key(), ABSENT)
        key = self._key()
        if self._peek() in ("", ","):
            return Requirement(key, EXISTS)
        operator = self._next()
        if operator in (IN, NOT_IN):
            return Requirement(key, operator, self._values())
        if operator not in _SIGNS:
            raise UsageError(f"found '{operator}', expected: {_OPERATORS}")
        value = "" if self._peek() in ("", ",") else self._next()
        if operator in (GREATER, LESS) and not re.fullmatch(_INTEGER, value):
            raise UsageError("for 'Gt', 'Lt' operators, the value must be an integer")
        return Requirement(key, operator, (value if operator in (GREATER, LESS) else _value(value),))

    def _key(self) -> str:
        key = self._next()
        if key in ("", "(", ")", ",", ABSENT, *_SIGNS):
            raise UsageError(f"found '{key}', expected: !, identifier, or 'end of string'")
        if not re.fullmatch(self._key_form, key):
            raise UsageError(f'key: Invalid value: "{key}": name part must consist of alphanumeric characters')
        return key

    def _values(self) -> tuple[str, ...]:
        self._expect("(", "'('")
        values: set[str] = set()
        while True:
            token = self._next()
            if token in (")", ","):
                values.add("")
            else:
                values.add(_value(token))
                token = self._next()
            if token == ")":
                return tuple(sorted(values))
            if token != ",":
                raise UsageError(f"found '{token}', expected: ',' or ')'")

    def _expect(self, wanted: str, text: str) -> None:
        found = self._next()
        if found != wanted:
            raise UsageError(f"found '{found}', expected: {text}")

    def _peek(self) -> str:
        return self._tokens[self._at]

    def _next(self) -> str:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token


def _value(text: str) -> str:
    if not re.fullmatch(_VALUE, text):
        reason = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'"
        raise UsageError(f'values[0][key]: Invalid value: "{text}": {reason}')
    return text

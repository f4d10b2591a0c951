"""The conditions of JSONPath filters: ``[?(@.n > 1 && @.s == 'x')]``."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.operators import is_number

#: Takes the candidate and the document.
Filter = Callable[[Any, Any], bool]
_Operand = Callable[[Any, Any], Any]
_Path = Callable[[str], Callable[[Any], Any]]

_TOKEN = re.compile(
    r"\s*(?:(?P<path>[@$](?:\.\.?[\w*-]+|\[[^\]]*\])*)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<word>true|false|null|nil)"
    r"|(?P<operator>&&|\|\||==|!=|<=|>=|=~|<|>|!|\(|\)))"
)
_MISSING = object()
_DEEPEST = 50


def parse_filter(text: str, selector: str, path: _Path) -> Filter:
    """Compile a condition.

    Raises:
        Fault: malformed.
    """
    tokens: list[tuple[str, str]] = []
    index = 0
    stripped = text.rstrip()
    while index < len(stripped):
        match = _TOKEN.match(stripped, index)
        if match is None or match.lastgroup is None:
            raise Fault(f"invalid JSONPath selector '{selector}' invalid expression. {text}")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        index = match.end()
    parser = _Parser(tokens, selector, text, path)
    condition = parser.either(0)
    if parser.index != len(tokens):
        raise parser.bad()
    return lambda value, root: truthy(condition(value, root))


def truthy(value: Any) -> bool:
    """What counts as true in a filter: everything that exists and is not false, zero or empty."""
    return value is not _MISSING and value is not None and bool(value)


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], selector: str, text: str, path: _Path) -> None:
        self.tokens = tokens
        self.selector = selector
        self.text = text
        self.path = path
        self.index = 0

    def bad(self) -> Fault:
        return Fault(f"invalid JSONPath selector '{self.selector}' invalid expression. {self.text}")

    def _accept(self, *operators: str) -> str:
        if self.index < len(self.tokens):
            kind, value = self.tokens[self.index]
            if kind == "operator" and value in operators:
                self.index += 1
                return value
        return ""

    def either(self, depth: int) -> _Operand:
        if depth > _DEEPEST:
            raise self.bad()
        left = self._both(depth)
        while self._accept("||"):
            left = _or(left, self._both(depth))
        return left

    def _both(self, depth: int) -> _Operand:
        left = self._comparison(depth)
        while self._accept("&&"):
            left = _and(left, self._comparison(depth))
        return left

    def _comparison(self, depth: int) -> _Operand:
        left = self._operand(depth)
        operator = self._accept("==", "!=", "<=", ">=", "<", ">", "=~")
        return _compare(operator, left, self._operand(depth)) if operator else left

    def _operand(self, depth: int) -> _Operand:
        if self._accept("!"):
            inner = self._operand(depth + 1)
            return lambda value, root: not truthy(inner(value, root))
        if self._accept("("):
            inner = self.either(depth + 1)
            if not self._accept(")"):
                raise self.bad()
            return inner
        if self.index >= len(self.tokens):
            raise self.bad()
        kind, text = self.tokens[self.index]
        self.index += 1
        if kind == "path":
            return _lookup(self.path(text), text[0] == "@")
        if kind == "operator":
            raise self.bad()
        constant = _constant(kind, text)
        return lambda value, root: constant


def _constant(kind: str, text: str) -> Any:
    if kind == "number":
        return float(text)
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return {"true": True, "false": False}.get(text)


def _lookup(path: Callable[[Any], Any], current: bool) -> _Operand:
    def find(value: Any, root: Any) -> Any:
        try:
            return path(value if current else root)
        except Fault:
            return _MISSING

    return find


def _or(left: _Operand, right: _Operand) -> _Operand:
    return lambda value, root: truthy(left(value, root)) or truthy(right(value, root))


def _and(left: _Operand, right: _Operand) -> _Operand:
    return lambda value, root: truthy(left(value, root)) and truthy(right(value, root))


def _compare(operator: str, left: _Operand, right: _Operand) -> _Operand:
    def compared(value: Any, root: Any) -> bool:
        one, other = left(value, root), right(value, root)
        if operator in ("==", "!="):
            return (one is not _MISSING and one == other) == (operator == "==")
        if operator == "=~":
            from tiphys.core.expr.regex import search

            return isinstance(one, str) and isinstance(other, str) and search(one, other)
        if not (is_number(one) and is_number(other)) and not (isinstance(one, str) and isinstance(other, str)):
            return False
        results = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
        return bool(results[operator])

    return compared

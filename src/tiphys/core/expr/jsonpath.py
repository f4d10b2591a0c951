"""JSONPath as Argo's ``jsonpath`` function has it (section 13).

Definite paths give the value and fail where a key is absent; indefinite ones (wildcard, slice, union, filter,
recursive descent) give a list and skip what does not fit.
"""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gojson import decode
from tiphys.core.expr.jsonpath_filter import Filter, parse_filter

_MOST_RESULTS = 1_000_000
_LONGEST = 4096
_STEPS = 200


class Step(Struct, frozen=True):
    """One selector: its kind and what it needs."""

    kind: str
    keys: tuple[str | int, ...] = ()
    bounds: tuple[int | None, int | None, int | None] = (None, None, None)
    condition: Filter | None = None


def query(text: str, path: str) -> Any:
    """Parse a JSON text and select from it.

    Raises:
        Fault: the text is not JSON, the path is malformed, or a definite path leads nowhere.
    """
    document = decode(text)
    return select(compile_path(path), document, document)


def select(steps: tuple[Step, ...], start: Any, root: Any) -> Any:
    """Apply a compiled path."""
    values, definite = [start], True
    for step in steps:
        if definite and step.kind in ("key", "index"):
            values = [_one(step, values[0])]
            continue
        function = _MANY[step.kind]
        definite = False
        values = _bounded(found for value in values for found in function(step, value, root))
    return values[0] if definite else values


def _bounded(values: Iterator[Any]) -> list[Any]:
    found = []
    for value in values:
        found.append(value)
        if len(found) > _MOST_RESULTS:
            raise Fault("memory budget exceeded")
    return found


def _one(step: Step, value: Any) -> Any:
    key = step.keys[0]
    if step.kind == "key":
        if isinstance(value, dict):
            if key in value:
                return value[key]
            if key != "length":
                raise Fault(f"key: invalid token key '{key}' not found")
        if key == "length" and isinstance(value, list | dict | str):
            return len(value.encode("utf-8", "surrogateescape")) if isinstance(value, str) else len(value)
        raise Fault(f"key: invalid token target. expected [map] got [{_kind(value)}]")
    assert isinstance(key, int)
    if not isinstance(value, list | str):
        raise Fault(f"index: invalid token target. expected [array slice] got [{_kind(value)}]")
    if not -len(value) <= key < len(value):
        raise Fault("index: invalid token out of range")
    return value[key]


def _kind(value: Any) -> str:
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "bool"
    names = {dict: "map", list: "slice", str: "string", float: "float64", int: "int64"}
    return names.get(value.__class__, "unknown")


def _each(step: Step, value: Any, root: Any) -> Iterator[Any]:
    try:
        yield _one(step, value)
    except Fault:
        return


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in sorted(value):
            yield value[key]
    elif isinstance(value, list):
        yield from value


def _wildcard(step: Step, value: Any, root: Any) -> Iterator[Any]:
    yield from _children(value)


def _descend(step: Step, value: Any, root: Any) -> Iterator[Any]:
    pending = [value]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(_children(current))))


def _slice(step: Step, value: Any, root: Any) -> Iterator[Any]:
    start, stop, stride = step.bounds
    if stride == 0:
        raise Fault("slice: invalid token out of range")
    if isinstance(value, list | str):
        yield from value[start:stop:stride]


def _union(step: Step, value: Any, root: Any) -> Iterator[Any]:
    for key in step.keys:
        yield from _each(Step("key" if isinstance(key, str) else "index", (key,)), value, root)


def _filter(step: Step, value: Any, root: Any) -> Iterator[Any]:
    assert step.condition is not None
    for child in _children(value):
        if step.condition(child, root):
            yield child


_MANY: dict[str, Callable[[Step, Any, Any], Iterator[Any]]] = {
    "key": _each,
    "index": _each,
    "wildcard": _wildcard,
    "descend": _descend,
    "slice": _slice,
    "union": _union,
    "filter": _filter,
}


@lru_cache(maxsize=256)
def compile_path(path: str) -> tuple[Step, ...]:
    """Parse a path.

    Raises:
        Fault: malformed.
    """
    if not path:
        raise Fault("invalid JSONPath selector '' expected token '$'")
    if not path.startswith("$"):
        raise Fault(f"invalid JSONPath selector '{path}' unexpected token '{path[0]}' at index 0")
    if len(path) > _LONGEST:
        raise Fault("JSONPath selector is too long")
    return tuple(_Parser(path, path, 1).steps())


class _Parser:
    """Reads selectors from a position on."""

    def __init__(self, selector: str, text: str, index: int) -> None:
        self.selector = selector
        self.text = text
        self.index = index

    def _bad(self) -> Fault:
        if self.index >= len(self.text):
            return Fault(f"invalid JSONPath selector '{self.selector}' unexpected end of path")
        char = self.text[self.index]
        return Fault(f"invalid JSONPath selector '{self.selector}' unexpected token '{char}' at index {self.index}")

    def steps(self) -> Iterator[Step]:
        count = 0
        while self.index < len(self.text):
            count += 1
            if count > _STEPS:
                raise Fault("JSONPath selector is too long")
            char = self.text[self.index]
            if self.text.startswith("..", self.index):
                self.index += 2
                yield Step("descend")
                if self.text[self.index : self.index + 1] not in ("[", ""):
                    yield self._name()
            elif char == ".":
                self.index += 1
                yield self._name()
            elif char == "[":
                yield self._bracket()
            else:
                raise self._bad()

    def _name(self) -> Step:
        end = self.index
        while end < len(self.text) and self.text[end] not in ".[":
            end += 1
        name = self.text[self.index : end]
        if not name:
            raise self._bad()
        self.index = end
        return Step("wildcard") if name == "*" else Step("key", (name,))

    def _bracket(self) -> Step:
        end = closing(self.text, self.index)
        if end < 0:
            self.index = len(self.text)
            raise self._bad()
        inner = self.text[self.index + 1 : end].strip()
        bracket, self.index = self.index, end + 1
        if inner == "*":
            return Step("wildcard")
        if inner.startswith("?"):
            return Step("filter", condition=parse_filter(inner[1:].strip(), self.selector, relative))
        parts = split_outside(inner, ",")
        if len(parts) > 1:
            return Step("union", tuple(self._key(part.strip(), bracket) for part in parts))
        bounds = split_outside(inner, ":")
        if len(bounds) > 1:
            return Step("slice", bounds=self._bounds(bounds, bracket))
        key = self._key(inner, bracket)
        return Step("key" if isinstance(key, str) else "index", (key,))

    def _key(self, text: str, bracket: int) -> str | int:
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            return text[1:-1].replace("\\" + text[0], text[0]).replace("\\\\", "\\")
        try:
            return int(text)
        except ValueError:
            self.index = bracket + 1
            raise self._bad() from None

    def _bounds(self, parts: list[str], bracket: int) -> tuple[int | None, int | None, int | None]:
        if len(parts) > 3:
            self.index = bracket
            raise self._bad()
        found: list[int | None] = []
        for part in parts:
            key = self._key(part.strip(), bracket) if part.strip() else None
            if isinstance(key, str):
                self.index = bracket
                raise self._bad()
            found.append(key)
        start, stop, *stride = found
        return start, stop, stride[0] if stride else None


def relative(path: str) -> Callable[[Any], Any]:
    """Compile a path that starts at ``@`` or ``$`` in a filter; what leads nowhere raises ``Fault``."""
    steps = tuple(_Parser(path, path, 1).steps())
    return lambda value: select(steps, value, value)


def closing(text: str, start: int) -> int:
    """The index of the bracket that closes the one at ``start``; -1 when there is none."""
    depth, quote_char = 0, ""
    for index in range(start, len(text)):
        char = text[index]
        if quote_char:
            if char == quote_char and text[index - 1] != "\\":
                quote_char = ""
        elif char in "'\"":
            quote_char = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                return index
    return -1


def split_outside(text: str, separator: str) -> list[str]:
    """Split at separators outside quotes."""
    parts, quote_char, start = [], "", 0
    for index, char in enumerate(text):
        if quote_char:
            if char == quote_char:
                quote_char = ""
        elif char in "'\"":
            quote_char = char
        elif char == separator:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]

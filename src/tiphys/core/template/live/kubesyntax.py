"""The syntax of kubectl's JSONPath templates: text with ``{…}`` blocks (``kubectl get -o jsonpath=…``)."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from tiphys.core.template.errors import TemplateError


class Literal(Struct, frozen=True):
    """A text, number or boolean that stands for itself."""

    value: str | int | float | bool


class Field(Struct, frozen=True):
    """``.name``; the empty name is the value itself."""

    name: str


class Wildcard(Struct, frozen=True):
    """``*`` or ``[*]``."""


class Recursive(Struct, frozen=True):
    """``..``."""


class Slice(Struct, frozen=True):
    """``[1]`` (``single``) or ``[start:stop:step]``."""

    start: int | None
    stop: int | None
    step: int | None
    single: bool


class Union(Struct, frozen=True):
    """``[a,b]``: the results of several paths one after the other."""

    parts: tuple[Path, ...]


class Filter(Struct, frozen=True):
    """``[?(left operator right)]``; ``operator`` is ``exists`` when there is a left side only."""

    left: Path
    operator: str
    right: Path


Node = Literal | Field | Wildcard | Recursive | Slice | Union | Filter
#: Steps one after the other; the first begins at the current value, or at the root after ``$``.
Path = tuple[Node | str, ...]
#: ``$`` in a path: begin at the root.
ROOT: Final = "$"


class Range(Struct, frozen=True):
    """``{range path}…{end}``."""

    path: Path
    body: tuple[Part, ...]


#: A text, a path whose results are printed, or a loop.
Part = str | Path | Range

_NAME: Final = re.compile(r"(?:\\.|[^\s\[\].,:()*$@{}|'\"=!<>?\\])+")
_SLICE: Final = re.compile(r"\s*(-?\d*)\s*(?::\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?)?")
_QUOTED: Final = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"", re.DOTALL)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_COMPARISON: Final = re.compile(r"==|!=|<=|>=|<|>")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_DEEPEST: Final = 30


def parse(text: str) -> tuple[Part, ...]:
    """Read a template.

    Raises:
        TemplateError: it is malformed.
    """
    return _Blocks(text).read(nested=False)


class _Blocks:
    """Splits a template into texts and blocks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def read(self, *, nested: bool) -> tuple[Part, ...]:
        """Parts up to the end, or up to ``{end}``."""
        parts: list[Part] = []
        while self.at < len(self.text):
            start = self.text.find("{", self.at)
            stop = len(self.text) if start < 0 else start
            if stop > self.at:
                parts.append(self.text[self.at : stop])
            if start < 0:
                self.at = stop
                break
            block = self._block(start)
            if block == "end":
                if not nested:
                    raise TemplateError("not in range, nothing to end")
                return tuple(parts)
            parts.append(self._range(block) if re.match(r"range\s", block) else _path(block))
        if nested:
            raise TemplateError("unexpected end of the template: range without end")
        return tuple(parts)

    def _block(self, start: int) -> str:
        """The inside of the block at an offset; the reader goes on behind it."""
        at = start + 1
        while at < len(self.text) and self.text[at] != "}":
            quoted = _QUOTED.match(self.text, at)
            at = quoted.end() if quoted else at + 1
        if at >= len(self.text):
            raise TemplateError("unclosed action")
        self.at = at + 1
        return self.text[start + 1 : at].strip()

    def _range(self, block: str) -> Range:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TemplateError("ranges are nested too deeply")
        body = self.read(nested=True)
        self.depth -= 1
        return Range(_path(block[len("range") :].strip()), body)


def _path(text: str) -> Path:
    reader = _Steps(text)
    path = reader.read()
    if reader.at < len(text):
        raise TemplateError(f"unrecognized character in action: {text[reader.at]!r}")
    return path


class _Steps:
    """Reads one path."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        if depth > _DEEPEST:
            raise TemplateError("the path is nested too deeply")

    def read(self) -> Path:
        """All steps up to the end of the text."""
        nodes: list[Node | str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char.isspace():
                self.at += 1
            elif char == "$":
                nodes.append(ROOT)
                self.at += 1
            elif char == "@":
                self.at += 1
            elif self.text.startswith("..", self.at):
                nodes.append(Recursive())
                self.at += 2 if self.text[self.at + 2 : self.at + 3] in ("[", "*", "") else 1
                self._after_recursion(nodes)
            elif char == ".":
                self.at += 1
                nodes.append(self._field())
            elif char == "*":
                nodes.append(Wildcard())
                self.at += 1
            elif char == "[":
                nodes.append(self._brackets())
            else:
                nodes.append(self._literal())
        return tuple(nodes)

    def _after_recursion(self, nodes: list[Node | str]) -> None:
        """``..name`` and ``..*``: the second dot belongs to the name."""
        if self.text.startswith(".", self.at):
            self.at += 1
            nodes.append(self._field())

    def _field(self) -> Node:
        if self.text.startswith("*", self.at):
            self.at += 1
            return Wildcard()
        match = _NAME.match(self.text, self.at)
        if match is None:
            return Field("")
        self.at = match.end()
        return Field(re.sub(r"\\(.)", r"\1", match[0]))

    def _literal(self) -> Node:
        quoted = _QUOTED.match(self.text, self.at)
        if quoted is not None:
            self.at = quoted.end()
            return Literal(_unescaped(quoted[1] if quoted[1] is not None else quoted[2]))
        number = _NUMBER.match(self.text, self.at)
        if number is not None:
            self.at = number.end()
            return Literal(float(number[0]) if number[1] else int(number[0]))
        word = _NAME.match(self.text, self.at)
        if word is None:
            raise TemplateError(f"unrecognized character in action: {self.text[self.at]!r}")
        self.at = word.end()
        if word[0] in ("true", "false"):
            return Literal(word[0] == "true")
        raise TemplateError(f"unrecognized identifier {word[0]}")

    def _brackets(self) -> Node:
        inner = self._inside()
        if inner == "*":
            return Wildcard()
        if inner.startswith("?(") and inner.endswith(")"):
            return self._filter(inner[2:-1])
        parts = _split(inner)
        if len(parts) > 1:
            return Union(tuple((self._one(part.strip()),) for part in parts))
        return self._one(inner.strip())

    def _one(self, text: str) -> Node:
        """A quoted name, an index or a slice."""
        quoted = _QUOTED.fullmatch(text)
        if quoted is not None:
            return Field(_unescaped(quoted[1] if quoted[1] is not None else quoted[2]))
        match = _SLICE.fullmatch(text)
        if match is None or not text:
            raise TemplateError(f"invalid array index {text}")
        start, stop, step = (int(each) if each and each != "-" else None for each in match.groups())
        return Slice(start, stop, step, single=":" not in text)

    def _filter(self, text: str) -> Filter:
        at = 0
        while at < len(text):
            quoted = _QUOTED.match(text, at)
            found = None if quoted else _COMPARISON.match(text, at)
            if found is not None:
                left = _Steps(text[:at].strip(), self.depth + 1).read()
                right = _Steps(text[found.end() :].strip(), self.depth + 1).read()
                return Filter(left, found[0], right)
            at = quoted.end() if quoted else at + 1
        return Filter(_Steps(text.strip(), self.depth + 1).read(), "exists", ())

    def _inside(self) -> str:
        """The text between brackets; the reader goes on behind them."""
        at, depth = self.at, 0
        while at < len(self.text):
            quoted = _QUOTED.match(self.text, at)
            if quoted is not None:
                at = quoted.end()
                continue
            depth += {"[": 1, "]": -1}.get(self.text[at], 0)
            if depth == 0:
                inner = self.text[self.at + 1 : at].strip()
                self.at = at + 1
                return inner
            at += 1
        raise TemplateError("unterminated array")


def _split(text: str) -> list[str]:
    """The parts between commas that are not quoted."""
    parts, start, at = [], 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at)
        if quoted is None and text[at] == ",":
            parts.append(text[start:at])
            start = at + 1
        at = quoted.end() if quoted else at + 1
    return [*parts, text[start:]]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)

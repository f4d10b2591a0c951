"""Read JSON as Go's decoder does: all numbers are floats, errors have Go's texts."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import json
import math
import re
from typing import Any, cast

import msgspec

from tiphys.core.expr.failure import Fault
from tiphys.core.manifest.model.scalars import JsonValue

# Texts, not compiled expressions: most programs need none of them.
_SURROGATE = r"\\u[dD][89a-fA-F]"
_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_TOKEN = r'"(?:[^"\\]|\\.)*"|[ \t\r\n]+'
_DEEPEST = 200
_SPACE = " \t\r\n"


def decode(text: str) -> Any:
    """Decode one JSON value.

    Raises:
        Fault: with Go's text.
    """
    try:
        value = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_constant)
    except RecursionError:
        raise Fault("exceeded max depth") from None
    except ValueError:
        raise Fault(explain(text)) from None
    return _mended(value) if re.search(_SURROGATE, text) else value


def read(text: str) -> JsonValue:
    """Decode one JSON value whose integers stay integers; what Python would write otherwise (``1e3``) stays its text.

    Raises:
        Fault: with Go's text.
    """
    try:
        return cast(JsonValue, json.loads(text, parse_float=_as_written, parse_constant=_constant))
    except RecursionError:
        raise Fault("exceeded max depth") from None
    except ValueError:
        raise Fault(explain(text)) from None


def _as_written(text: str) -> float | msgspec.Raw:
    number = float(text)
    return number if repr(number) == text else msgspec.Raw(text.encode())


def compacted(text: str) -> str:
    """A valid JSON text as Go writes it into another one: no blanks, numbers and the order of keys as they are.

    >>> compacted('{"b": 1.50, "a": "x y"}')
    '{"b":1.50,"a":"x y"}'
    """
    return re.sub(_TOKEN, _kept, text)


def _kept(match: re.Match[str]) -> str:
    text = match[0]
    if not text.startswith('"'):
        return ""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise Fault(f"json: cannot unmarshal number {text} into Go value of type float64")
    return value


def _constant(text: str) -> Any:
    raise ValueError(text)


def _mended(value: Any) -> Any:
    """Replace lone surrogates, which Go turns into the replacement character."""
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def explain(text: str) -> str:
    """Say what is wrong with a text that is not JSON, in Go's words."""
    return _Scanner(text).problem()


class _Bad(Exception):  # noqa: N818 - a way out of the scan
    """The scan stopped; ``args[0]`` is the message."""


class _Scanner:
    """Walks the text without recursion until the first character that cannot be."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0
        self.open: list[str] = []

    def problem(self) -> str:
        try:
            self._value()
            while self.open:
                self._more()
            if self._peek():
                self._wrong("after top-level value")
        except _Bad as bad:
            return str(bad.args[0])
        return "invalid JSON"

    def _peek(self) -> str:
        while self.index < len(self.text) and self.text[self.index] in _SPACE:
            self.index += 1
        return self.text[self.index] if self.index < len(self.text) else ""

    def _wrong(self, where: str) -> None:
        if self.index >= len(self.text):
            raise _Bad("unexpected end of JSON input")
        char = self.text[self.index]
        shown = {"'": "'\\''", '"': "'\"'"}.get(char) or f"'{char}'" if char.isprintable() else repr(char)
        raise _Bad(f"invalid character {shown} {where}")

    def _value(self) -> None:
        char = self._peek()
        if char in ("{", "["):
            self.index += 1
            self.open.append(char)
            following = self._peek()
            if following == ("}" if char == "{" else "]"):
                self.index += 1
                self.open.pop()
            elif char == "[":
                self._value()
            else:
                self._key("looking for beginning of object key string")
        elif char == '"':
            self._string()
        elif char in ("t", "f", "n"):
            self._word({"t": "true", "f": "false", "n": "null"}[char])
        elif char == "-" or char.isdigit():
            self._digits()
        else:
            self._wrong("looking for beginning of value")

    def _key(self, where: str) -> None:
        if self._peek() != '"':
            self._wrong(where)
        self._string()
        if self._peek() != ":":
            self._wrong("after object key")
        self.index += 1
        self._value()

    def _more(self) -> None:
        """What follows a value inside an array or object."""
        inside = self.open[-1]
        char = self._peek()
        if char == ("}" if inside == "{" else "]"):
            self.index += 1
            self.open.pop()
        elif char == ",":
            self.index += 1
            if inside == "{":
                self._key("looking for beginning of object key string")
            else:
                self._value()
        else:
            self._wrong("after object key:value pair" if inside == "{" else "after array element")

    def _word(self, word: str) -> None:
        for offset, char in enumerate(word):
            if offset and (self.index >= len(self.text) or self.text[self.index] != char):
                self._wrong(f"in literal {word} (expecting '{char}')")
            self.index += 1

    def _digits(self) -> None:
        match = re.compile(_NUMBER).match(self.text, self.index)
        if match is not None:
            self.index = match.end()
            rest = self.text[self.index : self.index + 1]
            if rest == ".":
                self.index += 1
                self._wrong("after decimal point in numeric literal")
            if rest in ("e", "E"):
                self.index += 1
                if self.text[self.index : self.index + 1] in ("+", "-"):
                    self.index += 1
                self._wrong("in exponent of numeric literal")
            return
        self.index += 1
        self._wrong("in numeric literal")

    def _string(self) -> None:
        self.index += 1
        while True:
            char = self.text[self.index] if self.index < len(self.text) else ""
            if char == '"':
                self.index += 1
                return
            if not char or ord(char) < 0x20:
                self._wrong("in string literal")
            self.index += 1
            if char == "\\":
                self._escape()

    def _escape(self) -> None:
        char = self.text[self.index] if self.index < len(self.text) else ""
        if not char or char not in '"\\/bfnrtu':
            self._wrong("in string escape code")
        self.index += 1
        if char == "u":
            for _ in range(4):
                if self.index >= len(self.text) or self.text[self.index] not in "0123456789abcdefABCDEF":
                    self._wrong("in \\u hexadecimal character escape")
                self.index += 1

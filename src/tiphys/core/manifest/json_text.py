"""JSON text becomes plain data with places. Only for text that is one valid JSON value as a whole."""

from __future__ import annotations

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot
from tiphys.core.manifest.yaml import MAX_DEPTH, Parsed, YamlError

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: tuple[tuple[str, JsonValue], ...] = (("true", True), ("false", False), ("null", None))
_LONGEST_NUMBER = 400


def parse(text: str) -> Parsed | None:
    """The value of a JSON text; None when the text is not JSON, which leaves it to YAML.

    Raises:
        YamlError: the text is JSON so far, and passes a limit.
    """
    reader = _Reader(text)
    try:
        data, spot, end = reader.value(reader.skip(0), 0)
    except (JSONDecodeError, _NotJsonError):
        return None
    return Parsed(data, spot, tuple(reader.duplicates)) if reader.skip(end) == len(text) else None


def _string(text: str, at: int) -> tuple[str, int]:
    """The string that begins at an offset, and the offset behind it; half a surrogate pair is replaced."""
    found, end = scanstring(text, at + 1, True)
    if not found.isascii() and _SURROGATE.search(found):
        found = _SURROGATE.sub("\ufffd", found)
    return found, end


class _NotJsonError(Exception):
    """The text is no JSON."""


class _Reader(Struct, eq=False):
    text: str
    duplicates: list[tuple[int, str, int]] = field(default_factory=list)

    def skip(self, at: int) -> int:
        """The offset of the next character that is no white space."""
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> tuple[Any, Spot, int]:
        """A value, its place and the offset behind it."""
        first = self.text[at : at + 1]
        if first == '"':
            data, end = _string(self.text, at)
            return data, at, end
        if first in {"{", "["} and first:
            if depth >= MAX_DEPTH:
                raise YamlError(at, f"values are nested more than {MAX_DEPTH} deep", limit=True)
            return self._object(at, depth + 1) if first == "{" else self._array(at, depth + 1)
        for word, meaning in _WORDS:
            if self.text.startswith(word, at):
                return meaning, at, at + len(word)
        return self._number(at)

    def _object(self, at: int, depth: int) -> tuple[Any, Spot, int]:
        data: JsonObject = {}
        entries: dict[str, tuple[int, Spot]] = {}
        here = self.skip(at + 1)
        if self.text[here : here + 1] == "}":
            return data, MapSpot(at, entries), here + 1
        while True:
            if self.text[here : here + 1] != '"':
                raise _NotJsonError
            key, end = _string(self.text, here)
            end = self.skip(end)
            if self.text[end : end + 1] != ":":
                raise _NotJsonError
            if key in data:
                self.duplicates.append((here, key, entries[key][0]))
            data[key], spot, end = self.value(self.skip(end + 1), depth)
            entries[key] = (here, spot)
            here, more = self._next(end, "}")
            if not more:
                return data, MapSpot(at, entries), here

    def _array(self, at: int, depth: int) -> tuple[Any, Spot, int]:
        data: list[JsonValue] = []
        spots: list[Spot] = []
        here = self.skip(at + 1)
        if self.text[here : here + 1] == "]":
            return data, ListSpot(at, spots), here + 1
        while True:
            value, spot, end = self.value(here, depth)
            data.append(value)
            spots.append(spot)
            here, more = self._next(end, "]")
            if not more:
                return data, ListSpot(at, spots), here

    def _next(self, at: int, closing: str) -> tuple[int, bool]:
        """Behind the comma or the closing bracket, and whether another value follows."""
        at = self.skip(at)
        found = self.text[at : at + 1]
        if found == closing:
            return at + 1, False
        if found != ",":
            raise _NotJsonError
        return self.skip(at + 1), True

    def _number(self, at: int) -> tuple[Any, Spot, int]:
        match = _NUMBER.match(self.text, at)
        if match is None or match.end() - at > _LONGEST_NUMBER:
            raise _NotJsonError
        digits, fraction, exponent = match.groups()
        value: int | float = float(match[0]) if fraction or exponent else int(digits)
        if value in (float("inf"), float("-inf")):
            raise YamlError(at, "the number is too large")
        return value, at, match.end()

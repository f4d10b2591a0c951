"""Read flow collections (``{a: 1, b: [x]}``) that may be incomplete; the place where the text stops is noted."""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from tiphys.core.manifest import resolve
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot

_DEEPEST: Final = 60
_SPACE: Final = re.compile(r"(?:\s|(?<=\s)#[^\n]*)*")
_PLAIN: Final = re.compile(r"(?:[^,{}\[\]:\n#]|:(?![\s,{}\[\]]|\Z)|(?<!\s)#)*")


class Cursor(Struct, frozen=True):
    """What is being typed at a place.

    ``path`` is that of the mapping whose key is typed, or that of the value. ``start`` is the offset at which the
    key or value begins, ``prefix`` what is typed of it. ``glued``: there is no space after the colon yet.
    """

    mode: Literal["key", "value", "none"]
    path: Path
    prefix: str
    start: int
    flow: bool = False
    glued: bool = False
    dashed: bool = False


class FlowReader:
    """Reads one value from ``pos`` on, never beyond ``stop``."""

    def __init__(self, text: str, pos: int, stop: int) -> None:
        self.text = text
        self.pos = pos
        self.stop = stop
        self.cursor: Cursor | None = None

    def read(self, path: Path) -> tuple[JsonValue, Spot]:
        """The value at ``pos`` with its places."""
        self._space()
        start = self.pos
        if self._at_end() or len(path) > _DEEPEST:
            self._mark("value", path, start)
            self.pos = self.stop if len(path) > _DEEPEST else self.pos
            return None, start
        if self.text[start] == "{":
            return self._mapping(path)
        if self.text[start] == "[":
            return self._list(path)
        value = self._scalar()
        if self._at_end() and not self._closed(start):
            self._mark("value", path, start)
        return value, start

    def _mapping(self, path: Path) -> tuple[JsonObject, Spot]:
        data: JsonObject = {}
        spot = MapSpot(self.pos, {})
        self.pos += 1
        while True:
            self._space()
            start = self.pos
            if self._at_end():
                self._mark("key", path, start)
                return data, spot
            if self.text[start] in "},":
                self.pos += 1
                if self.text[start] == "}":
                    return data, spot
                continue
            key = str(self._scalar(plain=False))
            self._key_end(path, start)
            if self.text.startswith(":", self.pos, self.stop):
                self.pos += 1
                data[key], value_spot = self.read((*path, key))
            else:
                data[key], value_spot = None, start
            spot.entries[key] = (start, value_spot)
            if self.pos == start:
                self.pos += 1

    def _key_end(self, path: Path, start: int) -> None:
        if self._at_end():
            self._mark("key", path, start)
        self._space()

    def _list(self, path: Path) -> tuple[list[JsonValue], Spot]:
        data: list[JsonValue] = []
        spot = ListSpot(self.pos, [])
        self.pos += 1
        while True:
            self._space()
            start = self.pos
            if self._at_end():
                self._mark("value", (*path, len(data)), start)
                return data, spot
            if self.text[start] in "],":
                self.pos += 1
                if self.text[start] == "]":
                    return data, spot
                continue
            value, value_spot = self.read((*path, len(data)))
            data.append(value)
            spot.items.append(value_spot)
            if self.pos == start:
                self.pos += 1

    def _scalar(self, *, plain: bool = True) -> JsonValue:
        quote = self.text[self.pos]
        if quote in "\"'":
            line = self.text.find("\n", self.pos, self.stop)
            limit = self.stop if line < 0 else line
            end = self.text.find(quote, self.pos + 1, limit)
            found = self.text[self.pos + 1 : end if end >= 0 else limit]
            self.pos = end + 1 if end >= 0 else limit
            return found
        match = _PLAIN.match(self.text, self.pos, self.stop)
        end = match.end() if match else self.pos
        found = self.text[self.pos : end].strip()
        self.pos = end
        return resolve.plain(found) if plain else found

    def _closed(self, start: int) -> bool:
        """Whether the scalar from ``start`` to the end is in quotes on both sides."""
        return self.pos - start > 1 and self.text[start] in "\"'" and self.text[self.pos - 1] == self.text[start]

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.pos, self.stop)
        self.pos = match.end() if match else self.pos

    def _at_end(self) -> bool:
        return self.pos >= self.stop

    def _mark(self, mode: Literal["key", "value"], path: Path, start: int) -> None:
        """Note what was being read when the text stopped; the innermost counts."""
        if self.cursor is None and self.pos >= self.stop:
            glued = mode == "value" and self.text.endswith(":", 0, start)
            prefix = self.text[start : self.stop]
            self.cursor = Cursor(mode, path, prefix, start, flow=True, glued=glued)

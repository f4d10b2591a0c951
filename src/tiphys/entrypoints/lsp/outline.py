"""Read YAML that does not parse: line by line, by indentation. Never raises.

The result has the shape that the YAML reader gives (data and spots), so nobody else needs to know which one read
a text. Anchors, aliases and tags have no meaning here.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from tiphys.core.manifest import resolve
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot
from tiphys.entrypoints.lsp.flow import Cursor, FlowReader

_ROW: Final = re.compile(r"(?P<space>[ \t]*)(?P<dashes>(?:-(?:[ \t]+|\Z))*)(?P<rest>.*)", re.DOTALL)
_ENTRY: Final = re.compile(
    r"(?P<key>\"[^\"]*\"|'[^']*'|[^\s#&*!|>%@`{}\[\],\"'-][^#\n]*?|-[^\s#][^#\n]*?)[ \t]*:(?=\s|\Z)"
)
_BLOCK: Final = re.compile(r"(?:[&!]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?\Z")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)+")
_WORD: Final = re.compile(r"[\w./-]*\Z")


class _Frame(Struct, eq=False):
    """A block collection that is open: its column, what it holds, and its last key or index."""

    column: int
    path: Path
    data: JsonObject | list[JsonValue]
    spot: MapSpot | ListSpot
    last: str | int | None = None

    def child(self) -> Path:
        return self.path if self.last is None else (*self.path, self.last)

    def value(self) -> JsonValue:
        if isinstance(self.data, dict):
            return self.data.get(str(self.last))
        return self.data[-1] if self.data else None

    def put(self, value: JsonValue, spot: Spot) -> None:
        """Set the value of the last key or item."""
        if isinstance(self.data, dict) and isinstance(self.spot, MapSpot):
            start, _ = self.spot.entries.get(str(self.last), (self.spot.start, 0))
            self.data[str(self.last)] = value
            self.spot.entries[str(self.last)] = (start, spot)
        elif isinstance(self.data, list) and isinstance(self.spot, ListSpot) and self.data:
            self.data[-1] = value
            self.spot.items[-1] = spot


class Outline:
    """Reads ``text[start:stop]``, one document, as far as it can be understood."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text = text
        self.stop = stop
        self._root = _Frame(-1, (), {}, MapSpot(start, {}))
        self._frames: list[_Frame] = [self._root]
        self._block: tuple[int, Path] | None = None
        self._position = start

    @property
    def data(self) -> JsonValue:
        """The plain data."""
        return self._root.data

    @property
    def spot(self) -> Spot:
        """The places."""
        return self._root.spot

    def read(self) -> Outline:
        """Read everything."""
        while self._position < self.stop:
            self._line()
        return self

    def cursor(self, offset: int) -> Cursor:
        """What is being typed at ``offset``; only the text before it is read."""
        line = self.text.rfind("\n", 0, offset) + 1
        while self._position < line and self._position < self.stop:
            start = self._position
            self._line(offset)
            if self._position > offset:
                return self._flow_cursor(start, offset)
        return self._typed(max(line, self._position), offset)

    def _line(self, limit: int | None = None) -> None:
        """Read the line at the position, with the whole flow collection that begins in it."""
        start = self._position
        end = self._line_end(start)
        self._position = end + 1
        line = self.text[start:end].rstrip("\r")
        match = _ROW.match(line)
        if match is None or self._in_block(match) or (not match["rest"].strip(" \t") and not match["dashes"]):
            return
        if match["rest"].startswith("#") or (not match["space"] and line.startswith(("---", "...", "%"))):
            return
        at = start + match.start("rest")
        self._dashes(match, start)
        self._entry_or_item(match["rest"], at, match, limit)

    def _line_end(self, start: int) -> int:
        end = self.text.find("\n", start, self.stop)
        return self.stop if end < 0 else end

    def _in_block(self, match: re.Match[str]) -> bool:
        """Whether a line belongs to a block scalar; ends the scalar when it does not."""
        if self._block is None:
            return False
        if len(match["space"]) > self._block[0] or not match[0].strip():
            return True
        self._block = None
        return False

    def _dashes(self, match: re.Match[str], line: int) -> None:
        for dash in re.finditer("-", match["dashes"]):
            self._item(match.start("dashes") + dash.start(), line)

    def _item(self, column: int, line: int) -> None:
        """Begin an item of the list whose dash stands in a column."""
        self._close(column, dash=True)
        top = self._frames[-1]
        if not (isinstance(top.data, list) and top.column == column):
            data: list[JsonValue] = []
            spot = ListSpot(line + column, [])
            if top.last is not None:
                top.put(data, spot)
            top = _Frame(column, top.child(), data, spot)
            self._frames.append(top)
        if isinstance(top.data, list) and isinstance(top.spot, ListSpot):
            top.data.append(None)
            top.spot.items.append(line + column + 1)
            top.last = len(top.data) - 1

    def _close(self, column: int, *, dash: bool) -> None:
        """Leave the collections that end before something in a column."""
        while len(self._frames) > 1:
            top = self._frames[-1]
            if top.column > column or (top.column == column and not dash and isinstance(top.data, list)):
                self._frames.pop()
            else:
                return

    def _key(self, key: str, column: int, offset: int) -> _Frame:
        """Begin an entry of the mapping whose keys stand in a column."""
        top = self._mapping(column, offset)
        top.last = key
        if isinstance(top.data, dict) and isinstance(top.spot, MapSpot):
            top.data[key] = None
            top.spot.entries[key] = (offset, offset)
        return top

    def _mapping(self, column: int, offset: int) -> _Frame:
        self._close(column, dash=False)
        top = self._frames[-1]
        if top is self._root and top.column < 0:
            top.column = column
        if isinstance(top.data, dict) and (top.column == column or top.last is None or column < top.column):
            return top
        data: JsonObject = {}
        spot = MapSpot(offset, {})
        existing = top.value()
        if isinstance(existing, dict):
            data = existing
        else:
            top.put(data, spot)
        frame = _Frame(column, top.child(), data, spot)
        self._frames.append(frame)
        return frame

    def _entry_or_item(self, rest: str, at: int, match: re.Match[str], limit: int | None) -> None:
        entry = _ENTRY.match(rest)
        column = match.start("rest")
        if entry is None:
            if match["dashes"] and rest.strip():
                dash = match.start("dashes") + match["dashes"].rfind("-")
                self._value(self._frames[-1], rest, at, dash, limit)
            return
        frame = self._key(entry["key"].strip("\"'"), column, at)
        after = rest[entry.end() :]
        value = after.lstrip(" \t")
        self._value(frame, value, at + entry.end() + len(after) - len(value), column, limit)

    def _value(self, frame: _Frame, value: str, at: int, column: int, limit: int | None) -> None:
        properties = _PROPERTIES.match(value)
        if properties:
            value, at = value[properties.end() :], at + properties.end()
        if _BLOCK.match(value):
            frame.put("", at)
            self._block = (column, frame.child())
        elif value[:1] in ("{", "[") and not value.startswith("{{"):
            stop = self._flow_stop(at, column) if limit is None else min(limit, self._flow_stop(at, column))
            reader = FlowReader(self.text, at, stop)
            data, spot = reader.read(frame.child())
            frame.put(data, spot)
            self._position = max(self._position, self._line_end(reader.pos) + 1)
        elif value and not value.startswith("#"):
            frame.put(_scalar(value), at)
        else:
            frame.put(None, at)

    def _flow_stop(self, at: int, column: int) -> int:
        """Where an unclosed flow collection must end: before a line that is not indented more than its owner."""
        end = self._line_end(at)
        while end < self.stop:
            line = self.text[end + 1 : self._line_end(end + 1)]
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() and indent <= column and line.lstrip(" ")[:1] not in ("}", "]"):
                return end
            end = self._line_end(end + 1)
        return self.stop

    def _flow_cursor(self, start: int, offset: int) -> Cursor:
        """The cursor is inside of a flow collection that begins in the line at ``start``."""
        line = self.text[start : self._line_end(start)]
        row = _ROW.match(line)
        rest = row["rest"] if row else line
        entry = _ENTRY.match(rest)
        skip = entry.end() if entry else 0
        after = rest[skip:]
        at = start + len(line) - len(after.lstrip())
        reader = FlowReader(self.text, at, offset)
        reader.read(self._frames[-1].child())
        return reader.cursor or Cursor("none", (), "", offset)

    def _typed(self, line: int, offset: int) -> Cursor:
        """What the line of the cursor says before it."""
        prefix = self.text[line:offset]
        row = _ROW.match(prefix)
        if row is None or "#" in row["rest"][:1]:
            return Cursor("none", (), "", offset)
        if self._block is not None and (len(row["space"]) > self._block[0]):
            return Cursor("value", self._block[1], prefix, line)
        self._dashes(row, line)
        rest, at, column = row["rest"], line + row.start("rest"), row.start("rest")
        entry = _ENTRY.match(rest)
        if entry is not None:
            return self._typed_value(rest, at, column, entry, offset)
        if row["dashes"] and rest[:1] in ("{", "[") and not rest.startswith("{{"):
            reader = FlowReader(self.text, at, offset)
            reader.read(self._frames[-1].child())
            return reader.cursor or Cursor("none", (), "", offset)
        if not row["dashes"]:
            continued = self._continued(column)
            if continued is not None:
                return Cursor("value", continued, rest, at)
            if _WORD.match(rest):
                return Cursor("key", self._key_path(column), rest, at)
        if _WORD.match(rest):
            return Cursor("key", self._frames[-1].child(), rest, at, dashed=True)
        return Cursor("value", self._frames[-1].child(), rest, at)

    def _typed_value(self, rest: str, at: int, column: int, entry: re.Match[str], offset: int) -> Cursor:
        frame = self._key(entry["key"].strip("\"'"), column, at)
        after = rest[entry.end() :]
        value = after.lstrip(" \t")
        start = offset - len(value)
        if value[:1] in ("{", "[") and not value.startswith("{{"):
            reader = FlowReader(self.text, start, offset)
            reader.read(frame.child())
            return reader.cursor or Cursor("none", (), "", offset)
        return Cursor("value", frame.child(), value, start, glued=not after)

    def _key_path(self, column: int) -> Path:
        """The path of the mapping to which a key in a column would belong."""
        self._close(column, dash=False)
        top = self._frames[-1]
        if isinstance(top.data, dict) and (top.column >= column or top.last is None):
            return top.path
        return top.child()

    def _continued(self, column: int) -> Path | None:
        """The path of the scalar that a line continues, when it does."""
        top = next((frame for frame in reversed(self._frames) if frame.column < column), None)
        is_last = top is not None and top is self._frames[-1] and top.last is not None
        value = top.value() if top is not None and is_last else None
        return top.child() if top is not None and isinstance(value, str) and value else None


def _scalar(text: str) -> JsonValue:
    if text[0] in "\"'":
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 else text[1:].rstrip()
    return resolve.plain(text.partition(" #")[0].rstrip())

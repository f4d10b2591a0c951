"""Where the values of one document stand: a light tree beside the plain data, walked on demand."""

from __future__ import annotations

import bisect

from msgspec import Struct

from tiphys.core.manifest.source import Path, Span


class MapSpot(Struct, frozen=True, eq=False):
    """A mapping: where it begins, and per key where the key and its value stand."""

    start: int
    entries: dict[str, tuple[int, Spot]]


class ListSpot(Struct, frozen=True, eq=False):
    """A list: where it begins and where its items stand."""

    start: int
    items: list[Spot]


#: The character offset of a scalar, or the tree of a collection.
Spot = int | MapSpot | ListSpot


def start_of(spot: Spot) -> int:
    """The character offset at which a value begins."""
    return spot if isinstance(spot, int) else spot.start


class Lines:
    """A text by lines; offsets become spans. The table of lines is made when the first span is asked for."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts: list[int] | None = None

    def span(self, offset: int) -> Span:
        """The line and column of a character offset; offsets past the end give the end."""
        starts = self._line_starts()
        offset = max(0, min(offset, len(self.text)))
        line = bisect.bisect_right(starts, offset)
        return Span(self.file, line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its break."""
        starts = self._line_starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts, found = [0], self.text.find("\n")
            while found != -1:
                starts.append(found + 1)
                found = self.text.find("\n", found + 1)
            self._starts = starts
        return self._starts


class Tree(Struct, frozen=True, eq=False):
    """The places of one document (``document.Places``)."""

    lines: Lines
    root: Spot

    def span(self, path: Path) -> Span:
        """The place of the value at ``path``; of its nearest ancestor that exists when it does not."""
        return self.lines.span(start_of(self._walk(path)[1]))

    def key_span(self, path: Path) -> Span:
        """The place of the key of the value at ``path`` (of the value itself inside a list)."""
        return self.lines.span(self._walk(path)[0])

    def _walk(self, path: Path) -> tuple[int, Spot]:
        """Offset of the key and the spot of the value at a path, or of its nearest ancestor."""
        spot = self.root
        key = start_of(spot)
        for part in path:
            if isinstance(spot, MapSpot) and isinstance(part, str) and part in spot.entries:
                key, spot = spot.entries[part]
            elif isinstance(spot, ListSpot) and isinstance(part, int) and 0 <= part < len(spot.items):
                spot = spot.items[part]
                key = start_of(spot)
            else:
                break
        return key, spot

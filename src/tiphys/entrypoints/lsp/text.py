"""A text and its positions as the protocol counts them.

Inside, a place is an offset in characters. Outside it is a line and a count of code units, by default of UTF-16.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from typing import Final

from lsprotocol import types

from tiphys.core.manifest.source import Span

Units = Callable[[str], int]


def utf16(text: str) -> int:
    """How many UTF-16 code units a text has.

    >>> utf16("a𝄞")
    3
    """
    return len(text) + sum(char > "\uffff" for char in text)


def utf8(text: str) -> int:
    """How many bytes of UTF-8 a text has."""
    return len(text.encode("utf-8", "surrogatepass"))


#: What a client can ask for; the protocol's default is UTF-16.
UNITS: Final[dict[str, Units]] = {"utf-16": utf16, "utf-8": utf8, "utf-32": len}
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_KEY: Final = re.compile(r"[^\s\"'{}\[\],#][^\"'{}\[\],#]*?(?=\s*:(?:\s|$))")
_FLOW_PLAIN: Final = re.compile(r"[^,{}\[\]]*")


class Text:
    """A text with its lines; a position outside of it means the nearest place inside."""

    __slots__ = ("_breaks", "_starts", "source", "units")

    def __init__(self, source: str, units: Units = utf16) -> None:
        self.source = source
        self.units = units
        self._starts = [0, *(match.end() for match in _BREAK.finditer(source))]
        self._breaks: list[int] | None = None

    def line_of(self, offset: int) -> int:
        """The line, counted from 0, in which an offset lies."""
        return bisect.bisect_right(self._starts, max(0, offset)) - 1

    def bounds(self, line: int) -> tuple[int, int]:
        """The offsets of a line's beginning and of its end before the break."""
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.source)
        while end > start and self.source[end - 1] in "\r\n":
            end -= 1
        return start, end

    def position(self, offset: int) -> types.Position:
        """The position of an offset; inside of a line break it is the end of the line."""
        offset = max(0, min(offset, len(self.source)))
        line = self.line_of(offset)
        offset = min(offset, self.bounds(line)[1])
        return types.Position(line, self.units(self.source[self._starts[line] : offset]))

    def offset(self, position: types.Position) -> int:
        """The offset of a position; inside of a character it is that of the character."""
        if position.line >= len(self._starts):
            return len(self.source)
        start, end = self.bounds(max(0, position.line))
        left = position.character
        for at in range(start, end):
            left -= self.units(self.source[at])
            if left < 0:
                return at
        return end

    def range(self, start: int, end: int) -> types.Range:
        """The range between two offsets."""
        return types.Range(self.position(start), self.position(end))

    def offset_of(self, span: Span) -> int:
        """The offset of a place that the manifest reader gave: it counts line feeds alone and no byte order mark."""
        if self._breaks is None:
            self._breaks = [0, *(at + 1 for at, char in enumerate(self.source) if char == "\n")]
        mark = 1 if self.source.startswith("\ufeff") and span.line == 1 else 0
        line = min(span.line, len(self._breaks)) - 1
        return min(self._breaks[max(0, line)] + span.column - 1 + mark, len(self.source))

    def extent(self, offset: int, *, flow: bool = False) -> int:
        """Where the key or scalar that begins at an offset ends, on the same line; ``flow``: inside brackets.

        A key ends before its colon; anything else before a comment.
        """
        end = self.bounds(self.line_of(offset))[1]
        rest = self.source[offset:end]
        match = _QUOTED.match(rest) or _KEY.match(rest) or (_FLOW_PLAIN.match(rest) if flow else None)
        found = match[0] if match else rest.partition(" #")[0]
        return offset + len(found.rstrip())

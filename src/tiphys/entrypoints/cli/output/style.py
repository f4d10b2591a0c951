"""Colours, glyphs and the width of text on a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

if TYPE_CHECKING:  # the records of the model cost more to import than all that is in this module
    from tiphys.core.manifest.model.workflow import NodeStatus

RED: Final = 31
GREEN: Final = 32
YELLOW: Final = 33
CYAN: Final = 36
DEFAULT: Final = 39
BOLD: Final = 1
FAINT: Final = 2
UNDERLINE: Final = 4

#: Phase → (colour, glyph), as in ``argo get`` (``spec/cli.md`` 5).
_GLYPHS: Final = {
    "Pending": (YELLOW, "◷"),
    "Running": (CYAN, "●"),
    "Succeeded": (GREEN, "✔"),
    "Skipped": (DEFAULT, "○"),
    "Failed": (RED, "✖"),
    "Error": (RED, "⚠"),
    "Suspend": (CYAN, "ǁ"),
}
#: The colours of pods in logs; the sum of a name's code points picks one (``spec/cli.md`` 4, logs).
_POD_COLOURS: Final = (32, 33, 34, 35, 36, 37)
_ESCAPE: Final = r"\x1b\[[0-9;]*m"
_CONTROL: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"


class Style(NamedTuple):
    """How text may be decorated: ``colour`` allows escape codes, ``utf8`` glyphs and box lines."""

    colour: bool = False
    utf8: bool = True

    def paint(self, text: str, *codes: int) -> str:
        """The text in a colour, or as it is when colours are off."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(str(code) for code in codes)}m{text}\x1b[0m"

    def phase_glyph(self, phase: str) -> str:
        """The glyph of a node or workflow phase; empty for Omitted and unknown phases."""
        found = _GLYPHS.get(phase)
        if found is None:
            return ""
        return self.paint(found[1] if self.utf8 else phase, found[0])

    def node_glyph(self, node: NodeStatus) -> str:
        """The glyph of a node; a running Suspend node has its own."""
        if node.type == "Suspend" and node.phase == "Running":
            return self.phase_glyph("Suspend")
        return self.phase_glyph(node.phase or "")

    def phase(self, phase: str) -> str:
        """The word of a phase in its colour."""
        return self.paint(phase, _GLYPHS.get(phase, (DEFAULT, ""))[0])

    def pod_line(self, pod: str, text: str) -> str:
        """A log line behind the name of its pod, all in the colour of the pod."""
        line = f"{pod}: {text}"
        return self.paint(line, _POD_COLOURS[sum(map(ord, pod)) % 6]) if self.colour else line


def style_for(stream: TextIO, *, no_color: bool = False, no_utf8: bool = False) -> Style:
    """The style for a stream: no colour unless it is a terminal, no glyphs that its encoding lacks."""
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    return Style(colour=stream.isatty() and not no_color, utf8=not no_utf8 and encoding.startswith("utf"))


def visible(text: str) -> int:
    """How many characters of a text are seen: escape codes are not."""
    return len(re.sub(_ESCAPE, "", text)) if "\x1b" in text else len(text)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes; wide characters take two."""
    plain = re.sub(_ESCAPE, "", text) if "\x1b" in text else text
    if plain.isascii():
        return len(plain)
    return sum(_cell(character) for character in plain)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int) -> str:
    """A text cut to a number of columns, with ``…`` when something was cut; the text must be without escape codes."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _cell(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…" if width > 0 else ""


def one_line(text: str) -> str:
    """A text that cannot move the cursor: line breaks become blanks, other control characters are shown as hex."""
    flat = " ".join(text.split("\n")) if "\n" in text else text
    if flat.isprintable():
        return flat
    return re.sub(_CONTROL, lambda match: f"\\x{ord(match.group()):02x}", flat)

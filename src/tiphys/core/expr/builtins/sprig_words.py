"""sprig: words of a text, their case, and lines of them.  Widths count bytes, as in Go."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
import unicodedata
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import INT, TEXT, fn, framed
from tiphys.core.expr.builtins.strings import to_lower, to_upper
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.utf8 import from_utf8, utf8

#: Words over the kinds of ``_kind``: separators, punctuation, digits with the small letters behind them, capitals
#: (the last of several begins the next word when a small letter follows), small letters, anything else.
_WORD = re.compile(r"-+|p+|9[a9]*|UU+(?![Ua])|U+(?=Ua)|Ua*|a+|o+")
#: Chinese, Japanese and Korean letters have no case and make no word with those that have.
_CJK = (("\u4e00", "\u9fcc"), ("\u3400", "\u4d85"), ("\U00020000", "\U0002b81d"))


def _abbreviate(value: str, width: int, offset: int = 0) -> str:
    return from_utf8(_shortened(utf8(value), width, offset)) if width >= 4 else value


def _shortened(data: bytes, width: int, offset: int) -> bytes:
    """Keep what stands at the offset, with ``...`` where something was left out."""
    if len(data) <= width:
        return data
    kept = width - 3
    start = min(offset, len(data) - kept)
    if start <= 4:
        return data[:kept] + b"..."
    if start + kept < len(data):
        return b"..." + _shortened(data[start:], kept, 0)
    return b"..." + data[-kept:]


def _abbreviate_both(left: int, width: int, value: str) -> str:
    return value if left > 0 and width < 7 else _abbreviate(value, width, left)


def _title(value: str) -> str:
    out, before = [], " "
    for char in value:
        inside = before.isalnum() or before == "_" or not (before.isspace() or before.isascii())
        out.append(char if inside else to_upper(char))
        before = char
    return "".join(out)


def _untitle(value: str) -> str:
    out, start = [], True
    for char in value:
        out.append(to_lower(char) if start and not char.isspace() else char)
        start = char.isspace()
    return "".join(out)


def _swapcase(value: str) -> str:
    return "".join(to_lower(char) if char.isupper() else to_upper(char) for char in value)


def _is_separator(char: str) -> bool:
    return char in "-_" or char.isspace()


def _kind(char: str) -> str:
    if _is_separator(char):
        return "-"
    category = unicodedata.category(char)
    if category == "Lu":
        return "U"
    if category.startswith("L") and not any(first <= char <= last for first, last in _CJK):
        return "a"
    return {"P": "p", "N": "9"}.get(category[0], "o")


def _separated(separator: str) -> Any:
    """Write words in small letters with one separator between them; separators that are there are replaced.

    A number belongs to the word before it (``bld4_floor``), unless small letters follow it (``http_20x``).
    """

    def write(value: str) -> str:
        kinds = "".join(map(_kind, value))
        out, last = [], "-"
        for match in _WORD.finditer(kinds):
            kind = match.group()
            if last not in "-p" and kind[0] not in "-p" and kind.strip("9"):
                out.append(separator)
            word = value[match.start() : match.end()]
            out.append(separator * len(word) if kind[0] == "-" else to_lower(word) if kind[0] == "U" else word)
            last = kind[0]
        return "".join(out)

    return write


def _camel(value: str) -> str:
    """Each word begins with a capital, and one of the separators before it goes.

    Capitals behind the first letter of a word become small as long as nothing else comes between them.
    """
    out: list[str] = []
    before, begun, lowering = "", False, False
    for char in value:
        if _is_separator(char):
            out.append(char)
            lowering = False
        elif not before or _is_separator(before):
            if begun:
                out.pop()
            begun, lowering = True, char.isupper()
            out.append(to_upper(char))
        else:
            lowering = lowering and char.isupper()
            out.append(to_lower(char) if lowering else char)
        before = char
    return "".join(out)


def _wrap(frame: Frame, width: int, separator: str, value: str, break_long: bool) -> str:
    """Break lines at spaces; a width below 1 counts as 1."""
    width = max(width, 1)
    data, at, lines = utf8(value), 0, []
    while len(data) - at > width:
        frame.charge(1)
        if data[at : at + 1] == b" ":
            at += 1
            continue
        cut = data.rfind(b" ", at, at + width + 1)
        if cut < 0 and break_long:
            lines.append(data[at : at + width])
            at += width
            continue
        if cut < 0:
            cut = data.find(b" ", at + width)
        if cut < 0:
            break
        lines.append(data[at:cut])
        at = cut + 1
    between = utf8(separator or "\n")
    frame.reserve(len(data) + len(between) * len(lines))
    return from_utf8(between.join([*lines, data[at:]]))


def _wrap_with(frame: Frame, width: int, separator: str, value: str) -> str:
    return _wrap(frame, width, separator, value, True)


FUNCTIONS = (
    fn("abbrev", lambda width, value: _abbreviate(value, width), INT, TEXT, result=TEXT),
    fn("abbrevboth", _abbreviate_both, INT, INT, TEXT, result=TEXT),
    fn("title", _title, TEXT, result=TEXT),
    fn("untitle", _untitle, TEXT, result=TEXT),
    fn("nospace", lambda value: "".join(value.split()), TEXT, result=TEXT),
    fn("initials", lambda value: "".join(word[0] for word in value.split()), TEXT, result=TEXT),
    fn("swapcase", _swapcase, TEXT, result=TEXT),
    fn("snakecase", _separated("_"), TEXT, result=TEXT),
    fn("camelcase", _camel, TEXT, result=TEXT),
    fn("kebabcase", _separated("-"), TEXT, result=TEXT),
    framed("wrap", lambda frame, width, value: _wrap(frame, width, "\n", value, False), INT, TEXT, result=TEXT),
    framed("wrapWith", _wrap_with, INT, TEXT, TEXT, result=TEXT),
)

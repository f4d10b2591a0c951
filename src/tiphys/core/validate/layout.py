"""Edits of YAML text that keep its layout: words, items of lists, shifted lines."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Edit(Struct, frozen=True, order=True):
    """Characters ``start`` to ``end`` become ``text``."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with edits that do not overlap made; of equal ones one counts."""
    parts: list[str] = []
    position = 0
    for edit in sorted(set(edits)):
        if edit.start < position:
            continue
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def replaced_word(text: str, start: int, word: str, other: str) -> Edit | None:
    """Another word for a key or scalar that stands at an offset, quoted or not; None when it does not stand there."""
    if text[start : start + 1] in ('"', "'"):
        start += 1
    return Edit(start, start + len(word), other) if text.startswith(word, start) else None


def with_second_dash(text: str, start: int) -> list[Edit]:
    """Edits that make the item of a list at an offset a list of one; none where it is not written with a dash."""
    line = text.rfind("\n", 0, start) + 1
    dash = text.rfind("-", line, start)
    if dash < 0 or text[line:dash].strip(" -") or text[dash + 1 : start].strip(" "):
        return []
    return [Edit(dash, dash, "- "), *_shifted(text, start, dash - line)]


def wrapped(text: str, key: int, name: str, other: str, value: int) -> tuple[Edit, ...]:
    """Edits that give a key another name and make its value the one item of a list; none in ``{…}`` notation."""
    line = text.rfind("\n", 0, key) + 1
    if text[line:key].strip(" -") or not text.startswith(f"{name}:", key):
        return ()
    indent = key - line
    renamed = Edit(key, key + len(name), other)
    colon = key + len(name) + 1
    between = text[colon:value]
    if not between.strip(" "):  # on the same line
        item = Edit(colon, value, f"\n{' ' * (indent + 2)}- ")
        return (renamed, item, *_shifted(text, value, indent, by=4))
    own = text.rfind("\n", 0, value) + 1
    if text[own:value].strip(" ") or value - own <= indent:
        return ()
    return (renamed, Edit(value, value, "- "), *_shifted(text, value, indent))


def _shifted(text: str, start: int, indent: int, by: int = 2) -> list[Edit]:
    """Edits that indent the lines after an offset, as long as they are further right than ``indent``."""
    edits: list[Edit] = []
    position = text.find("\n", start) + 1
    while 0 < position < len(text):
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)]
        bare = line.lstrip(" ").rstrip("\r")
        if bare and len(line) - len(line.lstrip(" ")) <= indent:
            if not bare.startswith("#"):
                break
        elif bare:
            edits.append(Edit(position, position, " " * by))
        position = end + 1
    return edits

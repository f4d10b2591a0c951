"""Find tags in text: ``spec/expressions.md`` 2.2 and 2.3.

A tag starts at ``{{`` and ends at the first following ``}}``; there is no quoting and no escape.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

OPEN = "{{"
CLOSE = "}}"


class Tag(NamedTuple):
    """One tag: ``text[start:end]`` is the tag with its braces.

    ``content`` is the text between the braces, untrimmed; of an expression tag it is what follows the ``=``.
    """

    kind: Literal["simple", "expression"]
    content: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The variable that a simple tag names: only spaces are trimmed, as in Argo's JSON text."""
        return self.content.strip(" ")

    @property
    def inner(self) -> str | None:
        """What follows the last ``{{`` inside a simple tag: the name that a nested tag resolves first."""
        if self.kind != "simple":
            return None
        _, brace, inner = self.content.rpartition(OPEN)
        return inner if brace else None


def tags(text: str) -> list[Tag]:
    """All tags of a string in order; text after a ``{{`` without ``}}`` holds none (see ``unclosed``)."""
    found: list[Tag] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        close = text.find(CLOSE, start + 2)
        if close < 0:
            break
        content = text[start + 2 : close]
        position = close + 2
        if content.startswith("="):
            found.append(Tag("expression", content[1:], start, position))
        else:
            found.append(Tag("simple", content, start, position))
    return found


def unclosed(text: str) -> int | None:
    """Where a ``{{`` without a later ``}}`` stands, if there is one."""
    start = text.find(OPEN, text.rfind(CLOSE) + 2 if CLOSE in text else 0)
    return start if start >= 0 else None

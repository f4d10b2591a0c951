"""Where a value stands in the text."""

from __future__ import annotations

from msgspec import Struct

#: Keys and indexes from the root of a document: ``("spec", "templates", 0, "name")``.
Path = tuple[str | int, ...]


class Span(Struct, frozen=True):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def dotted(path: Path) -> str:
    """A path as Argo writes it.

    >>> dotted(("spec", "templates", 0, "name"))
    'spec.templates[0].name'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text

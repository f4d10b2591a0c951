"""Tags (``{{name}}``, ``{{=expression}}``) and bare expressions around an offset of a text."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.source import Path

#: Fields whose whole text is an expression, so that names stand in it without braces.
EXPRESSIONS: Final = frozenset(("expression", "fromExpression", "successCondition", "failureCondition", "stopStrategy"))
_NAME_BEFORE: Final = re.compile(r"[\w.\-/]*\Z")
_NAME_AFTER: Final = re.compile(r"[\w.\-/]*")
_BRACKETS: Final = re.compile(r"\[(['\"])([\w\-./]+)\1\]")
#: How far back the opening of a tag is looked for.
_FURTHEST: Final = 4000


class Tag(Struct, frozen=True):
    """A place inside of a tag: where the name around it begins and ends, and whether the tag is an expression."""

    start: int
    stop: int
    is_expression: bool


def tag_at(source: str, offset: int, begin: int) -> Tag | None:
    """The tag around an offset that is opened at ``begin`` or later; one that is not closed yet counts."""
    begin = max(begin, offset - _FURTHEST)
    opened = source.rfind("{{", begin, offset)
    if opened < 0 or source.find("}}", opened, offset) >= 0:
        return None
    return name_at(source, offset, opened + 2, is_expression=source[opened + 2 :].lstrip(" ").startswith("="))


def name_at(source: str, offset: int, begin: int, *, is_expression: bool) -> Tag:
    """The dotted name around an offset."""
    before = _NAME_BEFORE.search(source, begin, offset)
    after = _NAME_AFTER.match(source, offset)
    return Tag(before.start() if before else offset, after.end() if after else offset, is_expression)


def is_bare(path: Path) -> bool:
    """Whether the value at a path is an expression as a whole.

    >>> is_bare(("spec", "templates", 0, "retryStrategy", "expression"))
    True
    """
    return bool(path) and path[-1] in EXPRESSIONS


def dotted_name(text: str) -> str:
    """A name of an expression as the catalogue writes it.

    >>> dotted_name("steps['make-it'].outputs.result")
    'steps.make-it.outputs.result'
    """
    return _BRACKETS.sub(r".\2", text)


def written(name: str, *, is_expression: bool) -> str:
    """A name of the catalogue as a tag or an expression needs it: parts that are no identifiers go into brackets.

    >>> written("steps.make-it.outputs.result", is_expression=True)
    "steps['make-it'].outputs.result"
    """
    if not is_expression or "-" not in name:
        return name
    first, *rest = name.split(".")
    return first + "".join(f".{part}" if part.isidentifier() else f"['{part}']" for part in rest)

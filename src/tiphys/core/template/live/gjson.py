"""Paths into JSON data as conditions of resource templates use them: ``status.conditions.#.type``."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Final

from tiphys.core.manifest.model.scalars import JsonValue

_PART: Final = re.compile(r"((?:\\.|[^.\\])*)(?:\.|\Z)", re.DOTALL)


def lookup(path: str, data: JsonValue) -> str | None:
    """The value at a path as text; None when there is none.

    Parts are keys, indexes, ``#`` (length at the end, otherwise all items), ``*`` and ``?`` in keys; a backslash
    takes the next character as it is.  Mappings and lists give compact JSON, null the empty text.
    """
    parts = [match[1] for match in _PART.finditer(path) if match.start() < len(path)]
    found = _walk(parts, data)
    return None if found is None else _text(found[0])


def _walk(parts: list[str], value: JsonValue) -> tuple[JsonValue] | None:
    """The value in a tuple of one."""
    for at, part in enumerate(parts):
        if isinstance(value, list):
            if part == "#":
                return _all(parts[at + 1 :], value)
            if not part.isdecimal() or int(part) >= len(value):
                return None
            value = value[int(part)]
        elif isinstance(value, dict):
            key = _key(part, value)
            if key is None:
                return None
            value = value[key]
        else:
            return None
    return (value,)


def _all(rest: list[str], items: list[JsonValue]) -> tuple[JsonValue]:
    if not rest:
        return (len(items),)
    found = (_walk(rest, item) for item in items)
    return ([each[0] for each in found if each is not None],)


def _key(part: str, value: dict[str, JsonValue]) -> str | None:
    plain = re.sub(r"\\(.)", r"\1", part)
    if plain in value or not re.search(r"(?<!\\)[*?]", part):
        return plain if plain in value else None
    return next((key for key in value if fnmatchcase(key, part)), None)


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

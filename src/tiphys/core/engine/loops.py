"""The items of a loop (``spec/engine.md`` 13)."""

from __future__ import annotations

import re
from typing import cast

from tiphys.core.engine.naming import compact, inner_text
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gojson import read
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.model import LoopPlan
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope

#: A larger sequence is refused: it could never be run and would exhaust the memory.
MAX_ITEMS = 1_000_000
_FORMAT = re.compile(r"%([-+ #0]*)(\d*)([dxXobcqU%])")


class LoopError(Exception):
    """The items cannot be made; the text becomes a node message."""


def expand(loop: LoopPlan, scope: Scope, *, enabled: bool) -> list[JsonValue]:
    """The items; an unreadable ``withParam`` of a disabled (``when`` false) step has none.

    Raises:
        LoopError: the source is no list, or the sequence is malformed.
        TemplateError: a tag of the source cannot be resolved.
    """
    if loop.items is not None:
        if loop.items_tags is None:
            return list(loop.items)
        return cast("list[JsonValue]", loop.items_tags.render(scope, Mode.STRICT))
    if loop.param is not None:
        return _from_param(loop.param.render(scope, Mode.SIBLINGS), enabled=enabled)
    if loop.sequence is not None:
        return list(_sequence(cast(JsonObject, loop.sequence.render(scope, Mode.SIBLINGS))))
    return []


def _from_param(text: str, *, enabled: bool) -> list[JsonValue]:
    try:
        value = read(text)
    except Fault as fault:
        if not enabled:
            return []
        raise LoopError(f"withParam value could not be parsed as a JSON list: {text.strip()}: {fault}") from None
    if value is None:
        return []
    if not isinstance(value, list):
        if not enabled:
            return []
        kind = "object" if isinstance(value, dict) else "string" if isinstance(value, str) else "number"
        if isinstance(value, bool):
            kind = "bool"
        raise LoopError(
            f"withParam value could not be parsed as a JSON list: {text.strip()}: "
            f"json: cannot unmarshal {kind} into Go value of type []v1alpha1.Item"
        )
    return value


def _sequence(source: JsonObject) -> list[str]:
    start = _int(source.get("start"), 0)
    if source.get("end") is not None:
        end = _int(source.get("end"), 0)
    elif source.get("count") is not None:
        count = _int(source.get("count"), 0)
        if count == 0:
            return []
        end = start + count - 1
    else:
        raise LoopError("neither end nor count was specified in withSequence")
    if abs(end - start) >= MAX_ITEMS:
        raise LoopError(f"withSequence has {abs(end - start) + 1} items, at most {MAX_ITEMS} are allowed")
    numbers = range(start, end + 1) if start <= end else range(start, end - 1, -1)
    pattern = source.get("format")
    if not pattern:
        return [str(number) for number in numbers]
    return [format_int(str(pattern), number) for number in numbers]


def _int(value: JsonValue, default: int) -> int:
    if value is None or value == "":
        return default
    try:
        return int(str(value))
    except ValueError:
        raise LoopError(f'strconv.Atoi: parsing "{value}": invalid syntax') from None


def format_int(pattern: str, number: int) -> str:
    """One integer through a C-style format.

    >>> format_int("testuser%02X", 10)
    'testuser0A'
    """
    used = False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        flags, width, verb = match.groups()
        if verb == "%":
            return "%"
        used = True
        if verb == "c":
            return chr(number)
        if verb == "b":
            return format(number, f"0{width}b" if "0" in flags else f"{width}b")
        return f"%{flags}{width}{verb}" % number

    text = _FORMAT.sub(replace, pattern)
    return text if used else f"{text}%!(EXTRA int={number})"


def item_variables(item: JsonValue) -> dict[str, JsonValue]:
    """``item`` and, for maps, ``item.<key>`` as texts (``spec/data.md`` 1.4)."""
    values: dict[str, JsonValue] = {"item": item if isinstance(item, str) else compact(item)}
    if isinstance(item, dict):
        for key, value in item.items():
            values[f"item.{key}"] = value if isinstance(value, str) else inner_text(value)
    return values

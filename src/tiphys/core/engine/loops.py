"""The items of a loop (``spec/engine.md`` 13)."""

from __future__ import annotations

from typing import cast

from tiphys.core.engine.naming import compact, inner_text
from tiphys.core.engine.sequence import SequenceError, expand_sequence
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gojson import read
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.model import LoopPlan
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


class LoopError(Exception):
    """The items cannot be made; the text becomes a node message."""


def expand(loop: LoopPlan, scope: Scope, *, enabled: bool) -> list[JsonValue]:
    """The items; an unreadable ``withParam`` of a disabled (``when`` false) step has none.

    Raises:
        LoopError: the source is no list or sequence.
        TemplateError: a tag of the source cannot be resolved.
    """
    if loop.items is not None:
        if loop.items_tags is None:
            return list(loop.items)
        return cast("list[JsonValue]", loop.items_tags.render(scope, Mode.STRICT))
    if loop.param is not None:
        return _from_param(loop.param.render(scope, Mode.SIBLINGS), enabled=enabled)
    if loop.sequence is not None:
        try:
            return list(expand_sequence(cast(JsonObject, loop.sequence.render(scope, Mode.SIBLINGS))))
        except SequenceError as error:
            raise LoopError(str(error)) from None
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


def item_variables(item: JsonValue) -> dict[str, JsonValue]:
    """``item`` and, for maps, ``item.<key>`` as texts (``spec/data.md`` 1.4)."""
    values: dict[str, JsonValue] = {"item": item if isinstance(item, str) else compact(item)}
    if isinstance(item, dict):
        for key, value in item.items():
            values[f"item.{key}"] = value if isinstance(value, str) else inner_text(value)
    return values

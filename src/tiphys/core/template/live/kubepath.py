"""kubectl's JSONPath templates over an object (``kubectl get -o jsonpath=…``)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, cast

from tiphys.core.expr.format import go_string, to_json
from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.kubesyntax import (
    ROOT,
    Field,
    Filter,
    Literal,
    Node,
    Part,
    Path,
    Range,
    Recursive,
    Slice,
    Union,
    Wildcard,
    parse,
)

#: Values that one step may give: a template cannot use up the memory.
_MOST: Final = 1_000_000
_parsed = lru_cache(maxsize=256)(parse)


def kubectl_jsonpath(text: str, data: JsonValue) -> str:
    """What ``kubectl get -o jsonpath=TEXT`` prints of an object.

    Keys that are absent print nothing; lists and mappings print as compact JSON, other values as Go prints them;
    several results of one path are separated by spaces.

    Raises:
        TemplateError: the template is malformed, an index is out of bounds, or a value has no items.
    """
    return "".join(_print(_parsed(text), [data], data))


def _print(parts: tuple[Part, ...], current: list[JsonValue], root: JsonValue) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Range):
            for value in _walk(part.path, current, root):
                yield from _print(part.body, [value], root)
        else:
            yield " ".join(map(_text, _walk(part, current, root)))


def _text(value: JsonValue) -> str:
    if isinstance(value, (dict, list)):
        return to_json(cast("Value", value))
    return "null" if value is None else go_string(cast("Value", value))


def _walk(path: Path, current: list[JsonValue], root: JsonValue) -> list[JsonValue]:
    """The results of a path."""
    values = current
    for node in path:
        if isinstance(node, str):
            values = [root] if node == ROOT else values
            continue
        values = [found for value in values for found in _step(node, value, root)]
        if len(values) > _MOST:
            raise TemplateError("the path has too many results")
    return values


def _step(node: Node, value: JsonValue, root: JsonValue) -> list[JsonValue]:
    if isinstance(node, Literal):
        return [node.value]
    if isinstance(node, Field):
        return _field(node.name, value)
    if isinstance(node, Wildcard):
        return _children(value)
    if isinstance(node, Recursive):
        return list(_descend(value))
    if isinstance(node, Slice):
        return _slice(node, value)
    if isinstance(node, Union):
        return [found for part in node.parts for found in _walk(part, [value], root)]
    return [item for item in _children(value) if _holds(node, item, root)]


def _field(name: str, value: JsonValue) -> list[JsonValue]:
    if not name:
        return [value]
    return [value[name]] if isinstance(value, dict) and name in value else []


def _children(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, list) else []


def _descend(value: JsonValue) -> Iterator[JsonValue]:
    """A value with all that is inside of it."""
    pending = [value]
    while pending:
        found = pending.pop()
        yield found
        pending += reversed(_children(found))


def _slice(node: Slice, value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TemplateError(f"{go_string(cast('Value', value))} is not array or slice")
    size = len(value)
    start = (node.start or 0) + (size if (node.start or 0) < 0 else 0)
    stop = start + 1 if node.single else _stop(node.stop, size)
    if start == stop:
        return []
    for index, bad in ((start, not 0 <= start < size), (stop - 1, not 0 <= stop <= size)):
        if bad:
            raise TemplateError(f"array index out of bounds: index {index}, length {size}")
    if start > stop:
        raise TemplateError(f"starting index {start} is greater than ending index {stop}")
    if node.step is not None and node.step <= 0:
        raise TemplateError("step must be > 0")
    return value[start : stop : node.step or 1]


def _stop(stop: int | None, size: int) -> int:
    return size if stop is None else stop + (size if stop < 0 else 0)


def _holds(node: Filter, item: JsonValue, root: JsonValue) -> bool:
    left = _walk(node.left, [item], root)
    if node.operator == "exists":
        return bool(left)
    right = _walk(node.right, [item], root)
    if not left or not right:
        return False
    if len(left) > 1 or len(right) > 1:
        raise TemplateError("can only compare one element at a time")
    return _compare(node.operator, left[0], right[0])


def _compare(operator: str, left: JsonValue, right: JsonValue) -> bool:
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (left, right))
    if not numbers and type(left) is not type(right):
        raise TemplateError("incompatible types for comparison")
    if operator in ("==", "!="):
        return (left == right) is (operator == "==")
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(operator, (left > right) - (left < right))
    if isinstance(left, (int, float)) and isinstance(right, (int, float)) and numbers:
        return _ordered(operator, (left > right) - (left < right))
    raise TemplateError("invalid type for comparison")


def _ordered(operator: str, sign: int) -> bool:
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]

"""sprig: lists."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import (
    ANY,
    INT,
    LIST,
    TEXT,
    empty,
    fn,
    framed,
    framed_rest,
    rest,
    texts,
    to_int,
)
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gotypes import go_kind, go_type
from tiphys.core.expr.operators import strictly_equal
from tiphys.core.expr.structs import Function, NullList


def _list(value: Any, action: str) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, bytes):
        return list(value)
    raise Fault(f"Cannot {action} on type {_kind(value)}")


def _kind(value: Any) -> str:
    return go_type(value) if value is None else go_kind(value)


def _push(values: Any, item: Any) -> list[Any]:
    return [*_list(values, "push"), item]


def _prepend(values: Any, item: Any) -> list[Any]:
    return [item, *_list(values, "prepend")]


def _first(values: Any) -> Any:
    found = _list(values, "find first")
    return found[0] if found else None


def _last(values: Any) -> Any:
    found = _list(values, "find last")
    return found[-1] if found else None


def _rest(values: Any) -> list[Any]:
    found = _list(values, "find rest")
    return found[1:] if found else NullList()


def _initial(values: Any) -> list[Any]:
    found = _list(values, "find initial")
    return found[:-1] if found else NullList()


def _has(values: list[Any], wanted: Any) -> bool:
    return any(strictly_equal(value, wanted) for value in values)


def _uniq(frame: Frame, values: Any) -> list[Any]:
    kept: list[Any] = []
    for value in _list(values, "find uniq"):
        frame.charge(1 + len(kept))
        if not _has(kept, value):
            kept.append(value)
    return kept


def _without(frame: Frame, values: Any, *dropped: Any) -> list[Any]:
    found = _list(values, "find without")
    frame.charge(len(found) * len(dropped))
    return [value for value in found if not _has([*dropped], value)]


def _contains(wanted: Any, values: Any) -> bool:
    return values is not None and _has(_list(values, "find has"), wanted)


def _slice(values: Any, *bounds: Any) -> Any:
    if not isinstance(values, list):
        raise Fault(f"list should be type of slice or array but {_kind(values)}")
    if not values:
        return None
    start = to_int(bounds[0]) if bounds else 0
    stop = to_int(bounds[1]) if len(bounds) > 1 else len(values)
    if not 0 <= start <= stop <= len(values):
        raise Fault(
            "reflect: slice index out of range"
            if start > len(values)
            else "reflect.Value.Slice: slice index out of bounds"
        )
    return values[start:stop]


def _concat(frame: Frame, *lists: Any) -> list[Any]:
    joined: list[Any] = []
    for values in lists:
        if not isinstance(values, list):
            raise Fault(f"Cannot concat type {_kind(values)} as list")
        frame.grow(len(values))
        joined.extend(values)
    return joined if joined else NullList()


def _chunk(size: int, values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise Fault(f"Cannot chunk type {_kind(values)}")
    if size <= 0:
        raise Fault("runtime error: integer divide by zero")
    return [values[start : start + size] for start in range(0, len(values), size)]


def _compact(values: Any) -> list[Any]:
    return [value for value in _list(values, "compact") if not empty(value)]


def _sorted(values: Any) -> list[str]:
    return sorted(texts(values))


def _both(name: str, call: Callable[..., Any], make: Callable[..., Function], *parameters: str) -> tuple[Function, ...]:
    """A function and its ``must`` variant, which differ only in how Go reports the error."""
    return (make(name, call, *parameters), make("must" + name[0].upper() + name[1:], call, *parameters))


def _join(frame: Frame, separator: str, values: Any) -> str:
    parts = texts(values)
    frame.reserve(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


FUNCTIONS = (
    rest("list", lambda *values: [*values], ANY, result=LIST),
    rest("tuple", lambda *values: [*values], ANY, result=LIST),
    *_both("append", _push, fn, ANY, ANY),
    *_both("push", _push, fn, ANY, ANY),
    *_both("prepend", _prepend, fn, ANY, ANY),
    *_both("first", _first, fn, ANY),
    *_both("rest", _rest, fn, ANY),
    *_both("last", _last, fn, ANY),
    *_both("initial", _initial, fn, ANY),
    *_both("reverse", lambda values: _list(values, "find reverse")[::-1], fn, ANY),
    *_both("uniq", _uniq, framed, ANY),
    *_both("without", _without, framed_rest, ANY, ANY),
    *_both("has", _contains, fn, ANY, ANY),
    *_both("slice", _slice, rest, ANY, ANY),
    framed_rest("concat", _concat, ANY),
    *_both("chunk", _chunk, fn, INT, ANY),
    *_both("compact", _compact, fn, ANY),
    fn("sortAlpha", _sorted, ANY, result="[]string"),
    framed("join", _join, TEXT, ANY, result=TEXT),
)

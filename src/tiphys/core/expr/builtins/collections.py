"""Collections (section 11.4)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cmp_to_key
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import go_string
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gotypes import ANY, ANY_MAP, ARRAY, INT, STRING, Type, array_of, go_kind, go_type
from tiphys.core.expr.signature import Overload, Spec, every, one_of
from tiphys.core.expr.structs import AnyMap, NullList, Struct

_DEEPEST = 200


def first(frame: Frame, values: Any) -> Any:
    """``first``: nil when there is none."""
    return _end(frame, values, 0)


def last(frame: Frame, values: Any) -> Any:
    """``last``: nil when there is none."""
    return _end(frame, values, -1)


def _end(frame: Frame, values: Any, index: int) -> Any:
    """What cannot be indexed has no ends."""
    try:
        return get(frame, values, index)
    except Fault:
        return None


def get(frame: Frame, base: Any, key: Any) -> Any:
    """``get``: nil instead of an error for what is not there."""
    if isinstance(base, list | str | bytes):
        index = op.to_int(key)
        data = base.encode("utf-8", "surrogateescape") if isinstance(base, str) else base
        return data[index] if -len(data) <= index < len(data) else None
    if isinstance(base, Mapping):
        if not isinstance(base, AnyMap) and key is not None and not isinstance(key, str):
            raise Fault(f"reflect.Value.MapIndex: value of type {go_type(key)} is not assignable to type string")
        try:
            return op.fetch(base, key)
        except Fault:
            return None
    return None


def take(frame: Frame, values: Any, count: Any) -> list[Any]:
    """``take``."""
    if not isinstance(values, list):
        raise Fault(f"cannot take from {go_kind(values)}")
    number = op.to_int(count)
    if number < 0:
        raise Fault("reflect.Value.Slice: slice index out of bounds")
    return values[:number]


def keys(frame: Frame, base: Any) -> list[Any]:
    """``keys``, in the order of the map."""
    _require_map(base, "cannot get keys from {}")
    frame.grow(len(base))
    return list(base)


def values_of(frame: Frame, base: Any) -> list[Any]:
    """``values``, in the order of the map."""
    _require_map(base, "cannot get values from {}")
    frame.grow(len(base))
    return [base[key] for key in base]


def to_pairs(frame: Frame, base: Any) -> list[Any]:
    """``toPairs``."""
    _require_map(base, "cannot transform {} to pairs")
    frame.grow(len(base))
    return [[key, base[key]] for key in base]


def _require_map(base: Any, message: str) -> None:
    if not isinstance(base, Mapping) or isinstance(base, Struct):
        raise Fault(message.format(go_kind(base)))


def from_pairs(frame: Frame, pairs: Any) -> AnyMap:
    """``fromPairs``."""
    if not isinstance(pairs, list):
        raise Fault(f"cannot transform {go_kind(pairs)} from pairs")
    made = AnyMap()
    for pair in pairs:
        if not isinstance(pair, list):
            raise Fault(f"invalid pair {go_string(pair)}")
        if len(pair) != 2:
            raise Fault(f"invalid pair length {go_string(pair)}")
        try:
            made.put(pair[0], pair[1])
        except TypeError:
            raise Fault(f"runtime error: hash of unhashable type: {go_type(pair[0])}") from None
    return made


def reverse(frame: Frame, values: Any) -> list[Any]:
    """``reverse``."""
    if not isinstance(values, list):
        raise Fault(f"cannot reverse {go_kind(values)}")
    return values[::-1]


def uniq(frame: Frame, values: Any) -> list[Any]:
    """``uniq``: first occurrences by the ``==`` rule."""
    if not isinstance(values, list):
        raise Fault(f"cannot uniq {go_kind(values)}")
    seen: set[Any] = set()
    others: list[Any] = []
    kept: list[Any] = []
    for value in values:
        if isinstance(value, str) or op.is_number(value):
            if value in seen:
                continue
            seen.add(value)
        else:
            frame.charge(len(others))
            if any(op.equal(value, other) for other in others):
                continue
            others.append(value)
        kept.append(value)
    return kept


def concat(frame: Frame, *lists: Any) -> list[Any]:
    """``concat``: a null list when all are empty."""
    joined: list[Any] = []
    for values in lists:
        if not isinstance(values, list | bytes):
            raise Fault(f"cannot concat {go_kind(values)}")
        frame.grow(len(values))
        joined.extend(values)
    return joined or NullList()


def flatten(frame: Frame, values: Any) -> list[Any]:
    """``flatten``, to any depth."""
    if not isinstance(values, list):
        raise Fault(f"cannot flatten {go_kind(values)}")
    flat = list(_leaves(values, 0))
    frame.grow(len(flat))
    return flat


def _leaves(values: list[Any], depth: int) -> Iterator[Any]:
    if depth > _DEEPEST:
        raise Fault("recursion depth exceeded")
    for value in values:
        if isinstance(value, list):
            yield from _leaves(value, depth + 1)
        else:
            yield value


def sort(frame: Frame, values: Any, order: Any = "asc") -> list[Any]:
    """``sort``: numbers or strings."""
    if not isinstance(values, list):
        return NullList()
    direction = op.to_str(order)
    if direction not in ("asc", "desc"):
        raise Fault(f"invalid order {direction}, expected asc or desc")
    frame.charge(len(values))
    frame.grow(len(values))

    def compared(one: Any, other: Any) -> int:
        left, right = (other, one) if direction == "desc" else (one, other)
        return -1 if op.less(left, right) else 1 if op.less(right, left) else 0

    if len(values) == 1:
        return list(values)
    if all(isinstance(value, str) for value in values) or all(op.is_number(value) for value in values):
        return sorted(values, reverse=direction == "desc")
    return sorted(values, key=cmp_to_key(compared))


def _element(found: Type) -> Type:
    return found.element or ANY


def _same(found: Type) -> Type:
    return found


def _spec(name: str, call: Any, kind: str, message: str, result: Any) -> Spec:
    return Spec(name=name, call=call, validate=one_of(kind, message=message, result=result))


SPECS = (
    _spec("first", first, "array", "cannot get first element from {}", _element),
    _spec("last", last, "array", "cannot get last element from {}", _element),
    Spec(
        name="get",
        call=get,
        least=2,
        most=2,
        validate=one_of("array", "map", message="type {} does not support indexing", result=ANY),
    ),
    Spec(
        name="take",
        call=take,
        least=2,
        most=2,
        validate=one_of("array", message="cannot take from {}", result=_same),
    ),
    _spec("keys", keys, "map", "cannot get keys from {}", ARRAY),
    _spec("values", values_of, "map", "cannot get values from {}", ARRAY),
    _spec("toPairs", to_pairs, "map", "cannot transform {} to pairs", array_of(ARRAY)),
    _spec("fromPairs", from_pairs, "array", "cannot transform {} from pairs", ANY_MAP),
    _spec("reverse", reverse, "array", "cannot reverse {}", _same),
    _spec("uniq", uniq, "array", "cannot uniq {}", _same),
    _spec("flatten", flatten, "array", "cannot flatten {}", ARRAY),
    Spec(
        name="concat",
        call=concat,
        most=None,
        validate=every("array", message="cannot concat {}", result=ARRAY),
    ),
    Spec(
        name="sort",
        call=sort,
        most=2,
        overloads=(
            Overload((ARRAY, STRING), ARRAY),
            Overload((Type("array", "[]int", INT),), ARRAY),
        ),
    ),
)

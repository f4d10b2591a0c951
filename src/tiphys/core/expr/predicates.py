"""The closure builtins: ``all none any one filter map count sum find… groupBy sortBy reduce`` (section 10)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.emitting import Emitting
from tiphys.core.expr.failure import Fault, failure
from tiphys.core.expr.frame import Frame, Run
from tiphys.core.expr.gotypes import go_kind, go_type
from tiphys.core.expr.structs import NO_ELEMENT, AnyMap, Struct
from tiphys.core.expr.syntax import Builtin, Predicate

#: Nodes of a predicate that cost one step of the budget together.
_NODES_PER_STEP = 8
_MISSING = object()


class Closure:
    """A compiled predicate with the slots of its pointers and the price of one turn."""

    __slots__ = ("accumulator", "element", "index", "name", "position", "price", "run", "text")

    def __init__(self, emitter: Emitting, node: Builtin) -> None:
        self.element, self.index, self.accumulator = emitter.new_slot(), emitter.new_slot(), emitter.new_slot()
        self.name, self.text, self.position = node.name, emitter.text, node.position
        self.price = 1
        self.run: Run | None = None
        if len(node.arguments) < 2:
            return
        predicate = node.arguments[1]
        assert isinstance(predicate, Predicate)
        emitter.pointers.append({"": self.element, "index": self.index, "acc": self.accumulator})
        self.run = emitter.node(predicate.body)
        emitter.pointers.pop()
        self.price = 1 + predicate.depth // _NODES_PER_STEP

    def over(self, frame: Frame, values: list[Any], start: int = 0) -> Any:
        """Yield (element, result of the predicate), charging for every turn; an inner run keeps its own pointers."""
        slots, run, element, index, price = frame.slots, self.run, self.element, self.index, self.price
        for number in range(start, len(values)):
            slots[element] = value = values[number]
            slots[index] = number
            frame.steps -= price
            if frame.steps < 0:
                frame.charge(0)
            yield value, _used(value) if run is None else run(frame)

    def backwards(self, frame: Frame, values: list[Any]) -> Any:
        """Yield (index, result) from the last element to the first."""
        assert self.run is not None
        for number in range(len(values) - 1, -1, -1):
            frame.slots[self.element] = values[number]
            frame.charge(self.price)
            yield number, self.run(frame)


def emit_closure(emitter: Emitting, node: Builtin) -> Run:
    """Compile a call of a closure builtin."""
    array = emitter.node(node.arguments[0])
    closure = Closure(emitter, node)
    extra = emitter.node(node.arguments[2]) if len(node.arguments) > 2 else None
    function = _FUNCTIONS[node.name]
    text, position = emitter.text, node.position

    def run(frame: Frame) -> Any:
        values = array(frame)
        try:
            if values.__class__ is not list:
                values = _listed(values)
            return function(frame, closure, values, extra)
        except Fault as fault:
            raise failure(fault.args[0], "run", text, position) from None

    return run


def _listed(values: Any) -> list[Any]:
    if isinstance(values, list):
        return values
    if isinstance(values, bytes):
        return list(values)
    if values is None:
        raise Fault("reflect: call of reflect.Value.Len on zero Value")
    if isinstance(values, str):
        return list(values.encode("utf-8", "surrogateescape"))
    if isinstance(values, Mapping) and not isinstance(values, Struct):
        return [NO_ELEMENT] * len(values)
    raise Fault(f"reflect: call of reflect.Value.Len on {go_kind(values)} Value")


def _used(value: Any) -> Any:
    """An element that becomes part of a result."""
    if value is NO_ELEMENT:
        raise Fault("reflect: call of reflect.Value.Index on map Value")
    return value


def _bool(value: Any) -> bool:
    return value if value is True or value is False else op.to_bool(value)


def _all(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> bool:
    return all(_bool(result) for _, result in closure.over(frame, values))


def _none(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> bool:
    return not _any(frame, closure, values, extra)


def _any(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> bool:
    return any(_bool(result) for _, result in closure.over(frame, values))


def _one(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> bool:
    return _count(frame, closure, values, extra) == 1


def _count(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> int:
    return sum(1 for _, result in closure.over(frame, values) if _bool(result))


def _filter(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> list[Any]:
    found = [_used(value) for value, result in closure.over(frame, values) if _bool(result)]
    frame.grow(len(found))
    return found


def _map(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> list[Any]:
    found = [result for _, result in closure.over(frame, values)]
    frame.grow(len(found))
    return found


def _sum(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> Any:
    total: Any = 0
    for _, result in closure.over(frame, values):
        total = op.add(result, total)
    return total


def _find(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> Any:
    for value, result in closure.over(frame, values):
        if _bool(result):
            return _used(value)
    return None


def _find_index(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> int | None:
    for number, (_, result) in enumerate(closure.over(frame, values)):
        if _bool(result):
            return number
    return None


def _find_last_index(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> int | None:
    for number, result in closure.backwards(frame, values):
        if _bool(result):
            return int(number)
    return None


def _find_last(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> Any:
    number = _find_last_index(frame, closure, values, extra)
    return None if number is None else _used(values[number])


def _group_by(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> AnyMap:
    groups = AnyMap("map[interface {}][]interface {}")
    for value, key in closure.over(frame, values):
        _used(value)
        if isinstance(key, list | dict | bytes) or callable(key):
            raise Fault(f"runtime error: hash of unhashable type: {go_type(key)}")
        if key in groups:
            group = groups[key]
            assert isinstance(group, list)
            group.append(value)
        else:
            groups.put(key, [value])
    frame.grow(len(groups))
    return groups


def _sort_by(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> list[Any]:
    keyed = [(result, _used(value)) for value, result in closure.over(frame, values)]
    order = "asc" if extra is None else op.to_str(extra(frame))
    if order not in ("asc", "desc"):
        raise Fault("unknown order, use asc or desc")
    frame.grow(len(keyed))
    return [value for _, value in sorted(keyed, key=cmp_to_key(_by_key(frame, order == "desc")))]


def _by_key(frame: Frame, descending: bool) -> Callable[[tuple[Any, Any], tuple[Any, Any]], int]:
    def compared(one: tuple[Any, Any], other: tuple[Any, Any]) -> int:
        frame.charge(1)
        left, right = (other[0], one[0]) if descending else (one[0], other[0])
        if op.less(left, right):
            return -1
        return 1 if op.less(right, left) else 0

    return compared


def _reduce(frame: Frame, closure: Closure, values: list[Any], extra: Run | None) -> Any:
    start = 0
    if extra is not None:
        total = extra(frame)
    elif not values:
        raise Fault("reduce of empty array with no initial value")
    else:
        total, start = _used(values[0]), 1
    frame.slots[closure.accumulator] = total
    for _, result in closure.over(frame, values, start):
        frame.slots[closure.accumulator] = total = result
    return total


_FUNCTIONS: dict[str, Callable[[Frame, Closure, list[Any], Run | None], Any]] = {
    "all": _all,
    "none": _none,
    "any": _any,
    "one": _one,
    "count": _count,
    "filter": _filter,
    "map": _map,
    "sum": _sum,
    "find": _find,
    "findIndex": _find_index,
    "findLast": _find_last,
    "findLastIndex": _find_last_index,
    "groupBy": _group_by,
    "sortBy": _sort_by,
    "reduce": _reduce,
}

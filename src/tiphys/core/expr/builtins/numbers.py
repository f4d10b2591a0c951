"""Numbers (section 11.2)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gotypes import FLOAT, INT, UNKNOWN, Type, go_type
from tiphys.core.expr.int64 import wrap
from tiphys.core.expr.signature import Overload, Spec, every, one_of

_MASK = (1 << 64) - 1
_DEEPEST = 200


def absolute(frame: Frame, value: Any) -> Any:
    """``abs``: keeps the type."""
    if not op.is_number(value):
        raise Fault(f"invalid argument for abs (type {go_type(value)})")
    return op.negate(value) if value < 0 else value


def _whole(name: str, value: Any) -> float:
    if not op.is_number(value):
        raise Fault(f"invalid argument for {name} (type {go_type(value)})")
    return float(value)


def _special(value: float) -> bool:
    return math.isnan(value) or math.isinf(value) or abs(value) >= 1 << 53


def ceiling(frame: Frame, value: Any) -> float:
    """``ceil``."""
    number = _whole("ceil", value)
    return number if _special(number) else math.copysign(float(math.ceil(number)), number)


def floor(frame: Frame, value: Any) -> float:
    """``floor``."""
    number = _whole("floor", value)
    return number if _special(number) else math.copysign(float(math.floor(number)), number)


def rounded(frame: Frame, value: Any) -> float:
    """``round``: halves away from zero."""
    number = _whole("round", value)
    if _special(number):
        return number
    whole = math.floor(abs(number))
    return math.copysign(float(whole + (abs(number) - whole >= 0.5)), number)


def _flat(name: str, values: Any, depth: int = 0) -> Iterator[Any]:
    """The numbers in nested lists."""
    for value in values:
        if isinstance(value, list):
            if depth > _DEEPEST:
                raise Fault("recursion depth exceeded")
            yield from _flat(name, value, depth + 1)
        elif op.is_number(value):
            yield value
        else:
            raise Fault(f"invalid argument for {name} (type {go_type(value)})")


def maximum(frame: Frame, *values: Any) -> Any:
    """``max``: the type of the winner is kept; nil for nothing."""
    if len(values) == 1 and not isinstance(values[0], list):
        return values[0]
    best = None
    for value in _flat("max", values):
        if best is None or best < value:
            best = value
    return best


def minimum(frame: Frame, *values: Any) -> Any:
    """``min``: the type of the winner is kept; nil for nothing."""
    if len(values) == 1 and not isinstance(values[0], list):
        return values[0]
    best = None
    for value in _flat("min", values):
        if best is None or value < best:
            best = value
    return best


def mean(frame: Frame, *values: Any) -> float:
    """``mean``: 0.0 for nothing."""
    total, count = 0.0, 0
    for value in _flat("mean", values):
        total += value
        count += 1
    return total / count if count else 0.0


def median(frame: Frame, *values: Any) -> float:
    """``median``: 0.0 for nothing."""
    ordered = sorted(float(value) for value in _flat("median", values))
    if not ordered:
        return 0.0
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _bits(name: str, value: Any) -> int:
    if not op.is_int(value):
        raise Fault(f"cannot use {go_type(value)} as argument (type int) to call {name}")
    return int(value)


def _shift(name: str, value: Any, count: Any) -> tuple[int, int]:
    number, places = _bits(name, value), _bits(name, count)
    if places < 0:
        raise Fault(f"invalid operation: negative shift count {places} (type int)")
    return number, min(places, 64)


def bit_and(frame: Frame, left: Any, right: Any) -> int:
    """``bitand``."""
    return _bits("bitand", left) & _bits("bitand", right)


def bit_or(frame: Frame, left: Any, right: Any) -> int:
    """``bitor``."""
    return _bits("bitor", left) | _bits("bitor", right)


def bit_xor(frame: Frame, left: Any, right: Any) -> int:
    """``bitxor``."""
    return _bits("bitxor", left) ^ _bits("bitxor", right)


def bit_clear(frame: Frame, left: Any, right: Any) -> int:
    """``bitnand``: Go's bit clear, ``left &^ right``."""
    return _bits("bitnand", left) & ~_bits("bitnand", right)


def bit_not(frame: Frame, value: Any) -> int:
    """``bitnot``."""
    return ~_bits("bitnot", value)


def shift_left(frame: Frame, value: Any, count: Any) -> int:
    """``bitshl``."""
    number, places = _shift("bitshl", value, count)
    return wrap(number << places)


def shift_right(frame: Frame, value: Any, count: Any) -> int:
    """``bitshr``: keeps the sign."""
    number, places = _shift("bitshr", value, count)
    return number >> places


def shift_right_unsigned(frame: Frame, value: Any, count: Any) -> int:
    """``bitushr``."""
    number, places = _shift("bitushr", value, count)
    return wrap((number & _MASK) >> places)


_NUMERIC = ("int", "float", "duration")


def _same(found: Type) -> Type:
    return found


def _extremum(name: str, call: Any, result: Type) -> Spec:
    message = f"invalid argument for {name} (type {{}})"
    return Spec(name=name, call=call, most=None, validate=every(*_NUMERIC, "array", message=message, result=result))


def _rounding(name: str, call: Any) -> Spec:
    message = f"invalid argument for {name} (type {{}})"
    return Spec(name=name, call=call, validate=one_of(*_NUMERIC, message=message, result=FLOAT))


def _bitwise(name: str, call: Any, count: int = 2) -> Spec:
    return Spec(name=name, call=call, least=count, most=count, overloads=(Overload((INT,) * count, INT),))


SPECS = (
    Spec(
        name="abs",
        call=absolute,
        validate=one_of(*_NUMERIC, message="invalid argument for abs (type {})", result=_same),
    ),
    _rounding("ceil", ceiling),
    _rounding("floor", floor),
    _rounding("round", rounded),
    _extremum("max", maximum, UNKNOWN),
    _extremum("min", minimum, UNKNOWN),
    _extremum("mean", mean, UNKNOWN),
    _extremum("median", median, UNKNOWN),
    _bitwise("bitand", bit_and),
    _bitwise("bitor", bit_or),
    _bitwise("bitxor", bit_xor),
    _bitwise("bitnand", bit_clear),
    _bitwise("bitnot", bit_not, 1),
    _bitwise("bitshl", shift_left),
    _bitwise("bitshr", shift_right),
    _bitwise("bitushr", shift_right_unsigned),
)

"""What the operators do to two values (``spec/expressions.md`` 8); all of it pure, all errors are ``Fault``."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tiphys.core.expr.clock_methods import bound_method
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import go_string
from tiphys.core.expr.gotypes import go_type
from tiphys.core.expr.int64 import float_to_int, wrap
from tiphys.core.expr.structs import AnyMap, Function, Location, NullList, Struct
from tiphys.core.expr.values import Duration, Time, Value


def is_int(value: object) -> bool:
    """Tell whether a value is an integer; a bool is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Tell whether a value is an integer or a float."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def to_int(value: Any) -> int:
    """Use a value as an index or a bound."""
    if is_int(value):
        return int(value)
    if isinstance(value, float):
        return float_to_int(value)
    raise Fault(f"invalid operation: int({go_type(value)})")


def to_bool(value: Value) -> bool:
    """Require a bool."""
    if isinstance(value, bool):
        return value
    raise conversion(value, "bool")


def to_str(value: Value) -> str:
    """Require a string."""
    if isinstance(value, str):
        return value
    raise conversion(value, "string")


def conversion(value: Value, wanted: str) -> Fault:
    """Make the error of a value that is not of the wanted type."""
    shown = "nil" if value is None else go_type(value)
    return Fault(f"interface conversion: interface {{}} is {shown}, not {wanted}")


def _mismatch(operator: str, left: Value, right: Value) -> Fault:
    return Fault(f"invalid operation: {go_type(left)} {operator} {go_type(right)}")


def add(left: Any, right: Any) -> Value:
    """``+``: numbers, strings, times and durations."""
    if is_number(left) and is_number(right):
        return wrap(left + right) if is_int(left) and is_int(right) else float(left) + float(right)
    if isinstance(left, str) and isinstance(right, str):
        return join_text(left + right)
    if isinstance(right, Time) and isinstance(left, Duration):
        left, right = right, left
    if isinstance(left, Time) and isinstance(right, Duration):
        return Time(left.unix_nanoseconds + right.nanoseconds, left.offset_seconds, left.zone)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(wrap(left.nanoseconds + right.nanoseconds))
    raise _mismatch("+", left, right)


def join_text(text: str) -> str:
    """Mend a string whose bytes were cut and put together again."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def subtract(left: Any, right: Any) -> Value:
    """``-``: numbers, times and durations."""
    if is_number(left) and is_number(right):
        return wrap(left - right) if is_int(left) and is_int(right) else float(left) - float(right)
    if isinstance(left, Time):
        if isinstance(right, Time):
            return Duration(wrap(left.unix_nanoseconds - right.unix_nanoseconds))
        if isinstance(right, Duration):
            return Time(left.unix_nanoseconds - right.nanoseconds, left.offset_seconds, left.zone)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(wrap(left.nanoseconds - right.nanoseconds))
    raise _mismatch("-", left, right)


def multiply(left: Any, right: Any) -> Value:
    """``*``: numbers, and a duration with an integer; with a float the result is a number of nanoseconds."""
    if is_number(left) and is_number(right):
        return wrap(left * right) if is_int(left) and is_int(right) else float(left) * float(right)
    if isinstance(left, Duration) and is_number(right):
        left, right = right, left
    if is_number(left) and isinstance(right, Duration):
        if is_int(left):
            return Duration(wrap(left * right.nanoseconds))
        return float(left) * right.nanoseconds
    if isinstance(left, Duration) and isinstance(right, Duration):
        return Duration(wrap(left.nanoseconds * right.nanoseconds))
    raise _mismatch("*", left, right)


def divide(left: Any, right: Any) -> Value:
    """``/``: always a float; division by zero gives an infinity or NaN."""
    if not is_number(left) or not is_number(right):
        raise _mismatch("/", left, right)
    dividend, divisor = float(left), float(right)
    if divisor:
        return dividend / divisor
    if dividend == 0 or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def remainder(left: Any, right: Any) -> int:
    """``%``: integers; the sign is the dividend's."""
    if not is_int(left) or not is_int(right):
        raise _mismatch("%", left, right)
    if right == 0:
        raise Fault("runtime error: integer divide by zero")
    result: int = abs(left) % abs(right)
    return -result if left < 0 else result


def power(left: Any, right: Any) -> Value:
    """``**``: always a float."""
    if not is_number(left) or not is_number(right):
        raise _mismatch("**", left, right)
    base, exponent = float(left), float(right)
    if exponent.is_integer() and 1 <= abs(exponent) < 1 << 12 and base and math.isfinite(base):
        return _whole_power(base, int(exponent))
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = exponent.is_integer() and exponent % 2 == 1
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        return math.copysign(math.inf, base) if base == 0 and exponent % 2 == 1 else _domain(base)


def _whole_power(base: float, exponent: int) -> float:
    """Multiply mantissas and add exponents, as Go does: the last digit then agrees with it."""
    mantissa, shift = math.frexp(base)
    product, total = 1.0, 0
    rest = abs(exponent)
    while rest:
        if rest & 1:
            product *= mantissa
            total += shift
        mantissa *= mantissa
        shift *= 2
        if abs(mantissa) < 0.5:
            mantissa += mantissa
            shift -= 1
        rest >>= 1
    if exponent < 0:
        product, total = 1 / product, -total
    try:
        return math.ldexp(product, total)
    except OverflowError:
        return math.copysign(math.inf, product)


def _domain(base: float) -> float:
    """What is left of ``math.pow``'s domain errors: zero to a negative power, and a root of a negative number."""
    return math.inf if base == 0 else math.nan


def negate(value: Any) -> Value:
    """Unary ``-``."""
    if is_int(value):
        return wrap(-value)
    if isinstance(value, float):
        return -value
    raise Fault(f"invalid operation: - {go_type(value)}")


def compare(operator: str) -> Callable[[Any, Any], bool]:
    """Make the function of an ordering operator."""
    functions: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    function = functions[operator]

    def ordered(left: Any, right: Any) -> bool:
        if is_number(left) and is_number(right):
            return function(left, right)
        if isinstance(left, str) and isinstance(right, str):
            return function(left, right)
        if isinstance(left, Time) and isinstance(right, Time):
            return function(left.unix_nanoseconds, right.unix_nanoseconds)
        if isinstance(left, Duration) and isinstance(right, Duration):
            return function(left.nanoseconds, right.nanoseconds)
        raise _mismatch(operator, left, right)

    return ordered


less = compare("<")


def equal(left: Any, right: Any) -> bool:
    """``==``: numbers by value, arrays element by element with this rule, maps strictly, other kinds never equal."""
    if left is None or right is None:
        return _is_null(left) and _is_null(right)
    if is_number(left) and is_number(right):
        return bool(left == right)
    if isinstance(left, list | bytes) and isinstance(right, list | bytes):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, Time) and isinstance(right, Time):
        return left.unix_nanoseconds == right.unix_nanoseconds
    return strictly_equal(left, right)


def _is_null(value: Value) -> bool:
    return value is None or isinstance(value, NullList)


def strictly_equal(left: Any, right: Any) -> bool:
    """Compare types and values all the way down."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(strictly_equal, left, right))
    if isinstance(left, Struct) or isinstance(right, Struct):
        return go_type(left) == go_type(right) and _same_entries(left, right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if left is right:
            return True
        return isinstance(left, AnyMap) == isinstance(right, AnyMap) and _same_entries(left, right)
    if isinstance(left, Function) or callable(left):
        return False
    return left.__class__ is right.__class__ and bool(left == right)


def _same_entries(left: Mapping[Any, Any], right: Mapping[Any, Any]) -> bool:
    return len(left) == len(right) and all(key in right and strictly_equal(left[key], right[key]) for key in left)


def contained(needle: Any, haystack: Any) -> bool:
    """``in``: an element of an array, a key of a map, a field of a struct; nothing is in nil."""
    if haystack is None:
        return False
    if isinstance(haystack, bytes):
        return any(equal(needle, item) for item in haystack)
    if isinstance(haystack, list):
        return any(equal(needle, item) for item in haystack)
    if isinstance(haystack, Struct):
        if not isinstance(needle, str):
            raise Fault(f"cannot use {go_type(needle)} as field name of {go_type(haystack)}")
        return needle in haystack.fields
    if isinstance(haystack, AnyMap):
        return needle in haystack
    if isinstance(haystack, Mapping):
        if needle is not None and not isinstance(needle, str):
            raise _not_a_key(needle)
        return (needle or "") in haystack
    raise Fault(f'operator "in" not defined on {go_type(haystack)}')


def in_range(needle: Any, low: Any, high: Any) -> bool:
    """``x in a..b`` without the list: integral numbers between the bounds."""
    low, high = to_int(low), to_int(high)
    return is_number(needle) and low <= needle <= high and needle == math.floor(needle)


def _not_a_key(key: Value) -> Fault:
    return Fault(f"reflect.Value.MapIndex: value of type {go_type(key)} is not assignable to type string")


def fetch(base: Any, key: Any) -> Any:
    """``base.key`` and ``base[key]``."""
    if isinstance(base, list | str | bytes):
        return _element(base, key)
    if isinstance(base, Struct):
        return _field(base, key)
    if isinstance(base, AnyMap):
        return base[key] if key in base else _zero(base)
    if isinstance(base, Mapping):
        if key is not None and not isinstance(key, str):
            raise _not_a_key(key)
        return base.get(key or "")
    if isinstance(base, Time | Duration | Location | int) and isinstance(key, str):
        method = method_of(base, key)
        if method is not None:
            return method
    raise Fault(f"cannot fetch {go_string(key)} from {go_type(base)}")


def method_of(base: Any, name: str) -> Function | None:
    """The method of a time or a duration, bound; ``None`` when there is none."""
    if not isinstance(base, Time | Duration | Location) and not hasattr(base, "word"):
        return None
    return bound_method(base, name)


def _zero(base: AnyMap) -> Value:
    return NullList() if base.go_type.endswith("[]interface {}") else None


def _element(base: list[Any] | str | bytes, key: Any) -> Any:
    index = to_int(key)
    data = base.encode("utf-8", "surrogateescape") if isinstance(base, str) else base
    length = len(data)
    if index < 0:
        index += length
    if not 0 <= index < length:
        raise Fault(f"index out of range: {index} (array length is {length})")
    return data[index]


def _field(base: Struct, key: Any) -> Any:
    if key in base.methods:
        return base.methods[key]
    if key in base.fields:
        return base.fields[key]
    raise Fault(f"cannot fetch {go_string(key)} from {base.go_type}")


def cut(base: Any, start: Any, stop: Any) -> Value:
    """``base[start:stop]``; ``None`` for an open end.  Bounds are clamped, a reversed range is empty."""
    if not isinstance(base, list | str | bytes):
        if base is None:
            raise Fault("reflect: call of reflect.Value.Len on zero Value")
        raise Fault(f"cannot slice {go_type(base)}")
    data = base if not isinstance(base, str) or base.isascii() else base.encode("utf-8", "surrogateescape")
    length = len(data)
    low = _bound(start, length) if start is not None else 0
    high = _bound(stop, length) if stop is not None else length
    part = data[min(low, high) : high] if low <= high else data[:0]
    if isinstance(base, str) and isinstance(part, bytes):
        return part.decode("utf-8", "surrogateescape")
    return part


def _bound(value: Any, length: int) -> int:
    index = to_int(value)
    if index < 0:
        index = max(index + length, 0)
    return min(index, length)


def contains(left: Any, right: Any) -> bool:
    """``contains``; nil on a side gives false."""
    if left is None or right is None:
        return False
    return to_str(right) in to_str(left)


def starts_with(left: Any, right: Any) -> bool:
    """``startsWith``; nil on a side gives false."""
    if left is None or right is None:
        return False
    return to_str(left).startswith(to_str(right))


def ends_with(left: Any, right: Any) -> bool:
    """``endsWith``; nil on a side gives false."""
    if left is None or right is None:
        return False
    return to_str(left).endswith(to_str(right))

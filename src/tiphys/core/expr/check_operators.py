"""The static types of operators' results."""

from __future__ import annotations

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gotypes import ANY, BOOL, DURATION, FLOAT, INT, STRING, TIME, UNKNOWN, Type, array_of

_NUMBER = ("int", "float")
_ORDERED = (_NUMBER, ("string",), ("time",), ("duration",))


def unknown(found: Type) -> bool:
    """Tell whether nothing is known about a type; nil is known."""
    return found.kind == "unknown"


def comparable(left: Type, right: Type) -> bool:
    """Tell whether ``==`` accepts the types."""
    if unknown(left) or unknown(right) or "nil" in (left.kind, right.kind):
        return True
    if left.kind in _NUMBER and right.kind in _NUMBER:
        return True
    if left.name == "[]uint8" or right.name == "[]uint8":
        return left.kind == right.kind
    return left.kind == right.kind and (left.kind != "struct" or left.name == right.name)


def fits(left: Type, right: Type, *kinds: str) -> bool:
    """Tell whether at least one side is unknown and the other one unknown or of one of the kinds."""
    if unknown(left):
        return unknown(right) or right.kind in kinds
    return unknown(right) and left.kind in kinds


def binary_type(operator: str, left: Type, right: Type) -> Type:
    """The type of the result of an operator.

    Raises:
        Fault: the operator does not take these types.
    """
    result = _RULES[operator](left, right)
    if result is None:
        raise Fault(f"invalid operation: {operator} (mismatched types {left} and {right})")
    return result


def _equality(left: Type, right: Type) -> Type | None:
    return BOOL if comparable(left, right) else None


def _logic(left: Type, right: Type) -> Type | None:
    both = left.kind == right.kind == "bool"
    return BOOL if both or fits(left, right, "bool") else None


def _ordering(left: Type, right: Type) -> Type | None:
    if any(left.kind in kinds and right.kind in kinds for kinds in _ORDERED):
        return BOOL
    return BOOL if fits(left, right, *_NUMBER, "string", "time", "duration") else None


def _numbers(left: Type, right: Type) -> Type | None:
    if left.kind in _NUMBER and right.kind in _NUMBER:
        return FLOAT if "float" in (left.kind, right.kind) else INT
    return None


def _add(left: Type, right: Type) -> Type | None:
    found = _numbers(left, right)
    if found is not None:
        return found
    pair = (left.kind, right.kind)
    if pair == ("string", "string"):
        return STRING
    if pair in (("time", "duration"), ("duration", "time")):
        return TIME
    if pair == ("duration", "duration"):
        return DURATION
    return UNKNOWN if fits(left, right, *_NUMBER, "string", "time", "duration") else None


def _subtract(left: Type, right: Type) -> Type | None:
    found = _numbers(left, right)
    if found is not None:
        return found
    results = {("time", "time"): DURATION, ("time", "duration"): TIME, ("duration", "duration"): DURATION}
    result = results.get((left.kind, right.kind))
    if result is not None:
        return result
    return UNKNOWN if fits(left, right, *_NUMBER, "time", "duration") else None


def _multiply(left: Type, right: Type) -> Type | None:
    found = _numbers(left, right)
    if found is not None:
        return found
    kinds = {left.kind, right.kind}
    if "duration" in kinds and kinds <= {"duration", *_NUMBER}:
        return DURATION
    return UNKNOWN if fits(left, right, *_NUMBER, "duration") else None


def _float(left: Type, right: Type) -> Type | None:
    both = left.kind in _NUMBER and right.kind in _NUMBER
    return FLOAT if both or fits(left, right, *_NUMBER) else None


def _remainder(left: Type, right: Type) -> Type | None:
    both = left.kind == right.kind == "int"
    return INT if both or fits(left, right, "int") else None


def _range(left: Type, right: Type) -> Type | None:
    both = left.kind == right.kind == "int"
    return array_of(INT) if both or fits(left, right, "int") else None


def _text(left: Type, right: Type) -> Type | None:
    both = left.kind == right.kind == "string"
    return BOOL if both or fits(left, right, "string") else None


def _in(left: Type, right: Type) -> Type | None:
    if right.kind == "struct" and (left.kind == "string" or unknown(left)):
        return BOOL
    if right.kind == "map":
        any_key = right.name.startswith("map[interface {}]")
        if left.kind not in ("string", "nil", "unknown") and not any_key:
            raise Fault(f"cannot use {left} as type string in map key")
        return BOOL
    if right.kind == "array":
        element = right.element or ANY
        if not comparable(left, element):
            raise Fault(f"cannot use {left} as type {element} in array")
        return BOOL
    if unknown(right) or (unknown(left) and right.kind == "string"):
        return BOOL
    return None


def _coalesce(left: Type, right: Type) -> Type:
    if left.kind == "nil":
        return right
    if right.kind == "nil" or left == right:
        return left
    return UNKNOWN


_RULES = {
    "==": _equality,
    "!=": _equality,
    "or": _logic,
    "||": _logic,
    "and": _logic,
    "&&": _logic,
    "<": _ordering,
    "<=": _ordering,
    ">": _ordering,
    ">=": _ordering,
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _float,
    "**": _float,
    "^": _float,
    "%": _remainder,
    "..": _range,
    "in": _in,
    "matches": _text,
    "contains": _text,
    "startsWith": _text,
    "endsWith": _text,
    "??": _coalesce,
}

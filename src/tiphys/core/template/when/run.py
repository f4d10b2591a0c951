"""Evaluate a ``when`` tree (``spec/expressions.md`` 18.4)."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from tiphys.core.template.gotext import go_value
from tiphys.core.template.when.grammar import Access, Binary, Expression, Literal, Unary
from tiphys.core.template.when.patterns import Pattern, compile_pattern
from tiphys.core.template.when.tokens import WhenSyntaxError

#: Numbers are floats only; a list is a tuple.
WhenValue = None | bool | float | str | Pattern | tuple["WhenValue", ...]


def evaluate(expression: Expression) -> WhenValue:
    """The value of a tree.

    Raises:
        WhenSyntaxError: an operand has a type that the operator does not take, or a dotted name is read.
    """
    spine: list[Binary] = []
    while isinstance(expression, Binary):  # a loop, so that a long chain of || needs no deep stack
        spine.append(expression)
        expression = expression.left
    value = _operand(expression)
    for node in reversed(spine):
        value = _apply(node, value)
    return value


def _operand(expression: Literal | Access | Unary) -> WhenValue:
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Access):
        raise WhenSyntaxError(f"No parameter '{expression.parts[0]}' found.")
    value = evaluate(expression.operand)
    sign = expression.operator
    if sign == "!" and isinstance(value, bool):
        return not value
    if isinstance(value, float) and sign != "!":
        return -value if sign == "-" else float(~_int64(value))
    raise WhenSyntaxError(f"Value '{go_value(value)}' cannot be used with the prefix '{sign}'")


def _apply(node: Binary, left: WhenValue) -> WhenValue:
    sign = node.operator
    if (sign == "&&" and left is False) or (sign == "||" and left is True):
        return left
    if sign in ("??", ":") and left is not None:
        return left
    if sign == "?" and left is False:
        return None
    right = evaluate(node.right)
    return _OPERATORS[sign](sign, left, right)


def _logical(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    for value in (left, right):
        if not isinstance(value, bool):
            text = go_value(value)
            raise WhenSyntaxError(f"Value '{text}' cannot be used with the logical operator '{sign}', it is not a bool")
    return right


def _equality(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    return _equal(left, right) == (sign == "==")


def _equal(left: WhenValue, right: WhenValue) -> bool:
    """Deep equality of typed values: a bool is never a number."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_equal, left, right))
    return type(left) is type(right) and left == right


_ORDER: dict[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _order(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if isinstance(left, float) and isinstance(right, float):
        return _ORDER[sign](left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _ORDER[sign](left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
    raise _not_comparable(sign, left)


def _not_comparable(sign: str, value: WhenValue) -> WhenSyntaxError:
    text = go_value(value)
    return WhenSyntaxError(f"Value '{text}' cannot be used with the comparator '{sign}', it is not a number")


def _match(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if not isinstance(left, str):
        raise _not_comparable(sign, left)
    if not isinstance(right, str | Pattern):
        raise _not_comparable(sign, right)
    pattern = compile_pattern(right) if isinstance(right, str) else right
    return pattern.found_in(left) == (sign == "=~")


def _member(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if not isinstance(right, tuple):
        raise _not_comparable(sign, right)
    return any(_equal(left, item) for item in right)


def _list(_sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    return (*left, right) if isinstance(left, tuple) else (left, right)


def _ternary(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if sign == "?" and not isinstance(left, bool):
        text = go_value(left)
        raise WhenSyntaxError(f"Value '{text}' cannot be used with the ternary operator '?', it is not a bool")
    return right


def _plus(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if isinstance(left, str) or isinstance(right, str):
        return go_value(left) + go_value(right)
    return _arithmetic(sign, left, right)


def _arithmetic(sign: str, left: WhenValue, right: WhenValue) -> WhenValue:
    if isinstance(left, float) and isinstance(right, float):
        return _NUMBERS[sign](left, right)
    # Of + the left value is named, whichever is wrong.
    wrong = right if isinstance(left, float) and sign != "+" else left
    raise WhenSyntaxError(f"Value '{go_value(wrong)}' cannot be used with the modifier '{sign}', it is not a number")


def _divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _modulo(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf if left > 0 or right % 2 == 0 else -math.inf
    except ValueError:
        return math.nan if left != 0 else math.inf


def _int64(value: float) -> int:
    """Go's conversion of a float to int64; what does not fit becomes the smallest number."""
    if not -(2.0**63) <= value < 2.0**63:
        return -(1 << 63)
    return int(value)


def _shift(left: float, right: float, towards_left: bool) -> float:
    value, count = _int64(left) % (1 << 64), _int64(right) % (1 << 64)
    if count >= 64:
        return 0.0
    return float((value << count) % (1 << 64) if towards_left else value >> count)


_NUMBERS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _modulo,
    "**": _power,
    "&": lambda left, right: float(_int64(left) & _int64(right)),
    "|": lambda left, right: float(_int64(left) | _int64(right)),
    "^": lambda left, right: float(_int64(left) ^ _int64(right)),
    "<<": lambda left, right: _shift(left, right, True),
    ">>": lambda left, right: _shift(left, right, False),
}

_OPERATORS: dict[str, Callable[[str, WhenValue, WhenValue], WhenValue]] = {
    **dict.fromkeys(_NUMBERS, _arithmetic),
    **dict.fromkeys(_ORDER, _order),
    **dict.fromkeys(("==", "!="), _equality),
    **dict.fromkeys(("&&", "||"), _logical),
    **dict.fromkeys(("=~", "!~"), _match),
    **dict.fromkeys(("?", ":", "??"), _ternary),
    "+": _plus,
    "in": _member,
    ",": _list,
}

"""Constant folding as far as it can be seen (``spec/expressions.md`` 17)."""

from __future__ import annotations

from tiphys.core.expr import operators as op
from tiphys.core.expr.failure import failure
from tiphys.core.expr.syntax import Binary, Constant, Node, Unary

_NUMBER_OPERATIONS = {"+": op.add, "-": op.subtract, "*": op.multiply, "/": op.divide, "**": op.power, "^": op.power}
#: Deep trees are not folded: folding looks at the whole tree below each node.
_DEEPEST = 6


def fold(node: Node, text: str) -> Constant | None:
    """The constant that a tree of literals stands for, or ``None``.

    Raises:
        ExprError: of phase ``check``, for a constant integer division by zero.
    """
    if isinstance(node, Constant):
        return node
    if node.depth > _DEEPEST:
        return None
    if isinstance(node, Unary):
        operand = fold(node.operand, text)
        return None if operand is None else _unary(node, operand)
    if isinstance(node, Binary):
        left = fold(node.left, text)
        right = fold(node.right, text)
        if node.operator in ("and", "&&", "or", "||"):
            return _logic(node, left, right)
        return None if left is None or right is None else _binary(node, left, right, text)
    return None


def _unary(node: Unary, operand: Constant) -> Constant | None:
    value = operand.value
    if node.operator in ("not", "!"):
        return Constant(node.position, 1, not value) if isinstance(value, bool) else None
    if not op.is_number(value):
        return None
    folded = op.negate(value) if node.operator == "-" else value
    return Constant(node.position, 1, folded) if isinstance(folded, int | float) else None


def _logic(node: Binary, left: Constant | None, right: Constant | None) -> Constant | None:
    """One operand may decide alone; that the other one is a constant too is the plain case."""
    conjunction = node.operator in ("and", "&&")
    known = [side.value for side in (left, right) if side is not None and isinstance(side.value, bool)]
    if any(value is not conjunction for value in known):
        return Constant(node.position, 1, not conjunction)
    return Constant(node.position, 1, conjunction) if len(known) == 2 else None


def _binary(node: Binary, left: Constant, right: Constant, text: str) -> Constant | None:
    one, other = left.value, right.value
    if node.operator == "%" and op.is_int(one) and op.is_int(other):
        if other == 0:
            raise failure("integer divide by zero", "check", text, node.position)
        return _constant(node, op.remainder(one, other))
    if node.operator == "==" and one.__class__ is other.__class__ and isinstance(one, bool | int | str):
        return _constant(node, one == other)
    if op.is_number(one) and op.is_number(other) and node.operator in _NUMBER_OPERATIONS:
        return _constant(node, _NUMBER_OPERATIONS[node.operator](one, other))
    if node.operator == "+" and isinstance(one, str) and isinstance(other, str):
        return _constant(node, one + other)
    return None


def _constant(node: Binary, value: object) -> Constant | None:
    if isinstance(value, bool | int | float | str):
        return Constant(node.position, 1, value)
    return None

"""Compile binary operators to closures."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.emitting import Emitting
from tiphys.core.expr.failure import Fault, failure
from tiphys.core.expr.fold import fold
from tiphys.core.expr.frame import Frame, Run
from tiphys.core.expr.regex import compile_pattern, search
from tiphys.core.expr.structs import NullList
from tiphys.core.expr.syntax import Binary, Constant, Node

#: Chains of this many binary operators are run by a loop instead of nested calls.
_LONG_CHAIN = 16
_SCALARS = (int, str, float, bool)
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "-": op.subtract,
    "*": op.multiply,
    "/": op.divide,
    "%": op.remainder,
    "**": op.power,
    "^": op.power,
    "<": op.less,
    "<=": op.compare("<="),
    ">": op.compare(">"),
    ">=": op.compare(">="),
}
_TEXT: dict[str, Callable[[Any, Any], bool]] = {
    "in": op.contained,
    "contains": op.contains,
    "startsWith": op.starts_with,
    "endsWith": op.ends_with,
    "matches": search,
}


def emit_binary(emitter: Emitting, node: Binary) -> Run:
    """Compile an operator with both sides."""
    return _Operators(emitter).emit(node)


def _constant(node: Constant) -> Run:
    value = node.value
    return lambda f: value


class _Operators:
    """Compiles operators for one compiler."""

    def __init__(self, emitter: Emitting) -> None:
        self.emitter = emitter

    def emit(self, node: Binary) -> Run:
        """Compile an operator with both sides."""
        spine: list[Binary] = []
        current: Node = node
        while isinstance(current, Binary):
            spine.append(current)
            current = current.left
        if len(spine) < _LONG_CHAIN:
            constant = fold(node, self.emitter.text)
            return _constant(constant) if constant is not None else self._operation(node, None)
        first = self.emitter.node(current)
        steps = [self._operation(link, lambda f: f.accumulator) for link in reversed(spine)]

        def run_all(f: Frame) -> Any:
            value = first(f)
            for step in steps:
                f.accumulator = value
                value = step(f)
            return value

        return run_all

    def _operation(self, node: Binary, left: Run | None) -> Run:
        """Compile one operator; ``left`` replaces the left side."""
        name = node.operator
        if name in ("and", "&&", "or", "||"):
            return self._logic(node, left, name in ("and", "&&"))
        before = left or self.emitter.node(node.left)
        if name == "in" and isinstance(node.right, Binary) and node.right.operator == "..":
            return self._in_range(node, before, node.right)
        after = self.emitter.node(node.right)
        if name == "??":
            return self._coalesce(before, after)
        if name in ("==", "!="):
            return self._equality(before, after, name == "==")
        if name == "+":
            return self._sum(before, after, node.position)
        if name == "..":
            return self._range(before, after, node.position)
        if name == "matches":
            pattern = fold(node.right, self.emitter.text)
            if pattern is not None and isinstance(pattern.value, str):
                self._check_pattern(pattern.value, node.position)
        if name in _TEXT:
            return self._over_text(before, after, self.emitter.guard(_TEXT[name], node.position))
        if name in ("<", "<=", ">", ">="):
            return self._ordering(before, after, name, node.position)
        function = self.emitter.guard(_ARITHMETIC[name], node.position)
        return lambda f: function(before(f), after(f))

    def _check_pattern(self, pattern: str, position: int) -> None:
        try:
            compile_pattern(pattern)
        except Fault as fault:
            raise failure(fault.args[0], "check", self.emitter.text, position) from None

    def _ordering(self, before: Run, after: Run, name: str, position: int) -> Run:
        function = self.emitter.guard(_ARITHMETIC[name], position)
        flip, negated = name in (">", "<="), name in ("<=", ">=")

        def ordered(f: Frame) -> Any:
            left, right = before(f), after(f)
            if left.__class__ is int and right.__class__ is int:
                return (right < left if flip else left < right) is not negated
            return function(left, right)

        return ordered

    def _over_text(self, before: Run, after: Run, function: Callable[..., Any]) -> Run:
        def run_text(f: Frame) -> Any:
            left, right = before(f), after(f)
            f.read(left)
            f.read(right)
            return function(left, right)

        return run_text

    def _logic(self, node: Binary, left: Run | None, conjunction: bool) -> Run:
        """Constant operands are folded away, so the other one is returned unchecked."""
        for side, other in ((node.left, node.right), (node.right, node.left)):
            constant = None if left is not None and side is node.left else fold(side, self.emitter.text)
            if constant is not None and constant.value.__class__ is bool:
                if constant.value is not conjunction:
                    return lambda f: not conjunction
                return left if left is not None and other is node.left else self.emitter.node(other)
        before, after = left or self.emitter.node(node.left), self.emitter.node(node.right)
        to_bool = self.emitter.guard(op.to_bool, node.position)

        def both(f: Frame) -> Any:
            value = before(f)
            if value is True:
                return after(f)
            return False if value is False else to_bool(value)

        def either(f: Frame) -> Any:
            value = before(f)
            if value is False:
                return after(f)
            return True if value is True else to_bool(value)

        return both if conjunction else either

    def _coalesce(self, before: Run, after: Run) -> Run:
        def coalesce(f: Frame) -> Any:
            value = before(f)
            return after(f) if value is None or value.__class__ is NullList else value

        return coalesce

    def _equality(self, before: Run, after: Run, wanted: bool) -> Run:
        equal = op.equal

        def compare(f: Frame) -> bool:
            left, right = before(f), after(f)
            if left.__class__ is right.__class__ and left.__class__ in _SCALARS:
                return (left == right) is wanted
            f.read(left)
            return equal(left, right) is wanted

        return compare

    def _sum(self, before: Run, after: Run, position: int) -> Run:
        add = self.emitter.guard(op.add, position)
        text = self.emitter.guard(Frame.text, position)

        def run_sum(f: Frame) -> Any:
            total = add(before(f), after(f))
            return text(f, total) if total.__class__ is str else total

        return run_sum

    def _range(self, before: Run, after: Run, position: int) -> Run:
        def build(f: Frame, low: Any, high: Any) -> list[int]:
            first, last = op.to_int(low), op.to_int(high)
            f.grow(max(0, last - first + 1))
            return list(range(first, last + 1))

        guarded = self.emitter.guard(build, position)
        return lambda f: guarded(f, before(f), after(f))

    def _in_range(self, node: Binary, before: Run, bounds: Binary) -> Run:
        low, high = self.emitter.node(bounds.left), self.emitter.node(bounds.right)
        inside = self.emitter.guard(op.in_range, node.position)
        return lambda f: inside(before(f), low(f), high(f))

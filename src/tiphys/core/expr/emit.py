"""Compile a checked syntax tree to closures: every node becomes a function from a frame to a value.

The value of a closure is computed by the closures of its children; a closure that can fail knows its place in the
text, so errors carry it without any bookkeeping while all goes well.
"""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.emit_binary import emit_binary
from tiphys.core.expr.failure import Fault, failure
from tiphys.core.expr.fold import fold
from tiphys.core.expr.frame import Frame, Run
from tiphys.core.expr.invoke import invoke
from tiphys.core.expr.predicates import emit_closure
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.signature import Spec
from tiphys.core.expr.structs import NO_ELEMENT, NullList
from tiphys.core.expr.syntax import (
    Array,
    Binary,
    Builtin,
    Call,
    Chain,
    Conditional,
    Constant,
    Identifier,
    Let,
    MapLiteral,
    Member,
    Node,
    Pointer,
    Predicate,
    Sequence,
    Slice,
    Unary,
)
from tiphys.core.expr.values import Value


class _Cut:
    """The marker that an optional chain has met nil."""


CUT = _Cut()


class Emitter:
    """Compiles one tree.

    Args:
        text: The source, for error places.
        specs: The builtins.
        constants: Names that hide variables (the functions that Argo adds).
    """

    def __init__(self, text: str, specs: Mapping[str, Spec], constants: Mapping[str, Value]) -> None:
        self.text = text
        self.specs = specs
        self.constants = constants
        self.slots = 0
        self.locals: dict[str, int] = {}
        self.pointers: list[dict[str, int]] = []
        self.in_chain = False

    # --- places ---------------------------------------------------------------------------------------------------

    def guard(self, function: Callable[..., Any], position: int) -> Callable[..., Any]:
        """Make a function that gives a place to the faults of another."""
        text = self.text

        def guarded(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except Fault as fault:
                raise failure(fault.args[0], "run", text, position) from None

        return guarded

    def new_slot(self) -> int:
        """Reserve a place for a local value."""
        self.slots += 1
        return self.slots - 1

    # --- nodes ----------------------------------------------------------------------------------------------------

    def node(self, node: Node) -> Run:
        """Compile a node that starts a new chain."""
        outer, self.in_chain = self.in_chain, False
        try:
            return _EMITTERS[node.__class__](self, node)
        finally:
            self.in_chain = outer

    def _base(self, node: Node) -> Run:
        """Compile the left side of a member: it belongs to the same optional chain."""
        return _EMITTERS[node.__class__](self, node) if isinstance(node, Member | Call) else self.node(node)

    def _constant(self, node: Constant) -> Run:
        value = node.value
        return lambda f: value

    def _identifier(self, node: Identifier) -> Run:
        name = node.name
        if name in self.locals:
            return self._slot(self.locals[name])
        if name == "$env":
            return self._environment()
        if name in self.constants:
            value = self.constants[name]
            return lambda f: value
        return lambda f: f.env.get(name)

    def _environment(self) -> Run:
        """``$env``: one map per run, so that it equals itself."""
        constants = dict(self.constants)

        def whole(f: Frame) -> Any:
            if f.whole is None:
                f.whole = {key: value for key, value in f.env.items() if key[:1] != "$"} | constants
            return f.whole

        return whole

    def _raising(self, message: str, position: int) -> Run:
        """Fail when run: the checker has not looked here."""
        text = self.text

        def fail(f: Frame) -> Any:
            raise failure(message, "run", text, position)

        return fail

    def _slot(self, slot: int) -> Run:
        return lambda f: f.slots[slot]

    def _pointer(self, node: Pointer) -> Run:
        slot = self.pointers[-1][node.name]
        if node.name:
            return self._slot(slot)
        missing = failure("reflect: call of reflect.Value.Index on map Value", "run", self.text, node.position)

        def element(f: Frame) -> Any:
            value = f.slots[slot]
            if value is NO_ELEMENT:
                raise ExprError(missing.message, missing.phase, missing.line, missing.column)
            return value

        return element

    def _unary(self, node: Unary) -> Run:
        constant = fold(node, self.text)
        if constant is not None:
            return self._constant(constant)
        operand = self.node(node.operand)
        if node.operator == "+":
            return operand
        if node.operator == "-":
            negate = self.guard(op.negate, node.position)
            return lambda f: negate(operand(f))
        to_bool = self.guard(op.to_bool, node.position)

        def invert(f: Frame) -> bool:
            value = operand(f)
            return not (value if value is True or value is False else to_bool(value))

        return invert

    def _conditional(self, node: Conditional) -> Run:
        condition, yes, no = self.node(node.condition), self.node(node.yes), self.node(node.no)
        to_bool = self.guard(op.to_bool, node.position)

        def choose(f: Frame) -> Any:
            value = condition(f)
            if value is not True and value is not False:
                to_bool(value)
            return yes(f) if value else no(f)

        return choose

    def _sequence(self, node: Sequence) -> Run:
        items = [self.node(item) for item in node.items]
        last = items.pop()

        def run_all(f: Frame) -> Any:
            for item in items:
                item(f)
            return last(f)

        return run_all

    def _let(self, node: Let) -> Run:
        value = self.node(node.value)
        slot = self.new_slot()
        outer = self.locals
        self.locals = {**outer, node.name: slot}
        body = self.node(node.body)
        self.locals = outer

        def bind(f: Frame) -> Any:
            f.slots[slot] = value(f)
            return body(f)

        return bind

    def _array(self, node: Array) -> Run:
        items = [self.node(item) for item in node.items]
        size = len(items)
        grow = self.guard(Frame.grow, node.position)

        def build(f: Frame) -> list[Any]:
            grow(f, size)
            return [item(f) for item in items]

        return build

    def _map_literal(self, node: MapLiteral) -> Run:
        pairs = [(self.node(key), self.node(value)) for key, value in node.pairs]
        size = len(pairs)
        grow, to_str = self.guard(Frame.grow, node.position), self.guard(op.to_str, node.position)

        def build(f: Frame) -> dict[str, Any]:
            grow(f, size)
            built: dict[str, Any] = {}
            for key, value in pairs:
                built.setdefault(to_str(key(f)), value(f))
            return built

        return build

    # --- members, slices, calls -----------------------------------------------------------------------------------

    def _chain(self, node: Chain) -> Run:
        outer, self.in_chain = self.in_chain, True
        try:
            inner = _EMITTERS[node.inner.__class__](self, node.inner)
        finally:
            self.in_chain = outer

        def run_chain(f: Frame) -> Any:
            value = inner(f)
            return None if value is CUT or value.__class__ is NullList else value

        return run_chain

    def _member(self, node: Member) -> Run:
        if not self.in_chain:
            path = self._path(node)
            if path is not None:
                return path
        base, key = self._base(node.base), self.node(node.key)
        fetch = self.guard(op.fetch, node.position)
        special = self._first_of_filter(node)
        if special is not None:
            return special
        if self.in_chain:
            return self._chained(base, key, fetch, node.optional)
        if isinstance(node.key, Constant) and isinstance(node.key.value, str):
            name = node.key.value

            def get_name(f: Frame) -> Any:
                value = base(f)
                return value.get(name) if value.__class__ is dict else fetch(value, name)

            return get_name
        return lambda f: fetch(base(f), key(f))

    def _chained(self, base: Run, key: Run, fetch: Callable[..., Any], optional: bool) -> Run:
        def step(f: Frame) -> Any:
            value = base(f)
            if value is CUT or (optional and (value is None or value.__class__ is NullList)):
                return CUT
            return fetch(value, key(f))

        return step

    def _first_of_filter(self, node: Member) -> Run | None:
        """``filter(…)[0]`` and ``filter(…)[-1]`` have an error of their own when nothing is found."""
        position = fold(node.key, self.text)
        filters = isinstance(node.base, Builtin) and node.base.name == "filter"
        if not filters or position is None or position.value not in (0, -1) or position.value.__class__ is not int:
            return None
        found, end = self.node(node.base), position.value

        def pick(f: Frame) -> Any:
            values = found(f)
            if not values:
                raise failure("reflect: slice index out of range", "run", self.text, node.position)
            return values[end]

        return pick

    def _path(self, node: Member) -> Run | None:
        """``a.b.c`` over nested maps without a call for every step."""
        steps: list[tuple[str, Callable[..., Any]]] = []
        current: Node = node
        while isinstance(current, Member) and isinstance(current.key, Constant) and isinstance(current.key.value, str):
            steps.append((current.key.value, self.guard(op.fetch, current.position)))
            current = current.base
        if not isinstance(current, Identifier) or current.name in self.locals or current.name in self.constants:
            return None
        if current.name == "$env":
            return None
        name = current.name
        steps.reverse()
        if len(steps) == 1:
            key, fetch = steps[0]

            def one(f: Frame) -> Any:
                value = f.env.get(name)
                return value.get(key) if value.__class__ is dict else fetch(value, key)

            return one

        def many(f: Frame) -> Any:
            value = f.env.get(name)
            for key, fetch in steps:
                value = value.get(key) if value.__class__ is dict else fetch(value, key)
            return value

        return many

    def _slice(self, node: Slice) -> Run:
        base = self.node(node.base)
        start = self.node(node.start) if node.start else None
        stop = self.node(node.stop) if node.stop else None
        cut = self.guard(op.cut, node.position)

        def run_slice(f: Frame) -> Any:
            value = base(f)
            f.read(value)
            return cut(value, start(f) if start else None, stop(f) if stop else None)

        return run_slice

    def _call(self, node: Call) -> Run:
        callee = self._base(node.callee)
        arguments = [self.node(argument) for argument in node.arguments]
        guarded = self.guard(invoke, node.position)
        chained = self.in_chain

        def run_call(f: Frame) -> Any:
            function = callee(f)
            if chained and function is CUT:
                return CUT
            return guarded(f, function, [argument(f) for argument in arguments])

        return run_call

    def _builtin(self, node: Builtin) -> Run:
        if node.name in ("count", "sum") or (len(node.arguments) > 1 and isinstance(node.arguments[1], Predicate)):
            return emit_closure(self, node)
        spec = self.specs[node.name]
        if len(node.arguments) < spec.least:
            return self._raising(spec.arity_error(len(node.arguments)) or "", node.position)
        arguments = [self.node(argument) for argument in node.arguments[: spec.most]]
        function = self.guard(spec.run, node.position)
        if len(arguments) == 1:
            only = arguments[0]
            return lambda f: function(f, only(f))
        return lambda f: function(f, *[argument(f) for argument in arguments])


_EMITTERS: dict[type[Node], Callable[[Emitter, Any], Run]] = {
    Constant: Emitter._constant,
    Identifier: Emitter._identifier,
    Pointer: Emitter._pointer,
    Unary: Emitter._unary,
    Binary: emit_binary,
    Member: Emitter._member,
    Chain: Emitter._chain,
    Slice: Emitter._slice,
    Call: Emitter._call,
    Builtin: Emitter._builtin,
    Conditional: Emitter._conditional,
    Let: Emitter._let,
    Sequence: Emitter._sequence,
    Array: Emitter._array,
    MapLiteral: Emitter._map_literal,
}

"""Static checks of calls: builtins with their rules, functions that are variables, methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gotypes import ANY, BY_NAME, UNKNOWN, Type
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.signature import Overload, Spec, element_of, is_unknown
from tiphys.core.expr.syntax import Builtin, Call, Constant, Identifier, Member, Node


class Checking(Protocol):
    """What this part asks of the checker."""

    specs: Mapping[str, Spec]
    variables: Mapping[str, Type] | None

    def visit(self, node: Node) -> Type:
        """The type of a tree."""

    def member(self, node: Member, called: bool) -> Type:
        """The type of a member."""

    def fail(self, message: str, node: Node) -> NoReturn:
        """Report a message about a node."""


class Calls:
    """The part of the checker that knows calls."""

    def __init__(self, checker: Checking) -> None:
        self.checker = checker

    def call(self, node: Call) -> Type:
        """A call of something that is not a builtin; the arguments of an unknown callee are not looked at."""
        callee = self._inside(node.callee)
        if is_unknown(callee):
            return UNKNOWN
        name = _callee_name(node.callee)
        if callee.kind == "nil":
            self.checker.fail(f"{name} is nil; cannot call nil as function", node)
        if callee.kind != "func":
            self.checker.fail(f"{callee} is not callable", node)
        function = callee.function
        if function is None:
            for argument in node.arguments:
                self._inside(argument)
            return UNKNOWN
        wanted = tuple(BY_NAME.get(parameter, ANY) for parameter in function.parameters)
        self._arguments(name, wanted, function.variadic, node.arguments, node)
        return BY_NAME.get(function.result, ANY)

    def _inside(self, node: Node) -> Type:
        """The callee or an argument of a call."""
        return self.checker.member(node, called=True) if isinstance(node, Member) else self.checker.visit(node)

    def builtin(self, spec: Spec, node: Builtin) -> Type:
        """A call of a builtin that takes no closure."""
        if spec.validate is not None:
            types = [self.checker.visit(argument) for argument in node.arguments]
            wrong = spec.arity_error(len(types))
            if wrong is not None:
                self.checker.fail(wrong, node)
            try:
                return spec.validate(types)
            except Fault as fault:
                self.checker.fail(fault.args[0], node)
        last: ExprError | None = None
        for overload in spec.overloads:
            try:
                return self._overload(spec, overload, node)
            except ExprError as error:
                last = error
        assert last is not None
        raise last

    def _overload(self, spec: Spec, overload: Overload, node: Builtin) -> Type:
        self._arguments(spec.name, overload.parameters, spec.most is None, node.arguments, node)
        return overload.result

    def get(self, node: Builtin) -> Type:
        """``get(x, key)``."""
        wrong = self.checker.specs["get"].arity_error(len(node.arguments))
        if wrong is not None:
            self.checker.fail(wrong, node)
        base, key = (self.checker.visit(argument) for argument in node.arguments)
        first, second = node.arguments
        if (
            is_unknown(base)
            or (base.kind == "nil" and self.checker.variables is None)
            or (isinstance(first, Identifier) and first.name == "$env")
        ):
            return UNKNOWN
        if base.kind == "array":
            if key.kind != "int" and not is_unknown(key):
                self.checker.fail(f"non-integer slice index {key}", second)
            return element_of(base)
        if base.kind == "map":
            any_key = base.name.startswith("map[interface {}]")
            if key.kind != "string" and not is_unknown(key) and not any_key:
                self.checker.fail(f"cannot use {key} to get an element from {base}", second)
            return element_of(base)
        return self.checker.fail(f"type {base} does not support indexing", first)

    def _arguments(
        self, name: str, wanted: tuple[Type, ...], variadic: bool, arguments: tuple[Node, ...], node: Node
    ) -> None:
        fixed = len(wanted) - 1 if variadic else len(wanted)
        if len(arguments) < fixed:
            self.checker.fail(f"not enough arguments to call {name}", node)
        if len(arguments) > fixed and not variadic:
            self.checker.fail(f"too many arguments to call {name}", node)
        for number, argument in enumerate(arguments):
            parameter = wanted[min(number, len(wanted) - 1)]
            self._argument(name, self.checker.visit(argument), parameter, argument)

    def _argument(self, name: str, found: Type, wanted: Type, node: Node) -> None:
        if is_unknown(wanted) or is_unknown(found):
            return
        if found.kind == "nil":
            self.checker.fail(f"cannot use nil as argument (type {wanted}) to call {name}", node)
        if found.name == wanted.name or (wanted.kind == "float" and found.kind == "int"):
            return
        if found.kind == wanted.kind and wanted.kind in ("array", "map", "func"):
            return
        self.checker.fail(f"cannot use {found} as argument (type {wanted}) to call {name} ", node)


def _callee_name(node: Node) -> str:
    if isinstance(node, Identifier):
        return node.name
    if isinstance(node, Member) and isinstance(node.key, Constant) and isinstance(node.key.value, str):
        return node.key.value
    return "function"

"""Static checks over types that are known or unknown (``spec/expressions.md`` 7).

The checker sees the types of literals, of the results of builtins, and of top-level variables; whatever comes out of
a map, a list or a closure is unknown and accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from tiphys.core.expr.check_call import Calls
from tiphys.core.expr.check_operators import binary_type
from tiphys.core.expr.failure import Fault, failure
from tiphys.core.expr.gotypes import (
    ANY,
    ARRAY,
    BOOL,
    FUNCTION,
    INT,
    MAP,
    OPEN,
    UNKNOWN,
    Type,
    array_of,
    static_type,
)
from tiphys.core.expr.signature import Spec, element_of, is_unknown
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

_CLOSURE_BOOLEAN = frozenset(
    {"all", "none", "any", "one", "filter", "count", "find", "findIndex", "findLast", "findLastIndex"}
)


class Checker:
    """Checks one tree against one set of variables.

    Args:
        text: The source, for error places.
        specs: The builtins.
        variables: Types of the top-level variables; ``None`` means that any name may exist, of any type.
    """

    def __init__(self, text: str, specs: Mapping[str, Spec], variables: Mapping[str, Type] | None) -> None:
        self.text = text
        self.specs = specs
        self.variables = variables
        self.locals: dict[str, Type] = {}
        self.pointers: list[dict[str, Type]] = []
        self.calls = Calls(self)

    def fail(self, message: str, node: Node) -> NoReturn:
        """Report a message about a node."""
        raise failure(message, "check", self.text, node.position)

    def visit(self, node: Node) -> Type:
        """The type of a tree.

        Raises:
            ExprError: of phase ``check``.
        """
        return _VISITORS[node.__class__](self, node)

    # --- names and literals ---------------------------------------------------------------------------------------

    def _constant(self, node: Constant) -> Type:
        return static_type(node.value)

    def _identifier(self, node: Identifier) -> Type:
        if node.name in self.locals:
            return self.locals[node.name]
        if node.name == "$env":
            return MAP if self.variables is not None else UNKNOWN
        return self.variable(node.name, node, strict=True, builtins=True)

    def variable(self, name: str, node: Node, strict: bool, builtins: bool) -> Type:
        """The type of a variable; unknown names are errors where ``strict``."""
        if self.variables is not None and name in self.variables:
            return self.variables[name]
        if builtins and name in self.specs:
            return Type("func", self.specs[name].go_type)
        if builtins and name in _CLOSURES:
            return FUNCTION
        if strict and self.variables is not None:
            self.fail(f"unknown name {name}", node)
        return UNKNOWN if self.variables is not None else OPEN

    def _pointer(self, node: Pointer) -> Type:
        known = self.pointers[-1] if self.pointers else {}
        if node.name not in known:
            self.fail(f"unknown pointer #{node.name}", node)
        return known[node.name]

    def _array(self, node: Array) -> Type:
        types = [self.visit(item) for item in node.items]
        if types and all(found == types[0] for found in types) and types[0].kind != "nil":
            return array_of(types[0])
        return ARRAY

    def _map_literal(self, node: MapLiteral) -> Type:
        for key, value in node.pairs:
            self.visit(key)
            self.visit(value)
        return MAP

    # --- operators ------------------------------------------------------------------------------------------------

    def _unary(self, node: Unary) -> Type:
        operand = self.visit(node.operand)
        if node.operator in ("!", "not"):
            if operand.kind == "bool" or is_unknown(operand):
                return BOOL
        elif operand.kind in ("int", "float") or is_unknown(operand):
            return operand
        return self.fail(f"invalid operation: {node.operator} (mismatched type {operand})", node)

    def _binary(self, node: Binary) -> Type:
        spine = [node]
        while isinstance(spine[-1].left, Binary):
            spine.append(spine[-1].left)
        left = self.visit(spine[-1].left)
        for link in reversed(spine):
            left = self._operation(link, left)
        return left

    def _operation(self, node: Binary, left: Type) -> Type:
        right = self.visit(node.right)
        if node.operator == "matches" and isinstance(node.right, Constant) and isinstance(node.right.value, str):
            from tiphys.core.expr.regex import compile_pattern

            try:
                compile_pattern(node.right.value)
            except Fault as fault:
                self.fail(fault.args[0], node)
        try:
            return binary_type(node.operator, left, right)
        except Fault as fault:
            self.fail(fault.args[0], node)

    def _conditional(self, node: Conditional) -> Type:
        condition = self.visit(node.condition)
        if condition.kind != "bool" and not is_unknown(condition):
            self.fail(f"non-bool expression (type {condition}) used as condition", node.condition)
        yes, no = self.visit(node.yes), self.visit(node.no)
        if yes.kind == "nil" or no.kind == "nil":
            return no if yes.kind == "nil" else yes
        return yes if yes == no else UNKNOWN

    # --- members --------------------------------------------------------------------------------------------------

    def _chain(self, node: Chain) -> Type:
        return self.visit(node.inner)

    def _member(self, node: Member) -> Type:
        return self.member(node, called=False)

    def member(self, node: Member, called: bool) -> Type:
        """The type of a member; ``called`` for one that stands directly in a call, whose absence reads otherwise."""
        name = node.key.value if isinstance(node.key, Constant) and isinstance(node.key.value, str) else None
        base = self.visit(node.base)
        if isinstance(node.base, Identifier) and node.base.name == "$env" and "$env" not in self.locals:
            return UNKNOWN if name is None else self.variable(name, node, not node.optional, builtins=False)
        key = self.visit(node.key)
        if is_unknown(base):
            return base.element or UNKNOWN
        if name is not None and base.kind == "nil":
            self.fail(f"type nil has no field {name}", node)
        if base.kind == "map":
            return self._map_member(base, key, node)
        if base.kind == "array":
            if key.kind != "int" and not is_unknown(key):
                self.fail(f"array elements can only be selected using an integer (got {key})", node.key)
            return element_of(base)
        if name is None:
            self.fail(f"type {base}[{key}] is undefined", node)
        return self._field(base, name, node, called)

    def _map_member(self, base: Type, key: Type, node: Member) -> Type:
        any_key = base.name.startswith("map[interface {}]")
        if not any_key and key.kind != "string" and not is_unknown(key):
            self.fail(f"cannot use {key} to get an element from {base}", node.key)
        return element_of(base)

    def _field(self, base: Type, name: str, node: Member, called: bool) -> Type:
        if base.kind in ("time", "duration", "location") or base.name.startswith("time."):
            from tiphys.core.expr.clock_methods import method_type

            found = method_type(base.name, name)
            if found is not None:
                return found
        if base.kind == "struct":
            for field, found in base.fields:
                if field == name:
                    return found
        return self.fail(f"type {base} has no {'method' if called else 'field'} {name}", node)

    def _slice(self, node: Slice) -> Type:
        base = self.visit(node.base)
        if is_unknown(base):
            return UNKNOWN
        if base.kind not in ("array", "string"):
            self.fail(f"cannot slice {'<nil>' if base.kind == 'nil' else base}", node)
        for bound, word in ((node.start, "slice"), (node.stop, "slice")):
            if bound is not None:
                found = self.visit(bound)
                if found.kind != "int" and not is_unknown(found):
                    self.fail(f"non-integer {word} index {found}", bound)
        return base

    # --- calls ----------------------------------------------------------------------------------------------------

    def _call(self, node: Call) -> Type:
        return self.calls.call(node)

    def _builtin(self, node: Builtin) -> Type:
        if node.name in _CLOSURES:
            return self._closure(node)
        if node.name == "get":
            return self.calls.get(node)
        return self.calls.builtin(self.specs[node.name], node)

    def _predicate(self, node: Predicate) -> Type:
        return self.visit(node.body)

    def _closure(self, node: Builtin) -> Type:
        array = self.visit(node.arguments[0])
        if array.kind != "array" and not is_unknown(array):
            shown = "unknown" if array.kind == "nil" else array.name
            self.fail(f"builtin {node.name} takes only array (got {shown})", node.arguments[0])
        element = element_of(array) if array.kind == "array" else UNKNOWN
        if len(node.arguments) == 1:
            return INT if node.name == "count" else element
        pointers = {"": element}
        if node.name in ("map", "reduce"):
            pointers["index"] = INT
        if node.name == "reduce":
            pointers["acc"] = UNKNOWN
        self.pointers.append(pointers)
        result = self.visit(node.arguments[1])
        self.pointers.pop()
        if node.name in _CLOSURE_BOOLEAN and result.kind != "bool" and not is_unknown(result):
            shown = "unknown" if result.kind == "nil" else result.name
            self.fail(f"predicate should return boolean (got {shown})", node.arguments[1])
        if len(node.arguments) == 3:
            self._third(node)
        return _CLOSURES[node.name](array, element, result)

    def _third(self, node: Builtin) -> None:
        found = self.visit(node.arguments[2])
        if node.name == "sortBy" and found.kind != "string" and not is_unknown(found):
            self.fail(f"cannot use {found} as argument (type string) to call sortBy ", node.arguments[2])

    # --- statements -----------------------------------------------------------------------------------------------

    def _sequence(self, node: Sequence) -> Type:
        result = UNKNOWN
        for item in node.items:
            result = self.visit(item)
        return result

    def _let(self, node: Let) -> Type:
        if self.variables is not None and node.name in self.variables:
            self.fail(f"cannot redeclare {node.name}", node)
        if node.name in self.specs or node.name in _CLOSURES:
            self.fail(f"cannot redeclare builtin {node.name}", node)
        if node.name in self.locals:
            self.fail(f"cannot redeclare variable {node.name}", node)
        value = self.visit(node.value)
        outer = self.locals
        self.locals = {**outer, node.name: value}
        body = self.visit(node.body)
        self.locals = outer
        return body


_GROUPS = Type("map", "map[interface {}][]interface {}", ARRAY)

#: The type of a closure builtin's result, from those of the array, its element and the predicate.
_CLOSURES: dict[str, Callable[[Type, Type, Type], Type]] = {
    "all": lambda array, element, result: BOOL,
    "none": lambda array, element, result: BOOL,
    "any": lambda array, element, result: BOOL,
    "one": lambda array, element, result: BOOL,
    "filter": lambda array, element, result: array_of(element),
    "map": lambda array, element, result: array_of(result if result.kind != "nil" else ANY),
    "count": lambda array, element, result: INT,
    "sum": lambda array, element, result: result,
    "find": lambda array, element, result: element,
    "findLast": lambda array, element, result: element,
    "findIndex": lambda array, element, result: INT,
    "findLastIndex": lambda array, element, result: INT,
    "groupBy": lambda array, element, result: _GROUPS,
    "sortBy": lambda array, element, result: array,
    "reduce": lambda array, element, result: result,
}

_VISITORS: dict[type[Node], Callable[[Checker, Any], Type]] = {
    Constant: Checker._constant,
    Identifier: Checker._identifier,
    Pointer: Checker._pointer,
    Unary: Checker._unary,
    Binary: Checker._binary,
    Member: Checker._member,
    Chain: Checker._chain,
    Slice: Checker._slice,
    Call: Checker._call,
    Builtin: Checker._builtin,
    Predicate: Checker._predicate,
    Conditional: Checker._conditional,
    Let: Checker._let,
    Sequence: Checker._sequence,
    Array: Checker._array,
    MapLiteral: Checker._map_literal,
}

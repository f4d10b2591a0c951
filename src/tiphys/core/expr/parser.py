"""Turn tokens into a syntax tree (``spec/expressions.md`` 6): precedence climbing, one token of look-ahead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from tiphys.core.expr.failure import failure
from tiphys.core.expr.grammar import BINARY, PREDICATES, UNARY
from tiphys.core.expr.lexer import Kind, Token, tokenize
from tiphys.core.expr.literals import LiteralError, parse_number
from tiphys.core.expr.program import Limits
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

MAX_DEPTH = Limits().depth
MAX_NODES = 10_000

_NEGATABLE = frozenset({"in", "matches", "contains", "startsWith", "endsWith"})
_COMPARISONS = frozenset({"<", ">", ">=", "<="})

_KEY_ERROR = (
    "a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses"
    " (unexpected token {})"
)


def parse(text: str, builtins: frozenset[str]) -> Node:
    """Parse a whole expression.

    Args:
        text: The source.
        builtins: Names whose calls are calls of builtins.

    Raises:
        ExprError: of phase ``parse``; also for texts that nest deeper than ``Limits.depth`` levels or have more than
            10,000 nodes.
    """
    parser = Parser(text, builtins)
    try:
        return parser.program()
    except RecursionError:
        raise failure("expression is nested too deeply", "parse", text, parser.current.position) from None


class Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str, builtins: frozenset[str]) -> None:
        self.text = text
        self.builtins = builtins
        self.tokens = tokenize(text)
        self.index = 0
        self.current = self.tokens[0]
        self.closures = 0
        self.levels = 0
        self.nodes = 0

    # --- tokens ---------------------------------------------------------------------------------------------------

    def _fail(self, message: str, token: Token | None = None) -> NoReturn:
        raise failure(message, "parse", self.text, (token or self.current).position)

    def _unexpected(self) -> NoReturn:
        self._fail(f"unexpected token {self.current}")

    def _next(self) -> Token:
        """Step to the next token and return the one left behind."""
        before = self.current
        self.index += 1
        if self.index >= len(self.tokens):
            self._fail("unexpected end of expression")
        self.current = self.tokens[self.index]
        return before

    def _is(self, kind: Kind, value: str) -> bool:
        return self.current.value == value and self.current.kind is kind

    def _operator(self, value: str) -> bool:
        return self._is(Kind.OPERATOR, value)

    def _bracket(self, value: str) -> bool:
        return self._is(Kind.BRACKET, value)

    def _expect(self, kind: Kind, value: str | None = None) -> Token:
        if self.current.kind is not kind or (value is not None and self.current.value != value):
            self._unexpected()
        return self._next()

    def _depth(self, children: Iterable[Node | None], position: int) -> int:
        """The depth of a node over these children; counts the node."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise failure("compilation failed: expression exceeds maximum allowed nodes", "parse", self.text, -1)
        depth = 1 + max((child.depth for child in children if child is not None), default=0)
        if depth > MAX_DEPTH:
            raise failure("expression is nested too deeply", "parse", self.text, position)
        return depth

    # --- statements and binary operators --------------------------------------------------------------------------

    def program(self) -> Node:
        """The whole text."""
        node = self._sequence()
        if self.current.kind is not Kind.EOF:
            self._unexpected()
        return node

    def _sequence(self) -> Node:
        items = [self._expression(0)]
        while self._operator(";"):
            self._next()
            if self.current.kind is Kind.EOF:
                break
            items.append(self._expression(0))
        if len(items) == 1:
            return items[0]
        position = self.current.position
        return Sequence(position, self._depth(items, position), tuple(items))

    def _expression(self, precedence: int) -> Node:
        self.levels += 1
        if self.levels > MAX_DEPTH:
            self._fail("expression is nested too deeply")
        try:
            if precedence == 0 and self.current.kind is Kind.OPERATOR:
                if self.current.value == "let":
                    return self._let()
                if self.current.value == "if":
                    return self._if()
            node = self._binary(self._primary(), precedence)
            return self._conditional(node) if precedence == 0 else node
        finally:
            self.levels -= 1

    def _binary(self, left: Node, precedence: int) -> Node:
        previous = ""
        while self.current.kind is Kind.OPERATOR:
            token = self.current
            negation = None
            if token.value == "not":
                following = self.tokens[self.index + 1]
                if following.value not in _NEGATABLE or following.kind is not Kind.OPERATOR:
                    self._next()
                    self._unexpected()
                if BINARY[following.value][0] < precedence:
                    break
                negation = self._next()
                token = self.current
            rule = BINARY.get(token.value)
            if rule is None or rule[0] < precedence:
                break
            self._next()
            left = self._operation(left, token, rule, previous)
            if negation is not None:
                left = Unary(negation.position, self._depth((left,), negation.position), "not", left)
            previous = token.value
        return left

    def _operation(self, left: Node, token: Token, rule: tuple[int, bool], previous: str) -> Node:
        """The node for an operator that has just been read, with its right side."""
        if token.value == "|":
            return self._call(self._expect(Kind.IDENTIFIER), [left])
        if previous == "??" and token.value != "??":
            message = f"Operator ({token.value}) and coalesce expressions (??) cannot be mixed."
            self._fail(f"{message} Wrap either by parentheses.", token)
        if token.value in _COMPARISONS:
            return self._comparison(left, token, rule[0])
        right = self._expression(rule[0] if rule[1] else rule[0] + 1)
        return self._binary_node(token, left, right)

    def _binary_node(self, token: Token, left: Node, right: Node, operator: str | None = None) -> Binary:
        """A chain of binary operators is walked without recursion, so its left side adds no depth."""
        own = self._depth((right, None if isinstance(left, Binary) else left), token.position)
        depth = max(own, left.depth) if isinstance(left, Binary) else own
        return Binary(token.position, depth, operator or token.value, left, right)

    def _comparison(self, left: Node, token: Token, precedence: int) -> Node:
        root: Node | None = None
        while True:
            right = self._expression(precedence + 1)
            compared = self._binary_node(token, left, right)
            root = compared if root is None else self._binary_node(token, root, compared, "&&")
            left = right
            token = self.current
            if token.kind is not Kind.OPERATOR or token.value not in _COMPARISONS:
                return root
            self._next()

    def _conditional(self, node: Node) -> Node:
        while self._operator("?"):
            self._next()
            if self._operator(":"):
                self._next()
                yes, no = node, self._expression(0)
            else:
                yes = self._expression(0)
                self._expect(Kind.OPERATOR, ":")
                no = self._expression(0)
            position = self.current.position
            node = Conditional(position, self._depth((node, yes, no), position), node, yes, no)
        return node

    def _if(self) -> Node:
        self._next()
        condition = self._expression(0)
        yes = self._block()
        self._expect(Kind.OPERATOR, "else")
        no = self._expression(0) if self._operator("if") else self._block()
        position = self.current.position
        return Conditional(position, self._depth((condition, yes, no), position), condition, yes, no)

    def _block(self) -> Node:
        self._expect(Kind.BRACKET, "{")
        node = self._sequence()
        self._expect(Kind.BRACKET, "}")
        return node

    def _let(self) -> Node:
        self._next()
        name = self._expect(Kind.IDENTIFIER)
        self._expect(Kind.OPERATOR, "=")
        value = self._expression(0)
        self._expect(Kind.OPERATOR, ";")
        body = self._sequence()
        return Let(name.position, self._depth((value, body), name.position), name.value, value, body)

    # --- operands -------------------------------------------------------------------------------------------------

    def _primary(self) -> Node:
        token = self.current
        if token.kind is Kind.OPERATOR:
            if token.value in UNARY:
                self._next()
                operand = self._expression(UNARY[token.value])
                unary = Unary(token.position, self._depth((operand,), token.position), token.value, operand)
                return self._postfix(unary)
            if token.value in ("#", ".") and self.closures:
                return self._pointer(token)
            if token.value == "::":
                self._next()
                return self._postfix(self._call(self._expect(Kind.IDENTIFIER), []))
        if token.kind is Kind.BRACKET and token.value == "(":
            self._next()
            node = self._sequence()
            self._expect(Kind.BRACKET, ")")
            return self._postfix(node)
        return self._secondary(token)

    def _pointer(self, token: Token) -> Node:
        name = ""
        if token.value == "#":
            self._next()
            if self.current.kind is Kind.IDENTIFIER:
                name = self._next().value
        return self._postfix(Pointer(token.position, self._depth((), token.position), name))

    def _secondary(self, token: Token) -> Node:
        if token.kind is Kind.IDENTIFIER:
            self._next()
            if token.value in ("true", "false", "nil"):
                return self._constant(token, {"true": True, "false": False, "nil": None}[token.value])
            if self._bracket("("):
                return self._postfix(self._call(token, []))
            return self._postfix(Identifier(token.position, self._depth((), token.position), token.value))
        if token.kind is Kind.NUMBER:
            self._next()
            return self._constant(token, self._number(token.value.replace("_", "")))
        if token.kind is Kind.STRING:
            self._next()
            return self._postfix(self._constant(token, token.value))
        if token.kind is Kind.BYTES:
            self._next()
            return self._postfix(self._constant(token, token.data))
        if token.kind is Kind.BRACKET and token.value == "[":
            return self._postfix(self._array())
        if token.kind is Kind.BRACKET and token.value == "{":
            return self._postfix(self._map())
        return self._unexpected()

    def _constant(self, token: Token, value: bool | int | float | str | bytes | None) -> Constant:
        return Constant(token.position, self._depth((), token.position), value)

    def _number(self, text: str) -> int | float:
        """Errors stand at the token after the number, as in the reference implementation."""
        try:
            return parse_number(text)
        except LiteralError as error:
            self._fail(str(error))

    def _array(self) -> Node:
        opening = self._expect(Kind.BRACKET, "[")
        items: list[Node] = []
        while not self._bracket("]"):
            if items:
                self._expect(Kind.OPERATOR, ",")
                if self._bracket("]"):
                    break
            items.append(self._expression(0))
        self._next()
        return Array(opening.position, self._depth(items, opening.position), tuple(items))

    def _map(self) -> Node:
        opening = self._expect(Kind.BRACKET, "{")
        pairs: list[tuple[Node, Node]] = []
        while not self._bracket("}"):
            if pairs:
                self._expect(Kind.OPERATOR, ",")
                if self._bracket("}"):
                    break
                if self._operator(","):
                    self._unexpected()
            key = self._key()
            self._expect(Kind.OPERATOR, ":")
            pairs.append((key, self._expression(0)))
        self._next()
        children = [node for pair in pairs for node in pair]
        return MapLiteral(opening.position, self._depth(children, opening.position), tuple(pairs))

    def _key(self) -> Node:
        token = self.current
        if token.kind in (Kind.NUMBER, Kind.STRING, Kind.IDENTIFIER):
            self._next()
            return self._constant(token, token.value)
        if token.kind is Kind.BRACKET and token.value == "(":
            return self._expression(0)
        return self._fail(_KEY_ERROR.format(token))

    # --- calls and members ----------------------------------------------------------------------------------------

    def _call(self, token: Token, arguments: list[Node]) -> Node:
        """A call whose name has been read; ``arguments`` holds what a pipe put in front."""
        if token.value in PREDICATES:
            return self._closure(token, arguments)
        arguments = self._arguments(arguments)
        depth = self._depth(arguments, token.position)
        if token.value in self.builtins:
            return Builtin(token.position, depth, token.value, tuple(arguments))
        callee = Identifier(token.position, self._depth((), token.position), token.value)
        return Call(token.position, max(depth, 2), callee, tuple(arguments))

    def _arguments(self, arguments: list[Node]) -> list[Node]:
        piped = len(arguments)
        self._expect(Kind.BRACKET, "(")
        while not self._bracket(")"):
            if len(arguments) > piped:
                self._expect(Kind.OPERATOR, ",")
                if self._bracket(")"):
                    break
            arguments.append(self._expression(0))
        self._next()
        return arguments

    def _closure(self, token: Token, arguments: list[Node]) -> Node:
        required, most = PREDICATES[token.value]
        piped = len(arguments)
        self._expect(Kind.BRACKET, "(")
        for number in range(piped, most):
            if number >= required and self._bracket(")"):
                break
            if number > piped:
                if self._bracket(")"):
                    self._fail(f"expected at least {required - piped} arguments")
                self._expect(Kind.OPERATOR, ",")
                if number >= required and self._bracket(")"):
                    break
            arguments.append(self._predicate() if number == 1 else self._expression(0))
        if self._operator(","):
            self._next()
        self._expect(Kind.BRACKET, ")")
        return Builtin(token.position, self._depth(arguments, token.position), token.value, tuple(arguments))

    def _predicate(self) -> Node:
        position = self.current.position
        self.closures += 1
        if self._bracket("{"):
            body = self._block()
        else:
            body = self._expression(0)
            if self._operator(";"):
                self._fail("wrap predicate with brackets { and }")
        self.closures -= 1
        return Predicate(position, self._depth((body,), position), body)

    def _postfix(self, node: Node) -> Node:
        while True:
            token = self.current
            if token.kind is Kind.OPERATOR and token.value in (".", "?."):
                self._next()
                optional = token.value == "?."
                node = self._index(node, True) if optional and self._bracket("[") else self._name(node, optional)
            elif token.kind is Kind.BRACKET and token.value == "[":
                node = self._index(node, False)
            else:
                return node

    def _name(self, node: Node, optional: bool) -> Node:
        token = self._next()
        if token.kind is not Kind.IDENTIFIER and not (token.kind is Kind.OPERATOR and token.value[:1].isalpha()):
            self._fail("expected name")
        chained = isinstance(node, Chain)
        base = node.inner if isinstance(node, Chain) else node
        key = self._constant(token, token.value)
        position = token.position
        node = Member(position, self._depth((base,), position), base, key, optional)
        if self._bracket("("):
            arguments = self._arguments([])
            node = Call(position, self._depth((node, *arguments), position), node, tuple(arguments))
        return self._chain(node, position) if chained or optional else node

    def _chain(self, node: Node, position: int) -> Chain:
        return Chain(position, self._depth((node,), position), node)

    def _index(self, node: Node, optional: bool) -> Node:
        position = self._next().position
        start = stop = None
        if not self._operator(":"):
            start = self._expression(0)
            if not self._operator(":"):
                self._expect(Kind.BRACKET, "]")
                base = node.inner if isinstance(node, Chain) else node
                member = Member(position, self._depth((base, start), position), base, start, optional)
                return self._chain(member, position) if optional or isinstance(node, Chain) else member
        self._next()
        if not self._bracket("]"):
            stop = self._expression(0)
        self._expect(Kind.BRACKET, "]")
        return Slice(position, self._depth((node, start, stop), position), node, start, stop)

"""Grammar of ``when`` (``spec/expressions.md`` 18.3): which token may follow which, and precedence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.core.template.gotext import go_value
from tiphys.core.template.when.patterns import Pattern, compile_pattern
from tiphys.core.template.when.tokens import BEFORE_PREFIX, Kind, Token, TokenValue, WhenSyntaxError


class Literal(Struct, frozen=True):
    """A value; None stands where an operand is left out (``in ()``)."""

    value: str | float | bool | Pattern | None


class Access(Struct, frozen=True):
    """``a.B``: always an error when evaluated, because there are no variables."""

    parts: tuple[str, ...]


class Unary(Struct, frozen=True):
    """A prefix operator."""

    operator: str
    operand: Expression


class Binary(Struct, frozen=True):
    """An operator between two values."""

    operator: str
    left: Expression
    right: Expression


Expression = Literal | Access | Unary | Binary

_OPERANDS = frozenset((Kind.NUMERIC, Kind.BOOLEAN, Kind.VARIABLE, Kind.STRING, Kind.ACCESSOR, Kind.CLAUSE))
_FOLLOWERS = frozenset((Kind.MODIFIER, Kind.COMPARATOR, Kind.LOGICALOP, Kind.CLAUSE_CLOSE, Kind.SEPARATOR))
_AFTER_VALUE = _FOLLOWERS | {Kind.TERNARY}
_BEGIN = _OPERANDS | {Kind.PREFIX, Kind.TIME, Kind.PATTERN}
_OPERATOR = _OPERANDS | {Kind.PREFIX, Kind.CLAUSE_CLOSE}
_NEXT: dict[Kind, frozenset[Kind]] = {
    Kind.UNKNOWN: _BEGIN,
    Kind.CLAUSE: _BEGIN | {Kind.CLAUSE_CLOSE},
    Kind.CLAUSE_CLOSE: (_AFTER_VALUE | _OPERANDS | {Kind.PATTERN, Kind.TIME}) - {Kind.ACCESSOR},
    Kind.NUMERIC: _AFTER_VALUE,
    Kind.BOOLEAN: _AFTER_VALUE,
    Kind.STRING: _AFTER_VALUE,
    Kind.VARIABLE: _AFTER_VALUE,
    Kind.ACCESSOR: _AFTER_VALUE | {Kind.CLAUSE},
    Kind.TIME: _FOLLOWERS,
    Kind.PATTERN: _FOLLOWERS,
    Kind.MODIFIER: _OPERATOR,
    Kind.COMPARATOR: _OPERATOR | {Kind.TIME, Kind.PATTERN},
    Kind.LOGICALOP: _OPERATOR | {Kind.TIME},
    Kind.TERNARY: (_BEGIN | {Kind.SEPARATOR}) - {Kind.PATTERN},
    Kind.SEPARATOR: _BEGIN - {Kind.PATTERN},
    Kind.PREFIX: (_OPERATOR - {Kind.STRING, Kind.PREFIX}),
}

#: Binary operators from the loosest to the tightest; all associate to the left.
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset((",",)),
    frozenset(("?", ":", "??")),
    frozenset(("||",)),
    frozenset(("&&",)),
    frozenset(("==", "!=", "<", "<=", ">", ">=", "=~", "!~", "in")),
    frozenset(("&", "|", "^")),
    frozenset(("<<", ">>")),
    frozenset(("+", "-")),
    frozenset(("*", "/", "%")),
    frozenset(("**",)),
)
_BINDING = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_BINARY_KINDS = frozenset((Kind.MODIFIER, Kind.COMPARATOR, Kind.LOGICALOP, Kind.TERNARY, Kind.SEPARATOR))
#: Operators within operators and parentheses.
MAX_DEPTH = 150


def parse(tokens: Sequence[Token]) -> Expression:
    """Build the tree.

    What follows a complete expression in the form ``(a) b`` is ignored, as govaluate does.

    Raises:
        WhenSyntaxError: tokens in an impossible order, or a constant pattern that is malformed.
    """
    _check_order(tokens)
    parser = _Parser(_with_patterns(tokens))
    return parser.expression(0)


def _check_order(tokens: Sequence[Token]) -> None:
    state = Kind.UNKNOWN
    last: TokenValue | None = None
    for token in tokens:
        if token.kind not in _NEXT[state]:
            if state is Kind.VARIABLE and token.kind is Kind.CLAUSE:
                raise WhenSyntaxError(f"Undefined function {last}")
            before, after = f"{state.value} [{go_value(last)}]", f"{token.kind.value} [{go_value(token.value)}]"
            raise WhenSyntaxError(f"Cannot transition token types from {before} to {after}")
        state, last = token.kind, token.value
    if state in BEFORE_PREFIX or state is Kind.PREFIX:
        raise WhenSyntaxError("Unexpected end of expression")


def _with_patterns(tokens: Sequence[Token]) -> list[Token | Pattern]:
    """Strings to the right of a pattern operator are compiled at once."""
    made: list[Token | Pattern] = []
    matching = False
    for token in tokens:
        is_pattern = matching and token.kind is Kind.STRING
        made.append(compile_pattern(str(token.value)) if is_pattern else token)
        matching = token.kind is Kind.COMPARATOR and token.value in ("=~", "!~")
    return made


class _Parser:
    """Precedence climbing over checked tokens."""

    def __init__(self, tokens: Sequence[Token | Pattern]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    def peek(self) -> Token | Pattern | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def expression(self, level: int) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WhenSyntaxError(f"operators and parentheses nested deeper than {MAX_DEPTH}")
        left = self.prefix()
        while True:
            token = self.peek()
            operator = str(token.value) if isinstance(token, Token) and token.kind in _BINARY_KINDS else ""
            if not operator or _BINDING[operator] < level:
                self.depth -= 1
                return left
            self.position += 1
            left = Binary(operator, left, self.expression(_BINDING[operator] + 1))

    def prefix(self) -> Expression:
        token = self.peek()
        if not isinstance(token, Token) or token.kind is not Kind.PREFIX:
            return self.value()
        self.position += 1
        return Unary(str(token.value), self.value())

    def value(self) -> Expression:
        token = self.peek()
        if isinstance(token, Pattern):
            self.position += 1
            return Literal(token)
        if token is None or token.kind is Kind.CLAUSE_CLOSE or token.kind in _BINARY_KINDS:
            return Literal(None)
        self.position += 1
        if token.kind is Kind.CLAUSE:
            return self.clause()
        if isinstance(token.value, tuple):
            return Access(token.value)
        return Literal(token.value)

    def clause(self) -> Expression:
        inner = self.expression(0)
        opened = 1
        while opened:
            token = self.peek()
            self.position += 1
            kind = token.kind if isinstance(token, Token) else None
            opened += (kind is Kind.CLAUSE) - (kind is Kind.CLAUSE_CLOSE)
        return inner

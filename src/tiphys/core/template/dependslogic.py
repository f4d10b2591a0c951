"""The usual shape of a rewritten ``depends``: ``&& || ! ( )`` over ``task.Result``.

``fields`` maps the results that exist to the attributes that hold them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

#: Task name to an object with one boolean attribute for each result.
Results = Mapping[str, object]

_TOKEN = (
    r"\s*(?:(?P<task>[A-Za-z][A-Za-z0-9_]*)\.(?P<result>[A-Za-z]+)(?![\w.(\[?])"
    r"|(?P<operator>&&|\|\||[!()])|(?P<end>\Z))"
)
#: Words that the expression language does not take as names.
_RESERVED = frozenset(
    (
        "and",
        "or",
        "not",
        "in",
        "let",
        "if",
        "else",
        "true",
        "false",
        "nil",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
    )
)
#: Brackets and negations within each other.
MAX_DEPTH = 100


class UnsupportedLogicError(Exception):
    """The text needs the whole expression language."""


class Result(Struct, frozen=True):
    """``task.Result``; ``start`` is where the task's name stands in the text."""

    task: str
    result: str
    start: int


class Not(Struct, frozen=True):
    """Negation."""

    operand: Node


class Chain(Struct, frozen=True):
    """Operands joined by one operator: all of them (``&&``) or any (``||``)."""

    every: bool
    operands: tuple[Node, ...]


Node = Result | Not | Chain


class Logic(Struct, frozen=True):
    """A parsed text."""

    text: str
    root: Node
    leaves: tuple[Result, ...]

    def evaluate(self, results: Results, fields: Mapping[str, str]) -> bool:
        """The value; every task and result must be known (see ``problem``)."""
        return _evaluate(self.root, results, fields)

    def problem(self, results: Results, fields: Mapping[str, str]) -> str | None:
        """Why the text cannot be evaluated: an unknown task or result, in the words of the expression language."""
        for leaf in self.leaves:
            if leaf.task not in results:
                return self._at(f"unknown name {leaf.task}", leaf.start)
            if leaf.result not in fields:
                start = leaf.start + len(leaf.task) + 1
                return self._at(f"type controller.TaskResults has no field {leaf.result}", start)
        return None

    def _at(self, message: str, index: int) -> str:
        line = self.text.count("\n", 0, index) + 1
        begin = self.text.rfind("\n", 0, index) + 1
        end = self.text.find("\n", index)
        source = self.text[begin : end if end >= 0 else len(self.text)]
        return f"{message} ({line}:{index - begin + 1})\n | {source}\n | {'.' * (index - begin)}^"


def parse_logic(text: str) -> Logic:
    """Parse a rewritten text.

    Raises:
        UnsupportedLogicError: it is not of the usual shape, maybe malformed.
    """
    parser = _Parser(text)
    root = parser.any_of(0)
    if parser.match is None or parser.match["end"] is None:
        raise UnsupportedLogicError(text)
    return Logic(text, root, tuple(_leaves(root)))


class _Parser:
    """Recursive descent; the current token is ``match``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = re.compile(_TOKEN)
        self.match: re.Match[str] | None = None
        self.advance()

    def advance(self) -> None:
        self.match = self.pattern.match(self.text, self.match.end() if self.match else 0)
        if self.match is None or self.match["task"] in _RESERVED:
            raise UnsupportedLogicError(self.text)

    def operator(self) -> str | None:
        return self.match["operator"] if self.match else None

    def any_of(self, depth: int) -> Node:
        return self.chain("||", depth)

    def chain(self, operator: str, depth: int) -> Node:
        operands: list[Node] = []
        while True:
            operands.append(self.chain("&&", depth) if operator == "||" else self.unary(depth))
            if self.operator() != operator:
                return operands[0] if len(operands) == 1 else Chain(operator == "&&", tuple(operands))
            self.advance()

    def unary(self, depth: int) -> Node:
        match, operator = self.match, self.operator()
        if depth > MAX_DEPTH or match is None or match["end"] is not None:
            raise UnsupportedLogicError(self.text)
        self.advance()
        if operator == "!":
            return Not(self.unary(depth + 1))
        if operator is None:
            return Result(match["task"], match["result"], match.start("task"))
        if operator != "(":
            raise UnsupportedLogicError(self.text)
        inner = self.any_of(depth + 1)
        if self.operator() != ")":
            raise UnsupportedLogicError(self.text)
        self.advance()
        return inner


def _evaluate(node: Node, results: Results, fields: Mapping[str, str]) -> bool:
    if isinstance(node, Result):
        return bool(getattr(results[node.task], fields[node.result]))
    if isinstance(node, Not):
        return not _evaluate(node.operand, results, fields)
    for operand in node.operands:
        if _evaluate(operand, results, fields) is not node.every:
            return not node.every
    return node.every


def _leaves(node: Node) -> Iterator[Result]:
    if isinstance(node, Result):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.operand)
    else:
        for operand in node.operands:
            yield from _leaves(operand)

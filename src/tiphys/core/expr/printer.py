"""Syntax tree to text: parsing the text gives the same tree again, but for positions.

Parentheses stand only where the tree needs them.  The text is not the one that was parsed: ``if … else`` becomes
``? :``, a pipe becomes a call, ``a not in b`` becomes ``not (a in b)`` and strings are double-quoted.

A *level* says what may stand at a place: ``_SEQUENCE`` everything, 0 all but ``a; b``, and a higher number only
operators that bind at least as tightly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiphys.core.expr.format import json_float
from tiphys.core.expr.grammar import BINARY, UNARY
from tiphys.core.expr.lexer import is_word, is_word_start
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

_SEQUENCE = -1
_CONDITION = 1
_POSTFIX = 1000
_COMPARISONS = frozenset({"<", ">", ">=", "<="})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_node(node: Node) -> str:
    """The text of a tree that the parser has made."""
    return _print(node, _SEQUENCE)


def _print(node: Node, level: int) -> str:
    text = _PRINTERS[type(node)](node)
    return f"({text})" if _level(node) < level else text


def _level(node: Node) -> int:
    """The highest level at which a node can stand without parentheses."""
    match node:
        case Sequence():
            return _SEQUENCE
        case Conditional() | Let():
            return 0
        case Binary():
            return BINARY[node.operator][0]
        case Unary():
            return UNARY[node.operator]
        case Constant(value=value) if not isinstance(value, str | bytes):
            return _POSTFIX - 1
        case _:
            return _POSTFIX


def _binary(node: Binary) -> str:
    """Long chains lean to the left, so that side is walked without recursion."""
    opening, tail = "", []
    while True:
        precedence, from_right = BINARY[node.operator]
        tail.append(f" {node.operator} {_print(node.right, precedence if from_right else precedence + 1)}")
        left, level = node.left, precedence + from_right
        if not isinstance(left, Binary):
            break
        if _level(left) < level or _clash(left.operator, node.operator):
            opening += "("
            tail.append(")")
        node = left
    return opening + _print(left, level) + "".join(reversed(tail))


def _clash(left: str, operator: str) -> bool:
    """Whether an operator may not follow another, tight enough as that may bind."""
    return (left == "??" != operator) or (left in _COMPARISONS and operator in _COMPARISONS)


def _unary(node: Unary) -> str:
    gap = " " if node.operator == "not" else ""
    return node.operator + gap + _print(node.operand, UNARY[node.operator])


def _conditional(node: Conditional) -> str:
    yes = "" if node.yes is node.condition else _print(node.yes, 0) + " "
    return f"{_print(node.condition, _CONDITION)} ? {yes}: {_print(node.no, 0)}"


def _let(node: Let) -> str:
    return f"let {node.name} = {_before_semicolon(node.value)}; {_print(node.body, _SEQUENCE)}"


def _sequence(node: Sequence) -> str:
    *first, last = node.items
    return "; ".join([*map(_before_semicolon, first), _print(last, 0)])


def _before_semicolon(node: Node) -> str:
    """What ends with a ``let`` would take in all that follows."""
    end = node
    while isinstance(end, Conditional):
        end = end.no
    return _print(node, _CONDITION if isinstance(end, Let) else 0)


def _constant(node: Constant) -> str:
    value = node.value
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = json_float(value)
        return text if any(char in text for char in ".e") else f"{text}.0"
    if isinstance(value, bytes):
        return 'b"' + "".join(_escape(chr(byte), byte < 0x7F) for byte in value) + '"'
    return '"' + "".join(_escape(char, True) for char in value) + '"'


def _escape(char: str, plain: bool) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if plain and char >= " " and char != "\x7f" else f"\\x{ord(char):02x}"


def _member(node: Member) -> str:
    base = _print(node.base, _POSTFIX)
    key = node.key
    if isinstance(key, Constant) and isinstance(key.value, str) and _is_name(key.value):
        return f"{base}{'?' if node.optional else ''}.{key.value}"
    return f"{base}{'?.' if node.optional else ''}[{_print(key, 0)}]"


def _is_name(text: str) -> bool:
    return is_word_start(text[:1]) and all(map(is_word, text))


def _slice(node: Slice) -> str:
    start = "" if node.start is None else _print(node.start, 0)
    stop = "" if node.stop is None else _print(node.stop, 0)
    return f"{_print(node.base, _POSTFIX)}[{start}:{stop}]"


def _predicate(node: Predicate) -> str:
    body = _print(node.body, 0)
    # A brace at the beginning would open a block.
    return f"({body})" if body.startswith("{") else body


def _map(node: MapLiteral) -> str:
    return "{" + ", ".join(f"{_key(key)}: {_print(value, 0)}" for key, value in node.pairs) + "}"


def _key(key: Node) -> str:
    if isinstance(key, Constant) and isinstance(key.value, str):
        return _constant(key)
    return f"({_print(key, _SEQUENCE)})"


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(_print(node, 0) for node in nodes)


_PRINTERS: dict[type[Node], Callable[[Any], str]] = {
    Array: lambda node: f"[{_list(node.items)}]",
    Binary: _binary,
    Builtin: lambda node: f"{node.name}({_list(node.arguments)})",
    Call: lambda node: f"{_print(node.callee, _POSTFIX)}({_list(node.arguments)})",
    Chain: lambda node: _print(node.inner, _SEQUENCE),
    Conditional: _conditional,
    Constant: _constant,
    Identifier: lambda node: node.name,
    Let: _let,
    MapLiteral: _map,
    Member: _member,
    Pointer: lambda node: f"#{node.name}",
    Predicate: _predicate,
    Sequence: _sequence,
    Slice: _slice,
    Unary: _unary,
}

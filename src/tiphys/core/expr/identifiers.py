"""The names that an expression needs (``spec/expressions.md`` 2.9)."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.expr.program import Identifiers
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
    Predicate,
    Sequence,
    Slice,
    Unary,
)


def required_identifiers(tree: Node) -> Identifiers:
    """Collect identifiers and constant member paths, each once, in tree order."""
    found: dict[str, None] = {}
    pending: list[tuple[Node, bool]] = [(tree, False)]
    while pending:
        node, guarded = pending.pop()
        if isinstance(node, Identifier):
            found.setdefault(node.name)
        if isinstance(node, Member):
            path = None if guarded else _path(node)
            for length in range(1, len(path or ()) + 1):
                found.setdefault(".".join((path or ())[:length]))
        pending.extend(reversed(list(_children(node, guarded))))
    return Identifiers(required=tuple(found))


def top_level_names(tree: Node) -> tuple[str, ...]:
    """All names that may be variables: identifiers, constant members of ``$env``, and ``let`` names."""
    found: dict[str, None] = {}
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Identifier | Let):
            found.setdefault(node.name)
        if isinstance(node, Member) and isinstance(node.base, Identifier) and node.base.name == "$env":
            key = node.key
            if isinstance(key, Constant) and isinstance(key.value, str):
                found.setdefault(key.value)
        pending.extend(child for child, _ in _children(node, False))
    return tuple(found)


def _path(node: Node) -> tuple[str, ...] | None:
    """The names of a chain of constant members down to an identifier."""
    parts: list[str] = []
    while isinstance(node, Member):
        if node.optional or not isinstance(node.key, Constant) or not isinstance(node.key.value, str):
            return None
        parts.append(node.key.value)
        node = node.base
    if not isinstance(node, Identifier):
        return None
    return (node.name, *reversed(parts))


def _children(node: Node, guarded: bool) -> Iterator[tuple[Node, bool]]:
    """The children with whether their member chains are guarded against being absent."""
    if isinstance(node, Binary):
        yield node.left, guarded or node.operator == "??"
        yield node.right, guarded
    elif isinstance(node, Member):
        yield node.base, guarded or node.optional
        yield node.key, False
    elif isinstance(node, Chain):
        yield node.inner, guarded
    else:
        for child in _plain_children(node):
            yield child, False


def _plain_children(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary():
            return (node.operand,)
        case Slice():
            return tuple(part for part in (node.base, node.start, node.stop) if part is not None)
        case Call():
            return (node.callee, *node.arguments)
        case Builtin():
            return node.arguments
        case Predicate():
            return (node.body,)
        case Conditional():
            return (node.condition, node.yes, node.no)
        case Let():
            return (node.value, node.body)
        case Sequence() | Array():
            return node.items
        case MapLiteral():
            return tuple(part for pair in node.pairs for part in pair)
        case _:
            return ()

"""The syntax tree of an expression (``spec/expressions.md`` 6).

Every node knows its ``position`` (the code-point index that errors about it name) and its ``depth`` (how deep the
tree below it is), so that no later pass meets a tree deeper than the parser allows.

Nothing changes a node once it is made.  The classes are not frozen because that doubles the time to load them, which
every command pays.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """Base of all nodes."""

    position: int
    depth: int


@dataclass(slots=True, eq=False, repr=False)
class Constant(Node):
    """A literal: nil, bool, int, float, string or bytes."""

    value: bool | int | float | str | bytes | None


@dataclass(slots=True, eq=False, repr=False)
class Identifier(Node):
    """A name: a variable, a ``let`` variable or ``$env``."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class Pointer(Node):
    """``#``, ``#index`` or ``#acc`` inside a predicate; the name is empty for the element."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class Unary(Node):
    """A prefix operator."""

    operator: str
    operand: Node


@dataclass(slots=True, eq=False, repr=False)
class Binary(Node):
    """An infix operator."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False, repr=False)
class Member(Node):
    """``base.name`` (the key is a string constant) or ``base[key]``; ``optional`` for ``?.``."""

    base: Node
    key: Node
    optional: bool


@dataclass(slots=True, eq=False, repr=False)
class Chain(Node):
    """The extent of an optional chain: a nil to the left of ``?.`` makes the whole of it nil."""

    inner: Node


@dataclass(slots=True, eq=False, repr=False)
class Slice(Node):
    """``base[start:stop]``."""

    base: Node
    start: Node | None
    stop: Node | None


@dataclass(slots=True, eq=False, repr=False)
class Call(Node):
    """A call of a variable or a member."""

    callee: Node
    arguments: tuple[Node, ...]


@dataclass(slots=True, eq=False, repr=False)
class Builtin(Node):
    """A call of a builtin; the second argument of a closure builtin is a ``Predicate``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(slots=True, eq=False, repr=False)
class Predicate(Node):
    """The body of a closure."""

    body: Node


@dataclass(slots=True, eq=False, repr=False)
class Conditional(Node):
    """``condition ? yes : no`` or ``if … else …``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True, eq=False, repr=False)
class Let(Node):
    """``let name = value; body``."""

    name: str
    value: Node
    body: Node


@dataclass(slots=True, eq=False, repr=False)
class Sequence(Node):
    """``a; b; c``: the last one is the value."""

    items: tuple[Node, ...]


@dataclass(slots=True, eq=False, repr=False)
class Array(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(slots=True, eq=False, repr=False)
class MapLiteral(Node):
    """``{key: value}``; keys are string constants or expressions."""

    pairs: tuple[tuple[Node, Node], ...]

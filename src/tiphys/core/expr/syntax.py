"""The syntax tree of an expression (``spec/expressions.md`` 6).

Every node knows its ``position`` (the code-point index that errors about it name) and its ``depth`` (how deep the
tree below it is), so that no later pass meets a tree deeper than the parser allows.

Nothing changes a node once it is made.  The classes are not frozen because that doubles the time to load them, which
every command pays.
"""

from __future__ import annotations

from msgspec import Struct


class Node(Struct, eq=False):
    """Base of all nodes."""

    position: int
    depth: int


class Constant(Node, eq=False):
    """A literal: nil, bool, int, float, string or bytes."""

    value: bool | int | float | str | bytes | None


class Identifier(Node, eq=False):
    """A name: a variable, a ``let`` variable or ``$env``."""

    name: str


class Pointer(Node, eq=False):
    """``#``, ``#index`` or ``#acc`` inside a predicate; the name is empty for the element."""

    name: str


class Unary(Node, eq=False):
    """A prefix operator."""

    operator: str
    operand: Node


class Binary(Node, eq=False):
    """An infix operator."""

    operator: str
    left: Node
    right: Node


class Member(Node, eq=False):
    """``base.name`` (the key is a string constant) or ``base[key]``; ``optional`` for ``?.``."""

    base: Node
    key: Node
    optional: bool


class Chain(Node, eq=False):
    """The extent of an optional chain: a nil to the left of ``?.`` makes the whole of it nil."""

    inner: Node


class Slice(Node, eq=False):
    """``base[start:stop]``."""

    base: Node
    start: Node | None
    stop: Node | None


class Call(Node, eq=False):
    """A call of a variable or a member."""

    callee: Node
    arguments: tuple[Node, ...]


class Builtin(Node, eq=False):
    """A call of a builtin; the second argument of a closure builtin is a ``Predicate``."""

    name: str
    arguments: tuple[Node, ...]


class Predicate(Node, eq=False):
    """The body of a closure."""

    body: Node


class Conditional(Node, eq=False):
    """``condition ? yes : no`` or ``if … else …``."""

    condition: Node
    yes: Node
    no: Node


class Let(Node, eq=False):
    """``let name = value; body``."""

    name: str
    value: Node
    body: Node


class Sequence(Node, eq=False):
    """``a; b; c``: the last one is the value."""

    items: tuple[Node, ...]


class Array(Node, eq=False):
    """``[a, b]``."""

    items: tuple[Node, ...]


class MapLiteral(Node, eq=False):
    """``{key: value}``; keys are string constants or expressions."""

    pairs: tuple[tuple[Node, Node], ...]

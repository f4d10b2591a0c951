"""What the parts of the compiler ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tiphys.core.expr.frame import Run
from tiphys.core.expr.syntax import Node


class Emitting(Protocol):
    """Compiles the trees inside a construct that is compiled elsewhere."""

    text: str
    pointers: list[dict[str, int]]

    def node(self, node: Node) -> Run:
        """Compile a tree."""

    def new_slot(self) -> int:
        """Reserve a place for a local value."""

    def guard(self, function: Callable[..., Any], position: int) -> Callable[..., Any]:
        """Make a function that gives a place to the faults of another."""

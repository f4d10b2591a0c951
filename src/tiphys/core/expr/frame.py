"""One evaluation in progress: the environment, the local variables and what is left of the budget."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.program import Limits
from tiphys.core.expr.values import Value

#: How many elements one evaluation may create (``spec/expressions.md`` 17).
MEMORY_BUDGET = 1_000_000
#: A string of this many characters costs one step.
_CHARACTERS_PER_STEP = 64
#: All strings of one evaluation together, in units of the limit for one.
_TOTAL_TEXT = 8


class Frame:
    """The state of one run; a compiled node is a function from a frame to a value."""

    __slots__ = ("accumulator", "characters", "env", "limits", "memory", "slots", "steps", "whole")

    def __init__(self, env: Mapping[str, Value], slots: int, limits: Limits) -> None:
        self.env = env
        self.slots: list[Any] = [None] * slots
        self.limits = limits
        self.memory = 0
        self.steps = limits.steps
        self.characters = limits.result_bytes * _TOTAL_TEXT
        self.accumulator: Any = None
        self.whole: dict[str, Any] | None = None

    def grow(self, elements: int) -> None:
        """Account for a new collection."""
        self.memory += elements
        if self.memory >= MEMORY_BUDGET:
            raise Fault("memory budget exceeded")

    def charge(self, steps: int) -> None:
        """Account for work."""
        self.steps -= steps
        if self.steps < 0:
            raise Fault("step budget exceeded")

    def text(self, value: str) -> str:
        """Account for a string that was made, and return it."""
        size = len(value)
        if size > _CHARACTERS_PER_STEP:
            self.reserve(size)
        return value

    def reserve(self, size: int) -> None:
        """Account for a string of this many characters before it is made."""
        if size > self.limits.result_bytes:
            raise Fault(f"result is larger than {self.limits.result_bytes} bytes")
        self.characters -= size
        if self.characters < 0:
            raise Fault("memory budget exceeded")
        self.charge(size // _CHARACTERS_PER_STEP)

    def read(self, value: Any) -> None:
        """Account for looking through a value."""
        if isinstance(value, str | bytes | list) and len(value) > _CHARACTERS_PER_STEP:
            self.charge(len(value) // _CHARACTERS_PER_STEP)


Run = Callable[[Frame], Any]

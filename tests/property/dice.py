"""Where the choices of random tests come from: Hypothesis, which can make a failing case smaller, or a seed, which is quick."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Dice(Protocol):
    """The smaller a number, the simpler the case that it leads to."""

    def number(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included."""
        ...


class Drawn:
    """Choices of Hypothesis."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


class Thrown:
    """Choices of a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


class Told:
    """Choices that were noted before, then the simplest ones; notes what it answers."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._told = list(numbers)
        self.noted: list[int] = []

    def number(self, low: int, high: int) -> int:
        told = self._told[len(self.noted)] if len(self.noted) < len(self._told) else low
        self.noted.append(min(max(told, low), high))
        return self.noted[-1]


class Noted:
    """Notes the choices of other dice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.noted: list[int] = []

    def number(self, low: int, high: int) -> int:
        self.noted.append(self._dice.number(low, high))
        return self.noted[-1]


def smaller(numbers: list[int], fails: Callable[[Told], bool]) -> list[int]:
    """Choices that are simpler and fail as well: without some of them, with smaller ones."""
    best = numbers
    for size in (64, 16, 8, 4, 2, 1, 1):
        at = len(best) - size
        while at >= 0:
            for tried in ([*best[:at], *best[at + size :]], [*best[:at], *[0] * size, *best[at + size :]]):
                told = Told(tried)
                if tried < best and fails(told) and (len(told.noted), told.noted) < (len(best), best):
                    best = told.noted
                    break
            at = min(at, len(best)) - size
    return best


def pick(dice: Dice, options: Sequence[T]) -> T:
    """One of the options; the first is the simplest."""
    return options[dice.number(0, len(options) - 1)]


def once_in(dice: Dice, times: int) -> bool:
    """True once in so many times."""
    return dice.number(0, times - 1) == times - 1


def sample(dice: Dice, options: Sequence[T], most: int) -> list[T]:
    """At most ``most`` of the options, in their order."""
    wanted = dice.number(0, min(most, len(options)))
    left = list(range(len(options)))
    chosen = sorted(left.pop(dice.number(0, len(left) - 1)) for _ in range(wanted))
    return [options[index] for index in chosen]

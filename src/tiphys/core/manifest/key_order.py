"""The order in which Argo's YAML writer puts keys: numbers in names count as numbers, letters come last."""

from __future__ import annotations

import functools
from collections.abc import Iterable


def in_order(keys: Iterable[str]) -> list[str]:
    """Keys as the YAML writer orders them.

    >>> in_order(["step10", "step2", "steps", "step-a"])
    ['step-a', 'step2', 'step10', 'steps']
    """
    return sorted(keys, key=functools.cmp_to_key(_compare))


def _compare(one: str, other: str) -> int:
    """Negative when ``one`` comes first. The first character that differs decides, with the digits after it."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left == right:
            continue
        if left.isalpha() or right.isalpha():
            return _sign(left, right) if left.isalpha() == right.isalpha() else 1 if left.isalpha() else -1
        led = "1" if "0" in (left, right) and _in_number(one, at) else ""
        mine, theirs = _digits(one, at), _digits(other, at)
        numbers = int(led + mine or "0"), int(led + theirs or "0")
        if numbers[0] != numbers[1]:
            return numbers[0] - numbers[1]
        return len(mine) - len(theirs) or _sign(left, right)
    return len(one) - len(other)


def _sign(left: str, right: str) -> int:
    return -1 if left < right else 1


def _digits(text: str, start: int) -> str:
    """The run of digits that begins at an offset; empty when there is none."""
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    return text[start:end]


def _in_number(text: str, at: int) -> bool:
    """Whether a digit other than 0 leads the digits before an offset, so that a 0 there has weight."""
    while at > 0 and text[at - 1].isdecimal():
        at -= 1
        if text[at] != "0":
            return True
    return False

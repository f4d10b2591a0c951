"""Changing what somebody else may change at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from tiphys.errors import ConflictError

_Answer = TypeVar("_Answer")

#: How often somebody else may be quicker before the caller is told.
ATTEMPTS: Final = 8


def despite_others(change: Callable[[], _Answer], over: type[ConflictError] = ConflictError) -> _Answer:
    """What ``change`` answers; it reads and writes, and is called anew when somebody else wrote in between.

    Raises:
        ConflictError: somebody else was quicker every time; one of another class than ``over`` is raised at once.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return change()
        except over:
            continue
    return change()

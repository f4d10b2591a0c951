"""Waiting for what is written, here or by another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition

#: How often a waiter looks for what other processes have written.
POLL_SECONDS = 0.05


class Written:
    """Wakes those that wait for a change; safe in threads."""

    def __init__(self) -> None:
        self._condition = Condition()

    def notify(self) -> None:
        """Something was written in this process."""
        with self._condition:
            self._condition.notify_all()

    def wait(self, over: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``over`` holds, asked after each write here and every twentieth of a second for other processes.

        False when ``timeout`` seconds pass first.
        """
        end = time.monotonic() + timeout
        while not over():
            left = end - time.monotonic()
            if left <= 0:
                return False
            with self._condition:
                self._condition.wait(min(left, POLL_SECONDS))
        return True

"""Work in a fork of the supervisor."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn


def run_as_child(work: Callable[[], int], keep: Sequence[int] | None = None) -> NoReturn:
    """Do ``work`` in a fork of the supervisor and end with its exit code; nothing of the loop is touched.

    A fork that may outlive a killed supervisor says which descriptors besides 0 to 2 it needs: it must not hold the
    lock, nor the lines on which controllers wait for the supervisor's end.
    """
    code = 1
    try:
        if keep is not None:
            _close_others({0, 1, 2, *keep})
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        code = work()
    finally:
        os._exit(code)


def _close_others(keep: set[int]) -> None:
    for entry in os.listdir("/proc/self/fd"):
        if int(entry) not in keep:
            with contextlib.suppress(OSError):  # the one that was listed with
                os.close(int(entry))

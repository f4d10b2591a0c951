"""Becoming the supervisor of a data directory: one process at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import socket
import time

from tiphys.adapters.supervisor.server import Supervisor

_LOCK = "supervisor.lock"
_LOCK_ATTEMPTS = 20
_LOCK_PAUSE = 0.01
_DESCRIPTORS = 65_536


def serve(home: str, first: socket.socket | None) -> None:
    """Be the supervisor of ``home``, unless another process is; returns when its work is done.

    The caller has detached the process: own session, no terminal, no inherited descriptors but 0 to 2 on the null
    device.
    """
    from tiphys.adapters.system import SystemClock

    lock = os.open(f"{home}/{_LOCK}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not _acquire(lock):
        return
    os.umask(0o022)
    os.chdir("/")
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS if hard < 0 else min(hard, _DESCRIPTORS), hard))
    clock = SystemClock()
    Supervisor(home, lambda: clock.now().timestamp()).run(first)


def _acquire(lock: int) -> bool:
    """Take the lock; a supervisor that was just killed may hold it for a moment longer."""
    for _ in range(_LOCK_ATTEMPTS):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_LOCK_PAUSE)
    return False

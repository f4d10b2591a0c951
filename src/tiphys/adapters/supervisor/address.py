"""The socket at which the supervisor of a data directory listens."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator

SOCKET = "supervisor.sock"


def listen(home: str) -> socket.socket:
    """Listen there, as the one that holds the lock."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{home}/{SOCKET}")  # we hold the lock: whoever bound it is dead
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    with at_directory(home) as near:
        listener.bind(f"{near}/{SOCKET}")
        os.chmod(f"{near}/{SOCKET}", 0o600)
    listener.listen(16)
    listener.setblocking(False)
    return listener


@contextlib.contextmanager
def at_directory(path: str) -> Iterator[str]:
    """Give a short name for a directory: the address of a Unix socket has room for 107 bytes only."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)

"""What is kept of an exception in the supervisor that nobody expected."""

from __future__ import annotations

import contextlib
import os


def record_crash(home: str) -> None:
    """Append the exception that is being handled to ``supervisor.log``."""
    import traceback

    with contextlib.suppress(OSError):
        fd = os.open(f"{home}/supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.write(fd, traceback.format_exc().encode(errors="replace"))
        os.close(fd)

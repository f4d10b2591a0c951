"""What is kept of an exception in the supervisor that nobody expected."""

from __future__ import annotations

import contextlib
import os

from tiphys.errors import reason_of


def words_of(error: Exception) -> str:
    """What the pod that met such an exception says of it."""
    return f"unexpected error of the supervisor: {type(error).__name__}: {reason_of(error)} (see supervisor.log)"


def record_crash(home: str) -> None:
    """Append the exception that is being handled to ``supervisor.log``."""
    import traceback

    with contextlib.suppress(OSError):
        fd = os.open(f"{home}/supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.write(fd, traceback.format_exc().encode(errors="replace"))
        os.close(fd)

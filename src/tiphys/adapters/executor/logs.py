"""Logs of containers as plain text."""

from __future__ import annotations

_BLOCK = 1 << 16


def write_plain(source: str, target: str) -> None:
    """Write what a container printed, stdout and stderr as they came, from its log with Kubernetes' prefixes.

    A line is ``<time> <stream> <F|P> <text>``; a piece (``P``) has no newline of its own.  A last line without a
    newline was not written in full and is left out.
    """
    with open(source, "rb", buffering=_BLOCK) as log, open(target, "xb", buffering=_BLOCK) as plain:
        for line in log:
            parts = line.split(b" ", 3)
            if len(parts) == 4 and line.endswith(b"\n"):
                plain.write(parts[3] if parts[2] == b"F" else parts[3][:-1])

"""Ports of this machine on which somebody listens, read from ``/proc``."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTEN = "0A"


def taken(ports: Collection[int]) -> int | None:
    """The first of ``ports`` on which a process of this machine listens, at whatever address; None if all are free."""
    listening = _listening() if ports else frozenset[int]()
    return next((port for port in ports if port in listening), None)


def _listening() -> frozenset[int]:
    found = set()
    for table in _TABLES:
        with contextlib.suppress(OSError), open(table, encoding="ascii") as lines:
            next(lines, None)
            for line in lines:
                _, local, _, state, *_ = line.split()
                if state == _LISTEN:
                    found.add(int(local.rpartition(":")[2], 16))
    return frozenset(found)

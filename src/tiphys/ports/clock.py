"""Time and identifiers come from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time, identifiers and random names."""

    def now(self) -> datetime:
        """The present moment in UTC, with its zone; never goes back within a process."""

    def uid(self) -> str:
        """A fresh UUID in lower case."""

    def suffix(self) -> str:
        """Five random characters of ``[a-z0-9]`` for generated names."""

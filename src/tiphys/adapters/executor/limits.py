"""How much an archive may unpack to."""

from __future__ import annotations

import os

from msgspec import Struct

from tiphys.errors import ArtifactError

_MOST_BYTES = 1 << 40
_MOST_ENTRIES = 2_000_000
#: The part of the free space that one archive may take: others need some too.
_SHARE = 0.9


class Limits(Struct, frozen=True):
    """The most that one archive may hold: bytes of content, and entries."""

    size: int = _MOST_BYTES
    count: int = _MOST_ENTRIES

    @staticmethod
    def of_disk(path: str) -> Limits:
        """The usual limits, for a file system that has to stay usable."""
        free = os.statvfs(path)
        return Limits(size=min(_MOST_BYTES, int(free.f_bavail * free.f_frsize * _SHARE)))


class Budget:
    """Counts what one archive unpacks to, and stops it at its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._size = 0
        self._count = 0

    def entry(self, size: int = 0) -> None:
        """Another entry, of which ``size`` bytes are announced.

        Raises:
            ArtifactError: one too many, or too large.
        """
        self._count += 1
        if self._count > self._limits.count:
            raise ArtifactError(f"the archive has more than {self._limits.count} entries")
        if size < 0 or self._size + size > self._limits.size:
            raise ArtifactError(f"the archive unpacks to more than {self._limits.size} bytes")

    def bytes(self, count: int) -> None:
        """So many bytes were unpacked.

        Raises:
            ArtifactError: more than the limit.
        """
        self._size += count
        if self._size > self._limits.size:
            raise ArtifactError(f"the archive unpacks to more than {self._limits.size} bytes")

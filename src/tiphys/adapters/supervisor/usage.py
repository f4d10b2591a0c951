"""How much lies in the volumes that have a limit (``emptyDir.sizeLimit``)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from tiphys.adapters.supervisor.records import CapRecord

#: Entries that are looked at in one go: the supervisor has other pods to mind.
_STEP = 2_000
_BLOCK = 512


class Usage:
    """Watches the capped volumes of one pod, a piece of them at each look."""

    def __init__(self, caps: Sequence[CapRecord]) -> None:
        self._caps = caps
        self._walk: Iterator[str] = iter(())

    def look(self) -> str:
        """What Kubernetes says of a volume in which too much lies; empty while there is none."""
        if not self._caps:
            return ""
        for _ in range(_STEP):
            said = next(self._walk, None)
            if said is None:
                self._walk = self._round()
                return ""
            if said:
                return said
        return ""

    def _round(self) -> Iterator[str]:
        for cap in self._caps:
            used = 0
            for size in _sizes(cap.path):
                used += size
                yield _said(cap) if used > cap.limit else ""


def _sizes(path: str) -> Iterator[int]:
    """The bytes that each entry below a directory takes; what is gone meanwhile counts nothing, links lead nowhere."""
    waiting = [path]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    yield 0
                else:
                    yield entry.stat(follow_symlinks=False).st_blocks * _BLOCK
            except OSError:
                continue


def _said(cap: CapRecord) -> str:
    return f'Usage of EmptyDir volume "{cap.name}" exceeds the limit "{in_words(cap.limit)}". '


def in_words(size: int) -> str:
    """A number of bytes as Kubernetes writes it: with the largest binary suffix that leaves it whole."""
    suffixes = ("", "Ki", "Mi", "Gi", "Ti", "Pi")
    number = 0
    while size and size % 1024 == 0 and number < len(suffixes) - 1:
        size //= 1024
        number += 1
    return f"{size}{suffixes[number]}"

"""Watchers under load: each sees every workflow begin and end, all see the same, in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench.watchers import load, server


def test_watchers_miss_nothing(tmp_path: Path) -> None:
    with server(tmp_path) as at:
        found = asyncio.run(load(at, watchers=20, workflows=6, seconds_between=0))
    assert len(found.submitted) == 6
    assert (found.missed, found.different, found.unordered, found.broken) == (0, 0, 0, 0)
    assert all(len(sequence) >= 12 for sequence in found.sequences)

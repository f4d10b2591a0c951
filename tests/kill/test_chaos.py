"""One of two servers on one database is killed again and again under load: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bench.chaos import KILLED, run


def test_servers_that_are_killed_lose_and_double_nothing(tmp_path: Path) -> None:
    found = run(tmp_path, KILLED, kills=2, seconds_between=2)
    assert found.submitted
    assert found.phases == Counter(Succeeded=found.submitted)
    assert (found.lost, found.doubled) == ([], [])

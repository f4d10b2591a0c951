"""Servers and their database are hit again and again under load: nothing is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bench.chaos import STORIES, Story, run


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_doubled(tmp_path: Path, story: Story) -> None:
    found = run(tmp_path, story, kills=2, seconds_between=2)
    assert found.submitted
    assert found.phases == Counter(Succeeded=found.submitted)
    assert (found.lost, found.doubled) == ([], [])

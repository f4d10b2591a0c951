"""Each test that ``docs/attacks.md`` names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_attack_is_tried_by_a_test_that_is_there() -> None:
    rows = [
        line for line in (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8").splitlines() if line.count("|") == 5
    ]
    named = [re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row) for row in rows[2:]]
    assert named and all(named), "a row names no test"
    missing = [
        f"{file}::{test}"
        for found in named
        for file, test in found
        if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []

"""``docs/differences.md`` and the sets of conformance name the same cases for the same reasons."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conformance.sets import controller, controller_validate, e2e, expr, expressions, validation

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "differences.md").read_text(encoding="utf-8")
RULES, _, CASES = PAGE.partition("## Cases of the conformance corpus that differ")
#: What tells cells apart; a pipe in code is written with a backslash.
_CELL = re.compile(r"(?<!\\)\|")


def _rows(text: str, width: int) -> list[list[str]]:
    cells = [[cell.strip() for cell in _CELL.split(line)[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    assert all(len(row) == width for row in cells), [row for row in cells if len(row) != width]
    return [row for row in cells if row[0] not in ("what", "set")]


def test_every_row_says_everything_once() -> None:
    rows = _rows(RULES, 5)
    names = [row[0] for row in rows]
    assert len(rows) > 30
    assert len(names) == len(set(names))
    assert all(all(row) for row in rows)


def test_cases_are_those_of_the_sets() -> None:
    listed = {(kind, case, why) for kind, cases, why in _rows(CASES, 3) for case in cases.split(", ")}
    sets = {
        "controller": controller.DIFFERENT,
        "e2e": e2e.DIFFERENT,
        "expressions": expressions.DIFFERENT,
        "expr": expr.DIFFERENT,
        "validation": validation.DIFFERENT,
        "controller_validate": controller_validate.DIFFERENT,
    }
    known = {(kind, case, why) for kind, table in sets.items() for case, why in table.items()}
    known |= {("expr", "generated", why) for why in expr.GENERATED.values()}
    assert listed == known


def test_every_reason_has_its_row() -> None:
    names = {row[0] for row in _rows(RULES, 5)}
    assert {why for _, _, why in _rows(CASES, 3)} <= names

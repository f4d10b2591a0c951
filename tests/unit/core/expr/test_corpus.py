"""The expression library's own tests: every case agrees, but for the differences listed here with their reasons."""

from __future__ import annotations

import zlib

import pytest
from tests.conformance.case import Case, Outcome
from tests.conformance.corpus import CORPUS, present
from tests.conformance.sets import expr

pytestmark = pytest.mark.skipif(not present(), reason=f"the conformance corpus is not at {CORPUS}")

#: Every how many cases of generated.jsonl are run here; ``make conformance SETS=expr`` runs them all.
STRIDE = 8


def _run(kind: str, stride: int = 1) -> list[tuple[Case, Outcome]]:
    chosen = (case for case in expr.cases(CORPUS) if case.id.startswith(kind))
    return [(case, expr.run(case)) for case in chosen if zlib.crc32(case.data["expr"].encode()) % stride == 0]


def _unexplained(outcomes: list[tuple[Case, Outcome]]) -> list[tuple[str, str, str]]:
    return [
        (case.id, case.data["expr"], str(each.got))
        for case, outcome in outcomes
        for each in outcome.differences
        if expr.reason(case, each) is None
    ]


def test_cases() -> None:
    outcomes = _run("cases-")
    assert _unexplained(outcomes) == []
    assert sum(outcome.agrees for _, outcome in outcomes) > 1400


def test_generated() -> None:
    outcomes = _run("generated-", STRIDE)
    assert _unexplained(outcomes) == []
    assert sum(outcome.agrees for _, outcome in outcomes) > 20_000 // STRIDE
    assert sum(not outcome.agrees for _, outcome in outcomes) <= expr.GENERATED_MOST // STRIDE * 2


def test_a_wrong_expectation_is_a_difference() -> None:
    case = next(iter(expr.cases(CORPUS)))
    wrong = Case("cases-0", {"op": "run", "expr": "1 + 1", "expected": 3, "verified": True}, case.corpus)
    assert [(each.expected, each.got) for each in expr.run(wrong).differences] == [(3, 2)]

"""Random workflows with random fates: every run ends, whatever the order of events and the restarts, and in the same graph.

``python -m tests.property.long_run`` plays thousands of them from seeds.
"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from tests.property.dice import Drawn, Thrown
from tests.property.long_run import play
from tests.property.plays import agree_in_any_order, agree_when_restored
from tests.property.random_workflows import VERSION, Maker

SETTINGS = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    report_multiple_bugs=False,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(data=st.data())
def test_incremental_and_restored_runs_agree_and_end(data: st.DataObject) -> None:
    dice = Drawn(data.draw)
    workflow = Maker(dice, racy=True).workflow()
    note(msgspec.json.encode(workflow.spec).decode())
    agree_when_restored(dice, workflow)


@SETTINGS
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_order_doubles_and_restarts_change_nothing(data: st.DataObject, seed: int) -> None:
    workflow = Maker(Drawn(data.draw), racy=False).workflow()
    note(msgspec.json.encode(workflow.spec).decode())
    agree_in_any_order(workflow, seed)


#: What long runs have found: who gets a place first, places of what a retry reset, attempts that a shutdown forbids,
#: what a DAG with failFast still starts in the step in which one of its tasks fails.
@pytest.mark.parametrize("seed", [60961, 70301, 81689, 90661, 90719, 121185, 123229, 201475])
def test_what_a_long_run_found(seed: int) -> None:
    assert VERSION == 3, "these seeds mean other workflows now: play them with the old generator to see what they were"
    play(Thrown(seed), seed)

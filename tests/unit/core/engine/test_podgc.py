"""What becomes of pods that are over: the table of ``spec/engine.md`` 27.4."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tiphys.core.engine.podgc import Fate, delay, deleted_at, fate
from tiphys.core.manifest.model.meta import LabelSelector, LabelSelectorRequirement
from tiphys.core.manifest.model.strategy import PodGC
from tiphys.core.manifest.model.workflow import NodeStatus

ENDED = datetime(2026, 1, 1, 12, tzinfo=UTC)
OVER = ENDED + timedelta(minutes=3)
KEEP, WAIT, GONE = Fate.KEPT, Fate.UNDECIDED, Fate.DELETED


def of(phase: str) -> NodeStatus:
    return NodeStatus(id="n", name="n", type="Pod", phase=phase)


@pytest.mark.parametrize(
    ("strategy", "fates"),
    [
        # pod Succeeded and pod Failed while the workflow runs, then both once it Succeeded, then both once it Failed
        (None, (KEEP, KEEP, KEEP, KEEP, KEEP, KEEP)),
        ("", (KEEP, KEEP, KEEP, KEEP, KEEP, KEEP)),
        ("OnWorkflowCompletion", (WAIT, WAIT, GONE, GONE, GONE, GONE)),
        ("OnWorkflowSuccess", (WAIT, WAIT, GONE, GONE, KEEP, KEEP)),
        ("OnPodCompletion", (GONE, GONE, GONE, GONE, GONE, GONE)),
        ("OnPodSuccess", (GONE, KEEP, GONE, KEEP, GONE, KEEP)),
    ],
)
def test_the_strategies(strategy: str | None, fates: tuple[Fate, ...]) -> None:
    gc = None if strategy is None else PodGC(strategy=strategy)
    found = [
        fate(gc, {}, of(phase), run) for run in ("Running", "Succeeded", "Failed") for phase in ("Succeeded", "Error")
    ]
    assert tuple(found) == fates


@pytest.mark.parametrize("phase", ["", "Pending", "Running"])
def test_a_pod_that_is_not_over_stays(phase: str) -> None:
    assert fate(PodGC(strategy="OnPodCompletion"), {}, of(phase), "Running") is WAIT


def test_pods_that_the_selector_leaves_out_stay_for_good() -> None:
    labels = LabelSelector(
        match_labels={"tidy": "yes"},
        match_expressions=(LabelSelectorRequirement(key="stage", operator="NotIn", values=("debug",)),),
    )
    gc = PodGC(strategy="OnPodCompletion", label_selector=labels)
    found = [
        fate(gc, {"tidy": tidy, "stage": stage}, of("Failed"), "Running")
        for tidy, stage in (("yes", "build"), ("yes", "debug"), ("no", "build"))
    ]
    assert found == [GONE, KEEP, KEEP]


def test_the_delay_counts_from_what_the_strategy_waits_for() -> None:
    def due(strategy: str, own: str | None = None, workflow_ended: datetime | None = OVER) -> datetime | None:
        return deleted_at(PodGC(strategy=strategy, delete_delay_duration=own), ENDED, workflow_ended, "30s")

    assert due("OnPodCompletion") == due("OnPodSuccess") == ENDED + timedelta(seconds=30)
    assert due("OnWorkflowCompletion", "1m30s") == OVER + timedelta(seconds=90)
    assert due("OnWorkflowSuccess", workflow_ended=None) is None
    assert deleted_at(None, ENDED, OVER, "30s") is None


def test_a_delay_that_cannot_be_read_is_the_default() -> None:
    assert delay(PodGC(delete_delay_duration="soon"), "2s") == delay(PodGC(), "2s") == 2_000_000_000

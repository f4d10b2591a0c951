"""What a CronWorkflow decides (``spec/engine.md`` 25)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tiphys.core.engine.cron import (
    CATCH_UP,
    COMPLETED_LABEL,
    LAST_SCHEDULE,
    Child,
    failed,
    fire,
    firings,
    invalid,
    missed,
    observe,
    schedule_text,
    submitted,
)
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus, StopStrategy
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import WorkflowSpec

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPEC = CronWorkflowSpec(schedules=("0 * * * *",), workflow_spec=WorkflowSpec(entrypoint="main"))
CREATOR = {"workflows.argoproj.io/creator": "ana", "team": "ml"}


def cron(spec: CronWorkflowSpec = SPEC, status: CronWorkflowStatus | None = None) -> CronWorkflow:
    meta = ObjectMeta(name="c", namespace="argo", uid="u", labels=CREATOR, creation_timestamp="2026-01-01T00:00:00Z")
    return CronWorkflow(metadata=meta, spec=spec, status=status)


def fired(spec: CronWorkflowSpec = SPEC, status: CronWorkflowStatus | None = None) -> CronWorkflow:
    decision = fire(cron(spec, status), NOON, NOON)
    assert decision.create is not None
    made = replace(decision.create, metadata=replace(decision.create.metadata or ObjectMeta(), uid="w1"))
    return submitted(decision.cron, made, NOON)


def test_a_firing_makes_the_workflow_of_its_moment() -> None:
    spec = replace(SPEC, workflow_metadata=ObjectMeta(labels={"a": "b"}, annotations={"x": "y"}))
    made = fire(cron(spec), NOON, NOON + timedelta(seconds=3)).create
    assert made is not None
    assert made.metadata is not None
    assert made.metadata.name == "c-1767268800"
    assert made.metadata.labels == {
        "a": "b",
        "workflows.argoproj.io/creator": "ana",
        "workflows.argoproj.io/cron-workflow": "c",
    }
    assert made.metadata.annotations == {"workflows.argoproj.io/scheduled-time": "2026-01-01T12:00:00Z", "x": "y"}
    assert [(item.kind, item.uid, item.controller) for item in made.metadata.owner_references or ()] == [
        ("CronWorkflow", "u", True)
    ]
    assert made.spec == spec.workflow_spec


def test_after_a_firing_the_child_is_active_and_the_schedule_is_noted() -> None:
    found = fired()
    assert found.status is not None
    assert [item.name for item in found.status.active or ()] == ["c-1767268800"]
    assert (found.status.phase, found.status.last_scheduled_time) == ("Active", "2026-01-01T12:00:00Z")
    assert (found.metadata or ObjectMeta()).annotations == {LAST_SCHEDULE: "0 * * * *"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"suspend": True}, "suspended"),
        ({"when": "{{= cronworkflow.failed > 0 }}"}, "when '{{= cronworkflow.failed > 0 }}' evaluated false"),
        ({"stop_strategy": StopStrategy(expression="cronworkflow.failed == 0")}, "stopStrategy.expression holds"),
        ({"concurrency_policy": "Never"}, "run policy error"),
    ],
)
def test_what_keeps_a_firing_from_making_a_workflow(change: dict[str, object], reason: str) -> None:
    decision = fire(cron(replace(SPEC, **change)), NOON, NOON)
    assert (decision.create, decision.skipped) == (None, reason)


def test_an_unknown_policy_is_a_submission_error() -> None:
    status = fire(cron(replace(SPEC, concurrency_policy="Never")), NOON, NOON).cron.status
    assert status is not None
    assert [(item.type, item.message) for item in status.conditions or ()] == [
        ("SubmissionError", "run policy error: invalid ConcurrencyPolicy: Never")
    ]


def test_concurrency_policies_with_an_active_child() -> None:
    for policy, made, ended in (("Allow", True, ()), ("Forbid", False, ()), ("Replace", True, ("c-1767268800",))):
        active = fired(replace(SPEC, concurrency_policy=policy))
        decision = fire(active, NOON + timedelta(hours=1), NOON + timedelta(hours=1))
        assert (decision.create is not None, decision.terminate) == (made, ended)


def test_a_stop_condition_stops_for_good() -> None:
    stopped = fire(cron(replace(SPEC, stop_strategy=StopStrategy(expression="true"))), NOON, NOON).cron
    assert stopped.status is not None
    assert stopped.status.phase == "Stopped"
    assert (stopped.metadata or ObjectMeta()).labels == {**CREATOR, COMPLETED_LABEL: "true"}
    assert fire(replace(stopped, spec=SPEC), NOON, NOON).skipped == "stopped"


def test_a_malformed_stop_condition_is_a_spec_error_that_goes_when_it_is_mended() -> None:
    broken = fire(cron(replace(SPEC, stop_strategy=StopStrategy(expression="1 +"))), NOON, NOON).cron
    conditions = (broken.status or CronWorkflowStatus()).conditions or ()
    assert conditions[0].type == "SpecError"
    assert (conditions[0].message or "").startswith("failed to check CronWorkflow 'c' stopping condition: ")
    assert (fire(replace(broken, spec=SPEC), NOON, NOON).cron.status or CronWorkflowStatus()).conditions is None


def test_children_that_ended_are_counted_once_and_leave_the_active_ones() -> None:
    child = Child(name="c-1767268800", uid="w1", phase="Failed", finished_at=NOON)
    stray = Child(name="c-9", uid="w9", phase="Running")
    once = observe(fired(), [child, stray], NOON).cron
    assert once.status is not None
    assert [item.uid for item in once.status.active or ()] == ["w9"]
    assert (once.status.failed, once.status.succeeded) == (1, 0)
    assert observe(once, [child, stray], NOON).cron == once
    gone = observe(once, [child], NOON).cron
    assert (gone.status or CronWorkflowStatus()).active == ()


def test_history_keeps_the_latest() -> None:
    children = [
        Child(name=f"{phase}{hour}", uid=f"{phase}{hour}", phase=phase, finished_at=NOON + timedelta(hours=hour))
        for phase in ("Succeeded", "Failed", "Error")
        for hour in range(5)
    ]
    gone = observe(cron(), children, NOON).delete
    assert gone[:2] == ("Succeeded1", "Succeeded0")
    assert len(gone) == 2 + 9
    assert not {"Succeeded4", "Succeeded3", "Succeeded2", "Failed4"} & set(gone)
    none = replace(SPEC, successful_jobs_history_limit=0, failed_jobs_history_limit=-1)
    assert len([name for name in observe(cron(none), children, NOON).delete if name.startswith("S")]) == 5


@pytest.mark.parametrize(
    ("deadline", "slot"),
    [(300, "2026-01-01T10:10:00+00:00"), (60, None), (None, None), (0, None)],
)
def test_a_missed_firing_is_made_up_within_its_deadline(deadline: int | None, slot: str | None) -> None:
    spec = replace(SPEC, schedules=("*/5 * * * *",), starting_deadline_seconds=deadline)
    item = cron(spec, CronWorkflowStatus(last_scheduled_time="2026-01-01T10:00:00Z"))
    noted = replace(item.metadata or ObjectMeta(), annotations={LAST_SCHEDULE: schedule_text(spec)})
    used = replace(item, metadata=noted)
    now = datetime(2026, 1, 1, 10, 12, tzinfo=UTC)
    found = missed(used, firings(used, UTC, ZoneInfo), now)
    assert (found.isoformat() if found else None) == slot
    assert missed(item, firings(item, UTC, ZoneInfo), now) is None  # the schedule has just changed


@pytest.mark.parametrize(("deadline", "slot"), [(None, "10:05"), (0, "10:05"), (300, "10:10"), (60, "10:15")])
def test_where_all_are_made_up_the_first_missed_firing_within_the_deadline_comes_first(
    deadline: int | None, slot: str
) -> None:
    spec = replace(SPEC, schedules=("*/5 * * * *",), starting_deadline_seconds=deadline)
    item = cron(spec, CronWorkflowStatus(last_scheduled_time="2026-01-01T10:00:00Z"))
    notes = {LAST_SCHEDULE: schedule_text(spec), CATCH_UP: "all"}
    used = replace(item, metadata=replace(item.metadata or ObjectMeta(), annotations=notes))
    found = missed(used, firings(used, UTC, ZoneInfo), datetime(2026, 1, 1, 10, 12, tzinfo=UTC))
    assert found is not None and f"{found:%H:%M}" == slot


def test_time_zones_are_part_of_the_noted_schedule() -> None:
    spec = replace(SPEC, timezone="Asia/Tokyo", schedules=("0 9 * * *", "@daily"))
    assert schedule_text(spec) == "CRON_TZ=Asia/Tokyo 0 9 * * *,CRON_TZ=Asia/Tokyo @daily"
    one = firings(cron(spec), UTC, ZoneInfo)[0]
    assert next(one.after(NOON)) == datetime(2026, 1, 2, tzinfo=UTC)


def test_failures_are_conditions() -> None:
    found = failed(cron(), "quota").status or CronWorkflowStatus()
    assert (found.failed, (found.conditions or ())[0].message) == (1, "Failed to submit Workflow: quota")
    assert invalid(cron(), "bad").skipped == "bad"

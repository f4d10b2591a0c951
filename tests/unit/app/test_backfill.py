"""Making up the runs of a CronWorkflow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.backfill import LABEL, MAX_PRIORITY, Backfill, make, moments, run_of
from tiphys.app.services.submission import Rules, Submission
from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.pod import Container
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.resolve import CRON_LABEL
from tiphys.errors import UsageError
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPEC = WorkflowSpec(
    entrypoint="main",
    arguments=Arguments(parameters=(Parameter(name="a", value="1"), Parameter(name="at", value="none"))),
    templates=(Template(name="main", container=Container(image="x", command=("true",))),),
)
CRON = CronWorkflow(
    metadata=ObjectMeta(name="c", namespace="argo", uid="u"),
    spec=CronWorkflowSpec(schedules=("0 * * * *", "30 * * * *"), workflow_spec=SPEC),
)
WANTED = Backfill(name="b", start=NOON, end=NOON + timedelta(hours=1), argument="at")


def test_all_schedules_count_after_the_start_and_up_to_the_end() -> None:
    assert [f"{moment:%H:%M}" for moment in moments(CRON, WANTED, UTC, ZoneInfo)] == ["12:30", "13:00"]
    backwards = moments(CRON, replace(WANTED, newest_first=True), UTC, ZoneInfo)
    assert [f"{moment:%H:%M}" for moment in backwards] == ["13:00", "12:30"]
    with pytest.raises(UsageError, match="more than 1 runs"):
        moments(CRON, replace(WANTED, limit=1), UTC, ZoneInfo)


def test_a_run_carries_its_moment_and_follows_the_one_before() -> None:
    run = run_of(CRON, WANTED, NOON)
    assert run.metadata is not None
    assert run.spec is not None
    assert run.metadata.generate_name == "c-backfill-b-"
    assert run.metadata.labels == {LABEL: "b"}
    assert CRON_LABEL not in run.metadata.labels
    given = run.spec.arguments
    assert given is not None
    assert [(each.name, each.value) for each in given.parameters or ()] == [("at", "2026-01-01T12:00:00Z"), ("a", "1")]
    assert run.spec.priority == MAX_PRIORITY
    assert run.spec.synchronization is not None
    assert [each.name for each in run.spec.synchronization.mutexes or ()] == ["b"]
    assert run_of(CRON, replace(WANTED, parallel=True), NOON).spec == replace(SPEC, arguments=given)


def test_a_run_is_made_once_however_often_the_call_is_repeated() -> None:
    clock = VirtualClock()
    store = MemoryStore(clock)
    submission = Submission(store, FakeRuntime(clock), clock, Rules(namespace="argo"))
    wanted = replace(WANTED, parallel=True)
    found = moments(CRON, wanted, UTC, ZoneInfo)
    assert len(list(make(CRON, wanted, found[:1], submission.submit_once))) == 1
    later = list(make(CRON, wanted, found, submission.submit_once))
    annotations = [(each.metadata or ObjectMeta()).annotations or {} for each in later]
    assert [each["workflows.argoproj.io/scheduled-time"] for each in annotations] == ["2026-01-01T13:00:00Z"]

"""Schedules over a memory store: each moment once, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.cron import KIND, CronController, cron_of
from tiphys.app.services.objects import key_of, new_object, workflow_of
from tiphys.app.services.submit import identify
from tiphys.core.engine.cron import CATCH_UP
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.errors import ConflictError, NotFoundError, UsageError
from tiphys.ports.store import ListOptions, ObjectKey
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store_rows import an_object

KEY = ObjectKey(KIND, "argo", "c")


class World:
    """A store with one CronWorkflow that fires every minute."""

    def __init__(self, annotations: dict[str, str] | None = None, **spec: object) -> None:
        self.clock = VirtualClock(datetime(2026, 1, 1, 11, 59, 30, tzinfo=UTC))
        self.store = MemoryStore(self.clock)
        self.refusal: str | None = None
        self.broken = ""
        self.missing = False
        self.made: list[str] = []
        self.restart()
        wanted = CronWorkflowSpec(schedules=("* * * * *",), workflow_spec=WorkflowSpec(entrypoint="main"))
        meta = ObjectMeta(
            name="c", namespace="argo", creation_timestamp="2026-01-01T00:00:00Z", annotations=annotations
        )
        cron = CronWorkflow(metadata=meta, spec=replace(wanted, **spec))
        self.uid = self.store.create(an_object("c", kind=KIND, phase="", data=msgspec.json.encode(cron))).uid

    def restart(self) -> None:
        self.cron = CronController(
            self.store, self.submit, self.delete, lambda _cron: self.refusal, zone=UTC, zones=ZoneInfo
        )

    def submit(self, wanted: Workflow, once: str) -> Workflow:
        if self.broken:
            raise UsageError(self.broken)
        workflow = identify(wanted, self.clock, "argo")
        self.store.create(new_object(workflow, self.clock.now()), once=once)
        self.made.append((workflow.metadata or ObjectMeta()).name or "")
        return workflow

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        self.store.delete(key_of(namespace, name))
        if self.missing:
            raise NotFoundError("not found")

    def until(self, minute: int, second: int = 1) -> None:
        """Let time pass, looking whenever the controller would."""
        end = datetime(2026, 1, 1, 12, minute, second, tzinfo=UTC)
        while self.clock.now() < end:
            due = self.cron.perform(self.clock.now())
            assert due is not None
            self.clock.advance(max(0.001, (min(due, end) - self.clock.now()).total_seconds()))
        self.cron.perform(self.clock.now())

    def status(self) -> CronWorkflowStatus:
        stored = self.store.get(KEY)
        assert stored is not None
        return cron_of(stored).status or CronWorkflowStatus()

    def finish(self, phase: str) -> None:
        """Let all children end."""
        for item in self.store.list(ListOptions(kind="Workflow")).items:
            if item.phase == "":
                workflow = workflow_of(item)
                ended = WorkflowStatus(phase=phase, finished_at=f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}")
                self.store.update(replace(item, phase=phase, data=msgspec.json.encode(replace(workflow, status=ended))))


def names(*minutes: int) -> list[str]:
    noon = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp())
    return [f"c-{noon + 60 * minute}" for minute in minutes]


def test_every_moment_fires_once_over_restarts() -> None:
    world = World()
    for minute in range(4):
        world.until(minute)
        world.restart()
    assert world.made == names(0, 1, 2, 3)
    status = world.status()
    assert (status.last_scheduled_time, status.phase) == ("2026-01-01T12:03:00Z", "Active")
    assert [item.name for item in status.active or ()] == names(0, 1, 2, 3)


@pytest.mark.parametrize("point", ["create", "update"])
def test_a_crash_between_any_two_writes_neither_doubles_nor_loses_a_moment(
    point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(starting_deadline_seconds=300)
    world.until(0)
    assert world.made == names(0)

    def crash(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(world.store, point, crash)
        world.until(1)
    world.clock.advance(90)
    if world.store.get(key_of("argo", names(1)[0])):
        world.delete("argo", names(1)[0])  # even if its workflow is gone by then
    world.restart()
    world.until(3)
    assert world.made == sorted(set(world.made))
    assert set(names(0, 2, 3)) <= set(world.made)


@pytest.mark.parametrize(("annotations", "minutes"), [(None, (0, 5)), ({CATCH_UP: "all"}, (0, 1, 2, 3, 4, 5))])
def test_what_a_time_without_a_controller_missed(annotations: dict[str, str] | None, minutes: tuple[int, ...]) -> None:
    world = World(annotations)
    world.until(0)
    world.clock.advance(290)
    world.restart()
    world.until(5)
    assert world.made == names(*minutes)


def test_what_is_made_up_waits_for_the_one_before_it_where_the_policy_is_forbid() -> None:
    world = World({CATCH_UP: "all"}, concurrency_policy="Forbid")
    world.until(3)
    assert world.made == names(0)
    for minute in (1, 2, 3):
        world.finish("Succeeded")
        world.until(3, 10 + 12 * minute)
        assert world.made == names(*range(minute + 1))


def test_children_are_counted_and_history_is_cut() -> None:
    world = World(successful_jobs_history_limit=1)
    world.until(0)
    world.finish("Succeeded")
    world.until(1)
    world.finish("Succeeded")
    world.until(1, 30)
    status = world.status()
    assert (status.succeeded, status.active) == (2, ())
    assert [item.key.name for item in world.store.list(ListOptions(kind="Workflow")).items] == names(1)


def test_replace_asks_the_active_one_to_terminate() -> None:
    world = World(concurrency_policy="Replace")
    world.until(1)
    assert world.made == names(0, 1)
    first = world.store.get(key_of("argo", names(0)[0]))
    assert first is not None
    assert [row.uid for row in world.store.requests()] == [first.uid]


def test_forbid_skips_while_one_is_active() -> None:
    world = World(concurrency_policy="Forbid")
    world.until(2)
    world.finish("Failed")
    world.until(3)
    assert world.made == names(0, 3)
    assert world.status().failed == 1


def test_what_cannot_be_submitted_is_a_condition_until_it_can() -> None:
    world = World()
    world.broken = "templates.main is undefined"
    world.until(0)
    conditions = world.status().conditions or ()
    assert [(item.type, item.message) for item in conditions] == [
        ("SubmissionError", "Failed to submit Workflow: templates.main is undefined")
    ]
    world.broken = ""
    world.until(1)
    assert (world.made, world.status().conditions) == (names(1), None)


def test_an_invalid_one_does_not_fire() -> None:
    world = World()
    world.refusal = "cannot validate Workflow: bad"
    world.until(0)
    assert [(item.type, item.message) for item in world.status().conditions or ()] == [
        ("SpecError", "cannot validate Workflow: bad")
    ]
    assert world.made == []


def test_a_changed_schedule_is_noticed_and_a_suspended_one_rests() -> None:
    world = World()
    world.until(0)
    stored = world.store.get(KEY)
    assert stored is not None
    cron = cron_of(stored)
    changed = replace(cron, spec=replace(cron.spec or CronWorkflowSpec(), schedules=("3 * * * *",)))
    world.store.update(replace(stored, data=msgspec.json.encode(changed)))
    world.until(4)
    assert world.made == names(0, 3)


def test_a_schedule_that_cannot_be_read_says_so() -> None:
    world = World(schedules=("every day",))
    world.until(0)
    assert "expected exactly 5 fields" in ((world.status().conditions or ())[0].message or "")


def test_what_is_wrong_with_a_schedule_is_said_once() -> None:
    world = World(schedules=("61 * * * *",))
    world.until(0)
    version = world.store.version()
    world.until(2)
    assert world.store.version() == version
    assert [item.type for item in world.status().conditions or ()] == ["SpecError"]


def test_a_time_zone_that_this_machine_does_not_know_is_named() -> None:
    world = World(timezone="X/Y")
    world.until(0)
    (found,) = world.status().conditions or ()
    assert (found.type, found.message) == ("SpecError", 'invalid timezone "X/Y": unknown time zone X/Y')


def test_what_was_wrong_is_taken_back_when_it_is_mended() -> None:
    world = World(schedules=("61 * * * *",))
    world.until(0)
    stored = world.store.get(KEY)
    assert stored is not None
    cron = cron_of(stored)
    spec = replace(cron.spec or CronWorkflowSpec(), schedules=("0 0 1 1 *",))
    world.store.update(replace(stored, data=msgspec.json.encode(replace(cron, spec=spec))))
    world.until(1)
    assert not world.status().conditions


def test_a_child_that_another_controller_has_deleted_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    world = World(successful_jobs_history_limit=0)
    world.until(0)
    world.finish("Succeeded")
    world.missing = True
    world.until(0, 20)
    assert not caplog.records and world.status().succeeded == 1


def test_a_moment_cannot_be_taken_twice() -> None:
    world = World()
    world.until(0)
    with pytest.raises(ConflictError):
        world.submit(
            Workflow(metadata=ObjectMeta(name="other", namespace="argo")), f"cron/{world.uid}/{names(0)[0][2:]}"
        )


def test_what_was_fired_long_ago_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiphys.app.controller.cron.NOTED", timedelta(minutes=2))
    world = World()
    world.until(3)
    other = Workflow(metadata=ObjectMeta(name="other", namespace="argo"))
    moments = [f"cron/{world.uid}/{name[2:]}" for name in names(0, 1, 2, 3)]
    world.submit(other, moments[0])
    for moment in moments[1:]:
        with pytest.raises(ConflictError, match="was made for"):
            world.submit(Workflow(metadata=ObjectMeta(name="another", namespace="argo")), moment)

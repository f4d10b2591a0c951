"""Controllers that share a schedule, look when they like and die anywhere: no moment runs twice, none is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.cron import KIND, CronController, cron_of
from tiphys.app.services.objects import key_of, new_object
from tiphys.app.services.submit import identify
from tiphys.core.engine.cron import CATCH_UP
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec, CronWorkflowStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.schedule.fields import parse
from tiphys.core.schedule.firing import Firing, between
from tiphys.ports.store import ListOptions, ObjectKey, StoredObject
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store_rows import an_object

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # clocks of Berlin go forward half an hour later
KEY = ObjectKey(KIND, "argo", "c")
SCHEDULES = (("* * * * *",), ("*/2 * * * *", "*/3 * * * *"), ("@every 90s",), ("CRON_TZ=Europe/Berlin */20 * * * *",))


class Killed(BaseException):
    """A controller dies at this point."""


class Dying(MemoryStore):
    """A store whose user dies before or after one of its next writes."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.dies: tuple[int, bool] | None = None

    def _point(self, *, after: bool) -> None:
        if self.dies is not None and self.dies[1] is after:
            left = self.dies[0]
            self.dies = (left - 1, after) if left else None
            if not left:
                raise Killed

    def create(self, item: StoredObject, *, once: str = "") -> StoredObject:
        self._point(after=False)
        made = super().create(item, once=once)
        self._point(after=True)
        return made

    def update(self, item: StoredObject) -> StoredObject:
        self._point(after=False)
        made = super().update(item)
        self._point(after=True)
        return made


class World:
    """Two controllers of one CronWorkflow; the clock of the second goes behind by ``lag`` seconds."""

    def __init__(self, schedules: tuple[str, ...], policy: str, lag: int) -> None:
        self.clock = VirtualClock(START)
        self.store = Dying(self.clock)
        self.lags = (0, lag)
        self.controllers = [self.controller(), self.controller()]
        self.made: list[str] = []
        annotations = {CATCH_UP: "all"}
        meta = ObjectMeta(
            name="c", namespace="argo", creation_timestamp="2026-03-29T00:00:00Z", annotations=annotations
        )
        spec = CronWorkflowSpec(
            schedules=schedules, workflow_spec=WorkflowSpec(entrypoint="main"), concurrency_policy=policy
        )
        data = msgspec.json.encode(CronWorkflow(metadata=meta, spec=spec))
        self.store.create(an_object("c", kind=KIND, phase="", data=data))

    def controller(self) -> CronController:
        return CronController(self.store, self.submit, self.delete, lambda _cron: None, zone=UTC, zones=ZoneInfo)

    def submit(self, wanted: Workflow, once: str) -> Workflow:
        workflow = identify(wanted, self.clock, "argo")
        name = (workflow.metadata or ObjectMeta()).name or ""
        known = self.store.get(key_of("argo", name)) is not None
        try:
            self.store.create(new_object(workflow, self.clock.now()), once=once)
        except Killed:
            if not known and self.store.get(key_of("argo", name)) is not None:
                self.made.append(name)
            raise
        self.made.append(name)
        return workflow

    def delete(self, namespace: str, name: str) -> None:
        self.store.delete(key_of(namespace, name))

    def look(self, number: int, seconds: int, dies: tuple[int, bool] | None) -> None:
        self.clock.advance(seconds)
        self.store.dies = dies
        try:
            self.controllers[number].perform(self.clock.now() - timedelta(seconds=self.lags[number]))
        except Killed:
            self.controllers[number] = self.controller()
        self.store.dies = None

    def settle(self) -> None:
        """Let everything be made up that was missed: at each look one moment."""
        self.controllers[0], before = self.controller(), ""
        while (last := self.status.last_scheduled_time or "") != before:
            before = last
            self.look(0, 1, None)

    @property
    def status(self) -> CronWorkflowStatus:
        stored = self.store.get(KEY)
        assert stored is not None
        return cron_of(stored).status or CronWorkflowStatus()


LOOKS = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(1, 400), st.one_of(st.none(), st.tuples(st.integers(0, 3), st.booleans()))
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SCHEDULES), st.sampled_from(["Allow", "Replace"]), st.integers(0, 100), LOOKS)
def test_each_moment_runs_once(
    schedules: tuple[str, ...], policy: str, lag: int, looks: list[tuple[int, int, tuple[int, bool] | None]]
) -> None:
    world = World(schedules, policy, lag)
    begin = world.clock.now()
    while not world.status.last_scheduled_time:  # from the first moment that is noted on all count
        world.look(0, 30, None)
    for number, seconds, dies in looks:
        world.look(number, seconds, dies)
    world.settle()
    anchor = datetime(2026, 3, 29, tzinfo=UTC)
    firings = [Firing(parse(text), UTC, ZoneInfo, anchor=anchor) for text in schedules]
    expected = [f"c-{int(slot.timestamp())}" for slot in between(firings, begin, world.clock.now())]
    assert sorted(world.made) == expected
    rows = world.store.list(ListOptions(kind="Workflow", limit=1000)).items
    assert {item.name for item in world.status.active or ()} == {row.key.name for row in rows}
    asked = {row.uid for row in world.store.requests()}
    assert max(rows, key=lambda row: row.key.name).uid not in asked

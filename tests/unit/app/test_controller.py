"""The controller of a server: new work, lost drivers, quarantine, duties, full disks."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta

import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.controller import PATIENCE, Controller
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.duty import Duty
from tiphys.app.services.objects import LEAVING_LABEL, key_of, new_object, workflow_of
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submit import identify
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import Changes, ListOptions, Page, RunCommit, StoredObject
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

ONE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: NAME}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: none, command: [sh]}
"""


class Failing(Duty):
    """Counts its calls; the second one fails, and it is woken by workflows that are to be deleted."""

    def __init__(self) -> None:
        self.calls: list[datetime] = []

    def woken_by(self, workflow: StoredObject) -> bool:
        return LEAVING_LABEL in workflow.labels

    def perform(self, now: datetime) -> datetime | None:
        self.calls.append(now)
        if len(self.calls) == 2:
            raise ZeroDivisionError("a bug of a duty")
        return now + timedelta(seconds=1)


class Server:
    """A store, a runtime and a controller over them."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.runtime = FakeRuntime(self.clock)
        self.driver = LocalDriver(self.store, self.runtime, self.clock)
        self.duty = Failing()
        self.controller = Controller(self.store, self.driver, self.clock, duties=[self.duty])
        self.api = LocalApi(self.store, self.runtime)

    def submit(self, name: str) -> WorkflowUid:
        manifest = load(textwrap.dedent(ONE).replace("NAME", name), name).documents[0].manifest
        assert isinstance(manifest, Workflow)
        return self.store.create(new_object(identify(manifest, self.clock, "argo"), self.clock.now())).uid

    def rounds(self, count: int = 8) -> None:
        for _ in range(count):
            self.controller.round()

    def phase(self, name: str) -> str:
        stored = self.store.get(key_of("argo", name))
        return stored.phase if stored is not None else "gone"


@pytest.fixture
def server() -> Server:
    return Server()


def test_work_that_comes_later_is_taken_up_and_let_go_at_its_end(server: Server) -> None:
    server.rounds(2)
    server.submit("a")
    server.rounds()
    server.submit("b")
    server.rounds()
    assert (server.phase("a"), server.phase("b")) == ("Succeeded", "Succeeded")
    assert list(server.driver.runs) == []


def test_work_that_lost_its_driver_is_found_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.submit("a")
    with monkeypatch.context() as another_process:
        another_process.setattr(server.store, "claim", lambda _uid: False)
        server.rounds(3)
        assert server.phase("a") == ""
    server.rounds(80)
    assert server.phase("a") == "Succeeded"


def test_stopping_lets_runs_go_without_ending_them(server: Server) -> None:
    server.runtime.on("*", Outcome(seconds=None))
    uid = server.submit("a")
    server.rounds(3)
    server.controller.stop()
    server.controller.run()
    assert server.store.claim(uid)
    assert [request.node_name for request in server.runtime.running()] == ["a"]


def test_a_workflow_that_breaks_the_engine_is_put_into_quarantine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _good = server.submit("bad"), server.submit("good")
    commit = server.store.commit

    def breaks(step: RunCommit) -> int:
        if step.uid == bad and step.phase == "Running":
            raise ZeroDivisionError("a bug")
        return commit(step)

    monkeypatch.setattr(server.store, "commit", breaks)
    server.rounds()
    assert (server.phase("bad"), server.phase("good")) == ("Error", "Succeeded")
    stored = server.store.get(key_of("argo", "bad"))
    assert stored is not None
    status = workflow_of(stored).status
    assert status is not None
    assert status.message == "Tiphys cannot handle this workflow: ZeroDivisionError: a bug"
    server.rounds(80)
    assert server.phase("bad") == "Error"


def test_a_full_disk_is_waited_out(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = server.submit("a")
    commit = server.store.commit
    full_until = server.clock.now() + 2 * PATIENCE

    def full(step: RunCommit) -> int:
        if server.clock.now() < full_until:
            raise StoreError("database or disk is full")
        return commit(step)

    monkeypatch.setattr(server.store, "commit", full)
    server.rounds(3)
    assert server.phase("a") == ""
    server.rounds(120)
    assert server.phase("a") == "Succeeded"
    assert len(server.runtime.started) == 1
    assert server.store.claim(uid)


def test_a_deleted_workflow_is_dropped(server: Server) -> None:
    server.runtime.on("*", Outcome(seconds=3))
    server.submit("a")
    server.rounds(3)
    server.api.delete("argo", "a")
    server.rounds(50)
    assert list(server.driver.runs) == []


def test_duties_are_called_when_they_are_due_and_again_after_a_failure(server: Server) -> None:
    start = server.clock.now()
    server.rounds(45)
    seconds = [round((moment - start).total_seconds()) for moment in server.duty.calls]
    assert seconds == [0, 1, 3, 4]


def test_a_duty_is_called_at_once_when_a_workflow_wakes_it(server: Server) -> None:
    server.runtime.on("*", Outcome(seconds=1000))
    uid = server.submit("a")
    server.rounds(1)
    assert len(server.duty.calls) == 1
    server.store.commit(RunCommit(uid=uid, labels={LEAVING_LABEL: "true"}))
    server.controller.round()
    assert len(server.duty.calls) == 2


def test_what_was_before_the_start_is_not_read_change_by_change(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.submit("old")
    server.rounds()
    version, asked, read = server.store.version(), list[int](), server.store.changes

    def changes(since: int, *, kind: str | None = None) -> Changes:
        asked.append(since)
        return read(since, kind=kind)

    monkeypatch.setattr(server.store, "changes", changes)
    server.controller = Controller(server.store, server.driver, server.clock)
    server.rounds(1)
    server.submit("new")
    server.rounds()
    assert asked[0] == version
    assert server.phase("new") == "Succeeded"


def test_a_store_that_fails_at_the_start_is_looked_through_at_once_when_it_is_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.submit("a")

    def failing(_options: ListOptions) -> Page:
        raise StoreError("the disk is gone")

    with monkeypatch.context() as outage:
        outage.setattr(server.store, "list", failing)
        server.rounds(1)
    server.rounds()
    assert server.phase("a") == "Succeeded"

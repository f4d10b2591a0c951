"""The ledger of schedules: controllers that share a store run each moment once, whoever is quicker, and lose none."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.contract.postgres import cluster
from tests.waiting import PATIENCE

from tiphys.adapters.stores.sql.postgres.store import PostgresStore
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.app.controller.cron import KIND, CronController, cron_of
from tiphys.app.services.objects import key_of, new_object
from tiphys.app.services.submit import identify
from tiphys.core.manifest.model.cron import CronWorkflow, CronWorkflowSpec
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.entrypoints.records import ready_records
from tiphys.ports.store import ListOptions, ObjectKey, Store
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store_rows import an_object

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SLOTS, SERVERS = 12, 3
Opener = Callable[[VirtualClock], Store]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Opener]]:
    """How a controller opens its own connection to the store that all share."""
    if request.param == "sqlite":
        yield lambda folder: lambda clock: SqliteStore(folder / "store.db", clock)
        return
    with cluster() as postgres:

        def emptied(_folder: Path) -> Opener:
            url = postgres.emptied()
            return lambda clock: PostgresStore(url, clock, server=f"server-{clock.uid()}")

        yield emptied


class Server:
    """One controller with a clock and a connection of its own."""

    def __init__(self, open_store: Opener) -> None:
        self.clock = VirtualClock(NOON - timedelta(minutes=1))
        self.store = open_store(self.clock)
        self.made: list[str] = []
        self.start()

    def start(self) -> None:
        self.cron = CronController(self.store, self.submit, self.delete, lambda _cron: None, zone=UTC, zones=ZoneInfo)

    def submit(self, wanted: Workflow, once: str) -> Workflow:
        workflow = identify(wanted, self.clock, "argo")
        meta = workflow.metadata or ObjectMeta()
        workflow = msgspec.structs.replace(workflow, metadata=msgspec.structs.replace(meta, uid=f"of-{meta.name}"))
        self.store.create(new_object(workflow, self.clock.now()), once=once)
        self.made.append(meta.name or "")
        return workflow

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        self.store.delete(key_of(namespace, name))

    def look(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.cron.perform(self.clock.now())


def schedule(store: Store, policy: str = "Allow") -> None:
    """A CronWorkflow that fires every minute."""
    meta = ObjectMeta(name="c", namespace="argo", creation_timestamp="2026-01-01T00:00:00Z")
    spec = CronWorkflowSpec(
        schedules=("* * * * *",), workflow_spec=WorkflowSpec(entrypoint="main"), concurrency_policy=policy
    )
    data = msgspec.json.encode(CronWorkflow(metadata=meta, spec=spec))
    store.create(an_object("c", kind=KIND, phase="", data=data))


def names(count: int) -> list[str]:
    return [f"c-{int(NOON.timestamp()) + 60 * minute}" for minute in range(count)]


def active(store: Store) -> list[str]:
    stored = store.get(ObjectKey(KIND, "argo", "c"))
    assert stored is not None
    status = cron_of(stored).status
    return [item.name or "" for item in (status and status.active) or ()]


@pytest.fixture
def servers(place: Callable[[Path], Opener], tmp_path: Path) -> Iterator[list[Server]]:
    opener = place(tmp_path)
    first = Server(opener)
    made = [first, *(Server(opener) for _ in range(SERVERS - 1))]
    yield made
    for server in made:
        server.store.close()


def test_controllers_that_look_at_the_same_moments_run_each_once(servers: list[Server]) -> None:
    schedule(servers[0].store)
    ready_records()
    together = threading.Barrier(SERVERS)

    def work(server: Server) -> None:
        for _ in range(SLOTS * 2 + 1):
            together.wait(PATIENCE)
            server.look(30)

    with ThreadPoolExecutor(SERVERS) as pool:
        list(pool.map(work, servers))
    assert sorted(name for server in servers for name in server.made) == names(SLOTS)
    servers[0].look(10)  # whoever lost a race has seen what the winner kept by now
    assert sorted(active(servers[0].store)) == names(SLOTS)


def test_a_controller_that_lags_behind_neither_doubles_nor_ends_what_came_later(servers: list[Server]) -> None:
    quick, slow, _ = servers
    schedule(quick.store, "Replace")
    slow.look(25)
    for _ in range(4):
        quick.look(30)
        quick.look(30)
    asked = {row.uid for row in quick.store.requests()}
    assert asked == {f"of-{name}" for name in names(3)}  # each was ended by its follower
    for _ in range(10):
        slow.look(30)
    assert (quick.made, slow.made) == (names(4), names(5)[4:])
    assert {row.uid for row in quick.store.requests()} == {f"of-{name}" for name in names(4)}


@pytest.mark.parametrize("policy", ["Replace", "Forbid"])
def test_a_moment_whose_workflow_was_made_by_one_that_died_is_noted_and_its_workflow_lives(
    servers: list[Server], policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, living, _ = servers
    schedule(dying.store, policy)
    for server in (dying, living):
        server.look(30)
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(dying.store, "update", lambda _item: 1 / 0)
        dying.look(31)
    living.look(31)
    living.look(10)
    assert dying.made == names(1) and living.made == []
    assert active(living.store) == names(1)
    assert living.store.requests() == []


SCRIPT = """
import sys
from pathlib import Path
from tests.contract.test_cron_ledger import SLOTS, Server
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore

server = Server(lambda clock: SqliteStore(Path(sys.argv[1]), clock))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(SLOTS * 2 + 1):
    server.look(30)
print("\\n".join(server.made))
"""


def test_processes_that_share_a_data_directory_run_each_moment_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = SqliteStore(path, VirtualClock())
    schedule(store)
    root = Path(__file__).parents[2]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(path)], cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    made = [name for worker in workers for name in worker.communicate(timeout=PATIENCE)[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(made) == names(SLOTS)
    children = store.list(ListOptions(kind="Workflow")).items
    assert sorted(item.key.name for item in children) == names(SLOTS)
    store.close()

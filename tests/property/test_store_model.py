"""Both stores give the same answers to the same calls, whatever the calls."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.adapters.stores.sql import store as rows
from tiphys.adapters.stores.sql.sqlite import blobs
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.core.objects.selectors import parse_selector
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import CommandRow, ListOptions, NodeRow, ObjectKey, RunCommit, Store, StoredObject
from tiphys.testing.clock import START, VirtualClock

names = st.sampled_from("abc")
namespaces = st.sampled_from(["argo", "other"])
phases = st.sampled_from(["Running", "Failed", "Succeeded"])
labels = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", "2"]))
values = st.binary(max_size=4)
uids = st.builds(lambda namespace, name: WorkflowUid(f"{namespace}-{name}"), namespaces, names)
node_rows = st.builds(
    NodeRow, name=st.sampled_from([NodeName("n1"), NodeName("n2")]), sequence=st.just(0), status=values, internal=values
)
command_rows = st.builds(CommandRow, key=st.sampled_from(["c1", "c2"]), body=values)
commits = st.builds(
    RunCommit,
    uid=uids,
    nodes=st.lists(node_rows, max_size=3),
    commands=st.lists(command_rows, max_size=2),
    performed=st.lists(st.sampled_from(["c1", "c2", "c3"]), max_size=2),
    data=st.none() | values,
    phase=st.none() | phases,
    labels=st.none() | labels,
)


class Stores(RuleBasedStateMachine):
    """Every call goes to both stores."""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.home = Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        self.memory = MemoryStore(VirtualClock())
        self.sql = SqliteStore(self.home / "tiphys.db", VirtualClock())
        for module in (blobs, rows):  # longer values are blobs
            self.cleanup.enter_context(patch.object(module, "INLINE_LIMIT", 2))

    def teardown(self) -> None:
        self.sql.close()
        self.cleanup.close()

    @property
    def both(self) -> tuple[Store, Store]:
        return self.memory, self.sql

    @rule(namespace=namespaces, name=names, minutes=st.integers(0, 2), phase=phases, labels=labels, data=values)
    def create(self, namespace: str, name: str, minutes: int, phase: str, labels: dict[str, str], data: bytes) -> None:
        item = StoredObject(
            key=ObjectKey("Workflow", namespace, name),
            uid=WorkflowUid(f"{namespace}-{name}"),
            resource_version=0,
            created_at=START + timedelta(minutes=minutes),
            labels=labels,
            phase=phase,
            data=data,
        )
        answers: list[object] = []
        for store in self.both:
            try:
                answers.append(store.create(item))
            except ConflictError as error:
                answers.append(str(error))
        assert answers[0] == answers[1]

    @rule(commit=commits)
    def commit(self, commit: RunCommit) -> None:
        answers: list[object] = []
        for store in self.both:
            try:
                answers.append(store.commit(commit))
            except NotFoundError as error:
                answers.append(str(error))
        assert answers[0] == answers[1]

    @rule(
        namespace=namespaces,
        name=names,
        version=st.integers(0, 5),
        labels=labels,
        data=values,
        owners=st.lists(uids, max_size=2),
    )
    def update(
        self, namespace: str, name: str, version: int, labels: dict[str, str], data: bytes, owners: list[WorkflowUid]
    ) -> None:
        item = StoredObject(
            key=ObjectKey("Workflow", namespace, name),
            uid=WorkflowUid(f"{namespace}-{name}"),
            resource_version=version and self.sql.version() - version + 1,
            created_at=START,
            labels=labels,
            phase="Updated",
            data=data,
            owners=tuple(owners),
        )
        answers: list[object] = []
        for store in self.both:
            try:
                answers.append(store.update(item).resource_version)
            except (ConflictError, NotFoundError) as error:
                answers.append(str(error))
        assert answers[0] == answers[1]

    @rule(back=st.integers(0, 12), limit=st.integers(1, 4))
    def changes(self, back: int, limit: int) -> None:
        memory, sql = (store.changes(max(0, store.version() - back), limit=limit) for store in self.both)
        assert memory == sql

    @rule(uid=uids)
    def owned(self, uid: WorkflowUid) -> None:
        assert self.memory.owned_by(uid) == self.sql.owned_by(uid)

    @rule(namespace=namespaces, name=names)
    def delete(self, namespace: str, name: str) -> None:
        memory, sql = (store.delete(ObjectKey("Workflow", namespace, name)) for store in self.both)
        assert memory == sql

    @rule()
    def reopen(self) -> None:
        self.sql.close()
        self.sql = SqliteStore(self.home / "tiphys.db", VirtualClock())

    @rule(
        namespace=st.none() | namespaces,
        phases=st.lists(phases, max_size=3),
        labels=labels,
        selector=st.sampled_from(["", "x", "!x", "x!=1", "x in (1,2),y", "x notin (2)", "x>1", "y<2", "x=1,y!=1"]),
        limit=st.integers(1, 4),
    )
    def list_all(
        self, namespace: str | None, phases: list[str], labels: dict[str, str], selector: str, limit: int
    ) -> None:
        after: str | None = None
        while True:
            options = ListOptions(
                kind="Workflow",
                namespace=namespace,
                phases=phases,
                labels=labels,
                selector=parse_selector(selector),
                limit=limit,
                after=after,
            )
            memory, sql = (store.list(options) for store in self.both)
            assert memory == sql
            after = sql.next
            if after is None:
                return

    @rule(uid=uids)
    def read(self, uid: WorkflowUid) -> None:
        assert self.memory.find(uid) == self.sql.find(uid)
        assert list(self.memory.nodes(uid)) == list(self.sql.nodes(uid))
        assert self.memory.commands(uid) == self.sql.commands(uid)

    @invariant()
    def blobs_are_those_in_use(self) -> None:
        used = (
            "SELECT data AS digest FROM objects UNION ALL SELECT status FROM nodes UNION ALL "
            "SELECT internal FROM nodes UNION ALL SELECT body FROM commands UNION ALL SELECT data FROM deletions"
        )
        with self.sql._database.reading() as connection:
            counted = connection.execute("SELECT digest, uses FROM blobs ORDER BY digest").fetchall()
            expected = connection.execute(
                f"SELECT digest, count(*) FROM ({used}) WHERE typeof(digest) = 'text' GROUP BY digest ORDER BY digest"
            ).fetchall()
        assert counted == expected


TestStores = Stores.TestCase
TestStores.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)

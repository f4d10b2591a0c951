"""What every store must do: each sentence of ``ports/store.py`` as a test.

Subclass ``StoreContract`` in a test module and give it a ``store`` fixture.  A store whose objects outlive it
subclasses ``LastingStoreContract`` as well and gives a ``reopen`` fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from tiphys.errors import ConflictError, NotFoundError, StoreError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import (
    BACKFILL,
    FIRING,
    Change,
    ListOptions,
    RunCommit,
    Store,
    made_for,
)
from tiphys.testing.contracts.store_lists import ListContract
from tiphys.testing.contracts.store_locks import KEY, MUTEX, CacheContract, LockContract, a_request, an_entry, ask
from tiphys.testing.contracts.store_objects import ChangeContract, KindContract, UpdateContract
from tiphys.testing.contracts.store_rows import LARGE, NOON, a_command, a_node, an_object, names

__all__ = [
    "LARGE",
    "NOON",
    "LastingStoreContract",
    "StoreContract",
    "a_command",
    "a_node",
    "an_object",
    "names",
]


class ObjectContract:
    """Objects: create, get, find, delete."""

    def test_created_object_is_kept_whole(self, store: Store) -> None:
        item = an_object("a", labels={"x": "1", "y": "ü"}, phase="Pending", data=b'{"spec":"\x00\xff"}')
        created = store.create(item)
        assert created == replace(item, resource_version=created.resource_version)
        assert store.get(item.key) == created
        assert store.find(item.uid) == created

    def test_store_gives_rising_resource_versions(self, store: Store) -> None:
        first = store.create(replace(an_object("a"), resource_version=77))
        second = store.create(an_object("b", kind="CronWorkflow"))
        third = store.commit(RunCommit(uid=first.uid))
        assert 0 < first.resource_version < second.resource_version < third

    def test_key_can_be_taken_once(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        with pytest.raises(ConflictError):
            store.create(replace(an_object("a"), uid=WorkflowUid("other"), data=b"new"))
        assert store.get(kept.key) == kept
        assert store.find(WorkflowUid("other")) is None

    def test_what_is_made_once_is_never_made_again(self, store: Store) -> None:
        kept = store.create(an_object("a"), once="cron/u/1")
        with pytest.raises(ConflictError):
            store.create(an_object("b"), once="cron/u/1")
        assert store.get(an_object("b").key) is None
        store.delete(kept.key)
        with pytest.raises(ConflictError):
            store.create(an_object("a"), once="cron/u/1")
        with pytest.raises(ConflictError):
            store.create(store.create(an_object("c")), once="cron/u/2")
        store.create(an_object("d"), once="cron/u/2")  # what could not be made took nothing

    def test_what_things_were_made_for_is_forgotten_with_its_object(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        names = [made_for(FIRING, kept.uid, "1"), made_for(BACKFILL, kept.uid, "b/1"), made_for(FIRING, "other", "1")]
        for number, name in enumerate(names):
            store.create(an_object(f"for-{number}"), once=name)
        store.delete(kept.key)
        for number, name in enumerate(names[:2]):
            store.create(an_object(f"again-{number}"), once=name)
        with pytest.raises(ConflictError):
            store.create(an_object("again-2"), once=names[2])

    def test_names_that_something_was_made_for_are_forgotten_up_to_one(self, store: Store) -> None:
        for number in (1, 2, 3):
            store.create(an_object(f"o-{number}"), once=made_for(FIRING, "u", str(number)))
        store.forget_made(made_for(FIRING, "u"), made_for(FIRING, "u", "3"))
        store.create(an_object("p-1"), once=made_for(FIRING, "u", "1"))
        store.create(an_object("p-2"), once=made_for(FIRING, "u", "2"))
        with pytest.raises(ConflictError):
            store.create(an_object("p-3"), once=made_for(FIRING, "u", "3"))

    def test_uid_can_be_taken_once(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        with pytest.raises(ConflictError):
            store.create(replace(an_object("b"), uid=kept.uid))
        assert store.get(an_object("b").key) is None

    def test_kind_namespace_and_name_are_the_key(self, store: Store) -> None:
        items = [an_object("a"), an_object("a", namespace="b"), an_object("a", kind="CronWorkflow"), an_object("b")]
        for item in items:
            store.create(item)
        assert [found.uid for item in items if (found := store.get(item.key))] == [item.uid for item in items]

    def test_namespace_may_be_empty(self, store: Store) -> None:
        item = store.create(an_object("a", kind="ClusterWorkflowTemplate", namespace=""))
        assert store.get(item.key) == item

    def test_unknown_object_is_none(self, store: Store) -> None:
        assert store.get(an_object("a").key) is None
        assert store.find(WorkflowUid("nobody")) is None

    def test_large_object_is_kept_whole(self, store: Store) -> None:
        item = store.create(an_object("a", data=b"x" * LARGE))
        assert store.get(item.key) == item
        assert store.list(ListOptions(kind="Workflow")).items == [item]

    def test_delete_removes_object_nodes_and_commands(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1"}))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0)], commands=[a_command("c")]))
        assert store.delete(item.key) is True
        assert store.get(item.key) is None
        assert store.find(item.uid) is None
        assert list(store.nodes(item.uid)) == []
        assert list(store.commands(item.uid)) == []
        assert names(store, ListOptions(kind="Workflow", labels={"x": "1"})) == []
        assert store.delete(item.key) is False

    def test_deleted_key_is_free_and_starts_empty(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0)], commands=[a_command("c")]))
        store.delete(item.key)
        again = store.create(item)
        assert again.resource_version > item.resource_version
        assert list(store.nodes(item.uid)) == []
        assert list(store.commands(item.uid)) == []

    def test_delete_leaves_other_runs_alone(self, store: Store) -> None:
        gone, kept = store.create(an_object("a")), store.create(an_object("b"))
        large = a_node("n", 0, status=b"y" * LARGE)
        for item in (gone, kept):
            store.commit(RunCommit(uid=item.uid, nodes=[large], commands=[a_command("c")]))
        store.delete(gone.key)
        assert list(store.nodes(kept.uid)) == [large]
        assert list(store.commands(kept.uid)) == [a_command("c")]


class CommitContract:
    """Commits: what changes, what does not, and that it is one piece."""

    def test_commit_returns_the_version_that_get_shows(self, store: Store) -> None:
        item = store.create(an_object("a"))
        version = store.commit(RunCommit(uid=item.uid))
        assert store.get(item.key) == replace(item, resource_version=version)

    def test_none_leaves_the_object_unchanged(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1"}, data=b"old"))
        version = store.commit(RunCommit(uid=item.uid, phase="Failed"))
        assert store.get(item.key) == replace(item, resource_version=version, phase="Failed")
        version = store.commit(RunCommit(uid=item.uid, data=b"new"))
        assert store.get(item.key) == replace(item, resource_version=version, phase="Failed", data=b"new")

    def test_values_replace_the_object(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1", "y": "1"}))
        version = store.commit(RunCommit(uid=item.uid, data=b"", phase="", labels={"x": "2"}))
        expected = replace(item, resource_version=version, data=b"", phase="", labels={"x": "2"})
        assert store.get(item.key) == expected
        assert names(store, ListOptions(kind="Workflow", labels={"y": "1"})) == []
        assert names(store, ListOptions(kind="Workflow", labels={"x": "2"})) == ["a"]
        assert names(store, ListOptions(kind="Workflow", phases=["Running"])) == []

    def test_commit_to_deleted_workflow_writes_nothing(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.delete(item.key)
        with pytest.raises(NotFoundError):
            store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0)], commands=[a_command("c")], phase="Failed"))
        store.create(item)
        assert list(store.nodes(item.uid)) == []
        assert list(store.commands(item.uid)) == []

    def test_commit_on_an_old_version_writes_nothing(self, store: Store) -> None:
        item = store.create(an_object("a"))
        newer = store.commit(RunCommit(uid=item.uid, expected=item.resource_version, phase="Failed"))
        with pytest.raises(ConflictError):
            store.commit(RunCommit(uid=item.uid, expected=item.resource_version, nodes=[a_node("n", 0)], phase="x"))
        assert list(store.nodes(item.uid)) == []
        assert store.get(item.key) == replace(item, resource_version=newer, phase="Failed")

    def test_nodes_come_by_sequence(self, store: Store) -> None:
        item = store.create(an_object("a"))
        rows = [a_node(f"n{number}", number, internal=b"%d" % number) for number in (3, 1, 2, 0)]
        store.commit(RunCommit(uid=item.uid, nodes=rows[:2]))
        store.commit(RunCommit(uid=item.uid, nodes=rows[2:]))
        assert list(store.nodes(item.uid)) == sorted(rows, key=lambda row: row.sequence)

    def test_node_of_the_same_name_is_replaced(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0), a_node("b", 1)]))
        changed = a_node("a", 0, status=b'{"phase":"Succeeded"}', internal=b"[]")
        store.commit(RunCommit(uid=item.uid, nodes=[changed]))
        assert list(store.nodes(item.uid)) == [changed, a_node("b", 1)]

    def test_last_row_of_a_name_in_one_commit_counts(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0), a_node("a", 0, status=b"last")]))
        assert list(store.nodes(item.uid)) == [a_node("a", 0, status=b"last")]

    def test_nodes_belong_to_their_run(self, store: Store) -> None:
        first, second = store.create(an_object("a")), store.create(an_object("b"))
        store.commit(RunCommit(uid=first.uid, nodes=[a_node("n", 0, status=b"1")]))
        store.commit(RunCommit(uid=second.uid, nodes=[a_node("n", 0, status=b"2")]))
        assert [row.status for row in store.nodes(first.uid)] == [b"1"]
        assert [row.status for row in store.nodes(second.uid)] == [b"2"]
        assert list(store.nodes(WorkflowUid("nobody"))) == []

    def test_nodes_are_from_one_moment(self, store: Store) -> None:
        item = store.create(an_object("a"))
        old = [a_node(f"n{number}", number) for number in range(3000)]
        store.commit(RunCommit(uid=item.uid, nodes=old))
        stream = store.nodes(item.uid)
        seen = [next(stream)]
        store.commit(RunCommit(uid=item.uid, nodes=[replace(row, status=b"new") for row in old]))
        assert [*seen, *stream] == old
        assert {row.status for row in store.nodes(item.uid)} == {b"new"}

    def test_abandoned_stream_does_not_hold_up_anybody(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node(f"n{number}", number) for number in range(10)]))
        streams = [store.nodes(item.uid) for _ in range(3)]
        assert [next(stream).sequence for stream in streams] == [0, 0, 0]
        del streams
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("n0", 0, status=b"new")]))
        assert next(store.nodes(item.uid)).status == b"new"

    def test_large_values_are_kept_whole_and_can_be_replaced(self, store: Store) -> None:
        item = store.create(an_object("a"))
        large = a_node("n", 0, status=b"s" * LARGE, internal=b"i" * LARGE)
        store.commit(RunCommit(uid=item.uid, nodes=[large], commands=[a_command("c", b"c" * LARGE)], data=b"d" * LARGE))
        assert list(store.nodes(item.uid)) == [large]
        assert list(store.commands(item.uid)) == [a_command("c", b"c" * LARGE)]
        found = store.get(item.key)
        assert found is not None
        assert found.data == b"d" * LARGE
        small = a_node("n", 0)
        store.commit(RunCommit(uid=item.uid, nodes=[small], performed=["c"], data=b"d"))
        assert list(store.nodes(item.uid)) == [small]

    def test_equal_large_values_do_not_disturb_each_other(self, store: Store) -> None:
        item = store.create(an_object("a"))
        first, second = (a_node(name, at, status=b"s" * LARGE) for at, name in enumerate("ab"))
        store.commit(RunCommit(uid=item.uid, nodes=[first, second]))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("a", 0)]))
        assert list(store.nodes(item.uid)) == [a_node("a", 0), second]


class CommandContract:
    """Commands wait until they are performed."""

    def keys(self, store: Store, uid: WorkflowUid) -> Sequence[str]:
        """The keys that wait."""
        return [command.key for command in store.commands(uid)]

    def test_commands_wait_oldest_first(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("z", b"1"), a_command("a", b"2")]))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("m", b"3")]))
        expected = [a_command("z", b"1"), a_command("a", b"2"), a_command("m", b"3")]
        assert list(store.commands(item.uid)) == expected

    def test_performed_command_waits_no_more(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("a"), a_command("b"), a_command("c")]))
        store.commit(RunCommit(uid=item.uid, performed=["b", "unknown"]))
        assert self.keys(store, item.uid) == ["a", "c"]

    def test_command_may_be_performed_in_the_commit_that_brings_it(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("a")], performed=["a"]))
        assert self.keys(store, item.uid) == []

    def test_key_makes_a_command_idempotent(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("a", b"1")]))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("a", b"2")]))
        assert list(store.commands(item.uid)) == [a_command("a", b"1")]
        store.commit(RunCommit(uid=item.uid, performed=["a"]))
        store.commit(RunCommit(uid=item.uid, commands=[a_command("a", b"3"), a_command("b")]))
        assert self.keys(store, item.uid) == ["b"]

    def test_keys_belong_to_their_run(self, store: Store) -> None:
        first, second = store.create(an_object("a")), store.create(an_object("b"))
        for item in (first, second):
            store.commit(RunCommit(uid=item.uid, commands=[a_command("c")]))
        store.commit(RunCommit(uid=first.uid, performed=["c"]))
        assert self.keys(store, first.uid) == []
        assert self.keys(store, second.uid) == ["c"]
        assert self.keys(store, WorkflowUid("nobody")) == []


class ClosingContract:
    """Claims and closing, as far as one store shows them."""

    def test_claim_is_for_one_and_may_be_released(self, store: Store) -> None:
        uid = WorkflowUid("a")
        assert store.claim(uid) is True
        assert store.claim(uid) is False
        store.release(uid)
        store.release(uid)
        store.release(WorkflowUid("unknown"))
        assert store.claim(uid) is True

    def test_closed_store_refuses_calls(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.close()
        store.close()
        calls: list[Callable[[], object]] = [
            lambda: store.create(an_object("b")),
            lambda: store.get(item.key),
            lambda: store.find(item.uid),
            lambda: store.list(ListOptions(kind="Workflow")),
            lambda: store.delete(item.key),
            lambda: store.update(item),
            lambda: store.owned_by(item.uid),
            store.kinds,
            store.version,
            lambda: store.changes(0),
            lambda: store.wait(10**9, 60.0),
            lambda: store.commit(RunCommit(uid=item.uid)),
            lambda: list(store.nodes(item.uid)),
            lambda: store.commands(item.uid),
            lambda: store.claim(item.uid),
        ]
        for call in calls:
            with pytest.raises(StoreError, match="closed"):
                call()


class StoreContract(
    ObjectContract,
    ListContract,
    UpdateContract,
    KindContract,
    ChangeContract,
    CommitContract,
    CommandContract,
    LockContract,
    CacheContract,
    ClosingContract,
):
    """Everything that a store must do; give it a ``store`` fixture with an empty store."""


class LastingStoreContract:
    """What a store must do besides whose objects outlive it.

    Give it ``store`` and ``reopen``: a fixture whose value, called, gives one more store on the same data.
    """

    def test_another_store_sees_all_commits(self, store: Store, reopen: Callable[[], Store]) -> None:
        item = store.create(an_object("a", labels={"x": "1"}))
        version = store.commit(RunCommit(uid=item.uid, nodes=[a_node("n", 0)], commands=[a_command("c")], data=b"d"))
        other = reopen()
        assert other.get(item.key) == replace(item, resource_version=version, data=b"d")
        assert list(other.nodes(item.uid)) == [a_node("n", 0)]
        assert list(other.commands(item.uid)) == [a_command("c")]

    def test_stores_work_side_by_side(self, store: Store, reopen: Callable[[], Store]) -> None:
        item, other = store.create(an_object("a")), reopen()
        versions = [
            (store, other)[number % 2].commit(RunCommit(uid=item.uid, nodes=[a_node(f"n{number}", number)]))
            for number in range(10)
        ]
        assert versions == sorted(set(versions))
        assert len(list(store.nodes(item.uid))) == len(list(other.nodes(item.uid))) == 10

    def test_another_store_sees_all_changes(self, store: Store, reopen: Callable[[], Store]) -> None:
        other = reopen()
        item = store.create(an_object("a"))
        assert other.wait(0, 60.0) is True
        assert other.changes(0).items == [Change("ADDED", item)]
        other.delete(item.key)
        assert [change.type for change in store.changes(item.resource_version).items] == ["DELETED"]

    def test_only_one_of_two_stores_can_update(self, store: Store, reopen: Callable[[], Store]) -> None:
        other = reopen()
        item = store.create(an_object("a"))
        store.update(replace(item, data=b"1"))
        with pytest.raises(ConflictError):
            other.update(replace(item, data=b"2"))

    def test_objects_outlive_the_store(self, store: Store, reopen: Callable[[], Store]) -> None:
        item = store.create(an_object("a"))
        store.close()
        assert reopen().get(item.key) == item

    def test_only_one_store_has_a_claim(self, store: Store, reopen: Callable[[], Store]) -> None:
        uid, other = WorkflowUid("a"), reopen()
        assert store.claim(uid) is True
        assert other.claim(uid) is False
        assert other.claim(WorkflowUid("b")) is True
        other.release(uid)
        assert reopen().claim(uid) is False
        store.release(uid)
        assert other.claim(uid) is True
        assert store.claim(uid) is False

    def test_locks_and_entries_outlive_the_store(self, store: Store, reopen: Callable[[], Store]) -> None:
        one, two = store.create(an_object("a")).uid, store.create(an_object("b")).uid
        other = reopen()
        assert store.claim(one)
        assert other.claim(two)
        assert ask(store, one, a_request(MUTEX)) == [True]
        assert ask(other, two, a_request(MUTEX)) == [False]
        store.cache.keep(KEY, an_entry())
        store.close()
        assert [state.held for state in other.locks.acquire(two, {})] == [False]
        assert list(other.cache.entries("argo", "c")) == ["k"]
        assert other.claim(one)
        before = other.locks.version()
        other.commit(RunCommit(uid=one, ended=True))
        assert other.locks.version() > before
        assert [state.held for state in reopen().locks.acquire(two, {})] == [True]

    def test_claims_end_with_close(self, store: Store, reopen: Callable[[], Store]) -> None:
        uid = WorkflowUid("a")
        assert store.claim(uid) is True
        store.close()
        assert reopen().claim(uid) is True

    @pytest.mark.parametrize("uid", ["../../escape", "a/b", "", ".", "ü", "x" * 300])
    def test_any_uid_can_be_claimed(self, store: Store, reopen: Callable[[], Store], uid: str) -> None:
        assert store.claim(WorkflowUid(uid)) is True
        assert reopen().claim(WorkflowUid(uid)) is False

"""What every store must do: each sentence of ``ports/store.py`` as a test.

Subclass ``StoreContract`` in a test module and give it a ``store`` fixture.  A store whose objects outlive it
subclasses ``LastingStoreContract`` as well and gives a ``reopen`` fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from msgspec.structs import replace

from tiphys.core.objects.selectors import parse_selector
from tiphys.errors import ConflictError, ExpiredError, NotFoundError, StoreError, UsageError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import (
    Change,
    Changes,
    CommandRow,
    ListOptions,
    NodeRow,
    ObjectKey,
    RunCommit,
    Store,
    StoredObject,
)

NOON = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
LARGE = 300 * 1024


def an_object(
    name: str,
    *,
    minutes: int = 0,
    namespace: str = "argo",
    kind: str = "Workflow",
    phase: str = "Running",
    labels: Mapping[str, str] | None = None,
    data: bytes = b"{}",
) -> StoredObject:
    """An object to keep; ``minutes`` after noon is when it was made."""
    return StoredObject(
        key=ObjectKey(kind, namespace, name),
        uid=WorkflowUid(f"uid-{kind}-{namespace}-{name}"),
        resource_version=0,
        created_at=NOON + timedelta(minutes=minutes),
        labels=labels or {},
        phase=phase,
        data=data,
    )


def a_node(name: str, sequence: int, status: bytes = b'{"phase":"Running"}', internal: bytes = b"{}") -> NodeRow:
    """A node row."""
    return NodeRow(name=NodeName(name), sequence=sequence, status=status, internal=internal)


def a_command(key: str, body: bytes = b"{}") -> CommandRow:
    """A command row."""
    return CommandRow(key=key, body=body)


def names(store: Store, options: ListOptions) -> list[str]:
    """The names on all pages of a list, page by page."""
    found: list[str] = []
    while True:
        page = store.list(options)
        assert len(page.items) <= options.limit
        found += [item.key.name for item in page.items]
        if page.next is None:
            return found
        assert page.items, "a page with a successor is not empty"
        options = replace(options, after=page.next)


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


class ListContract:
    """Lists: order, pages, filters."""

    def test_newest_first_whatever_the_order_of_creation(self, store: Store) -> None:
        for name, minutes in (("b", 2), ("a", 1), ("c", 3)):
            store.create(an_object(name, minutes=minutes))
        assert names(store, ListOptions(kind="Workflow")) == ["c", "b", "a"]

    def test_equal_times_list_the_last_created_first(self, store: Store) -> None:
        for name in "bac":
            store.create(an_object(name))
        assert names(store, ListOptions(kind="Workflow")) == ["c", "a", "b"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
    def test_pages_join_to_the_whole_list(self, store: Store, limit: int) -> None:
        for number in range(7):
            store.create(an_object(f"w{number}", minutes=number // 3))
        assert names(store, ListOptions(kind="Workflow", limit=limit)) == [f"w{number}" for number in range(6, -1, -1)]

    def test_last_page_has_no_cursor(self, store: Store) -> None:
        store.create(an_object("a"))
        assert store.list(ListOptions(kind="Workflow", limit=1)).next is None
        assert store.list(ListOptions(kind="CronWorkflow")).next is None

    def test_cursor_holds_while_objects_come_and_go(self, store: Store) -> None:
        for number in range(4):
            store.create(an_object(f"w{number}", minutes=number))
        page = store.list(ListOptions(kind="Workflow", limit=2))
        assert [item.key.name for item in page.items] == ["w3", "w2"]
        store.delete(page.items[-1].key)
        store.create(an_object("new", minutes=9))
        assert names(store, ListOptions(kind="Workflow", limit=2, after=page.next)) == ["w1", "w0"]

    @pytest.mark.parametrize("cursor", ["", "x", "1", "1.", "1.2.3", "1.2'; --", "1" * 40 + ".1"])
    def test_made_up_cursor_is_refused(self, store: Store, cursor: str) -> None:
        with pytest.raises(UsageError):
            store.list(ListOptions(kind="Workflow", after=cursor))

    @pytest.mark.parametrize("limit", [0, -1])
    def test_limit_is_positive(self, store: Store, limit: int) -> None:
        with pytest.raises(UsageError):
            store.list(ListOptions(kind="Workflow", limit=limit))

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            (ListOptions(kind="Workflow"), "fedcba"),
            (ListOptions(kind="CronWorkflow"), "z"),
            (ListOptions(kind="Nothing"), ""),
            (ListOptions(kind="Workflow", namespace="argo"), "fedca"),
            (ListOptions(kind="Workflow", namespace="other"), "b"),
            (ListOptions(kind="Workflow", namespace=""), ""),
            (ListOptions(kind="Workflow", phases=["Failed"]), "fc"),
            (ListOptions(kind="Workflow", phases=["Failed", "Succeeded", "Failed"]), "fecb"),
            (ListOptions(kind="Workflow", namespace="argo", phases=["Failed", "Succeeded"]), "fec"),
            (ListOptions(kind="Workflow", labels={"team": "x"}), "edba"),
            (ListOptions(kind="Workflow", labels={"team": "x"}, namespace="argo"), "eda"),
            (ListOptions(kind="Workflow", labels={"team": "x", "tier": "1"}), "db"),
            (ListOptions(kind="Workflow", labels={"tier": "1", "team": "x"}, namespace="argo"), "d"),
            (ListOptions(kind="Workflow", labels={"team": "x"}, phases=["Running"]), "da"),
            (ListOptions(kind="Workflow", labels={"team": "x"}, phases=["Running", "Succeeded"]), "edba"),
            (ListOptions(kind="Workflow", labels={"team": ""}), "f"),
            (ListOptions(kind="Workflow", labels={"TEAM": "x"}), ""),
        ],
    )
    @pytest.mark.parametrize("limit", [1, 500])
    def test_filters(self, store: Store, options: ListOptions, expected: str, limit: int) -> None:
        store.create(an_object("a", minutes=1, labels={"team": "x"}))
        store.create(an_object("b", minutes=2, labels={"team": "x", "tier": "1"}, namespace="other", phase="Succeeded"))
        store.create(an_object("c", minutes=3, labels={"team": "y", "tier": "1"}, phase="Failed"))
        store.create(an_object("d", minutes=4, labels={"team": "x", "tier": "1"}))
        store.create(an_object("e", minutes=5, labels={"team": "x", "tier": "2"}, phase="Succeeded"))
        store.create(an_object("f", minutes=6, labels={"team": ""}, phase="Failed"))
        store.create(an_object("z", minutes=7, labels={"team": "x"}, kind="CronWorkflow"))
        assert "".join(names(store, replace(options, limit=limit))) == expected

    def test_list_shows_what_get_shows(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1"}))
        store.commit(RunCommit(uid=item.uid, phase="Failed", data=b"new", labels={"x": "2"}))
        assert store.list(ListOptions(kind="Workflow")).items == [store.get(item.key)]


class UpdateContract:
    """Updates: what is replaced, and that nobody's change is lost."""

    def test_update_replaces_what_may_change(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1", "y": "1"}, data=b"old"))
        wanted = replace(item, labels={"x": "2"}, phase="Failed", data=b"new", owners=(WorkflowUid("o"),))
        updated = store.update(wanted)
        assert updated == replace(wanted, resource_version=updated.resource_version)
        assert updated.resource_version > item.resource_version
        assert store.get(item.key) == store.find(item.uid) == updated
        assert names(store, ListOptions(kind="Workflow", labels={"y": "1"})) == []
        assert names(store, ListOptions(kind="Workflow", labels={"x": "2"}, phases=["Failed"])) == ["a"]

    def test_update_keeps_nodes_and_commands(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, nodes=[a_node("n", 0)], commands=[a_command("c")]))
        store.update(replace(item, resource_version=0, data=b"new"))
        assert list(store.nodes(item.uid)) == [a_node("n", 0)]
        assert list(store.commands(item.uid)) == [a_command("c")]

    def test_update_of_an_old_version_is_a_conflict(self, store: Store) -> None:
        item = store.create(an_object("a"))
        newer = store.update(replace(item, data=b"1"))
        with pytest.raises(ConflictError):
            store.update(replace(item, data=b"2"))
        assert store.get(item.key) == newer
        assert store.update(replace(newer, data=b"3")).data == b"3"

    def test_commit_counts_as_a_change(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.commit(RunCommit(uid=item.uid, phase="Failed"))
        with pytest.raises(ConflictError):
            store.update(replace(item, data=b"2"))

    def test_version_zero_replaces_whatever_is_there(self, store: Store) -> None:
        item = store.create(an_object("a"))
        store.update(replace(item, data=b"1"))
        assert store.update(replace(item, resource_version=0, data=b"2")).data == b"2"

    def test_update_needs_the_same_object(self, store: Store) -> None:
        item = store.create(an_object("a"))
        with pytest.raises(NotFoundError):
            store.update(an_object("b"))
        store.delete(item.key)
        again = store.create(replace(item, uid=WorkflowUid("again")))
        with pytest.raises(ConflictError):
            store.update(replace(item, resource_version=0))
        assert store.get(item.key) == again

    def test_delete_of_an_old_version_is_a_conflict(self, store: Store) -> None:
        item = store.create(an_object("a"))
        newer = store.update(replace(item, data=b"1"))
        with pytest.raises(ConflictError):
            store.delete(item.key, expected=item.resource_version)
        assert store.get(item.key) == newer
        assert store.delete(item.key, expected=newer.resource_version) is True


class KindContract:
    """Any kind, told apart by its group; owners; selectors."""

    def test_group_is_part_of_the_key(self, store: Store) -> None:
        items = [
            replace(an_object("a"), key=ObjectKey("Job", "argo", "a", group), uid=WorkflowUid(f"uid-{group}"))
            for group in ("batch", "example.com", "")
        ]
        created = [store.create(item) for item in items]
        assert [store.get(item.key) for item in items] == created
        assert [item.uid for item in store.list(ListOptions(kind="Job", group="batch")).items] == ["uid-batch"]
        assert store.kinds() == [("", "Job"), ("batch", "Job"), ("example.com", "Job")]
        store.delete(items[0].key)
        assert store.kinds() == [("", "Job"), ("example.com", "Job")]

    def test_dependents_are_found_by_owner_whatever_their_kind(self, store: Store) -> None:
        owner = store.create(an_object("owner"))
        other = WorkflowUid("other")
        for number, owners in enumerate([(owner.uid,), (other, owner.uid), (other,), ()]):
            kind = "Pod" if number else "PersistentVolumeClaim"
            store.create(replace(an_object(f"d{number}", kind=kind, minutes=-number), owners=owners))
        assert [item.key.name for item in store.owned_by(owner.uid)] == ["d1", "d0"]
        assert store.owned_by(WorkflowUid("nobody")) == []
        store.update(replace(store.owned_by(owner.uid)[0], owners=(other,)))
        store.delete(store.owned_by(owner.uid)[0].key)
        assert store.owned_by(owner.uid) == []

    @pytest.mark.parametrize(
        ("selector", "expected"),
        [
            ("x", "dcba"),
            ("!x", "e"),
            ("x=1", "a"),
            ("x==1,y", ""),
            ("x!=1", "edcb"),
            ("x in (1,2)", "ba"),
            ("x in (2)", "b"),
            ("x notin (1,2)", "edc"),
            ("x>1", "cb"),
            ("x<30", "ba"),
            ("x>1,!y", "c"),
            ("y,x notin (1)", "b"),
        ],
    )
    @pytest.mark.parametrize("limit", [1, 500])
    def test_selectors(self, store: Store, selector: str, expected: str, limit: int) -> None:
        for minutes, (name, labels) in enumerate(
            {"a": {"x": "1"}, "b": {"x": "2", "y": "1"}, "c": {"x": "30"}, "d": {"x": "word"}, "e": {"z": "1"}}.items()
        ):
            store.create(an_object(name, minutes=minutes, labels=labels))
        options = ListOptions(kind="Workflow", selector=parse_selector(selector), limit=limit)
        assert "".join(names(store, options)) == expected
        assert "".join(names(store, replace(options, phases=["Running", "Failed"]))) == expected


class ChangeContract:
    """Changes: everybody learns of everything, in order."""

    def seen(self, store: Store, since: int, limit: int = 500) -> list[tuple[str, str]]:
        """Type and name of all changes of workflows, part by part."""
        found: list[tuple[str, str]] = []
        while True:
            changes = store.changes(since, kind="Workflow", limit=limit)
            assert len(changes.items) <= limit
            found += [(change.type, change.item.key.name) for change in changes.items]
            if len(changes.items) < limit:
                return found
            since = changes.version

    def test_nothing_has_changed_since_the_present_version(self, store: Store) -> None:
        store.create(an_object("a"))
        assert store.changes(store.version()) == Changes([], store.version())

    @pytest.mark.parametrize("limit", [1, 2, 500])
    def test_changes_come_once_each_in_the_order_of_their_last_one(self, store: Store, limit: int) -> None:
        for name in "abc":
            store.create(an_object(name))
        since = store.version()
        store.create(an_object("d"))
        store.update(replace(an_object("a"), data=b"1"))
        store.delete(an_object("b").key)
        store.commit(RunCommit(uid=an_object("d").uid, phase="Failed"))
        store.update(replace(an_object("a"), data=b"2"))
        expected = [("DELETED", "b"), ("ADDED", "d"), ("MODIFIED", "a")]
        assert [name for _, name in self.seen(store, since, limit)] == [name for _, name in expected]
        assert self.seen(store, since) == expected
        assert self.seen(store, 0) == [("ADDED", "c"), ("DELETED", "b"), ("ADDED", "d"), ("ADDED", "a")]

    def test_changes_show_present_objects_and_last_ones(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1"}, data=b"d" * LARGE))
        assert store.changes(0).items == [Change("ADDED", item)]
        store.delete(item.key)
        gone = replace(item, resource_version=store.version())
        assert gone.resource_version > item.resource_version
        assert store.changes(0).items == [Change("DELETED", gone)]

    def test_last_data_may_be_hidden(self, store: Store) -> None:
        item = store.create(an_object("a", data=b"secret"))
        store.delete(item.key, last=b"{}")
        assert [change.item.data for change in store.changes(0).items] == [b"{}"]

    def test_object_made_anew_is_another_one(self, store: Store) -> None:
        item = store.create(an_object("a"))
        since = store.version()
        store.delete(item.key)
        store.create(replace(item, uid=WorkflowUid("again")))
        assert [(change.type, change.item.uid) for change in store.changes(since).items] == [
            ("DELETED", item.uid),
            ("ADDED", "again"),
        ]

    def test_one_kind_may_be_asked_for(self, store: Store) -> None:
        store.create(an_object("a", kind="CronWorkflow"))
        store.create(replace(an_object("b"), key=ObjectKey("CronWorkflow", "argo", "b", "other")))
        last = store.create(an_object("c"))
        found = store.changes(0, kind="CronWorkflow")
        assert [change.item.key.name for change in found.items] == ["a"]
        assert found.version == last.resource_version
        assert [change.item.key.name for change in store.changes(0).items] == ["a", "b", "c"]

    def test_forgotten_deletions_are_said(self, store: Store) -> None:
        first = store.create(an_object("first"))
        for number in range(1002):
            item = an_object(f"w{number}")
            store.create(item)
            store.delete(item.key)
        with pytest.raises(ExpiredError):
            store.changes(first.resource_version)
        assert store.changes(store.version()).items == []
        assert len(store.changes(store.version() - 1998, limit=5000).items) == 1000 - 1

    def test_wait_ends_with_a_change(self, store: Store) -> None:
        assert store.wait(store.version(), 0.0) is False
        since = store.version()
        store.create(an_object("a"))
        assert store.wait(since, 60.0) is True

    def test_wait_ends_with_the_change_of_another_thread(self, store: Store) -> None:
        since = store.version()
        waiting = Thread(target=store.create, args=(an_object("a"),))
        waiting.start()
        assert store.wait(since, 60.0) is True
        waiting.join()


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

    def test_claim_may_be_repeated_and_released(self, store: Store) -> None:
        uid = WorkflowUid("a")
        assert store.claim(uid) is True
        assert store.claim(uid) is True
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

    def test_claims_end_with_close(self, store: Store, reopen: Callable[[], Store]) -> None:
        uid = WorkflowUid("a")
        assert store.claim(uid) is True
        store.close()
        assert reopen().claim(uid) is True

    @pytest.mark.parametrize("uid", ["../../escape", "a/b", "", ".", "ü", "x" * 300])
    def test_any_uid_can_be_claimed(self, store: Store, reopen: Callable[[], Store], uid: str) -> None:
        assert store.claim(WorkflowUid(uid)) is True
        assert reopen().claim(WorkflowUid(uid)) is False

"""The contract of stores as far as it is about objects of any kind: updates, kinds, owners, changes."""

from __future__ import annotations

from threading import Thread

import pytest
from msgspec.structs import replace

from tiphys.core.objects.selectors import parse_selector
from tiphys.errors import ConflictError, ExpiredError, NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import Change, Changes, ListOptions, ObjectKey, RunCommit, Store
from tiphys.testing.contracts.store_rows import LARGE, a_command, a_node, an_object, names


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

    def test_namespaces_are_those_that_have_objects(self, store: Store) -> None:
        for kind, namespace in (("Job", "b"), ("Job", "a"), ("Role", "b"), ("Node", "")):
            key = ObjectKey(kind, namespace, f"{kind.lower()}-{namespace}", "x")
            store.create(replace(an_object("a"), key=key, uid=WorkflowUid(f"{kind}-{namespace}")))
        assert store.namespaces() == ["a", "b"]
        store.delete(ObjectKey("Job", "a", "job-a", "x"))
        assert store.namespaces() == ["b"]

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

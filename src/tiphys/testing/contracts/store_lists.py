"""What lists of a store must do: order, pages, filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tiphys.errors import UsageError
from tiphys.ports.store import ListOptions, NameMatch, RunCommit, Store, StoredObject, Times
from tiphys.testing.contracts.store_rows import NOON, an_object, names


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

    @pytest.mark.parametrize("phases", [(), ("Failed",), ("Failed", "Succeeded")])
    @pytest.mark.parametrize("labels", [{}, {"team": "x"}])
    def test_what_is_skipped_is_the_beginning_of_the_list(
        self, store: Store, phases: tuple[str, ...], labels: dict[str, str]
    ) -> None:
        for number in range(12):
            phase, team = ("Failed", "Succeeded", "Running")[number % 3], "xy"[number % 2]
            store.create(an_object(f"w{number}", minutes=number // 2, phase=phase, labels={"team": team}))
        options = ListOptions(kind="Workflow", phases=phases, labels=labels)
        whole = names(store, options)
        assert store.count(options) == len(whole) > 1
        for skip in range(len(whole) + 2):
            page = store.list(replace(options, skip=skip, limit=2))
            assert [item.key.name for item in page.items] == whole[skip : skip + 2]
            assert (page.next is None) == (skip + 2 >= len(whole))

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            (ListOptions(kind="Workflow", names=[NameMatch("Exact", "aBc")]), "aBc"),
            (ListOptions(kind="Workflow", names=[NameMatch("Prefix", "a")]), "aBc abc a%c"),
            (ListOptions(kind="Workflow", names=[NameMatch("Prefix", "a%")]), "a%c"),
            (ListOptions(kind="Workflow", names=[NameMatch("Contains", "b")]), "abc xbx"),
            (ListOptions(kind="Workflow", names=[NameMatch("Contains", "%")]), "a%c"),
            (ListOptions(kind="Workflow", names=[NameMatch("Contains", "")]), "aBc abc a%c xbx"),
            (ListOptions(kind="Workflow", names=[NameMatch("NotEquals", "abc")]), "aBc a%c xbx"),
            (ListOptions(kind="Workflow", names=[NameMatch("Prefix", "a"), NameMatch("NotEquals", "abc")]), "aBc a%c"),
            (ListOptions(kind="Workflow", names=[NameMatch("Contains", "b")], labels={"l": "1"}), "xbx"),
            (ListOptions(kind="Workflow", not_namespace="other"), "abc a%c xbx"),
            (ListOptions(kind="Workflow", not_namespace="argo", labels={"l": "1"}), "aBc"),
            (ListOptions(kind="Workflow", created_after=NOON), "aBc abc a%c"),
            (ListOptions(kind="Workflow", created_after=NOON, labels={"l": "1"}), "aBc"),
        ],
    )
    def test_names_namespaces_and_times(self, store: Store, options: ListOptions, expected: str) -> None:
        store.create(an_object("xbx", labels={"l": "1"}))
        for minutes, (name, namespace, label) in enumerate(
            [("a%c", "argo", "0"), ("abc", "argo", "0"), ("aBc", "other", "1")], start=1
        ):
            store.create(an_object(name, namespace=namespace, minutes=minutes, labels={"l": label}))
        assert names(store, options) == expected.split()
        assert store.count(options) == len(expected.split())

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

    def test_labels_are_named_once(self, store: Store) -> None:
        store.create(an_object("a", minutes=1, labels={"team": "x", "tier": "1"}))
        store.create(an_object("b", minutes=2, labels={"team": "y"}, phase="Failed"))
        store.create(an_object("c", minutes=3, labels={"team": "x"}, phase="Failed"))
        store.create(an_object("d", minutes=4, labels={"own": ""}, namespace="other"))
        store.create(an_object("e", minutes=5, labels={"cron": "1", "team": "z"}, kind="CronWorkflow"))
        whole, failed = ListOptions(kind="Workflow"), ListOptions(kind="Workflow", phases=["Failed"])
        here = ListOptions(kind="Workflow", namespace="argo", limit=1)
        assert [list(store.label_keys(each)) for each in (whole, failed, here)] == [
            ["own", "team", "tier"],
            ["team"],
            ["team", "tier"],
        ]
        assert [list(store.label_values(each, "team")) for each in (whole, failed, here)] == [["x", "y"]] * 3
        assert [list(store.label_values(whole, key)) for key in ("own", "nobody")] == [[""], []]
        marked = ListOptions(kind="Workflow", labels={"tier": "1"})
        assert (list(store.label_keys(marked)), list(store.label_values(marked, "team"))) == (["team", "tier"], ["x"])

    def test_phases_are_counted(self, store: Store) -> None:
        for name, phase in [("a", "Failed"), ("b", "Running"), ("c", "Failed"), ("d", "")]:
            store.create(an_object(name, phase=phase, namespace=f"in-{name}"))
        store.create(an_object("e", phase="Failed", kind="CronWorkflow"))
        assert dict(store.phases("Workflow")) == {"Failed": 2, "Running": 1, "": 1}
        assert dict(store.phases("Pod", "")) == {}

    def test_list_shows_what_get_shows(self, store: Store) -> None:
        item = store.create(an_object("a", labels={"x": "1"}))
        store.commit(RunCommit(uid=item.uid, phase="Failed", data=b"new", labels={"x": "2"}))
        assert store.list(ListOptions(kind="Workflow")).items == [store.get(item.key)]

    def test_times_are_kept_and_change_by_commits(self, store: Store) -> None:
        item = store.create(replace(an_object("a"), times=_times(1, None)))
        assert store.get(item.key) == item
        store.commit(RunCommit(uid=item.uid, phase="Failed"))
        assert _read(store, item).times == _times(1, None)
        store.commit(RunCommit(uid=item.uid, times=_times(1, 2)))
        assert _read(store, item).times == _times(1, 2)
        store.update(replace(_read(store, item), times=Times()))
        assert _read(store, item).times == Times()

    def test_progress_is_that_of_commits_until_data_says_it(self, store: Store) -> None:
        item = store.create(an_object("a"))
        seen = [item.progress]
        for commit in (
            RunCommit(uid=item.uid, progress="1/3"),
            RunCommit(uid=item.uid, phase="Running"),
            RunCommit(uid=item.uid, data=b"new"),
        ):
            store.commit(commit)
            seen.append(_read(store, item).progress)
        assert seen == ["", "1/3", "1/3", ""]
        store.commit(RunCommit(uid=item.uid, progress="2/3"))
        store.update(replace(_read(store, item), labels={"x": "1"}, resource_version=0))
        assert [found.progress for found in store.list(ListOptions(kind="Workflow")).items] == ["2/3"]

    @pytest.mark.parametrize("skip", [0, 1, 3])
    @pytest.mark.parametrize("limit", [1, 2, 500])
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"started_after": 3}, "fdcb"),
            ({"started_after": 4, "phases": ["Failed"]}, "fb"),
            ({"started_after": 4, "labels": {"odd": "1"}}, "fdb"),
            ({"started_after": 4, "labels": {"odd": "1"}, "namespace": "other"}, "f"),
            ({"started_after": 3, "created_after": 1}, "fdc"),
            ({"started_after": -99}, "fdcba"),
            ({"started_before": 6}, "cba"),
            ({"started_after": 2, "started_before": 6}, "cb"),
            ({"finished_before": 9}, "ca"),
            ({"finished_before": 9, "labels": {"odd": "1"}}, ""),
            ({"finished_before": 9, "phases": ["Succeeded"]}, "a"),
        ],
    )
    def test_times_of_runs(
        self, store: Store, filters: Mapping[str, object], expected: str, limit: int, skip: int
    ) -> None:
        for minutes, (name, started, finished, phase) in enumerate(
            [
                ("a", 0, 8, "Succeeded"),
                ("b", 5, 20, "Failed"),  # made early, began late
                ("c", 4, 5, "Failed"),
                ("d", 6, None, "Running"),
                ("e", None, None, ""),
                ("f", 7, 30, "Failed"),
            ]
        ):
            space, labels = ("other" if name == "f" else "argo"), {"odd": "1"} if minutes % 2 else {}
            made = an_object(name, minutes=minutes, phase=phase, labels=labels, namespace=space)
            store.create(replace(made, times=_times(started, finished)))
        moments = {key: NOON + timedelta(minutes=at) for key, at in filters.items() if isinstance(at, int)}
        options = replace(ListOptions(kind="Workflow", limit=limit), **{**filters, **moments})
        assert "".join(names(store, replace(options, skip=skip))) == expected[skip:]
        assert store.count(options) == len(expected)

    @pytest.mark.parametrize(
        ("match", "expected"),
        [("Exact", "b"), ("Prefix", "b"), ("Contains", "cb"), ("NotEquals", "c")],
    )
    def test_a_label_may_hold_the_name(self, store: Store, match: str, expected: str) -> None:
        for name, label in (("a", {}), ("b", {"name": "one"}), ("c", {"name": "alone"})):
            store.create(an_object(name, labels=label))
        options = ListOptions(kind="Workflow", names=[NameMatch(match, "one")], name_label="name")
        assert "".join(names(store, options)) == expected

    def test_every_object_of_a_page_has_its_cursor(self, store: Store) -> None:
        for number in range(5):
            store.create(an_object(f"w{number}", minutes=number // 2))
        page = store.list(ListOptions(kind="Workflow", limit=4))
        assert len(page.cursors) == 4
        for at, cursor in enumerate(page.cursors, start=1):
            behind = ListOptions(kind="Workflow", after=cursor)
            assert names(store, behind) == [f"w{number}" for number in range(4 - at, -1, -1)]
            assert store.count(behind) == 5 - at


def _times(started: int | None, finished: int | None) -> Times:
    """Times in minutes after noon."""
    return Times(*(None if at is None else NOON + timedelta(minutes=at) for at in (started, finished)))


def _read(store: Store, item: StoredObject) -> StoredObject:
    found = store.get(item.key)
    assert found is not None
    return found

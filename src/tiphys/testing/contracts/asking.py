"""What every store must do with requests to runs, events and nodes that are taken back."""

from __future__ import annotations

import pytest

from tiphys.errors import NotFoundError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import KEPT_EVENTS, Answer, RunCommit, Store
from tiphys.testing.contracts.store import a_command, a_node, an_object


class AskingContract:
    """Requests, answers and events belong to their run and go with it."""

    def test_requests_wait_oldest_first_for_whoever_drives(self, store: Store) -> None:
        one, two = store.create(an_object("a")), store.create(an_object("b"))
        assert store.requests() == []
        numbers = [store.ask(one.uid, b"1"), store.ask(two.uid, b"2"), store.ask(one.uid, b"3")]
        assert [(row.uid, row.number, row.body) for row in store.requests()] == [
            (one.uid, numbers[0], b"1"), (two.uid, numbers[1], b"2"), (one.uid, numbers[2], b"3"),
        ]  # fmt: skip
        assert [store.take_answer(number) for number in numbers] == [None, None, None]

    def test_an_answer_comes_with_the_step_and_is_given_once(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        done, refused = store.ask(kept.uid, b"1"), store.ask(kept.uid, b"2")
        store.commit(RunCommit(uid=kept.uid, answers=[Answer(done), Answer(refused, "no")]))
        assert store.requests() == []
        assert (store.take_answer(done), store.take_answer(refused)) == ("", "no")
        with pytest.raises(NotFoundError):
            store.take_answer(done)

    def test_nobody_asks_a_run_that_is_not_there(self, store: Store) -> None:
        with pytest.raises(NotFoundError):
            store.ask(WorkflowUid("nobody"), b"1")

    def test_requests_and_events_go_with_their_run(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        number = store.ask(kept.uid, b"1")
        store.commit(RunCommit(uid=kept.uid, events=[b"e"]))
        store.delete(kept.key)
        assert store.requests() == []
        with pytest.raises(NotFoundError):
            store.take_answer(number)
        again = store.create(an_object("a"))
        assert store.events(again.uid) == []

    def test_only_the_newest_events_are_kept(self, store: Store) -> None:
        kept, other = store.create(an_object("a")), store.create(an_object("b"))
        store.commit(RunCommit(uid=other.uid, events=[b"other"]))
        for start in range(0, KEPT_EVENTS + 20, 10):
            store.commit(RunCommit(uid=kept.uid, events=[b"%d" % number for number in range(start, start + 10)]))
        found = store.events(kept.uid)
        assert found == [b"%d" % number for number in range(20, KEPT_EVENTS + 20)]
        assert store.events(other.uid) == [b"other"]

    def test_removed_nodes_are_gone_and_may_come_again(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        store.commit(RunCommit(uid=kept.uid, nodes=[a_node("x", 0), a_node("y", 1)]))
        store.commit(RunCommit(uid=kept.uid, removed=[NodeName("x"), NodeName("?")], nodes=[a_node("z", 2)]))
        assert [row.name for row in store.nodes(kept.uid)] == ["y", "z"]
        store.commit(RunCommit(uid=kept.uid, removed=[NodeName("y")], nodes=[a_node("y", 3)]))
        assert [row.name for row in store.nodes(kept.uid)] == ["z", "y"]

    def test_forgotten_commands_may_be_given_again(self, store: Store) -> None:
        kept = store.create(an_object("a"))
        store.commit(RunCommit(uid=kept.uid, commands=[a_command("k"), a_command("l")], performed=["k"]))
        store.commit(RunCommit(uid=kept.uid, forget_commands=True, commands=[a_command("k", b"new")]))
        assert [(row.key, row.body) for row in store.commands(kept.uid)] == [("k", b"new")]

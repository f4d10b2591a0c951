"""The contract of stores as far as it is about locks and memoized outputs."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from tiphys.core.locking.status import LockRow
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheAnswer, CacheEntry, CacheKey, CacheSave
from tiphys.ports.locks import LockRequest, LockState
from tiphys.ports.store import RunCommit, Store
from tiphys.testing.contracts.store_rows import LARGE, NOON, an_object

MUTEX, OTHER, SEMAPHORE = "argo/Mutex/m", "argo/Mutex/o", "sem/argo/s"
KEY = CacheKey("argo", "c", "k")


def a_run(store: Store, name: str, *, minutes: int = 0) -> WorkflowUid:
    """A workflow that a living process drives."""
    item = store.create(an_object(name, minutes=minutes))
    store.claim(item.uid)
    return item.uid


def a_request(
    *locks: str, holder: str = "", node: str = "", sequence: int = -1, priority: int = 0, size: int = 1
) -> LockRequest:
    """A request for locks of one capacity."""
    wanted = tuple((lock, size) for lock in locks)
    return LockRequest(holder=holder, node=node, sequence=sequence, priority=priority, locks=wanted)


def ask(store: Store, uid: WorkflowUid, *requests: LockRequest) -> list[bool]:
    """Commit requests and tell which of them hold their locks now."""
    store.commit(RunCommit(uid=uid, lock_requests=requests))
    states = store.locks.acquire(uid, {}, holders=[request.holder for request in requests])
    return [state.held for state in states]


def try_again(store: Store, uid: WorkflowUid, **sizes: int) -> list[bool]:
    """Let a run try again and tell which of its requests took their locks."""
    return [state.held for state in store.locks.acquire(uid, {MUTEX: 1, **sizes})]


class LockContract:
    """Locks: all or none, in order, given back, never lost and never held twice."""

    def test_a_free_lock_is_taken_in_the_commit(self, store: Store) -> None:
        uid = a_run(store, "a")
        assert ask(store, uid, a_request(MUTEX)) == [True]
        assert store.locks.rows(uid) == [LockRow(uid=uid, key="argo/a", lock=MUTEX, held=True)]
        assert store.locks.used(MUTEX)
        assert not store.locks.used(OTHER)

    def test_the_second_waits_and_is_told_what_for(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(MUTEX, holder="a-1", node="a[0]"))
        assert ask(store, two, a_request(MUTEX)) == [False]
        assert store.locks.acquire(two, {}) == [LockState(holder="", held=False, lock=MUTEX, free=0, capacity=1)]
        assert store.locks.waits(two) == [MUTEX]
        assert list(store.locks.rows(two)) == [
            LockRow(uid=two, key="argo/b", lock=MUTEX, held=False),
            LockRow(uid=one, key="argo/a/a-1", lock=MUTEX, held=True),
        ]

    def test_asking_again_changes_nothing(self, store: Store) -> None:
        uid = a_run(store, "a")
        assert ask(store, uid, a_request(MUTEX)) == [True]
        assert ask(store, uid, a_request(MUTEX)) == [True]
        assert len(store.locks.rows(uid)) == 1

    def test_all_locks_are_taken_or_none(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(OTHER))
        assert ask(store, two, a_request(MUTEX, OTHER)) == [False]
        assert store.locks.acquire(two, {})[0].lock == OTHER
        assert not any(row.held for row in store.locks.rows(two) if row.uid == two)
        store.commit(RunCommit(uid=one, unlocks=[""]))
        assert try_again(store, two) == [True]
        assert [row.held for row in store.locks.rows(two)] == [True, True]

    def test_what_is_given_back_changes_the_version(self, store: Store) -> None:
        uid = a_run(store, "a")
        ask(store, uid, a_request(MUTEX))
        before = store.locks.version()
        store.commit(RunCommit(uid=uid, unlocks=["other"]))
        assert store.locks.version() == before
        store.commit(RunCommit(uid=uid, unlocks=[""]))
        assert store.locks.version() > before
        assert store.locks.rows(uid) == []

    def test_a_run_that_ends_gives_everything_back(self, store: Store) -> None:
        uid = a_run(store, "a")
        ask(store, uid, a_request(MUTEX), a_request(OTHER, holder="a-1", node="a.b"))
        store.commit(RunCommit(uid=uid, phase="Failed", ended=True))
        assert store.locks.rows(uid) == []

    def test_a_run_that_is_deleted_gives_everything_back(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(MUTEX))
        ask(store, two, a_request(MUTEX))
        store.delete(an_object("a").key)
        assert try_again(store, two) == [True]

    def test_priority_then_creation_then_place_decide(self, store: Store) -> None:
        holder = a_run(store, "holder")
        ask(store, holder, a_request(MUTEX))
        young, old, urgent = a_run(store, "y", minutes=2), a_run(store, "o", minutes=1), a_run(store, "u", minutes=3)
        ask(store, young, a_request(MUTEX))
        ask(store, old, a_request(MUTEX, holder="2", sequence=2), a_request(MUTEX, holder="1", sequence=1))
        ask(store, urgent, a_request(MUTEX, priority=1))
        store.commit(RunCommit(uid=holder, ended=True))
        assert [try_again(store, uid) for uid in (young, old)] == [[False], [False, False]]
        assert try_again(store, urgent) == [True]
        store.commit(RunCommit(uid=urgent, ended=True))
        assert [(state.holder, state.held) for state in store.locks.acquire(old, {})] == [("1", True), ("2", False)]

    def test_a_semaphore_has_several_holders(self, store: Store) -> None:
        runs = [a_run(store, name) for name in "abc"]
        assert [ask(store, uid, a_request(SEMAPHORE, size=2)) for uid in runs] == [[True], [True], [False]]
        [state] = store.locks.acquire(runs[2], {})
        assert (state.free, state.capacity) == (0, 2)

    def test_a_slot_that_nobody_before_can_use_up_is_free(self, store: Store) -> None:
        holder, first, second, third = (a_run(store, name) for name in "abcd")
        ask(store, holder, a_request(OTHER))
        both = LockRequest(holder="", node="", sequence=-1, priority=0, locks=((SEMAPHORE, 2), (OTHER, 1)))
        assert ask(store, first, both) == [False]
        assert ask(store, second, a_request(SEMAPHORE, size=2)) == [True]
        assert ask(store, third, a_request(SEMAPHORE, size=2)) == [False]

    def test_limits_may_change_while_they_are_used(self, store: Store) -> None:
        one, two, three = (a_run(store, name) for name in "abc")
        for uid in (one, two, three):
            ask(store, uid, a_request(SEMAPHORE, size=2))
        store.commit(RunCommit(uid=one, ended=True))
        [state] = store.locks.acquire(three, {SEMAPHORE: 1})
        assert (state.held, state.free, state.capacity) == (False, 0, 1)
        [state] = store.locks.acquire(three, {SEMAPHORE: 0})
        assert (state.held, state.free, state.capacity) == (False, 0, 0)
        assert try_again(store, three, **{SEMAPHORE: 5}) == [True]

    def test_asking_again_tells_the_present_limit(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(SEMAPHORE, size=2))
        ask(store, two, a_request(SEMAPHORE, size=1))
        assert store.locks.acquire(two, {})[0].capacity == 1
        assert ask(store, two, a_request(SEMAPHORE, size=2)) == [True]

    def test_what_is_not_asked_about_takes_nothing(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(MUTEX))
        ask(store, two, a_request(MUTEX, holder="1", node="b[0]", sequence=1))
        store.commit(RunCommit(uid=one, ended=True))
        assert ask(store, two, a_request(OTHER, holder="2", node="b[1]", sequence=2)) == [True]
        assert [(state.holder, state.held) for state in store.locks.acquire(two, {})] == [("1", True)]

    def test_only_who_is_driven_counts_in_the_queue(self, store: Store) -> None:
        holder, first, second = (a_run(store, name) for name in "abc")
        for uid in (holder, first, second):
            ask(store, uid, a_request(MUTEX))
        store.release(first)
        store.commit(RunCommit(uid=holder, ended=True))
        assert try_again(store, second) == [True]

    def test_who_holds_a_lock_keeps_it_without_being_driven(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(MUTEX))
        ask(store, two, a_request(MUTEX))
        store.release(one)
        assert try_again(store, two) == [False]

    def test_places_belong_to_who_is_driven(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request("//workflows", holder="*"))
        ask(store, two, a_request("//workflows", holder="*"))
        assert [state.held for state in store.locks.acquire(two, {})] == [False]
        store.release(one)
        assert [state.held for state in store.locks.acquire(two, {})] == [True]

    def test_deadlocks_are_found_and_the_last_gives_up(self, store: Store) -> None:
        one, two = a_run(store, "a", minutes=1), a_run(store, "b", minutes=2)
        ask(store, one, a_request(MUTEX))
        ask(store, two, a_request(OTHER))
        ask(store, one, a_request(OTHER, holder="a-1", node="a[0]", sequence=1))
        assert [store.locks.deadlocks(uid) for uid in (one, two)] == [[], []]
        ask(store, two, a_request(MUTEX, holder="b-1", node="b[0]", sequence=1))
        assert store.locks.deadlocks(one) == []
        [state] = store.locks.deadlocks(two)
        assert (state.holder, state.lock, state.deadlock) == ("b-1", MUTEX, True)
        store.commit(RunCommit(uid=two, unlocks=["b-1"]))
        assert store.locks.deadlocks(two) == []

    def test_who_waits_behind_a_circle_is_no_part_of_it(self, store: Store) -> None:
        locks = [f"argo/Mutex/{n}" for n in range(4)]
        runs = [a_run(store, f"w{n}", minutes=n) for n in range(4)]
        for run, lock in zip(runs, locks, strict=True):
            ask(store, run, a_request(lock))
        for run, lock in zip(runs, [*locks[1:3], locks[0], locks[0]], strict=True):
            ask(store, run, a_request(lock, holder="n", node=f"w{runs.index(run)}[0]", sequence=1))
        assert [[state.lock for state in store.locks.deadlocks(run)] for run in runs] == [[], [], [locks[0]], []]

    def test_only_the_first_waiting_are_looked_at(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        ask(store, one, a_request(MUTEX))
        ask(store, two, *(a_request(MUTEX, holder=str(n), node=f"b[{n}]", sequence=n) for n in range(9)))
        assert [state.holder for state in store.locks.acquire(two, {}, most=3)] == ["0", "1", "2"]

    def test_limits_of_database_semaphores(self, store: Store) -> None:
        assert store.locks.limit("argo/k") is None
        before = store.locks.version()
        store.locks.set_limit("argo/k", 3)
        store.locks.set_limit("argo/k", 4)
        store.locks.set_limit("argo/a", 1)
        assert store.locks.version() > before
        assert store.locks.limit("argo/k") == 4
        assert list(store.locks.limits().items()) == [("argo/a", 1), ("argo/k", 4)]
        assert store.locks.delete_limit("argo/k")
        assert not store.locks.delete_limit("argo/k")

    def test_unknown_runs_hold_nothing(self, store: Store) -> None:
        uid = WorkflowUid("nobody")
        assert list(store.locks.acquire(uid, {})) == []
        assert list(store.locks.rows(uid)) == []
        assert list(store.locks.waits(uid)) == []
        assert list(store.locks.deadlocks(uid)) == []


def an_entry(*, outputs: bytes = b'{"result":"1"}') -> CacheEntry:
    """An entry that is as old as its last hit."""
    return CacheEntry(node_id="n", outputs=outputs, created_at=NOON, hit_at=NOON)


def look_up(
    store: Store, uid: WorkflowUid, node: str, *, wait: bool = True, age: timedelta | None = None
) -> CacheAnswer:
    """Look one minute after noon."""
    now = NOON + timedelta(minutes=1)
    return store.cache.look_up(uid, node, KEY, now=now, since=now - age if age is not None else None, wait=wait)


class CacheContract:
    """Memoized outputs: kept with the end of a node, found by key and age, computed by one node at a time."""

    def test_what_a_node_leaves_is_found(self, store: Store) -> None:
        uid = a_run(store, "a")
        assert look_up(store, uid, "n") == CacheAnswer()
        entry = an_entry(outputs=b'{"result":"%s"}' % (b"x" * LARGE))
        store.commit(RunCommit(uid=uid, cached=[CacheSave(node_id="n", key=KEY, entry=entry)]))
        found = look_up(store, uid, "other").entry
        assert found == replace(entry, hit_at=NOON + timedelta(minutes=1))
        assert store.cache.entries("argo", "c") == {"k": found}
        assert store.cache.entries("other", "c") == {}

    def test_an_entry_that_is_too_old_is_marked_as_hit_but_not_given(self, store: Store) -> None:
        uid = a_run(store, "a")
        store.cache.keep(KEY, an_entry())
        answer = look_up(store, uid, "n", age=timedelta(seconds=59))
        assert (answer.entry, answer.stale) == (None, NOON)
        assert store.cache.entries("argo", "c")["k"].hit_at == NOON + timedelta(minutes=1)
        assert look_up(store, uid, "n", age=timedelta(seconds=60)).entry is not None

    def test_one_node_computes_and_others_may_wait(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        assert not look_up(store, one, "n").busy
        assert not look_up(store, one, "n").busy
        assert look_up(store, one, "other").busy
        assert look_up(store, two, "n").busy
        assert not look_up(store, two, "n", wait=False).busy
        assert look_up(store, two, "n").busy

    def test_a_node_that_fails_lets_the_next_compute(self, store: Store) -> None:
        one, two = a_run(store, "a"), a_run(store, "b")
        look_up(store, one, "n")
        before = store.locks.version()
        store.commit(RunCommit(uid=one, cached=[CacheSave(node_id="n", key=KEY)]))
        assert store.locks.version() > before
        assert look_up(store, two, "n") == CacheAnswer()
        assert look_up(store, one, "n").busy

    def test_who_is_not_driven_or_over_computes_nothing(self, store: Store) -> None:
        one, two, three = (a_run(store, name) for name in "abc")
        look_up(store, one, "n")
        store.release(one)
        assert not look_up(store, two, "n").busy
        store.commit(RunCommit(uid=two, ended=True))
        assert not look_up(store, three, "n").busy
        store.delete(an_object("c").key)
        store.claim(one)
        assert not look_up(store, one, "m").busy

    def test_an_entry_that_is_brought_does_not_replace_one(self, store: Store) -> None:
        store.cache.keep(KEY, an_entry())
        store.cache.keep(KEY, an_entry(outputs=b"{}"))
        assert store.cache.entries("argo", "c")["k"].outputs == b'{"result":"1"}'

    def test_what_nobody_hits_is_collected(self, store: Store) -> None:
        store.cache.keep(KEY, an_entry())
        store.cache.keep(CacheKey("argo", "c", "fresh"), replace(an_entry(), hit_at=NOON + timedelta(hours=1)))
        assert store.cache.collect(NOON) == 0
        assert store.cache.collect(NOON + timedelta(minutes=1)) == 1
        assert list(store.cache.entries("argo", "c")) == ["fresh"]
        assert store.cache.forget("argo", "c") == 1
        assert store.cache.entries("argo", "c") == {}

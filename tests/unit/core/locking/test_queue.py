"""Whose turn it is, by examples and for any claims."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tiphys.core.locking.queue import Claim, Table, deadlocked, decide

SIZE = {"a": 1, "b": 1, "s": 2}


def claim(run: int, *locks: str, held: bool = False, node: str = "", alive: bool = True, urgent: int = 0) -> Claim:
    return Claim(
        run=run,
        holder=node,
        node=node,
        order=(-urgent, 0, run, len(node)),
        locks=locks,
        capacities=tuple(SIZE[lock] for lock in locks),
        held=held,
        alive=alive,
    )


def goes(asking: Claim, *others: Claim) -> bool:
    """Whether a claim takes its locks."""
    everybody = [asking, *others]
    [verdict] = decide(everybody, [asking], lambda: everybody)
    return verdict.held


def test_a_free_lock_is_taken_and_a_full_one_is_not() -> None:
    assert goes(claim(1, "a"))
    assert not goes(claim(2, "a"), claim(1, "a", held=True))
    assert goes(claim(3, "s"), claim(1, "s", held=True))


def test_who_waits_before_comes_first_as_long_as_somebody_drives_it() -> None:
    assert not goes(claim(2, "a"), claim(1, "a"))
    assert goes(claim(2, "a"), claim(1, "a", alive=False))
    assert goes(claim(2, "a", urgent=1), claim(1, "a"))


def test_a_slot_that_is_left_for_whoever_waits_before_may_be_taken() -> None:
    assert goes(claim(2, "s"), claim(1, "s", "a"), claim(9, "a", held=True))
    assert not goes(claim(3, "s"), claim(1, "s", "a"), claim(2, "s", held=True), claim(9, "a", held=True))


def test_who_waits_for_me_is_not_waited_for() -> None:
    mine = claim(5, "a", held=True)
    assert goes(claim(5, "b", node="x"), mine, claim(1, "a", "b"))
    # Through another: 1 waits for b of 7, which waits for a of mine.
    assert goes(claim(5, "s", node="x"), mine, claim(7, "b", held=True), claim(7, "a", node="y"), claim(1, "b", "s"))


def test_a_circle_ends_with_its_last_claim_and_not_with_who_waits_behind_it() -> None:
    circle = [claim(1, "a", held=True), claim(2, "b", held=True), claim(1, "b", node="x"), claim(2, "a", node="y")]
    behind = claim(3, "a")
    assert deadlocked([*circle, behind]) == circle[3]
    assert deadlocked([*circle[:3], behind]) is None


def test_a_lock_of_the_workflow_that_its_own_node_wants_is_a_circle() -> None:
    inner = claim(1, "a", node="x")
    assert deadlocked([claim(1, "a", held=True), inner]) == inner
    assert deadlocked([claim(1, "s", held=True), claim(1, "s", node="x")]) is None


def test_a_holder_beside_the_circle_may_still_end_it() -> None:
    circle = [claim(1, "s", held=True), claim(2, "s", held=True), claim(1, "s", node="x")]
    assert deadlocked(circle) is None
    assert deadlocked([*circle, claim(2, "s", node="y")]) is not None


def test_what_waits_for_a_limit_to_be_raised_is_no_circle() -> None:
    waiting = replace(claim(1, "a", node="x"), capacities=(0,))
    assert deadlocked([claim(1, "a", held=True), waiting]) is None


claims = st.lists(
    st.builds(
        claim,
        st.integers(1, 4),
        st.just("a"),
        held=st.just(False),
        node=st.sampled_from(["", "x", "xy"]),
        alive=st.booleans(),
        urgent=st.integers(0, 1),
    ).flatmap(
        lambda made: st.sampled_from([("a",), ("b",), ("s",), ("a", "b"), ("b", "a"), ("s", "a")]).map(
            lambda locks: replace(made, locks=locks, capacities=tuple(SIZE[lock] for lock in locks))
        )
    ),
    unique_by=lambda made: made.id,
    max_size=8,
)


@given(claims)
def test_whatever_waits_no_lock_is_taken_too_often_and_the_first_always_goes(waiting: list[Claim]) -> None:
    everybody = list(waiting)
    for asking in sorted(waiting, key=lambda each: each.order):
        if goes(asking, *(each for each in everybody if each.id != asking.id)):
            everybody = [replace(each, held=True) if each.id == asking.id else each for each in everybody]
        table = Table(everybody)
        assert all(len(table.holders.get(lock, {})) <= size for lock, size in SIZE.items())
    living = sorted((each for each in waiting if each.alive), key=lambda each: each.order)
    if living:
        taken = {each.id for each in everybody if each.held}
        before = [each for each in waiting if each.order < living[0].order and each.id in taken]
        assert living[0].id in taken or before

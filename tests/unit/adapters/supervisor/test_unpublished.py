"""When the supervisor tells of a pod."""

from __future__ import annotations

import pytest

from tiphys.adapters.supervisor.unpublished import QUIET_SECONDS, Unpublished


class Pod:
    """A pod as far as it is told of."""

    ended = False


@pytest.fixture
def unpublished() -> Unpublished[Pod]:
    return Unpublished()


def test_a_pod_that_ends_at_once_is_told_of_once(unpublished: Unpublished[Pod]) -> None:
    key, pod = ("run", "a"), Pod()
    unpublished.began(key, 100.0)
    unpublished.mark(key, pod)
    assert unpublished.due(100.0) == []
    assert unpublished
    pod.ended = True
    unpublished.mark(key, pod)
    assert unpublished.due(100.001) == [(key, pod)]
    assert not unpublished
    assert unpublished.next() is None


def test_a_pod_that_goes_on_is_told_of_after_a_moment(unpublished: Unpublished[Pod]) -> None:
    key, pod = ("run", "a"), Pod()
    unpublished.began(key, 100.0)
    unpublished.mark(key, pod)
    due = unpublished.next()
    assert due == 100.0 + QUIET_SECONDS
    assert unpublished.due(due) == [(key, pod)]
    unpublished.mark(key, pod)
    assert unpublished.due(due) == [(key, pod)]


def test_who_waits_does_not_hold_up_the_others(unpublished: Unpublished[Pod]) -> None:
    young, old = Pod(), Pod()
    unpublished.began(("run", "old"), 100.0)
    unpublished.began(("run", "young"), 100.0 + QUIET_SECONDS)
    unpublished.mark(("run", "young"), young)
    unpublished.mark(("run", "old"), old)
    assert unpublished.next() == 100.0 + QUIET_SECONDS
    assert unpublished.due(100.0 + QUIET_SECONDS) == [(("run", "old"), old)]
    assert unpublished.next() == 100.0 + QUIET_SECONDS + QUIET_SECONDS
    assert unpublished.due(100.0 + QUIET_SECONDS + QUIET_SECONDS) == [(("run", "young"), young)]


def test_a_pod_nobody_saw_begin_is_told_of_at_once(unpublished: Unpublished[Pod]) -> None:
    pod = Pod()
    unpublished.mark(("run", "a"), pod)
    assert unpublished.due(100.0) == [(("run", "a"), pod)]

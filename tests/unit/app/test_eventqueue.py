"""Events that wait for bindings: bounded, and none that was taken is forgotten."""

from __future__ import annotations

from functools import partial
from threading import Event as Signal

import pytest
from tests.waiting import until

from tiphys.app.services.eventqueue import EventQueue
from tiphys.core.template.live.events import Event
from tiphys.ports.identity import OWNER, Principal


def an_event(name: str) -> Event:
    return Event(namespace="argo", discriminator=name, metadata={}, payload=None)


def test_a_full_queue_refuses_and_what_was_taken_is_worked_on() -> None:
    gate, seen = Signal(), []

    def dispatch(_principal: Principal, event: Event) -> None:
        gate.wait()
        seen.append(event.discriminator)

    queue = EventQueue(dispatch, workers=1, size=2)
    taken = [queue.offer(OWNER, an_event(name)) for name in "abcde"]
    gate.set()
    queue.close()
    assert taken == [True, True, True, False, False]
    assert seen == ["a", "b", "c"]


def test_an_event_that_fails_is_told_and_gives_its_place_back(caplog: pytest.LogCaptureFixture) -> None:
    def dispatch(_principal: Principal, event: Event) -> None:
        raise ZeroDivisionError(event.discriminator)

    queue = EventQueue(dispatch, workers=1, size=0)
    for name in "abc":
        until(partial(queue.offer, OWNER, an_event(name)))
    queue.close()
    assert [record.getMessage() for record in caplog.records] == [f"the event argo/{name} was lost" for name in "abc"]

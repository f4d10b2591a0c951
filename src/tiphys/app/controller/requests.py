"""Requests to runs that nobody drives: they are taken at once, by whoever asked."""

from __future__ import annotations

from tiphys.app.controller.active import ActiveRun
from tiphys.core.validate.library import EMPTY, Library
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store


def answer_undriven(store: Store, clock: Clock, uid: WorkflowUid, library: Library = EMPTY) -> bool:
    """Answer the open requests to a run in one step each; False when another process drives it and will answer.

    What the steps command is kept, and done by whoever drives the run next.
    """
    if not store.claim(uid):
        return False
    try:
        stored = store.find(uid)
        rows = [row for row in store.requests() if row.uid == uid]
        if stored is None or not rows:
            return True
        run = ActiveRun(store, stored, library, clock.now(), uid=clock.uid)
        run.advance(clock.now())
        for row in rows:
            run.take_request(row)
            run.advance(clock.now())
        return True
    finally:
        store.release(uid)

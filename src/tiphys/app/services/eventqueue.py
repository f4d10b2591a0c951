"""Events that wait to be shown to the bindings, for senders that must not wait (``--event-async-dispatch``)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from tiphys.core.template.live.events import Event
from tiphys.ports.identity import Principal

_LOG = logging.getLogger(__name__)


class EventQueue:
    """So many events are worked on at once, and so many wait; what fails is logged."""

    def __init__(self, dispatch: Callable[[Principal, Event], object], *, workers: int, size: int) -> None:
        self._dispatch = dispatch
        self._places = BoundedSemaphore(workers + size)
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="events")

    def offer(self, principal: Principal, event: Event) -> bool:
        """Take an event; False when the queue is full."""
        if not self._places.acquire(blocking=False):
            return False
        self._workers.submit(self._work, principal, event)
        return True

    def close(self) -> None:
        """Work on what waits, and end."""
        self._workers.shutdown()

    def _work(self, principal: Principal, event: Event) -> None:
        try:
            self._dispatch(principal, event)
        except Exception:  # the sender has its answer: the log is the only place left
            _LOG.exception("the event %s/%s was lost", event.namespace, event.discriminator)
        finally:
            self._places.release()

"""Removes artifacts while a server runs.

Planning is a matter of the store and done between two rounds of the driver; removing asks storages that may be slow
or dead, so it has a thread of its own, with a connection to the store of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from tiphys.app.controller.duty import Duty
from tiphys.app.services.collection import Collector
from tiphys.app.services.collectiontasks import TASK
from tiphys.app.services.objects import COMPLETED_LABEL, GC_LABEL, LEAVING_LABEL
from tiphys.ports.clock import Clock
from tiphys.ports.store import ListOptions, Store, StoredObject

_LOG = logging.getLogger(__name__)
#: How often tasks are looked for that nobody was woken for: those that are tried again.
LOOK = timedelta(seconds=5)


class ArtifactDuty(Duty):
    """Has artifacts removed.

    Args:
        store: The controller's.
        collector: Plans with the controller's store.
        open_collector: Opens another one, for the thread that removes.
        clock: For that thread.
        remove: Removes a workflow whose deletion nothing holds up any more.
    """

    def __init__(
        self,
        store: Store,
        collector: Collector,
        open_collector: Callable[[], AbstractContextManager[Collector]],
        clock: Clock,
        remove: Callable[[StoredObject], None],
    ) -> None:
        self._store = store
        self._collector = collector
        self._open = open_collector
        self._clock = clock
        self._gone = remove
        self._thread: threading.Thread | None = None
        #: Set when there may be tasks that the removal under way has not seen.
        self._again = threading.Event()

    def perform(self, now: datetime) -> datetime:
        """Plan what is new, and see to it that somebody removes what is due."""
        self._collector.plan(now)
        for stored in self._collector.free():
            self._gone(stored)
        self._again.set()
        working = self._thread is not None and self._thread.is_alive()
        if not working and self._store.list(ListOptions(kind=TASK, limit=1)).items:
            self._thread = threading.Thread(target=self._remove, name="artifacts", daemon=True)
            self._thread.start()
        return now + LOOK

    def woken_by(self, workflow: StoredObject) -> bool:
        """One that is over and whose artifacts are not planned yet, or that is to be deleted."""
        labels = workflow.labels
        return LEAVING_LABEL in labels or (GC_LABEL in labels and labels.get(COMPLETED_LABEL) == "true")

    def wait(self, seconds: float) -> None:
        """Wait for the removal that is under way; what it does not get done is done later."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _remove(self) -> None:
        try:
            with self._open() as collector:
                while self._again.is_set():
                    self._again.clear()
                    for text in collector.collect(self._clock.now()):
                        _LOG.warning("%s", text)
        except Exception:  # the next look tries again
            _LOG.exception("artifacts cannot be removed")

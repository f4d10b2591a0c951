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

from tiphys.app.services.collection import Collector
from tiphys.app.services.collectiontasks import TASK
from tiphys.ports.clock import Clock
from tiphys.ports.store import ListOptions, Store, StoredObject

_LOG = logging.getLogger(__name__)
#: How often tasks are looked for.
LOOK = timedelta(seconds=5)


class ArtifactDuty:
    """A duty of the controller, see ``Duty``.

    Args:
        store: The controller's.
        collector: Plans with the controller's store.
        open_collector: Opens another one, for the thread that removes.
        clock: For that thread.
        remove: Removes a workflow whose deletion nothing holds up any more.
    """

    queue = ""

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

    def perform(self, now: datetime) -> datetime:
        """Plan what is new, and see to it that somebody removes what is due."""
        self._collector.plan(now)
        for stored in self._collector.free():
            self._gone(stored)
        working = self._thread is not None and self._thread.is_alive()
        if not working and self._store.list(ListOptions(kind=TASK, limit=1)).items:
            self._thread = threading.Thread(target=self._remove, name="artifacts", daemon=True)
            self._thread.start()
        return now + LOOK

    def wait(self, seconds: float) -> None:
        """Wait for the removal that is under way; what it does not get done is done later."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _remove(self) -> None:
        try:
            with self._open() as collector:
                for text in collector.collect(self._clock.now()):
                    _LOG.warning("%s", text)
        except Exception:  # the next look tries again
            _LOG.exception("artifacts cannot be removed")

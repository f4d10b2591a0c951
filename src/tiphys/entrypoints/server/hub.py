"""One thread that reads the changes of the store and hands them to everybody who watches.

A watcher costs a bounded queue and no thread.  One that does not keep up is cut off: its client watches again from the
last version that it has seen, as it does after every lost connection.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tiphys.entrypoints.server.problems import ExhaustedError
from tiphys.errors import ExpiredError, TiphysError
from tiphys.ports.store import Change, Store

#: So many changes wait for a watcher before it is cut off.
WAITING = 1000
_LOOK_SECONDS = 1.0
_PAUSE_SECONDS = 0.5
_LOG = logging.getLogger(__name__)

Interest = Callable[[Change], bool]
"""Whether a watcher wants a change; called in the hub's thread, so it must be quick."""


class Watcher:
    """The queue of one watcher.  Only its own event loop touches it."""

    def __init__(self, interest: Interest, limit: int = WAITING) -> None:
        self.interest = interest
        self._limit = limit
        self._items: deque[Change] = deque()
        self._news = asyncio.Event()
        self._problem: TiphysError | None = None
        self._loop = asyncio.get_running_loop()

    def offer(self, changes: list[Change]) -> None:
        """Hand changes over; from any thread."""
        self._loop.call_soon_threadsafe(self._take, changes)

    def fail(self, problem: TiphysError) -> None:
        """End the watch with an error; from any thread."""
        self._loop.call_soon_threadsafe(self._end, problem)

    async def next(self) -> list[Change]:
        """All changes that wait, at least one.

        Raises:
            ExhaustedError: the watcher was too slow.
            ExpiredError: changes were lost.
        """
        while not self._items:
            if self._problem is not None:
                raise self._problem
            self._news.clear()
            await self._news.wait()
        found = list(self._items)
        self._items.clear()
        return found

    def _take(self, changes: list[Change]) -> None:
        if self._problem is not None:
            return
        if len(self._items) + len(changes) > self._limit:
            self._items.clear()
            self._end(ExhaustedError("the watcher is too slow: watch again from the last version that came"))
            return
        self._items.extend(changes)
        self._news.set()

    def _end(self, problem: TiphysError) -> None:
        self._problem = problem
        self._news.set()


class Hub:
    """Follows a store and fans its changes out; its thread starts with the first watcher."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watchers: set[Watcher] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._seen = 0

    @asynccontextmanager
    async def watching(self, interest: Interest, limit: int = WAITING) -> AsyncIterator[Watcher]:
        """Receive what changes from now on while the body runs."""
        watcher = Watcher(interest, limit)
        with self._lock:
            if self._thread is None:
                self._seen = self._store.version()
                self._thread = threading.Thread(target=self._run, name="watches", daemon=True)
                self._thread.start()
            self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    @property
    def count(self) -> int:
        """How many watch now."""
        return len(self._watchers)

    def close(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(2 * _LOOK_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._store.wait(self._seen, _LOOK_SECONDS):
                    self._hand_out()
            except ExpiredError as error:
                self._lose(error)
            except Exception:  # the store may be back in a moment; watchers wait for it
                _LOG.exception("changes cannot be read")
                self._stopping.wait(_PAUSE_SECONDS)

    def _hand_out(self) -> None:
        changes = self._store.changes(self._seen)
        self._seen = max(changes.version, self._seen)
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            wanted = [change for change in changes.items if watcher.interest(change)]
            if wanted:
                watcher.offer(wanted)

    def _lose(self, error: ExpiredError) -> None:
        """Deletions were forgotten before they were read: everybody has to list again."""
        self._seen = self._store.version()
        with self._lock:
            for watcher in self._watchers:
                watcher.fail(error)

"""A watch of objects of one kind: the present state where it is wanted, then every change (``spec/api.md`` 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import islice

import anyio
from msgspec import Struct

from tiphys.app.services.paging import rows
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.selectors import Requirement, matches
from tiphys.entrypoints.server.hub import Hub, Watcher
from tiphys.ports.store import ARGO_GROUP, Change, ListOptions, Store, StoredObject

_PAGE = 500


class Watched(Struct, frozen=True, kw_only=True):
    """What is watched; ``since`` 0 tells the present state first, as ADDED.  ``names`` decides by name."""

    kind: str
    group: str = ARGO_GROUP
    namespace: str = ""
    labels: Sequence[Requirement] = ()
    names: Callable[[str], bool] = lambda _name: True
    since: int = 0
    bookmarks: bool = False

    def concerns(self, change: Change) -> bool:
        """Whether a change is about what is watched, whatever its labels are."""
        key = change.item.key
        if key.kind != self.kind or key.group != self.group:
            return False
        return self.namespace in ("", key.namespace) and self.names(key.name)


Show = Callable[[StoredObject, str], JsonObject]
"""The object of a row; the second argument is the type of the change."""


class Watch:
    """One watch.  ``show`` is called in worker threads."""

    def __init__(self, store: Store, hub: Hub, watched: Watched, show: Show) -> None:
        self._store = store
        self._hub = hub
        self._watched = watched
        self._show = show
        self._known: set[str] = set()
        self._last = watched.since
        #: Whether ``_known`` has all that fits: without it the store's word on what is new must do.
        self._precise = not watched.since or bool(watched.labels)

    async def open(self) -> AsyncIterator[JsonObject]:
        """The events; what cannot be watched raises here, before the stream begins.

        Raises:
            ExpiredError: the changes since ``since`` are forgotten.
        """
        if self._watched.since:
            await anyio.to_thread.run_sync(self._store.changes, self._watched.since)
        return self._events()

    async def _events(self) -> AsyncIterator[JsonObject]:
        async with self._hub.watching(self._watched.concerns) as watcher:
            async for event in self._first():
                yield event
            if self._watched.bookmarks:
                yield {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(self._last)}}}
            async for event in self._following(watcher):
                yield event

    async def _first(self) -> AsyncIterator[JsonObject]:
        """The present state, or what changed since the version that the watcher knows."""
        source = self._missed() if self._watched.since else self._present()
        while True:
            batch = await anyio.to_thread.run_sync(_some, source)
            if not batch:
                return
            for event in batch:
                yield event

    def _present(self) -> Iterator[JsonObject]:
        self._last = self._store.version()
        for item in self._labelled():
            if self._watched.names(item.key.name) and item.resource_version <= self._last:
                self._known.add(item.uid)
                yield {"type": "ADDED", "object": self._show(item, "ADDED")}

    def _missed(self) -> Iterator[JsonObject]:
        if self._watched.labels:
            self._know()
        target = self._store.version()
        while self._last < target:
            changes = self._store.changes(self._last, kind=self._watched.kind, group=self._watched.group)
            for change in changes.items:
                if self._watched.concerns(change):
                    yield from self._event(change, missed=True)
            if changes.version <= self._last:
                break
            self._last = changes.version

    def _know(self) -> None:
        """Note what has the wanted labels now, so that those who lose them later are told."""
        self._known.update(item.uid for item in self._labelled())

    def _labelled(self) -> Iterator[StoredObject]:
        """All that is there with the wanted labels."""
        watched = self._watched
        options = ListOptions(
            kind=watched.kind, group=watched.group, namespace=watched.namespace or None,
            selector=watched.labels, limit=_PAGE,
        )  # fmt: skip
        return rows(self._store, options)

    async def _following(self, watcher: Watcher) -> AsyncIterator[JsonObject]:
        while True:
            for change in await watcher.next():
                if change.item.resource_version <= self._last:
                    continue
                for event in await anyio.to_thread.run_sync(self._events_of, change):
                    yield event

    def _events_of(self, change: Change) -> list[JsonObject]:
        return list(self._event(change))

    def _event(self, change: Change, *, missed: bool = False) -> Iterator[JsonObject]:
        """The event of a change: an object that loses the wanted labels is gone, one that gets them is new."""
        item, kind = change.item, change.type
        fits = matches(self._watched.labels, item.labels)
        known = item.uid in self._known
        if kind == "DELETED":
            if not fits and not known:
                return
        elif not fits:
            if not known and not missed:
                return
            kind = "DELETED"
        elif self._precise and not missed:
            kind = "MODIFIED" if known else "ADDED"
        if kind == "DELETED":
            self._known.discard(item.uid)
        else:
            self._known.add(item.uid)
        yield {"type": kind, "object": self._show(item, kind)}


def _some(source: Iterator[JsonObject]) -> list[JsonObject]:
    return list(islice(source, 50))

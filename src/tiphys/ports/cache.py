"""Where memoized outputs are kept (``spec/engine.md`` 21), and who is computing one just now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from tiphys.ids import WorkflowUid


class CacheKey(Struct, frozen=True):
    """Names one entry: ``cache`` is the ConfigMap that the manifest names, in the workflow's namespace."""

    namespace: str
    cache: str
    key: str


class CacheEntry(Struct, frozen=True, kw_only=True):
    """What a node left behind: ``outputs`` is the JSON of its Argo outputs."""

    node_id: str
    outputs: bytes
    created_at: datetime
    hit_at: datetime


class CacheSave(Struct, frozen=True, kw_only=True):
    """The end of a node that looked an entry up: ``entry`` is what it computed, None when it failed."""

    node_id: str
    key: CacheKey
    entry: CacheEntry | None = None


class CacheAnswer(Struct, frozen=True, kw_only=True):
    """An entry, or none and whether another node is computing it just now.

    ``stale`` is when an entry was made that is there, but too old.
    """

    entry: CacheEntry | None = None
    busy: bool = False
    stale: datetime | None = None


class Cache(Protocol):
    """Memoized outputs of all namespaces.  Entries are saved in the commit of the step that ended the node."""

    def look_up(
        self, uid: WorkflowUid, node_id: str, key: CacheKey, *, now: datetime, since: datetime | None, wait: bool
    ) -> CacheAnswer:
        """The entry of a key that was made no earlier than ``since``; finding any entry marks it as hit now.

        Without one the node becomes the one that computes the entry, until its end is committed or no process drives
        its run any more.  With ``wait`` it does not if another node already is: the answer is busy.
        """

    def entries(self, namespace: str, cache: str) -> Mapping[str, CacheEntry]:
        """All entries of a cache by key."""

    def keep(self, key: CacheKey, entry: CacheEntry) -> None:
        """Put an entry there that comes from elsewhere; one that is there already stays."""

    def collect(self, before: datetime) -> int:
        """Forget the entries that were last hit before a moment and say how many."""

    def forget(self, namespace: str, cache: str) -> int:
        """Forget all entries of a cache and say how many."""

"""Memoized outputs of one run: lookups become answers, ends become entries (``spec/engine.md`` 21).

Entries live in a table.  The ConfigMap that the manifest names is made with the first entry and owns them: once it is
deleted they count no more, and entries that stand in it, in Argo's format, are read, so that a cache may be brought
from a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast
from uuid import NAMESPACE_URL, uuid5

import msgspec

from tiphys.app.services.cacheentries import TYPE_LABEL, MemoError, outputs_of, parse_entry
from tiphys.core.engine.asks import CacheLookup
from tiphys.core.engine.events import CacheAnswered, Event
from tiphys.core.engine.step import Step
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.moments import rfc3339
from tiphys.errors import ConflictError
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheEntry, CacheKey, CacheSave
from tiphys.ports.store import ObjectKey, Store, StoredObject

_KEY = r"[a-zA-Z0-9][-a-zA-Z0-9]*"
_EMPTY = b"{}"


class Memo:
    """The open lookups of one run.

    ``single_flight`` makes equal keys wait for the first node that computes them.  Once that has failed, the next in
    the workflow computes them, whether it has waited or asks just then, so that a restored run chooses the same.
    """

    def __init__(self, uid: WorkflowUid, namespace: str, store: Store, *, single_flight: bool = True) -> None:
        self._uid = uid
        self._namespace = namespace
        self._store = store
        self._single_flight = single_flight
        self._open: dict[str, CacheLookup] = {}
        self._busy: dict[str, CacheLookup] = {}
        #: Caches and keys that nodes of the last step computed or failed to.
        self._ended: set[tuple[str, str]] = set()

    @property
    def waiting(self) -> bool:
        """True while a node waits for another one."""
        return bool(self._open or self._busy)

    def take_in(self, step: Step, now: datetime) -> Sequence[CacheSave]:
        """Remember the lookups of a step; what its ended nodes leave behind."""
        self._open.update((lookup.node_id, lookup) for lookup in step.lookups)
        saves = []
        self._ended.update((end.cache, end.key) for end in step.cached)
        for end in step.cached:
            self._open.pop(end.node_id, None)
            self._busy.pop(end.node_id, None)
            outputs = msgspec.json.encode(end.outputs) if end.outputs is not None else _EMPTY
            entry = CacheEntry(node_id=end.made_by, outputs=outputs, created_at=now, hit_at=now)
            key = CacheKey(self._namespace, end.cache, end.key)
            if end.succeeded:
                self._make_map(key, end.made_by, now)
            saves.append(CacheSave(node_id=end.node_id, key=key, entry=entry if end.succeeded else None))
        return saves

    def answers(self, now: datetime) -> list[Event]:
        """Look up what the step that is kept now asked for."""
        fresh, self._open = self._open, {}
        ended, self._ended = self._ended, set()
        waited = {id_: lookup for id_, lookup in self._busy.items() if (lookup.cache, lookup.key) in ended}
        return self._answers({**waited, **fresh}, now, told=waited.keys() - fresh.keys())

    def poll(self, now: datetime) -> list[Event]:
        """Look again for those that wait."""
        return self._answers(self._busy, now, told=self._busy.keys())

    def _answers(self, lookups: Mapping[str, CacheLookup], now: datetime, told: Set[str]) -> list[Event]:
        """Look up in the order of the workflow; who was ``told`` to wait is not told again."""
        waited = frozenset(told)
        ordered = sorted(lookups.values(), key=lambda lookup: lookup.position)
        for lookup in ordered:
            self._busy.pop(lookup.node_id, None)
        answers = [self._answer(lookup, now) for lookup in ordered]
        return [answer for answer in answers if not (answer.busy and answer.node_id in waited)]

    def _answer(self, lookup: CacheLookup, now: datetime) -> CacheAnswered:
        try:
            return self._look_up(lookup, now)
        except MemoError as error:
            return CacheAnswered(node_id=lookup.node_id, error=str(error))

    def _look_up(self, lookup: CacheLookup, now: datetime) -> CacheAnswered:
        if not re.fullmatch(_KEY, lookup.key):
            raise MemoError(f"invalid cache key: {lookup.key}")
        key = CacheKey(self._namespace, lookup.cache, lookup.key)
        self._bring(key, now)
        since = now - timedelta(microseconds=lookup.max_age // 1000) if lookup.max_age is not None else None
        wait = self._single_flight and lookup.may_wait
        found = self._store.cache.look_up(self._uid, lookup.node_id, key, now=now, since=since, wait=wait)
        if found.entry is not None:
            outputs = None if found.entry.outputs == _EMPTY else outputs_of(msgspec.json.decode(found.entry.outputs))
            reason = f"the node {found.entry.node_id} made the outputs at {rfc3339(found.entry.created_at)}"
            return CacheAnswered(node_id=lookup.node_id, found=True, outputs=outputs, reason=reason)
        if found.busy:
            self._busy[lookup.node_id] = lookup
        old = f"the entry of {rfc3339(found.stale)} is older than maxAge" if found.stale is not None else ""
        return CacheAnswered(node_id=lookup.node_id, busy=found.busy, reason=old or "there was no entry")

    def _bring(self, key: CacheKey, now: datetime) -> None:
        """Copy the entry of a ConfigMap that the store has to the table, unless there is one."""
        stored = self._store.get(_map_of(key))
        if stored is None:
            self._store.cache.forget(key.namespace, key.cache)
            return
        if TYPE_LABEL not in stored.labels:
            raise MemoError(f"memoization configmap doesn't have {TYPE_LABEL} label, refusing to use it")
        if stored.labels[TYPE_LABEL] != "Cache":
            raise MemoError(f"memoization configmap doesn't have label {TYPE_LABEL} = Cache, refusing to use it")
        data = cast(JsonObject, msgspec.json.decode(stored.data)).get("data")
        text = data.get(key.key) if isinstance(data, dict) else None
        if isinstance(text, str):
            entry = parse_entry(text, now)
            if entry is not None:
                self._store.cache.keep(key, entry)

    def _make_map(self, key: CacheKey, made_by: str, now: datetime) -> None:
        """Make the ConfigMap of a cache, unless it is there."""
        if self._store.get(_map_of(key)) is not None:
            return
        uid = WorkflowUid(str(uuid5(NAMESPACE_URL, f"{self._uid}/{made_by}/{key.cache}")))
        labels = {TYPE_LABEL: "Cache"}
        manifest: JsonObject = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": key.cache,
                "namespace": key.namespace,
                "uid": uid,
                "creationTimestamp": rfc3339(now),
                "labels": cast(JsonObject, labels),
            },
        }
        with suppress(ConflictError):
            self._store.create(
                StoredObject(
                    key=_map_of(key),
                    uid=uid,
                    resource_version=0,
                    created_at=now,
                    labels=labels,
                    phase="",
                    data=msgspec.json.encode(manifest),
                )
            )


def _map_of(key: CacheKey) -> ObjectKey:
    return ObjectKey("ConfigMap", key.namespace, key.cache, group="")

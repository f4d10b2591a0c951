"""Memoized outputs of one run: lookups become answers, ends become entries (``spec/engine.md`` 21).

Entries live in a table.  A ConfigMap of the cache's name that the store has is read as well, in Argo's format, so
that a cache may be brought from a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec

from tiphys.core.engine.asks import CacheLookup
from tiphys.core.engine.events import CacheAnswered, Event
from tiphys.core.engine.siblings import rfc3339
from tiphys.core.engine.step import Step
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheEntry, CacheKey, CacheSave
from tiphys.ports.store import ObjectKey, Store

TYPE_LABEL = "workflows.argoproj.io/configmap-type"
_KEY = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
_EMPTY = b"{}"


class MemoError(Exception):
    """A cache cannot be used; the text is Argo's."""


class Memo:
    """The open lookups of one run.

    ``single_flight`` makes equal keys wait for the first node that computes them.
    """

    def __init__(self, uid: WorkflowUid, namespace: str, store: Store, *, single_flight: bool = True) -> None:
        self._uid = uid
        self._namespace = namespace
        self._store = store
        self._single_flight = single_flight
        self._open: dict[str, CacheLookup] = {}
        self._busy: dict[str, CacheLookup] = {}

    @property
    def waiting(self) -> bool:
        """True while a node waits for another one."""
        return bool(self._open or self._busy)

    def take_in(self, step: Step, now: datetime) -> Sequence[CacheSave]:
        """Remember the lookups of a step; what its ended nodes leave behind."""
        self._open.update((lookup.node_id, lookup) for lookup in step.lookups)
        saves = []
        for end in step.cached:
            self._open.pop(end.node_id, None)
            self._busy.pop(end.node_id, None)
            outputs = msgspec.json.encode(end.outputs) if end.outputs is not None else _EMPTY
            entry = CacheEntry(node_id=end.made_by, outputs=outputs, created_at=now, hit_at=now)
            key = CacheKey(self._namespace, end.cache, end.key)
            saves.append(CacheSave(node_id=end.node_id, key=key, entry=entry if end.succeeded else None))
        return saves

    def answers(self, now: datetime) -> list[Event]:
        """Look up what the step that is kept now asked for."""
        lookups, self._open = self._open, {}
        return [self._answer(lookup, now) for lookup in lookups.values()]

    def poll(self, now: datetime) -> list[Event]:
        """Look again for those that wait."""
        lookups, self._busy = self._busy, {}
        answers = [self._answer(lookup, now) for lookup in lookups.values()]
        return [answer for answer in answers if not answer.busy]

    def _answer(self, lookup: CacheLookup, now: datetime) -> CacheAnswered:
        try:
            return self._look_up(lookup, now)
        except MemoError as error:
            return CacheAnswered(node_id=lookup.node_id, error=str(error))

    def _look_up(self, lookup: CacheLookup, now: datetime) -> CacheAnswered:
        if not _KEY.fullmatch(lookup.key):
            raise MemoError(f"invalid cache key: {lookup.key}")
        key = CacheKey(self._namespace, lookup.cache, lookup.key)
        self._bring(key, now)
        since = now - timedelta(microseconds=lookup.max_age // 1000) if lookup.max_age is not None else None
        wait = self._single_flight and lookup.may_wait
        found = self._store.cache.look_up(self._uid, lookup.node_id, key, now=now, since=since, wait=wait)
        if found.entry is not None:
            outputs = None if found.entry.outputs == _EMPTY else _outputs(msgspec.json.decode(found.entry.outputs))
            return CacheAnswered(node_id=lookup.node_id, found=True, outputs=outputs)
        if found.busy:
            self._busy[lookup.node_id] = lookup
        return CacheAnswered(node_id=lookup.node_id, busy=found.busy)

    def _bring(self, key: CacheKey, now: datetime) -> None:
        """Copy the entry of a ConfigMap that the store has to the table, unless there is one."""
        stored = self._store.get(ObjectKey("ConfigMap", key.namespace, key.cache, group=""))
        if stored is None:
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


def parse_entry(text: str, now: datetime) -> CacheEntry | None:
    """An entry of a ConfigMap; None when it says that there is nothing.

    Raises:
        MemoError: it is malformed.
    """
    try:
        found = msgspec.json.decode(text)
        node = found.get("nodeID") if isinstance(found, dict) else None
        if not node:
            return None
        outputs = found.get("outputs") or {}
        _outputs(outputs)
        created = datetime.fromisoformat(found["creationTimestamp"]) if found.get("creationTimestamp") else now
        hit = datetime.fromisoformat(found["lastHitTimestamp"]) if found.get("lastHitTimestamp") else created
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise MemoError(f"malformed cache entry: could not unmarshal JSON; unable to parse: {error}") from None
    return CacheEntry(
        node_id=str(node), outputs=msgspec.json.encode(outputs), created_at=_utc(created), hit_at=_utc(hit)
    )


def entry_text(entry: CacheEntry) -> str:
    """An entry in the format of Argo's ConfigMaps."""
    content = {
        "nodeID": entry.node_id,
        "outputs": msgspec.json.decode(entry.outputs),
        "creationTimestamp": rfc3339(entry.created_at),
        "lastHitTimestamp": rfc3339(entry.hit_at),
    }
    return msgspec.json.encode(content).decode()


def _outputs(content: object) -> Outputs:
    """Outputs of a cache entry.

    Raises:
        ValueError: they do not fit.
    """
    found = check(Outputs, cast(JsonObject, content), strict=False)
    if found.record is None:
        raise ValueError("; ".join(problem.message for problem in found.problems))
    return found.record


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

"""Memoized outputs as Argo keeps them in ConfigMaps (``spec/engine.md`` 21.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import msgspec

from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.moments import rfc3339
from tiphys.ports.cache import CacheEntry
from tiphys.ports.store import ListOptions, Store

#: Tells what a ConfigMap is for; that of a cache says ``Cache``.
TYPE_LABEL = "workflows.argoproj.io/configmap-type"


class MemoError(Exception):
    """A cache cannot be used; the text is Argo's."""


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
        outputs_of(outputs)
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


def outputs_of(content: object) -> Outputs:
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


def collect(store: Store, before: datetime) -> int:
    """Forget entries that were last hit before a moment, and the ConfigMaps of caches that are empty then."""
    count = store.cache.collect(before)
    for stored in store.list(ListOptions(kind="ConfigMap", group="", labels={TYPE_LABEL: "Cache"})).items:
        content = cast(JsonObject, msgspec.json.decode(stored.data))
        if not content.get("data") and not store.cache.entries(stored.key.namespace, stored.key.name):
            store.delete(stored.key)
    return count

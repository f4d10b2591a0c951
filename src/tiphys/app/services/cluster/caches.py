"""ConfigMaps: those of memoization show the entries that the store keeps in a table."""

from __future__ import annotations

from tiphys.app.services.cacheentries import TYPE_LABEL, entry_text
from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.store import Store, StoredObject


class ConfigMapRules(KindRules):
    """A ConfigMap of a cache shows its entries in Argo's format when it is asked for by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def whole(self, stored: StoredObject) -> JsonObject:
        """The object with the entries of the table."""
        manifest = manifest_of(stored)
        if stored.labels.get(TYPE_LABEL) != "Cache":
            return manifest
        entries = self._store.cache.entries(stored.key.namespace, stored.key.name)
        own = manifest.get("data")
        data: JsonObject = {**own} if isinstance(own, dict) else {}
        data |= {key: entry_text(entry) for key, entry in entries.items()}
        return {**manifest, "data": data} if data else manifest

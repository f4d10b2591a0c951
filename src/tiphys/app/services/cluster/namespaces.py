"""Namespaces: there is one wherever there is an object, and ``default``; none need be made."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.store import Store, StoredObject

_DEFAULT = "default"


class NamespaceRules(KindRules):
    """Namespaces that nobody made are seen through the objects in them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def shown(self, stored: StoredObject) -> JsonObject:
        """The stored namespace; it is always active."""
        return {**manifest_of(stored), "status": {"phase": "Active"}}

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """The namespace, if anything is in it."""
        return _view(name) if name in self._names() else None

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """All namespaces that have objects."""
        return [_view(name) for name in self._names()]

    def _names(self) -> list[str]:
        return sorted({_DEFAULT, *self._store.namespaces()})


def _view(name: str) -> JsonObject:
    metadata: JsonObject = {"name": name, "labels": {"kubernetes.io/metadata.name": name}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "status": {"phase": "Active"}}

"""ServiceAccounts: every namespace has one that is called ``default``."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.store import StoredObject


class AccountRules:
    """The account ``default`` need not be made."""

    def shown(self, stored: StoredObject) -> JsonObject:
        """The stored account."""
        return manifest_of(stored)

    whole = shown

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """The account ``default``."""
        if name != "default" or not namespace:
            return None
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """The account ``default`` of the namespace."""
        found = self.virtual(namespace, "default")
        return [found] if found is not None else []

    def made(self, manifest: JsonObject) -> StoredObject | None:
        """Stored as it is."""
        return None

    def created(self, stored: StoredObject) -> None:
        """Nobody needs to know."""

"""ServiceAccounts: every namespace has one that is called ``default``."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.core.manifest.model.scalars import JsonObject


class AccountRules(KindRules):
    """The account ``default`` need not be made."""

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """The account ``default``."""
        if name != "default" or not namespace:
            return None
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """The account ``default`` of the namespace."""
        found = self.virtual(namespace, "default")
        return [found] if found is not None else []

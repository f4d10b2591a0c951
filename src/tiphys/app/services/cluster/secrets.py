"""Secrets of the type ``kubernetes.io/service-account-token`` get a token of the account that they name."""

from __future__ import annotations

import base64

import msgspec
from msgspec.structs import replace

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.cluster.tokens import AccountTokens
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of, text
from tiphys.errors import TiphysError
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store, StoredObject

TYPE = "kubernetes.io/service-account-token"
_ACCOUNT = "kubernetes.io/service-account.name"


class SecretRules(KindRules):
    """The token of such a Secret ends with it; every other Secret is stored as it is."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._tokens = AccountTokens(store, clock)

    def created(self, stored: StoredObject) -> None:
        """Put a token into a Secret that asks for one; without such an account it stays empty, as in a cluster."""
        manifest = manifest_of(stored)
        annotations = metadata_of(manifest).get("annotations")
        if manifest.get("type") != TYPE or not isinstance(annotations, dict):
            return
        try:
            token, _ = self._tokens.create(stored.key.namespace, text(annotations, _ACCOUNT), secret=stored)
        except TiphysError:
            return
        data = manifest.get("data")
        filled = {**(data if isinstance(data, dict) else {})}
        filled["token"] = base64.b64encode(token.encode()).decode()
        filled["namespace"] = base64.b64encode(stored.key.namespace.encode()).decode()
        content: JsonObject = msgspec.json.decode(stored.data)
        self._store.update(replace(stored, data=msgspec.json.encode({**content, "data": filled})))

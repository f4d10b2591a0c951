"""``ports.synclimits`` over a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tiphys.adapters.client.connection import Connection, segment
from tiphys.adapters.client.extensions import converted
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.synclimits import SyncLimit

#: The types as the API numbers them.
_CONFIG_MAP, _DATABASE = 0, 1
_NAMES: Final = {_CONFIG_MAP: "CONFIGMAP", _DATABASE: "DATABASE"}


class _Item(Struct, frozen=True):
    key: str
    limit: int


class RemoteLimits:
    """Implements ``SyncLimits``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, wanted: SyncLimit) -> SyncLimit:
        """Keep a new limit."""
        return _limit(wanted, self._connection.call("POST", f"sync/{segment(wanted.namespace)}", body=_body(wanted)))

    def get(self, wanted: SyncLimit) -> SyncLimit:
        """The limit of a key."""
        return _limit(wanted, self._connection.call("GET", _path(wanted), _query(wanted)))

    def update(self, wanted: SyncLimit) -> SyncLimit:
        """Change the limit of a key that is there."""
        return _limit(wanted, self._connection.call("PUT", _path(wanted), body=_body(wanted)))

    def delete(self, wanted: SyncLimit) -> None:
        """Forget a limit."""
        self._connection.call("DELETE", _path(wanted), _query(wanted))

    def of_database(self, namespace: str) -> Sequence[SyncLimit]:
        """The limits of a namespace in the database, by key."""
        data = self._connection.extension("GET", f"sync/{segment(namespace)}", what="list of sync limits")
        return [
            SyncLimit(namespace=namespace, map_name="", key=found.key, limit=found.limit)
            for found in converted(data.get("items"), list[_Item])
        ]


def _type(wanted: SyncLimit) -> int:
    return _CONFIG_MAP if wanted.map_name else _DATABASE


def _path(wanted: SyncLimit) -> str:
    return f"sync/{segment(wanted.namespace)}/{segment(wanted.key)}"


def _query(wanted: SyncLimit) -> dict[str, str]:
    query = {"type": _NAMES[_type(wanted)], "cmName": wanted.map_name}
    return {key: value for key, value in query.items() if value}


def _body(wanted: SyncLimit) -> JsonObject:
    body: JsonObject = {
        "namespace": wanted.namespace,
        "type": _type(wanted),
        "key": wanted.key,
        "cmName": wanted.map_name,
        "limit": wanted.limit,
    }
    return {key: value for key, value in body.items() if value != ""}


def _limit(wanted: SyncLimit, found: JsonObject) -> SyncLimit:
    limit = found.get("limit")
    return SyncLimit(
        namespace=wanted.namespace,
        map_name=wanted.map_name,
        key=str(found.get("key") or wanted.key),
        limit=limit if isinstance(limit, int) else wanted.limit,
    )

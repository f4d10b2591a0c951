"""What the runs of a namespace are up to: for pages that show more runs than they load (``spec/ui.md`` D1, D2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct

from tiphys.app.services.objects import KIND
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.store import ListOptions, Store, StoredObject

#: So many running workflows are searched for steps that wait for somebody, the newest first.
_SEARCHED: Final = 200


class _Node(Struct, frozen=True, rename="camel"):
    type: str = ""
    phase: str = ""
    id: str = ""
    display_name: str = ""
    started_at: str | None = None
    message: str = ""


class Overview:
    """Looks into the running workflows of a store."""

    def __init__(self, store: Store, scope: Scope = EVERYWHERE) -> None:
        self._store = store
        self._scope = scope
        self._node = msgspec.json.Decoder(_Node)

    def waiting(self, namespace: str) -> list[JsonObject]:
        """The steps that wait until somebody resumes them; of the newest 200 running workflows."""
        options = ListOptions(
            kind=KIND,
            namespace=namespace or None,
            selector=(self._scope.requirement,),
            phases=("Running",),
            limit=_SEARCHED,
        )
        return [found for item in self._store.list(options).items for found in self._suspended(item)]

    def _suspended(self, item: StoredObject) -> Iterator[JsonObject]:
        for row in self._store.nodes(item.uid):
            if b'"Suspend"' not in row.status:  # runs have ten thousands of nodes: most are not worth reading
                continue
            node = self._node.decode(row.status)
            if node.type == "Suspend" and node.phase == "Running":
                yield {
                    "namespace": item.key.namespace,
                    "name": item.key.name,
                    "nodeId": node.id,
                    "displayName": node.display_name,
                    "startedAt": node.started_at,
                    "message": node.message,
                }

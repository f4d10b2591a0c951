"""Kinds that are kept for others: event bindings, and Argo Events' sources and sensors, which nothing runs here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Final

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.resources import ObjectHandlers, Resource
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.entrypoints.server.watching import Watch, Watched
from tiphys.ports.store import StoredObject


def _kept(kind: str, plural: str, path: str, member: str) -> Resource:
    missing = InvalidArgumentError(f"{member} was not found in the request body")
    place = f"/api/v1/{path}/{{namespace}}"
    return Resource(kind=kind, plural=plural, path=place, member=member, no_create=missing, no_update=missing)


KEPT: Final = (
    _kept("EventSource", "eventsources", "event-sources", "eventSource"),
    _kept("Sensor", "sensors", "sensors", "sensor"),
)
BINDINGS: Final = _kept("WorkflowEventBinding", "workfloweventbindings", "workflow-event-bindings", "binding")


class _Kept(ObjectHandlers):
    """The handlers of a kind of Argo Events."""

    async def watch(self, parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
        """Objects as they change."""
        watched = Watched(kind=self.resource.kind, group=ARGO, namespace=call.namespace)

        def show(stored: StoredObject, _kind: str) -> JsonObject:
            return manifest_of(stored)

        return await Watch(parts.store, parts.hub, watched, show).open()

    async def logs(self, _parts: Parts, _call: Call) -> AsyncIterator[JsonValue]:
        """Nothing: no pod of this kind runs here."""

        async def nothing() -> AsyncIterator[JsonValue]:
            return
            yield

        return nothing()


def _routes(resource: Resource) -> Iterator[Route]:
    handlers = _Kept(resource)
    yield from handlers.routes(lint=False)
    stream = resource.path.replace("/api/v1/", "/api/v1/stream/")
    yield Route("GET", stream, Right("watch", resource.plural), stream=handlers.watch)
    yield Route("GET", f"{stream}/logs", Right("get", "pods/log", ""), stream=handlers.logs)


ROUTES = (
    Route("GET", BINDINGS.path, Right("list", BINDINGS.plural), ObjectHandlers(BINDINGS).list),
    *(route for resource in KEPT for route in _routes(resource)),
)

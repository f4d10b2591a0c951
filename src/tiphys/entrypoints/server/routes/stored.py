"""Kinds that are kept for others: event bindings, and Argo Events' sources and sensors, which nothing runs here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Final

from msgspec import Struct

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.encode import as_written
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.answers import clean, delete_options, object_list
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.entrypoints.server.watching import Watch, Watched
from tiphys.ports.store import StoredObject


class Kept(Struct, frozen=True, kw_only=True):
    """A kind of Argo Events; ``member`` holds the object in bodies."""

    kind: str
    plural: str
    path: str
    member: str


KEPT: Final = (
    Kept(kind="EventSource", plural="eventsources", path="event-sources", member="eventSource"),
    Kept(kind="Sensor", plural="sensors", path="sensors", member="sensor"),
)


class _Handlers:
    """The handlers of one kind."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def list(self, parts: Parts, call: Call) -> JsonObject:
        """All objects of a namespace."""
        return list_kind(parts, call, self._kept.kind)

    def create(self, parts: Parts, call: Call) -> JsonObject:
        """Keep an object."""
        return parts.resources.create(call.principal, self._kept.kind, self._manifest(call), call.namespace)

    def get(self, parts: Parts, call: Call) -> JsonObject:
        """One object."""
        return parts.resources.get(call.principal, self._kept.kind, call.namespace, call.name)

    def update(self, parts: Parts, call: Call) -> JsonObject:
        """Replace an object."""
        return parts.resources.update(call.principal, self._kept.kind, self._manifest(call), call.namespace)

    def delete(self, parts: Parts, call: Call) -> JsonObject:
        """Remove an object."""
        kind = self._kept.kind
        parts.resources.delete(call.principal, kind, call.namespace, call.name, delete_options(call))
        return {}

    async def watch(self, parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
        """Objects as they change."""
        watched = Watched(kind=self._kept.kind, group=ARGO, namespace=call.namespace)

        def show(stored: StoredObject, _kind: str) -> JsonObject:
            return manifest_of(stored)

        return await Watch(parts.store, parts.hub, watched, show).open()

    async def logs(self, _parts: Parts, _call: Call) -> AsyncIterator[JsonValue]:
        """Nothing: no pod of this kind runs here."""

        async def nothing() -> AsyncIterator[JsonValue]:
            return
            yield

        return nothing()

    def _manifest(self, call: Call) -> JsonObject:
        found = call.json().get(self._kept.member)
        if not isinstance(found, dict):
            raise InvalidArgumentError(f"{self._kept.member} was not found in the request body")
        return found


def list_kind(parts: Parts, call: Call, kind: str) -> JsonObject:
    """One page of objects of a kind."""
    query = call.query
    page = parts.resources.list(
        call.principal,
        kind,
        call.namespace,
        labels=query.text("listOptions.labelSelector"),
        limit=query.limit(),
        after=query.text("listOptions.continue"),
    )
    items = [as_written(kind, item) for item in page.items]
    return {"metadata": {}, "items": None, **clean(object_list(items, page.version, page.next), call)}


def bindings(parts: Parts, call: Call) -> JsonObject:
    """The event bindings of a namespace."""
    parse_selector(call.query.text("listOptions.labelSelector"))
    return list_kind(parts, call, "WorkflowEventBinding")


def _routes(kept: Kept) -> Iterator[Route]:
    handlers, path, plural = _Handlers(kept), f"/api/v1/{kept.path}/{{namespace}}", kept.plural
    yield Route("GET", path, Right("list", plural), handlers.list)
    yield Route("POST", path, Right("create", plural), handlers.create)
    yield Route("GET", f"{path}/{{name}}", Right("get", plural), handlers.get)
    yield Route("PUT", f"{path}/{{name}}", Right("update", plural), handlers.update)
    yield Route("DELETE", f"{path}/{{name}}", Right("delete", plural), handlers.delete)
    stream = f"/api/v1/stream/{kept.path}/{{namespace}}"
    yield Route("GET", stream, Right("watch", plural), stream=handlers.watch)
    yield Route("GET", f"{stream}/logs", Right("get", "pods/log", ""), stream=handlers.logs)


ROUTES = (
    Route("GET", "/api/v1/workflow-event-bindings/{namespace}", Right("list", "workfloweventbindings"), bindings),
    *(route for kept in KEPT for route in _routes(kept)),
)

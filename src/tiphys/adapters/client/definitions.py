"""Templates and CronWorkflows of a server as objects: ``ports.objects.Editor`` over Argo's REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tiphys.adapters.client.connection import Connection, segment
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.errors import RemoteError, UnsupportedError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import DEFAULT_DELETION, DeleteOptions, Listing, ObjectList, ObjectRef


class _Place(Struct, frozen=True):
    """Where the API has a kind, and how requests call the object."""

    path: str
    word: str
    namespaced: bool = True


_PLACES: Final[Mapping[str, _Place]] = {
    "WorkflowTemplate": _Place("workflow-templates", "template"),
    "ClusterWorkflowTemplate": _Place("cluster-workflow-templates", "template", namespaced=False),
    "CronWorkflow": _Place("cron-workflows", "cronWorkflow"),
}


def _readable(item: JsonObject, kind: Kind) -> JsonObject:
    """An object of a server, if its parts are what everybody takes them for.

    Raises:
        RemoteError: they are not.
    """
    for part in ("metadata", "spec", "status"):
        if not isinstance(item.get(part) or {}, dict):
            raise RemoteError(f"the server sent a {kind.kind} that cannot be read: {part} is no mapping")
    return item


class RemoteDefinitions:
    """Implements ``Editor`` for the three kinds; the server knows who asks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, principal: Principal, ref: ObjectRef) -> JsonObject:
        """One object."""
        return _readable(self._connection.call("GET", _one(ref)), ref.kind)

    def list(self, principal: Principal, wanted: Listing) -> ObjectList:
        """One page."""
        query = {
            "listOptions.labelSelector": ",".join(str(each) for each in wanted.labels),
            "listOptions.limit": str(wanted.limit),
            "listOptions.continue": wanted.after or "",
        }
        found = self._connection.call(
            "GET", _all(wanted.kind, wanted.namespace), {key: value for key, value in query.items() if value}
        )
        items = found.get("items")
        given = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        objects = [_readable(item, wanted.kind) for item in given]
        return ObjectList(objects, 0, text(metadata_of(found), "continue") or None)

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, uid: str = "") -> JsonObject:
        """Make an object."""
        kind, own = str(manifest.get("kind")), text(metadata_of(manifest), "namespace") or namespace
        place = _place(kind)
        body: JsonObject = {"namespace": own, place.word: manifest}
        return self._connection.call("POST", _base(place, own), body=body)

    def update(self, principal: Principal, manifest: JsonObject, namespace: str, *, status: bool = False) -> JsonObject:
        """Replace an object."""
        metadata = metadata_of(manifest)
        own, name = text(metadata, "namespace") or namespace, text(metadata, "name")
        place = _place(str(manifest.get("kind")))
        body: JsonObject = {"namespace": own, "name": name, place.word: manifest}
        return self._connection.call("PUT", f"{_base(place, own)}/{segment(name)}", body=body)

    def patch(
        self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str, *, status: bool = False
    ) -> JsonObject:
        """Suspend or resume a CronWorkflow; the API knows no other patch."""
        spec = patch.get("spec") if isinstance(patch, dict) else None
        if ref.kind.kind != "CronWorkflow" or not isinstance(spec, dict) or set(spec) != {"suspend"}:
            raise UnsupportedError("objects of a server cannot be patched", "update them")
        verb = "suspend" if spec["suspend"] else "resume"
        body: JsonObject = {"namespace": ref.namespace, "name": ref.name}
        return self._connection.call("PUT", f"{_one(ref)}/{verb}", body=body)

    def delete(self, principal: Principal, ref: ObjectRef, options: DeleteOptions = DEFAULT_DELETION) -> JsonObject:
        """Delete an object; the server answers with nothing."""
        query = {
            "deleteOptions.propagationPolicy": "" if options.propagation == "Background" else options.propagation,
            "deleteOptions.preconditions.uid": options.uid,
            "deleteOptions.preconditions.resourceVersion": options.resource_version,
        }
        return self._connection.call("DELETE", _one(ref), {key: value for key, value in query.items() if value})


def _place(kind: str) -> _Place:
    if kind not in _PLACES:
        raise UnsupportedError(f"{kind} cannot be kept on a server", "`tiphys apply` keeps it here")
    return _PLACES[kind]


def _base(place: _Place, namespace: str) -> str:
    return f"{place.path}/{segment(namespace)}" if place.namespaced else place.path


def _all(kind: Kind, namespace: str) -> str:
    return _base(_place(kind.kind), namespace)


def _one(ref: ObjectRef) -> str:
    return f"{_all(ref.kind, ref.namespace)}/{segment(ref.name)}"

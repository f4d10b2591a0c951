"""Between manifests of any kind and stored rows."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tiphys.app.services.objects import moment
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import labels_of, metadata_of, owners_of, text
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject, Times


def key_of(kind: Kind, namespace: str, name: str) -> ObjectKey:
    """The key of an object; kinds without namespaces ignore the namespace."""
    return ObjectKey(kind.kind, namespace if kind.namespaced else "", name, kind.group)


def row_of(kind: Kind, manifest: JsonObject, created_at: datetime, version: int = 0) -> StoredObject:
    """The row of a manifest that has all that the server gives."""
    metadata = metadata_of(manifest)
    return StoredObject(
        key=key_of(kind, text(metadata, "namespace"), text(metadata, "name")),
        uid=WorkflowUid(text(metadata, "uid")),
        resource_version=version,
        created_at=created_at,
        labels=labels_of(manifest),
        phase=phase_of(kind, manifest),
        data=msgspec.json.encode(without_version(manifest)),
        owners=tuple(WorkflowUid(text(owner, "uid")) for owner in owners_of(manifest)),
        times=_times_of(kind, manifest),
    )


def phase_of(kind: Kind, manifest: JsonObject) -> str:
    """The phase by which workflows are listed; other kinds have none in their rows."""
    if (kind.group, kind.kind) != (ARGO, "Workflow"):
        return ""
    status = manifest.get("status")
    phase = status.get("phase") if isinstance(status, dict) else None
    return phase if isinstance(phase, str) else ""


def _times_of(kind: Kind, manifest: JsonObject) -> Times:
    """The times by which workflows are listed; other kinds have none in their rows."""
    status = manifest.get("status")
    if (kind.group, kind.kind) != (ARGO, "Workflow") or not isinstance(status, dict):
        return Times()
    return Times(moment(text(status, "startedAt")), moment(text(status, "finishedAt")))


def manifest_of(stored: StoredObject) -> JsonObject:
    """The manifest of a row, with its resource version.

    Raises:
        StoreError: the row cannot be read.
    """
    try:
        manifest: JsonValue = msgspec.json.decode(stored.data)
    except msgspec.DecodeError as error:
        raise StoreError(f"the stored {stored.key.kind} cannot be read: {error}", where=stored.key.name) from None
    if not isinstance(manifest, dict):
        raise StoreError(f"the stored {stored.key.kind} is no object", where=stored.key.name)
    return {**manifest, "metadata": {**metadata_of(manifest), "resourceVersion": str(stored.resource_version)}}


def without_version(manifest: JsonObject) -> JsonObject:
    """The manifest as it is kept: the resource version is the row's."""
    metadata = {key: value for key, value in metadata_of(manifest).items() if key != "resourceVersion"}
    return {**manifest, "metadata": metadata}

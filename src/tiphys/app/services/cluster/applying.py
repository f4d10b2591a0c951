"""Bringing an object to what its manifest says, with the word for what came of it (``kubectl apply``)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import identity, metadata_of, text
from tiphys.errors import NotFoundError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import ObjectRef, Objects


class Applied(Struct, frozen=True):
    """An object as it is now, its name as kubectl prints it, and ``created``, ``unchanged`` or ``configured``."""

    item: JsonObject
    name: str
    word: str


def apply_object(objects: Objects, principal: Principal, manifest: JsonObject, namespace: str) -> Applied:
    """Make an object or bring it to the manifest; one that only asks for a generated name is made each time."""
    metadata = metadata_of(manifest)
    kind = objects.catalogue().of(*identity(manifest))
    prefix = kind.kind.lower() + (f".{kind.group}" if kind.group else "")
    name = text(metadata, "name")
    if not name and text(metadata, "generateName"):
        made = objects.create(principal, manifest, namespace)
        return Applied(made, f"{prefix}/{text(metadata_of(made), 'name')}", "created")
    ref = ObjectRef(kind, text(metadata, "namespace") or namespace, name)
    try:
        before = objects.get(principal, ref)
    except NotFoundError:
        before = None
    after = objects.apply(principal, manifest, namespace)
    word = "created" if before is None else "unchanged" if _version(before) == _version(after) else "configured"
    return Applied(after, f"{prefix}/{name}", word)


def _version(item: JsonObject) -> str:
    return text(metadata_of(item), "resourceVersion")

"""Metadata of objects: what a manifest must have, what the server gives, what may change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import RBAC, Kind
from tiphys.core.objects.status import invalid
from tiphys.errors import UsageError

_SUBDOMAIN: Final = r"(?a)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_LONGEST: Final = 253
_GENERATED: Final = 58
_SUBDOMAIN_TEXT: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
#: Annotation of a workflow that a step made, and label of its row: the uid of the workflow of that step.
MADE_BY: Final = "tiphys.dev/made-by"
#: What only the server sets.
_SERVERS: Final = ("uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion", "selfLink")


def metadata_of(manifest: JsonObject) -> JsonObject:
    """The metadata of an object; empty when it has none."""
    found = manifest.get("metadata")
    return found if isinstance(found, dict) else {}


def text(metadata: JsonObject, key: str) -> str:
    """A field of the metadata that is text; empty when it is not there."""
    found = metadata.get(key)
    return found if isinstance(found, str) else ""


def identity(manifest: JsonObject) -> tuple[str, str]:
    """``apiVersion`` and ``kind`` of a manifest.

    Raises:
        UsageError: one of them is missing.
    """
    api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(kind, str) or not kind:
        raise UsageError("Object 'Kind' is missing")
    if not isinstance(api_version, str) or not api_version:
        raise UsageError("Object 'apiVersion' is missing")
    return api_version, kind


def labels_of(manifest: JsonObject) -> Mapping[str, str]:
    """The labels of an object."""
    found = metadata_of(manifest).get("labels")
    return {key: "" if value is None else str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def owners_of(manifest: JsonObject) -> Sequence[JsonObject]:
    """The owner references of an object."""
    found = metadata_of(manifest).get("ownerReferences")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def finalizers_of(manifest: JsonObject) -> Sequence[str]:
    """The finalizers of an object."""
    found = metadata_of(manifest).get("finalizers")
    return [str(item) for item in found] if isinstance(found, list) else []


def check_name(kind: Kind, name: str) -> None:
    """Refuse what is no name of an object.

    Raises:
        InvalidObjectError: with Kubernetes' text.
    """
    if not name:
        raise invalid(kind, "", "metadata.name: Required value: name or generateName is required")
    if kind.group == RBAC:  # names of roles may hold colons
        if "/" in name or "%" in name or name in (".", ".."):
            raise invalid(kind, name, f"metadata.name: Invalid value: \"{name}\": may not contain '/' or '%'")
        return
    if len(name) > _LONGEST:
        raise invalid(kind, name, f'metadata.name: Invalid value: "{name}": must be no more than {_LONGEST} characters')
    if not re.fullmatch(_SUBDOMAIN, name):
        raise invalid(kind, name, f'metadata.name: Invalid value: "{name}": {_SUBDOMAIN_TEXT}')


def generated_name(prefix: str, suffix: str) -> str:
    """A name for ``generateName``; long prefixes are cut."""
    return f"{prefix[:_GENERATED]}{suffix}"


def new_metadata(metadata: JsonObject, *, name: str, namespace: str, uid: str, created: str) -> JsonObject:
    """The metadata of an object that is made now: the server's fields are the server's."""
    own = {key: value for key, value in metadata.items() if key not in (*_SERVERS, "name", "namespace")}
    made: JsonObject = {"name": name, **({"namespace": namespace} if namespace else {}), **own}
    return {**made, "uid": uid, "creationTimestamp": created, "generation": 1}


def updated_metadata(live: JsonObject, wanted: JsonObject) -> JsonObject:
    """The metadata of an object that is replaced: the server's fields stay, and who manages which, unless it says."""
    own: JsonObject = {key: value for key, value in wanted.items() if key not in _SERVERS}
    if "managedFields" in live:
        own.setdefault("managedFields", live["managedFields"])
    own.update({key: value for key, value in live.items() if key in (*_SERVERS, "name", "namespace", "generateName")})
    return own


def content_of(manifest: JsonObject) -> Mapping[str, JsonValue]:
    """What counts for ``generation``: all but metadata and status."""
    return {key: value for key, value in manifest.items() if key not in ("metadata", "status")}

"""OpenAPI 3 of Kubernetes' API, as much as clients look at: which groups there are, the types of their kinds.

Each group says that its objects can be patched with ``fieldValidation`` and ``dryRun``: kubectl then leaves the
checking to the server, and ``kubectl explain`` finds the types.
"""

from __future__ import annotations

import functools
from typing import Final

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube.answers import kinds_of, no_such_path
from tiphys.entrypoints.server.kube.coretypes import core_schema
from tiphys.entrypoints.server.openapi import schemas
from tiphys.entrypoints.server.parts import Parts

_PLACE: Final = "/openapi/v3"
_PARAMETERS: Final[list[JsonValue]] = [
    {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    for name in ("dryRun", "fieldManager", "fieldValidation")
]


def index(parts: Parts, _call: Call) -> JsonValue:
    """``/openapi/v3``: a document for each group and version."""
    places = sorted({_path(kind) for kind in kinds_of(parts)})
    version = parts.options.version
    return {"paths": {place: {"serverRelativeURL": f"{_PLACE}/{place}?hash={version}"} for place in places}}


def older(_parts: Parts, _call: Call) -> Answer:
    """``/openapi/v2`` without any type, in the only form that kubectl reads: one of before 1.27 then checks nothing."""
    # The type that kubectl asks for is none that Go can parse.
    return Answer(body=b"\x0a\x032.0", headers={"content-type": "application/octet-stream"})  # the field swagger: 2.0


def document(parts: Parts, call: Call) -> Answer | JsonValue:
    """The document of one group and version."""
    place = call.path["rest"]
    found = [kind for kind in kinds_of(parts) if _path(kind) == place]
    if not found:
        return no_such_path(parts, call)
    components: JsonObject = dict(_model())
    for kind in found:
        own = components.get(kind.kind) if kind.group == ARGO else core_schema(kind.kind)
        shape: JsonObject = dict(own) if isinstance(own, dict) else {"type": "object"}
        components[kind.kind] = {**shape, "x-kubernetes-group-version-kind": [_names(kind)]}
    paths: JsonObject = {_item(kind): {"patch": _patch(kind)} for kind in found}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": parts.options.version},
        "paths": paths,
        "components": {"schemas": components},
    }


@functools.cache
def _model() -> JsonObject:
    """The types of the model as OpenAPI 3.0 has them, where a type is one word."""
    found = _older(schemas())
    return found if isinstance(found, dict) else {}


def _older(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_older(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = value.get("type")
    if not isinstance(names, list):
        return {key: _older(item) for key, item in value.items()}
    rest: JsonObject = {key: item for key, item in value.items() if key != "type"}
    kinds: list[JsonValue] = [name for name in names if name != "null"]
    return {**rest, "type": kinds[0]} if len(kinds) == 1 else {**rest, "oneOf": [{"type": kind} for kind in kinds]}


def _patch(kind: Kind) -> JsonObject:
    return {
        "parameters": _PARAMETERS,
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": _names(kind),
        "responses": {"200": {"description": "OK"}},
    }


def _path(kind: Kind) -> str:
    return f"apis/{kind.group}/{kind.version}" if kind.group else f"api/{kind.version}"


def _item(kind: Kind) -> str:
    inside = "/namespaces/{namespace}" if kind.namespaced else ""
    return f"/{_path(kind)}{inside}/{kind.resource}/{{name}}"


def _names(kind: Kind) -> JsonObject:
    return {"group": kind.group, "version": kind.version, "kind": kind.kind}

"""Limits of semaphores (``spec/api.md`` 18)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.app.services.synclimits import ConfigMapLimits, DatabaseLimits
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Open, Right, Route
from tiphys.errors import ForbiddenError
from tiphys.ports.synclimits import SyncLimit

_KINDS = {"": "CONFIGMAP", "0": "CONFIGMAP", "1": "DATABASE", "CONFIGMAP": "CONFIGMAP", "DATABASE": "DATABASE"}


class LimitRequest(Struct, frozen=True, rename="camel"):
    """The body; ``type`` is a number or its name."""

    type: int | str = 0
    cm_name: str = ""
    key: str = ""
    limit: int = 0


def create(parts: Parts, call: Call) -> JsonObject:
    """Keep a new limit."""
    kind, wanted = _given(call)
    return _shown(kind, _limits(parts, call, "create", kind).create(wanted))


def get(parts: Parts, call: Call) -> JsonObject:
    """A limit."""
    kind, wanted = _asked(call)
    return _shown(kind, _limits(parts, call, "get", kind).get(wanted))


def update(parts: Parts, call: Call) -> JsonObject:
    """Change a limit."""
    kind, wanted = _given(call)
    return _shown(kind, _limits(parts, call, "update", kind).update(wanted))


def delete(parts: Parts, call: Call) -> JsonObject:
    """Forget a limit."""
    kind, wanted = _asked(call)
    _limits(parts, call, "delete", kind).delete(wanted)
    return {}


def of_database(parts: Parts, call: Call) -> JsonObject:
    """The limits of a namespace in the database, by key."""
    found: list[JsonValue] = [
        _shown("DATABASE", limit) for limit in _database(parts, call, "list").of_namespace(call.namespace)
    ]
    return {"items": found}


def _kind(value: int | str) -> str:
    kind = _KINDS.get(str(value))
    if kind is None:
        raise InvalidArgumentError(f"unsupported sync config type: {value}")
    return kind


def _given(call: Call) -> tuple[str, SyncLimit]:
    request = call.record(LimitRequest)
    key = call.path.get("key") or request.key
    wanted = SyncLimit(namespace=call.namespace, map_name=request.cm_name, key=key, limit=request.limit)
    return _kind(request.type), wanted


def _asked(call: Call) -> tuple[str, SyncLimit]:
    wanted = SyncLimit(namespace=call.namespace, map_name=call.query.text("cmName"), key=call.path["key"])
    return _kind(call.query.text("type")), wanted


def _allow(parts: Parts, call: Call, verb: str, resource: str = "configmaps", group: str = "") -> None:
    access = Right(verb, resource, group).access({"namespace": call.namespace})
    if not parts.authorizer.allowed(call.principal, access):
        named = resource if not group else "database sync limit"
        raise ForbiddenError(
            f'Permission denied, you are not allowed to {verb} {named} in namespace "{call.namespace}".'
        )


def _limits(parts: Parts, call: Call, verb: str, kind: str) -> ConfigMapLimits | DatabaseLimits:
    """Where limits of a kind are kept, for who may do this to them."""
    if kind == "DATABASE":
        return _database(parts, call, verb)
    _allow(parts, call, verb)
    return parts.map_limits(call.principal)


def _database(parts: Parts, call: Call, verb: str) -> DatabaseLimits:
    _allow(parts, call, verb, "workflows", "argoproj.io")
    if parts.database_limits is None:
        raise InvalidArgumentError("unsupported sync config type: DATABASE")
    return parts.database_limits


def _shown(kind: str, limit: SyncLimit) -> JsonObject:
    """The limit as Go writes it: the type is a number, and 0 is left out."""
    found: JsonObject = {
        "type": 1 if kind == "DATABASE" else 0,
        "namespace": limit.namespace,
        "cmName": limit.map_name,
        "key": limit.key,
        "limit": limit.limit,
    }
    return {key: value for key, value in found.items() if value}


ROUTES = (
    Route("POST", "/api/v1/sync/{namespace}", Open.HANDLER, create),
    Route("GET", "/api/v1/sync/{namespace}/{key}", Open.HANDLER, get),
    Route("PUT", "/api/v1/sync/{namespace}/{key}", Open.HANDLER, update),
    Route("DELETE", "/api/v1/sync/{namespace}/{key}", Open.HANDLER, delete),
    Route("GET", "/api/x/v1/sync/{namespace}", Right("list", "workflows"), of_database),
)

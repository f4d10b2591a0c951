"""Answers of Kubernetes' API: errors are ``Status`` objects; which kind a path is about."""

from __future__ import annotations

import functools
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from tiphys.app.services.cluster.tokens import GROUP as INTERNAL
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.rbac import Wanted
from tiphys.core.objects.status import forbidden, status_of
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube import protobuf
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Handler
from tiphys.errors import NotFoundError, TiphysError
from tiphys.ports.identity import Access


def statuses(handler: Callable[[Parts, Call], Answer | JsonValue]) -> Handler:
    """The handler, with its errors as ``Status``."""

    @functools.wraps(handler)
    def answer(parts: Parts, call: Call) -> Answer | JsonValue:
        if "protobuf" in call.headers.get("content-type", ""):
            try:
                call = replace(call, body=msgspec.json.encode(protobuf.decode(call.body)))
            except protobuf.UnreadableError as error:
                return unsupported(str(error))
        try:
            return handler(parts, call)
        except TiphysError as error:
            status = status_of(error)
            code = status["code"]
            return Answer(status=code if isinstance(code, int) else 500, json=status)

    return answer


def unsupported(message: str) -> Answer:
    """The body is in a form that is not read."""
    status: JsonObject = {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": "UnsupportedMediaType", "code": 415,
    }  # fmt: skip
    return Answer(status=415, json=status)


def no_such_path(_parts: Parts, _call: Call) -> JsonValue:
    """What no other route answers."""
    raise NotFoundError("the server could not find the requested resource")


def kinds_of(parts: Parts) -> tuple[Kind, ...]:
    """All kinds that clients may see; what Tiphys keeps for itself is none of them."""
    found = (kind for kind in parts.objects.catalogue().all() if kind.group != INTERNAL)
    return tuple(kind if kind.version else Kind(kind.group, "v1", kind.kind, kind.resource) for kind in found)


def kind_of(parts: Parts, call: Call) -> Kind:
    """The kind that a path is about.

    Raises:
        NotFoundError: no kind of that group and version has that resource.
    """
    group, version, resource = call.path.get("group", ""), call.path.get("version", "v1"), call.path.get("resource")
    for kind in kinds_of(parts):
        if (kind.group, kind.version, kind.resource) == (group, version, resource):
            if bool(call.namespace) and not kind.namespaced:
                break
            return kind
    raise NotFoundError("the server could not find the requested resource")


def check(parts: Parts, call: Call, verb: str, kind: Kind, subresource: str = "") -> None:
    """See that the caller may do this.

    Raises:
        ForbiddenError: with Kubernetes' text.
    """
    resource = f"{kind.resource}/{subresource}" if subresource else kind.resource
    wanted = Wanted(verb=verb, group=kind.group, resource=resource, namespace=call.namespace, name=call.name)
    access = Access(verb=verb, group=kind.group, resource=resource, namespace=call.namespace, name=call.name)
    if not parts.authorizer.allowed(call.principal, access):
        raise forbidden(call.principal.name, kind, wanted)


def success(kind: Kind, name: str, uid: str) -> JsonObject:
    """The answer to a deletion."""
    details: JsonObject = {"name": name, "group": kind.group, "kind": kind.resource, "uid": uid}
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

"""The paths of Kubernetes' API.  They share ``/api/v1`` with Argo's, whose names are never those of core kinds."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from msgspec.structs import replace

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.objects.kinds import KINDS
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube import discovery, resources, reviews, schemas, subresources
from tiphys.entrypoints.server.kube.answers import no_such_path, statuses
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Handler, Open, Route

_GROUP = "/apis/{group}/{version}"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_COLLECTION = {"GET": resources.list_or_watch, "POST": resources.create, "DELETE": resources.delete_all}
_ITEM = {"GET": resources.get, "PUT": resources.put, "PATCH": resources.patch, "DELETE": resources.delete}
_BELOW = {
    "GET": subresources.get,
    "POST": subresources.create,
    "PUT": subresources.put,
    "PATCH": subresources.patch,
}


def _routes() -> Iterator[Route]:
    yield _signed_in("GET", "/api", discovery.core_versions)
    yield _signed_in("GET", "/api/v1", discovery.resources)
    yield _signed_in("GET", "/apis", discovery.groups)
    yield _signed_in("GET", "/apis/{group}", discovery.group)
    yield _signed_in("GET", _GROUP, discovery.resources)
    yield _signed_in("GET", "/version", discovery.version)
    yield _signed_in("GET", "/openapi/v3", schemas.index)
    yield _signed_in("GET", "/openapi/v3/{rest...}", schemas.document)
    yield _signed_in("GET", "/openapi/v2", schemas.older)
    yield _signed_in("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", reviews.access)
    yield _signed_in("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", reviews.rules)
    for version in reviews.IDENTITY_VERSIONS:
        yield _signed_in("POST", f"/apis/authentication.k8s.io/{version}/selfsubjectreviews", reviews.identity)
    for base in ("/api/v1/namespaces/{namespace}/{resource}", f"{_GROUP}/{{resource}}"):
        yield from _objects(base)
    yield from _objects(f"{_GROUP}/namespaces/{{namespace}}/{{resource}}")
    for method in _METHODS:
        yield _signed_in(method, "/apis/{rest...}", no_such_path)


def _objects(base: str) -> Iterator[Route]:
    for pattern, handlers in ((base, _COLLECTION), (f"{base}/{{name}}", _ITEM)):
        for method, handler in handlers.items():
            yield _checked(method, pattern, handler)
    for method, handler in _BELOW.items():
        yield _checked(method, f"{base}/{{name}}/{{subresource}}", handler)


def _core_kinds() -> Iterator[Route]:
    """Kinds of the core group in all namespaces or without one: by name, for Argo's paths look like theirs."""
    for kind in KINDS:
        if kind.group:
            continue
        base = f"/api/v1/{kind.resource}"
        for method, handler in _COLLECTION.items():
            yield _named(method, base, handler, kind.resource)
        if not kind.namespaced:
            for method, handler in _ITEM.items():
                yield _named(method, f"{base}/{{name}}", handler, kind.resource)


def _named(method: str, pattern: str, handler: Handler, resource: str) -> Route:
    @functools.wraps(handler)
    def with_resource(parts: Parts, call: Call) -> Answer | JsonValue:
        return handler(parts, replace(call, path={**call.path, "resource": resource}))

    return _checked(method, pattern, with_resource)


def _checked(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, Open.HANDLER, statuses(handler), kubernetes=True)


def _signed_in(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, Open.SIGNED_IN, statuses(handler), kubernetes=True)


ROUTES = (*_routes(), *_core_kinds())

"""The description of the API itself."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.openapi import document
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Open, Route


def described(routes: Iterable[Route]) -> Route:
    """The route that answers with the description of others and of itself."""
    known = tuple(routes)

    def openapi(parts: Parts, _call: Call) -> JsonObject:
        """The OpenAPI description of this API."""
        return document((*known, route), parts.options.version)

    route = Route("GET", "/api/openapi.json", Open.SIGNED_IN, openapi)
    return route

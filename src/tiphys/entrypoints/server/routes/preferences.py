"""What the caller chose in the UI: ours, below ``/api/x/v1`` (``spec/ui.md`` D2, D5)."""

from __future__ import annotations

from tiphys.app.services.preferences import Preferences
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Open, Route


def read(parts: Parts, call: Call) -> JsonObject:
    """All that the caller keeps, by its name."""
    return {"preferences": {**Preferences(parts.store, parts.clock).all(call.principal)}}


def keep(parts: Parts, call: Call) -> JsonObject:
    """Keep the ``value`` of the body under a name; ``null`` forgets it."""
    body = call.json()
    if "value" not in body:
        raise InvalidArgumentError("value is missing")
    Preferences(parts.store, parts.clock).keep(call.principal, call.name, body["value"])
    return {}


ROUTES = (
    Route("GET", "/api/x/v1/preferences", Open.SIGNED_IN, read),
    Route("PUT", "/api/x/v1/preferences/{name}", Open.SIGNED_IN, keep),
)

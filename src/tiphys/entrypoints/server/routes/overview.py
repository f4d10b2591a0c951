"""Numbers over the workflows of a namespace: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

from tiphys.app.services.overview import Overview
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route


def facets(parts: Parts, call: Call) -> JsonObject:
    """How many live workflows of a namespace are in each phase, of those that ``labelSelector`` takes."""
    labels = parse_selector(call.query.text("labelSelector"))
    phases: JsonObject = {**_overview(parts).phases(call.namespace, labels)}
    return {"phases": phases}


def waiting(parts: Parts, call: Call) -> JsonObject:
    """The steps of a namespace's workflows that wait until somebody resumes them."""
    found: list[JsonValue] = [*_overview(parts).waiting(call.namespace)]
    return {"items": found}


def _overview(parts: Parts) -> Overview:
    return Overview(parts.store, parts.scope)


ROUTES = (
    Route("GET", "/api/x/v1/facets/{namespace}", Right("list", "workflows"), facets),
    Route("GET", "/api/x/v1/waiting/{namespace}", Right("list", "workflows"), waiting),
)

"""Findings in a text while it is written: ours, below ``/api/x/v1`` (``spec/ui.md`` D5)."""

from __future__ import annotations

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route


def lint(parts: Parts, call: Call) -> JsonObject:
    """What `tiphys lint` finds in the `text` of the body: errors and warnings with line, column and hint."""
    text = call.json().get("text")
    if not isinstance(text, str):
        raise InvalidArgumentError("text must be a string")
    items: list[JsonValue] = [*parts.resources.findings(text, call.namespace)]
    return {"items": items}


ROUTES = (Route("POST", "/api/x/v1/lint/{namespace}", Right("create", "workflows"), lint),)

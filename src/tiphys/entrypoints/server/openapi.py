"""The API as an OpenAPI 3.1 document: the paths of the route table, the types of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tiphys.core.manifest.jsonschema import schema
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.routing import Open, Right, Route

_CAPTURE: Final = re.compile(r"\{(\w+)(\.\.\.)?\}")
#: The kind of the objects below a path; what is not here answers with an object of no declared type.
_KINDS: Final = {
    "workflows": "Workflow",
    "archived-workflows": "Workflow",
    "workflow-templates": "WorkflowTemplate",
    "cluster-workflow-templates": "ClusterWorkflowTemplate",
    "cron-workflows": "CronWorkflow",
    "workflow-event-bindings": "WorkflowEventBinding",
}
_ERROR: JsonObject = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
}


def document(routes: Iterable[Route], version: str) -> JsonObject:
    """The document of some routes."""
    paths: dict[str, JsonValue] = {}
    for route in routes:
        if not route.pattern.startswith("/api/"):
            continue
        found = paths.setdefault(_CAPTURE.sub(r"{\1}", route.pattern), {})
        if isinstance(found, dict):
            found[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tiphys: Argo's API", "version": version},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas(), "Error": _ERROR},
        },
    }


def schemas() -> JsonObject:
    """The types of the model, at the place where OpenAPI has them."""
    definitions = schema()["$defs"]
    moved = _moved(definitions)
    return moved if isinstance(moved, dict) else {}


def _moved(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {
            key: item.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref" and isinstance(item, str)
            else _moved(item)
            for key, item in value.items()
        }
    return [_moved(item) for item in value] if isinstance(value, list) else value


def _operation(route: Route) -> JsonObject:
    function = route.handler or route.stream
    text = (function.__doc__ or "").strip().partition("\n")[0] if function is not None else ""
    answer = _content(route)
    error: JsonObject = {"description": "refused", "content": {"application/json": {"schema": _ref("Error")}}}
    found: JsonObject = {
        "summary": text,
        "tags": [route.segments[2] if len(route.segments) > 2 else "api"],
        "responses": {"200": {"description": "done", **answer}, "default": error},
    }
    names = [match[1] for match in _CAPTURE.finditer(route.pattern)]
    if names:
        found["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if route.method in ("POST", "PUT"):
        found["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    if route.right is Open.PUBLIC:
        found["security"] = []
    if isinstance(route.right, Right):
        found["x-right"] = {"verb": route.right.verb, "resource": route.right.resource, "group": route.right.group}
    return found


def _content(route: Route) -> JsonObject:
    segments = [part for part in route.segments if not part.startswith("{")]
    kind = _KINDS.get(segments[2], "") if len(segments) > 2 else ""
    if route.stream is not None:
        return {"content": {"application/json": {"schema": {"type": "object"}}, "text/event-stream": {}}}
    if not kind or route.method == "DELETE":
        return {"content": {"application/json": {"schema": {"type": "object"}}}}
    shape: JsonObject = _ref(kind)
    last = route.segments[-1]
    if route.method == "GET" and last in ("{namespace}", *_KINDS):
        shape = {
            "type": "object",
            "required": ["metadata"],
            "properties": {"metadata": {"type": "object"}, "items": {"type": ["array", "null"], "items": _ref(kind)}},
        }
    return {"content": {"application/json": {"schema": shape}}}


def _ref(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}

"""The description of the API says what the route table says, and all its references lead somewhere."""

from __future__ import annotations

import json
import re

from tiphys.entrypoints.server.openapi import document
from tiphys.entrypoints.server.routes import ROUTES

DOCUMENT = document(ROUTES, "v4.1.2")


def test_every_route_of_the_api_is_described() -> None:
    paths = DOCUMENT["paths"]
    assert isinstance(paths, dict)
    described = {(method.upper(), path) for path, item in paths.items() if isinstance(item, dict) for method in item}
    wanted = {
        (route.method, route.pattern.replace("...}", "}")) for route in ROUTES if route.pattern.startswith("/api/")
    }
    assert described == wanted
    assert ("PUT", "/api/v1/workflows/{namespace}/{name}/retry") in described


def test_references_lead_to_schemas() -> None:
    text = json.dumps(DOCUMENT)
    schemas = DOCUMENT["components"]["schemas"]  # type: ignore[index,call-overload]
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert names <= schemas.keys()  # type: ignore[union-attr]
    assert {"Workflow", "CronWorkflow", "Error"} <= names
    assert "#/$defs/" not in text

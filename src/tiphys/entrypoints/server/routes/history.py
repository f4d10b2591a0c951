"""What happened in a run: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

import msgspec

from tiphys.app.services.events import event_object
from tiphys.app.services.finding import find
from tiphys.app.services.objects import workflow_of
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route


def history(parts: Parts, call: Call) -> JsonObject:
    """The Kubernetes Events of a workflow that are kept, oldest first."""
    stored = find(parts.store, call.namespace, call.name)
    workflow = workflow_of(stored)
    decoder = msgspec.json.Decoder(Fact)
    found: list[JsonValue] = [event_object(workflow, decoder.decode(body)) for body in parts.store.events(stored.uid)]
    return {"items": found}


ROUTES = (Route("GET", "/api/x/v1/workflows/{namespace}/{name}/history", Right("list", "events", ""), history),)

"""What happened in a run and why it is as it is: ours, below ``/api/x/v1`` (``spec/ui.md`` D10)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tiphys.app.services.events import event_object
from tiphys.app.services.finding import find
from tiphys.app.services.objects import workflow_of
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.ports.runtime import ContainerStatus


def history(parts: Parts, call: Call) -> JsonObject:
    """The Kubernetes Events of a workflow that are kept, oldest first."""
    stored = find(parts.store, call.namespace, call.name)
    workflow = workflow_of(stored)
    decoder = msgspec.json.Decoder(Fact)
    found: list[JsonValue] = [event_object(workflow, decoder.decode(body)) for body in parts.store.events(stored.uid)]
    return {"items": found}


def explanation(parts: Parts, call: Call) -> JsonObject:
    """Why a workflow, or the `node` of it, is as it is: what it waits for, what its failure began with."""
    found = parts.api.explain(call.namespace, call.name, call.query.text("node") or None)
    data: JsonObject = msgspec.to_builtins(found)
    return data


def containers(parts: Parts, call: Call) -> JsonObject:
    """When the containers of a workflow's pods began and ended, by node; only of pods of which something is left."""
    times = parts.pod_times.of(call.namespace, call.name)
    items: list[JsonValue] = [
        {"nodeId": node, "containers": [_shown(each) for each in found]} for node, found in times.items()
    ]
    return {"items": items}


def _shown(container: ContainerStatus) -> JsonObject:
    return {
        "name": container.name,
        "role": container.role,
        "startedAt": _precise(container.started_at),
        "finishedAt": _precise(container.finished_at),
        "exitCode": container.exit_code,
    }


def _precise(moment: datetime | None) -> str | None:
    """With milliseconds: many containers run for less than a second."""
    if moment is None:
        return None
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


_PATH = "/api/x/v1/workflows/{namespace}/{name}"
ROUTES = (
    Route("GET", f"{_PATH}/history", Right("list", "events", ""), history),
    Route("GET", f"{_PATH}/explain", Right("get", "workflows"), explanation),
    Route("GET", f"{_PATH}/containers", Right("get", "workflows"), containers),
)

"""What templates and schedules are and were: ours, below ``/api/x/v1`` (``spec/ui.md`` D5)."""

from __future__ import annotations

from typing import Final

from tiphys.app.services.cluster.versions import versions_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.moments import rfc3339
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Handler, Right, Route

#: Kind, resource, and the path of its objects.
_KINDS: Final = (
    ("WorkflowTemplate", "workflowtemplates", "workflow-templates/{namespace}/{name}"),
    ("ClusterWorkflowTemplate", "clusterworkflowtemplates", "cluster-workflow-templates/{name}"),
    ("CronWorkflow", "cronworkflows", "cron-workflows/{namespace}/{name}"),
)


def versions(parts: Parts, call: Call, kind: str) -> JsonObject:
    """What an object is and what it was before, newest first; ``until`` is when the next version replaced it."""
    present = parts.resources.get(call.principal, kind, call.namespace, call.name)
    metadata = metadata_of(present)
    generation = metadata.get("generation")
    number = generation if isinstance(generation, int) else 1
    items: list[JsonValue] = [{"generation": number, "manifest": present}]
    items += [
        {"generation": each.generation, "until": rfc3339(each.replaced_at), "manifest": each.manifest}
        for each in versions_of(parts.store, text(metadata, "uid"), number)
    ]
    return {"items": items}


def _handler(kind: str) -> Handler:
    def read(parts: Parts, call: Call) -> JsonObject:
        """What an object is and what it was before, newest first."""
        return versions(parts, call, kind)

    return read


ROUTES = tuple(
    Route("GET", f"/api/x/v1/{path}/versions", Right("get", resource), _handler(kind))
    for kind, resource, path in _KINDS
)

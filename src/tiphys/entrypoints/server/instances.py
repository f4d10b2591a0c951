"""Objects of another instance are left alone by every route that names one (``spec/api.md`` 8)."""

from __future__ import annotations

from typing import Final

from tiphys.app.services.finding import find
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import NotFoundError
from tiphys.ports.store import ObjectKey

_PREFIX: Final = "/api/v1/"
#: First segment of a path → the kind that its ``{name}`` names.
_KINDS: Final = {
    "workflows": "Workflow",
    "workflow-templates": "WorkflowTemplate",
    "cluster-workflow-templates": "ClusterWorkflowTemplate",
    "cron-workflows": "CronWorkflow",
}


def check_instance(parts: Parts, route: Route, call: Call) -> None:
    """Refuse a request about an object of another instance; one that does not exist is the handler's business.

    Raises:
        UsageError: it belongs to another.
    """
    name = call.path.get("name", "")
    kind = _KINDS.get(route.pattern[len(_PREFIX) :].partition("/")[0]) if route.pattern.startswith(_PREFIX) else None
    if kind is None or not name or not isinstance(route.right, Right):
        return
    namespace = call.path.get("namespace", "")
    if kind == "Workflow":
        try:
            stored = find(parts.store, namespace, name)
        except NotFoundError:
            return
    else:
        found = parts.store.get(ObjectKey(kind, namespace, name))
        if found is None:
            return
        stored = found
    parts.scope.check(stored.key.name, stored.labels)

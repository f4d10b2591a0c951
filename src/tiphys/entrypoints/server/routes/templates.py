"""WorkflowTemplates, ClusterWorkflowTemplates and CronWorkflows (``spec/api.md`` 15)."""

from __future__ import annotations

from typing import Final

from tiphys.app.services.creators import acted_manifest
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.resources import ObjectHandlers, Resource
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import NotFoundError

TEMPLATES: Final = (
    Resource(
        kind="WorkflowTemplate",
        plural="workflowtemplates",
        path="/api/v1/workflow-templates/{namespace}",
        member="template",
        no_create=InvalidArgumentError("workflow template was not found in the request body"),
        no_update=InvalidArgumentError("WorkflowTemplate is not found in Request body"),
        spec={"arguments": {}},
    ),
    Resource(
        kind="ClusterWorkflowTemplate",
        plural="clusterworkflowtemplates",
        path="/api/v1/cluster-workflow-templates",
        member="template",
        no_create=InvalidArgumentError("cluster workflow template was not found in the request body"),
        no_update=InvalidArgumentError("ClusterWorkflowTemplate is not found in Request body"),
        spec={"arguments": {}},
    ),
)
CRONS: Final = Resource(
    kind="CronWorkflow",
    plural="cronworkflows",
    path="/api/v1/cron-workflows/{namespace}",
    member="cronWorkflow",
    no_create=NotFoundError("cron workflow was not found in the request body"),
    no_update=NotFoundError("cron workflow was not found in the request body"),
)


class _Crons(ObjectHandlers):
    """The handlers of CronWorkflows."""

    def suspend(self, parts: Parts, call: Call) -> JsonObject:
        """Have a CronWorkflow fire no more."""
        return self._suspended(parts, call, on=True)

    def resume(self, parts: Parts, call: Call) -> JsonObject:
        """Have a CronWorkflow fire again."""
        return self._suspended(parts, call, on=False)

    def _suspended(self, parts: Parts, call: Call, *, on: bool) -> JsonObject:
        patch: JsonObject = acted_manifest({"spec": {"suspend": on}}, call.principal, "Suspend" if on else "Resume")
        return self.shown(parts.resources.patch(call.principal, self.resource.kind, call.namespace, call.name, patch))


_CRONS = _Crons(CRONS)
_UPDATE = Right("update", CRONS.plural)
ROUTES = (
    *(route for resource in TEMPLATES for route in ObjectHandlers(resource).routes(lint=True)),
    *_CRONS.routes(lint=True),
    Route("PUT", f"{CRONS.path}/{{name}}/suspend", _UPDATE, _CRONS.suspend),
    Route("PUT", f"{CRONS.path}/{{name}}/resume", _UPDATE, _CRONS.resume),
)

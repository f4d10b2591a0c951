"""WorkflowTemplates, ClusterWorkflowTemplates and CronWorkflows (``spec/api.md`` 15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tiphys.app.services.creators import acted_manifest
from tiphys.core.manifest.encode import as_written
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of, text
from tiphys.entrypoints.server.answers import clean, delete_options, object_list
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.errors import NotFoundError, TiphysError


class Resource(Struct, frozen=True, kw_only=True):
    """How one kind appears in the API: ``member`` holds the object in bodies."""

    kind: str
    plural: str
    path: str
    member: str
    no_create: TiphysError
    no_update: TiphysError
    spec: JsonObject


RESOURCES: Final = (
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
    Resource(
        kind="CronWorkflow",
        plural="cronworkflows",
        path="/api/v1/cron-workflows/{namespace}",
        member="cronWorkflow",
        no_create=NotFoundError("cron workflow was not found in the request body"),
        no_update=NotFoundError("cron workflow was not found in the request body"),
        spec={},
    ),
)


class _Handlers:
    """The handlers of one kind."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    def create(self, parts: Parts, call: Call) -> JsonObject:
        """Check an object and keep it."""
        body = call.json()
        manifest = self._manifest(body, self._resource.no_create)
        options = body.get("createOptions")
        dry = bool(options.get("dryRun")) if isinstance(options, dict) else False
        made = parts.resources.create(call.principal, self._resource.kind, manifest, call.namespace, keep=not dry)
        return self._shown(made)

    def lint(self, parts: Parts, call: Call) -> JsonObject:
        """Check an object without keeping it."""
        manifest = self._manifest(call.json(), self._resource.no_create)
        return self._shown(parts.resources.lint(call.principal, self._resource.kind, manifest, call.namespace))

    def list(self, parts: Parts, call: Call) -> JsonObject:
        """One page of objects."""
        query = call.query
        page = parts.resources.list(
            call.principal,
            self._resource.kind,
            call.namespace,
            labels=query.text("listOptions.labelSelector"),
            pattern=query.text("namePattern"),
            limit=query.limit(),
            after=query.text("listOptions.continue"),
        )
        found = object_list([self._shown(item) for item in page.items], page.version, page.next)
        return {"metadata": {}, "items": None, **clean(found, call)}

    def get(self, parts: Parts, call: Call) -> JsonObject:
        """One object."""
        found = parts.resources.get(call.principal, self._resource.kind, call.namespace, call.name)
        return clean(self._shown(found), call)

    def update(self, parts: Parts, call: Call) -> JsonObject:
        """Replace an object; the name in the body decides, so the path's may be empty."""
        manifest = self._manifest(call.json(), self._resource.no_update)
        metadata = metadata_of(manifest)
        if not text(metadata, "name") and call.name:
            manifest = {**manifest, "metadata": {**metadata, "name": call.name}}
        return self._shown(parts.resources.update(call.principal, self._resource.kind, manifest, call.namespace))

    def delete(self, parts: Parts, call: Call) -> JsonObject:
        """Remove an object."""
        kind = self._resource.kind
        parts.resources.delete(call.principal, kind, call.namespace, call.name, delete_options(call))
        return {}

    def suspend(self, parts: Parts, call: Call) -> JsonObject:
        """Have a CronWorkflow fire no more."""
        return self._suspended(parts, call, on=True)

    def resume(self, parts: Parts, call: Call) -> JsonObject:
        """Have a CronWorkflow fire again."""
        return self._suspended(parts, call, on=False)

    def _suspended(self, parts: Parts, call: Call, *, on: bool) -> JsonObject:
        patch: JsonObject = acted_manifest({"spec": {"suspend": on}}, call.principal, "Suspend" if on else "Resume")
        return self._shown(parts.resources.patch(call.principal, self._resource.kind, call.namespace, call.name, patch))

    def _manifest(self, body: JsonObject, missing: TiphysError) -> JsonObject:
        wanted = self._resource.member.lower()
        found = next((value for key, value in body.items() if key.lower() == wanted), None)
        if not isinstance(found, dict):
            raise type(missing)(missing.message)
        return found

    def _shown(self, manifest: JsonObject) -> JsonObject:
        manifest = as_written(self._resource.kind, manifest)
        spec = manifest.get("spec")
        return {**manifest, "spec": {**self._resource.spec, **(spec if isinstance(spec, dict) else {})}}


def _routes(resource: Resource) -> Iterator[Route]:
    handlers, path = _Handlers(resource), resource.path
    yield Route("GET", path, Right("list", resource.plural), handlers.list)
    yield Route("POST", path, Right("create", resource.plural), handlers.create)
    yield Route("POST", f"{path}/lint", Right("create", resource.plural), handlers.lint)
    yield Route("GET", f"{path}/{{name}}", Right("get", resource.plural), handlers.get)
    yield Route("PUT", f"{path}/{{name}}", Right("update", resource.plural), handlers.update)
    yield Route("DELETE", f"{path}/{{name}}", Right("delete", resource.plural), handlers.delete)
    if resource.kind == "CronWorkflow":
        yield Route("PUT", f"{path}/{{name}}/suspend", Right("update", resource.plural), handlers.suspend)
        yield Route("PUT", f"{path}/{{name}}/resume", Right("update", resource.plural), handlers.resume)


ROUTES = tuple(route for resource in RESOURCES for route in _routes(resource))

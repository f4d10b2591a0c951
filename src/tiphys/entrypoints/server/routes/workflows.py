"""Workflows: create, list, get, delete (``spec/api.md`` 10)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.app.services.manifests import document_of
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.fields import Fields
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.ports.api import ListFilter, SubmitOptions


class CreateOptions(Struct, frozen=True, rename="camel"):
    """Kubernetes' options of a creation; only ``dryRun`` has a meaning here."""

    dry_run: tuple[str, ...] = ()


class CreateRequest(Struct, frozen=True, rename="camel"):
    """The body of a creation."""

    workflow: JsonObject | None = None
    server_dry_run: bool = False
    create_options: CreateOptions = CreateOptions()


def create(parts: Parts, call: Call) -> JsonObject:
    """Check a workflow and keep it; the controller takes it up."""
    request = call.record(CreateRequest)
    if request.workflow is None:
        raise InvalidArgumentError("workflow body not specified")
    if request.create_options.dry_run:
        return request.workflow
    document = document_of("Workflow", request.workflow, "request")
    options = SubmitOptions(namespace=call.namespace)
    submitted = parts.submission.submit(document, options, keep=not request.server_dry_run)
    return shown(submitted.workflow)


def get(parts: Parts, call: Call) -> JsonObject:
    """One workflow with its nodes."""
    return clean(shown(parts.api.get(call.namespace, call.name)), call)


def list_workflows(parts: Parts, call: Call) -> JsonObject:
    """Workflows, newest first."""
    items = parts.api.list(ListFilter(namespace=call.namespace or None, limit=call.query.number("listOptions.limit")))
    return clean({"metadata": {}, "items": [shown(item) for item in items] or None}, call)


def delete(parts: Parts, call: Call) -> JsonObject:
    """Remove a workflow with its pods."""
    parts.api.delete(call.namespace, call.name)
    return {}


def shown(workflow: Workflow) -> JsonObject:
    """A workflow as Argo's API writes it: what Go never leaves out is there."""
    data = to_data(workflow)
    if not isinstance(data, dict):
        return {}
    spec, status = data.setdefault("spec", {}), data.setdefault("status", {})
    if isinstance(spec, dict):
        spec.setdefault("arguments", {})
    if isinstance(status, dict):
        status.setdefault("startedAt", None)
        status.setdefault("finishedAt", None)
    return data


def clean(data: JsonObject, call: Call) -> JsonObject:
    """Only the fields that were asked for."""
    kept = Fields.parse(call.query.text("fields")).clean(data)
    return kept if isinstance(kept, dict) else {}


ROUTES = (
    Route("GET", "/api/v1/workflows/{namespace}", Right("list", "workflows"), list_workflows),
    Route("POST", "/api/v1/workflows/{namespace}", Right("create", "workflows"), create),
    Route("GET", "/api/v1/workflows/{namespace}/{name}", Right("get", "workflows"), get),
    Route("DELETE", "/api/v1/workflows/{namespace}/{name}", Right("delete", "workflows"), delete),
)

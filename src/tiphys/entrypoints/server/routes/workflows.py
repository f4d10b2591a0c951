"""Workflows: create, lint, submit, list, get, delete (``spec/api.md`` 10, 11)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.app.services.creation import ParameterFormError, SubmitOpts, in_namespace
from tiphys.app.services.creators import signed
from tiphys.app.services.reading import complete
from tiphys.core.manifest.encode import as_written, to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.answers import CreateOptions, clean, object_list
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.fields import Fields
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import FailedError, InvalidArgumentError
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.entrypoints.server.wanted import wanted_of


class CreateRequest(Struct, frozen=True, rename="camel"):
    """The body of a creation."""

    workflow: JsonObject | None = None
    server_dry_run: bool = False
    create_options: CreateOptions = CreateOptions()


class LintRequest(Struct, frozen=True):
    """The body of a check."""

    workflow: JsonObject | None = None


class SubmitRequest(Struct, frozen=True, rename="camel"):
    """The body of a submission from a stored object."""

    resource_kind: str = ""
    resource_name: str = ""
    submit_options: SubmitOpts = SubmitOpts()


def create(parts: Parts, call: Call) -> JsonObject:
    """Check a workflow and keep it; the controller takes it up."""
    request = call.record(CreateRequest)
    if request.workflow is None:
        raise InvalidArgumentError("workflow body not specified")
    if request.create_options.dry_run:
        parts.creation.create(call.principal, request.workflow, call.namespace, keep=False)
        return complete(as_written("Workflow", in_namespace(signed(request.workflow, call.principal), call.namespace)))
    keep = not request.server_dry_run
    made = to_data(parts.creation.create(call.principal, request.workflow, call.namespace, keep=keep))
    return complete(made if isinstance(made, dict) else {})


def lint(parts: Parts, call: Call) -> JsonObject:
    """Check a workflow without keeping it."""
    request = call.record(LintRequest)
    if request.workflow is None:
        raise InvalidArgumentError("unable to get a workflow")
    linted = parts.creation.lint(call.principal, "Workflow", request.workflow, call.namespace)
    return complete(as_written("Workflow", linted))


def submit(parts: Parts, call: Call) -> JsonObject:
    """Make a workflow of a stored template or CronWorkflow."""
    request = call.record(SubmitRequest)
    try:
        made = parts.creation.submit(
            call.principal, request.resource_kind, request.resource_name, call.namespace, request.submit_options
        )
    except ParameterFormError as error:
        raise FailedError(error.message) from None
    return complete(as_written("Workflow", made))


def get(parts: Parts, call: Call) -> JsonObject:
    """One workflow; its nodes are read only when they are wanted."""
    fields = Fields.parse(call.query.text("fields"))
    nodes = fields.wants("status", "nodes")
    found = parts.reading.get(call.namespace, call.name, uid=call.query.text("uid"), nodes=nodes)
    return complete(clean(found, call))


def list_workflows(parts: Parts, call: Call) -> JsonObject:
    """One page of workflows, live and archived."""
    page = parts.listing.page(wanted_of(call))
    nodes = Fields.parse(call.query.text("fields")).wants("items", "status", "nodes")
    items = [parts.reading.item(row, nodes=nodes) for row in page.rows]
    found = object_list(items, page.version, page.next, page.remaining)
    kept = clean(found, call)
    listed = kept.get("items")
    if isinstance(listed, list):
        kept["items"] = [complete(item) for item in listed if isinstance(item, dict)]
    return {"metadata": {}, "items": None, **kept}


def delete(parts: Parts, call: Call) -> JsonObject:
    """Remove a workflow with its pods; the archive keeps its copy."""
    parts.api.delete(call.namespace, call.name, force=call.query.flag("force"))
    return {}


ROUTES = (
    Route("GET", "/api/v1/workflows/{namespace}", Right("list", "workflows"), list_workflows),
    Route("POST", "/api/v1/workflows/{namespace}", Right("create", "workflows"), create),
    Route("POST", "/api/v1/workflows/{namespace}/lint", Right("create", "workflows"), lint),
    Route("POST", "/api/v1/workflows/{namespace}/submit", Right("create", "workflows"), submit),
    Route("GET", "/api/v1/workflows/{namespace}/{name}", Right("get", "workflows"), get),
    Route("DELETE", "/api/v1/workflows/{namespace}/{name}", Right("delete", "workflows"), delete),
)

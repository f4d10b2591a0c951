"""Archived workflows (``spec/api.md`` 14)."""

from __future__ import annotations

from tiphys.app.services.fieldselector import name_filter, parse_field_selector, target_namespace
from tiphys.app.services.listing import Wanted
from tiphys.app.services.objects import workflow_of
from tiphys.app.services.reading import complete, reduced
from tiphys.core.expr.regex import compile_pattern
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.answers import clean, object_list
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import FailedError, InvalidArgumentError
from tiphys.entrypoints.server.rerunning import RerunRequest, given_parameters, retry_options, shown_plan
from tiphys.entrypoints.server.routing import Open, Right, Route
from tiphys.errors import ForbiddenError, NotFoundError
from tiphys.ports.api import ResubmitOptions
from tiphys.ports.store import StoredObject


class ArchivedRequest(RerunRequest, frozen=True, rename="camel"):
    """The same of an archived workflow, which may be named too."""

    name: str = ""
    namespace: str = ""


def list_archived(parts: Parts, call: Call) -> JsonObject:
    """One page of the archive."""
    query = call.query
    selected = parse_field_selector(query.text("listOptions.fieldSelector"))
    namespace = target_namespace(query.text("namespace"), selected)
    allow(parts, call, "list", namespace)
    offset, after = query.page()
    wanted = Wanted(
        namespace=namespace,
        not_namespace=selected.not_namespace,
        labels=parse_selector(query.text("listOptions.labelSelector")),
        names=name_filter(selected, query.text("nameFilter"), query.text("namePrefix")),
        started_after=selected.started_after,
        started_before=selected.started_before,
        limit=query.limit(),
        offset=offset,
        after=after,
        count=selected.remaining and bool(query.number("listOptions.limit")),
        live=False,
    )
    page = parts.listing.page(wanted)
    items = [reduced(row.stored) for row in page.rows]
    found = object_list(items, page.version, page.next, page.remaining)
    return {"metadata": {}, "items": None, **clean(found, call)}


def get(parts: Parts, call: Call) -> JsonObject:
    """One archived workflow with its nodes."""
    row = _find(parts, call, "get")
    return complete(clean(parts.reading.archived(row), call))


def delete(parts: Parts, call: Call) -> JsonObject:
    """Take a workflow out of the archive."""
    if not parts.archive.on:
        raise FailedError("deleting archived workflows not supported")
    parts.archive.delete(_find(parts, call, "delete"))
    return {}


def resubmit(parts: Parts, call: Call) -> JsonObject:
    """Make a new workflow of an archived one."""
    request = call.record(ArchivedRequest)
    row = find(parts, call, "get", request.namespace, request.name)
    allow(parts, call, "create", row.key.namespace)
    options = ResubmitOptions(memoized=request.memoized, parameters=given_parameters(request.parameters))
    made = to_data(parts.acting.created(call.principal, parts.archive.resubmit(row, parts.rerun, options)))
    return complete(made if isinstance(made, dict) else {})


def retry(parts: Parts, call: Call) -> JsonObject:
    """Make an archived workflow live again, and run what failed in it."""
    request = call.record(ArchivedRequest)
    row = find(parts, call, "get", request.namespace, request.name)
    for verb in ("create", "update"):
        allow(parts, call, verb, row.key.namespace)
    parts.archive.retry(row, parts.rerun, retry_options(request))
    parts.acting.acted(call.principal, row.key.namespace, row.key.name, "Retry")
    return parts.reading.get(row.key.namespace, row.key.name)


def retry_plan(parts: Parts, call: Call) -> JsonObject:
    """What a retry of an archived workflow with this body would do, node by node; nothing is changed."""
    row = _find(parts, call, "get")
    return shown_plan(parts.archive.plan_retry(row, retry_options(call.record(ArchivedRequest)), parts.clock.now()))


def label_keys(parts: Parts, call: Call) -> JsonObject:
    """The label keys of archived workflows that the caller may list."""
    found = parts.listing.label_keys(_all_archived(parts, call))
    return {"items": [*found]} if found else {}


def label_values(parts: Parts, call: Call) -> JsonObject:
    """The values that one label has in the archive."""
    allow(parts, call, "list", call.query.text("namespace"))
    requirements = parse_selector(call.query.text("listOptions.labelSelector"))
    if len(requirements) != 1 or requirements[0].values:
        raise InvalidArgumentError(f"only allow 1 labelRequirement, found {len(requirements)}")
    key, hidden = requirements[0].key, parts.options.unlisted
    if hidden and compile_pattern(hidden).search(key):
        return {}
    found = parts.listing.label_values(_all_archived(parts, call), key)
    return {"items": [*found]} if found else {}


def allow(parts: Parts, call: Call, verb: str, namespace: str, name: str = "") -> None:
    """Refuse who may not do this to workflows of a namespace."""
    access = Right(verb, "workflows").access({"namespace": namespace, "name": name})
    if not parts.authorizer.allowed(call.principal, access):
        raise ForbiddenError("permission denied")


def _all_archived(parts: Parts, call: Call) -> Wanted:
    """The archived workflows of the namespace that is asked for, which the caller may list."""
    namespace = call.query.text("namespace")
    allow(parts, call, "list", namespace)
    return Wanted(namespace=namespace, live=False)


def _find(parts: Parts, call: Call, verb: str) -> StoredObject:
    namespace, name = call.query.text("namespace"), call.query.text("name")
    return find(parts, call, verb, namespace, name)


def find(parts: Parts, call: Call, verb: str, namespace: str, name: str) -> StoredObject:
    """The workflow that a request names; who may not see it does not learn whether it exists."""
    try:
        row = parts.archive.find(call.path["uid"], namespace, name)
    except NotFoundError:
        allow(parts, call, verb, namespace)
        raise
    allow(parts, call, verb, row.key.namespace, row.key.name)
    parts.scope.check(row.key.name, row.labels)
    workflow_of(row)
    return row


ROUTES = (
    Route("GET", "/api/v1/archived-workflows", Open.HANDLER, list_archived),
    Route("GET", "/api/v1/archived-workflows/{uid}", Open.HANDLER, get),
    Route("DELETE", "/api/v1/archived-workflows/{uid}", Open.HANDLER, delete),
    Route("PUT", "/api/v1/archived-workflows/{uid}/resubmit", Open.HANDLER, resubmit),
    Route("PUT", "/api/v1/archived-workflows/{uid}/retry", Open.HANDLER, retry),
    Route("POST", "/api/x/v1/archived-workflows/{uid}/retry-plan", Open.HANDLER, retry_plan),
    Route("GET", "/api/v1/archived-workflows-label-keys", Open.HANDLER, label_keys),
    Route("GET", "/api/v1/archived-workflows-label-values", Open.HANDLER, label_values),
)

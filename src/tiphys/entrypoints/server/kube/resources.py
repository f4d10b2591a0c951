"""Objects: list, create, get, replace, patch, delete."""

from __future__ import annotations

import base64
import binascii
from itertools import islice

from tiphys.app.services.cluster.serverside import ServerSide
from tiphys.app.services.cluster.workflow_edits import WorkflowEdits
from tiphys.app.services.paging import listed
from tiphys.core.manifest import yaml
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.answers import only_tried, propagation_of
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube.answers import check, kind_of, success, unsupported
from tiphys.entrypoints.server.kube.tables import table, wants_table
from tiphys.entrypoints.server.kube.watches import watch
from tiphys.entrypoints.server.parts import Parts
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.objects import JSON, MERGE, STRATEGIC, DeleteOptions, Listing, ObjectRef

_APPLY = "apply"
_STRATEGIES = {
    "application/json-patch+json": JSON,
    "application/merge-patch+json": MERGE,
    "application/strategic-merge-patch+json": STRATEGIC,
    "application/apply-patch+yaml": _APPLY,
}
_PAGE = 500


def list_or_watch(parts: Parts, call: Call) -> Answer | JsonValue:
    """The objects of a kind, or what becomes of them."""
    kind = kind_of(parts, call)
    if call.query.flag("watch"):
        return watch(parts, call, kind)
    limit = call.query.limit("limit")
    wanted = _listing(call, kind, limit)
    pages = [*islice(listed(parts.objects, call.principal, wanted), 1 if limit else None)]
    items = [item for page in pages for item in page.items]
    metadata: JsonObject = {"resourceVersion": str(pages[0].version)}
    after = pages[-1].next
    if after is not None:
        metadata["continue"] = base64.urlsafe_b64encode(after.encode()).decode()
    if wants_table(call.headers.get("accept", "")):
        return table(kind, items, metadata, parts.clock.now())
    shown: list[JsonValue] = [_typed(kind, item) for item in items]
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": shown}


def create(parts: Parts, call: Call) -> Answer:
    """Make an object."""
    kind = kind_of(parts, call)
    objects = parts.trial if is_trial(call) else parts.objects
    made = objects.create(call.principal, _manifest(call, kind), call.namespace)
    return Answer(status=201, json=_typed(kind, made))


def get(parts: Parts, call: Call) -> Answer | JsonValue:
    """One object."""
    kind = kind_of(parts, call)
    found = _typed(kind, parts.objects.get(call.principal, _ref(call, kind)))
    if wants_table(call.headers.get("accept", "")):
        version: JsonObject = {"resourceVersion": metadata_of(found).get("resourceVersion")}
        return table(kind, [found], version, parts.clock.now())
    return found


def put(parts: Parts, call: Call) -> JsonValue:
    """Replace an object, or its status."""
    kind, tried = kind_of(parts, call), is_trial(call)
    manifest = _manifest(call, kind)
    if _is_workflow(kind) and not tried:
        return _edits(parts).replace(call.principal, _ref(call, kind), manifest)
    objects = parts.trial if tried else parts.objects
    return _typed(kind, objects.update(call.principal, manifest, call.namespace, status=_is_status(call)))


def patch(parts: Parts, call: Call) -> Answer | JsonValue:
    """Change an object by a patch of the kind that the content type says."""
    kind, content = kind_of(parts, call), call.headers.get("content-type", "").split(";")[0].strip()
    strategy = _STRATEGIES.get(content)
    if strategy is None:
        accepted = ", ".join(_STRATEGIES)
        return unsupported(f"the body of the request was in an unknown format - accepted media types: {accepted}")
    ref, tried = _ref(call, kind), is_trial(call)
    if strategy == _APPLY:
        return _apply(parts, call, ref, tried=tried)
    change = call.value()
    if strategy == STRATEGIC and not kind.strategic:
        return unsupported("the body of the request was in an unknown format - custom resources take merge patches")
    if _is_workflow(kind) and not tried:
        return _typed(kind, _edits(parts).patch(call.principal, ref, change, strategy))
    objects = parts.trial if tried else parts.objects
    return _typed(kind, objects.patch(call.principal, ref, change, strategy, status=_is_status(call)))


def delete(parts: Parts, call: Call) -> JsonValue:
    """Delete an object."""
    kind = kind_of(parts, call)
    objects = parts.trial if is_trial(call, call.json()) else parts.objects
    gone = metadata_of(objects.delete(call.principal, _ref(call, kind), _deletion(call)))
    return success(kind, call.name, text(gone, "uid"))


def delete_all(parts: Parts, call: Call) -> JsonValue:
    """Delete all objects that are selected."""
    kind = kind_of(parts, call)
    objects = parts.trial if is_trial(call, call.json()) else parts.objects
    check(parts, call, "deletecollection", kind)
    for page in listed(parts.objects, call.principal, _listing(call, kind, 0)):
        for item in page.items:
            metadata = metadata_of(item)
            ref = ObjectRef(kind, text(metadata, "namespace"), text(metadata, "name"))
            try:
                objects.delete(call.principal, ref, _deletion(call))
            except NotFoundError:
                continue  # it was owned by one that is gone, or somebody else was quicker
    return success(kind, "", "")


def _apply(parts: Parts, call: Call, ref: ObjectRef, *, tried: bool) -> Answer | JsonValue:
    try:
        documents = yaml.parse(call.body.decode())
    except (yaml.YamlError, UnicodeDecodeError) as error:
        raise UsageError(f"the body is not YAML: {error}") from None
    manifest = documents[0].data if len(documents) == 1 else None
    if not isinstance(manifest, dict):
        raise UsageError("the body must be one object")
    manifest = _placed(call, ref.kind, manifest)
    manager, force = call.query.text("fieldManager") or "unknown", call.query.flag("force")
    applying = ServerSide(parts.trial if tried else parts.objects, parts.clock)
    if _is_workflow(ref.kind) and not tried and applying.live(call.principal, ref) is not None:
        how = applying.how(ref, manager, force=force)
        return _typed(ref.kind, _edits(parts).apply(call.principal, ref, manifest, how))
    made, new = applying.apply(call.principal, ref, manifest, manager=manager, force=force)
    return Answer(status=201 if new else 200, json=_typed(ref.kind, made))


def _listing(call: Call, kind: Kind, limit: int) -> Listing:
    query, after = call.query, call.query.text("continue")
    try:
        cursor = base64.urlsafe_b64decode(after.encode()).decode() if after else None
    except (binascii.Error, UnicodeDecodeError):
        raise UsageError("continue key is not valid") from None
    return Listing(
        kind=kind,
        namespace=call.namespace,
        labels=parse_selector(query.text("labelSelector")),
        fields=parse_selector(query.text("fieldSelector")),
        limit=min(limit, _PAGE) if limit > 0 else _PAGE,
        after=cursor,
    )


def _manifest(call: Call, kind: Kind) -> JsonObject:
    return _placed(call, kind, call.json())


def _placed(call: Call, kind: Kind, manifest: JsonObject) -> JsonObject:
    """The manifest, which must be about the object that the path names."""
    metadata = metadata_of(manifest)
    given = {"apiVersion": kind.api_version, "kind": kind.kind, **manifest}
    if (given["apiVersion"], given["kind"]) != (kind.api_version, kind.kind):
        raise UsageError(f"the object provided is unrecognized: {given['apiVersion']}/{given['kind']} does not fit")
    if call.name and text(metadata, "name") not in ("", call.name):
        raise UsageError("the name of the object does not match the name on the URL")
    if kind.namespaced and text(metadata, "namespace") not in ("", call.namespace):
        raise UsageError("the namespace of the provided object does not match the namespace sent on the request")
    own: JsonObject = {**metadata}
    if kind.namespaced:
        own["namespace"] = call.namespace
    if call.name:
        own["name"] = call.name
    return {**given, "metadata": own}


def _deletion(call: Call) -> DeleteOptions:
    body = call.json()
    conditions = body.get("preconditions")
    conditions = conditions if isinstance(conditions, dict) else {}
    chosen = text(body, "propagationPolicy") or call.query.text("propagationPolicy")
    orphan = body.get("orphanDependents") is True or call.query.flag("orphanDependents")
    return DeleteOptions(
        propagation=propagation_of(chosen, orphan=orphan),
        uid=text(conditions, "uid"),
        resource_version=text(conditions, "resourceVersion"),
    )


def _ref(call: Call, kind: Kind) -> ObjectRef:
    return ObjectRef(kind, call.namespace if kind.namespaced else "", call.name)


def _typed(kind: Kind, item: JsonObject) -> JsonObject:
    return {"apiVersion": kind.api_version, "kind": kind.kind, **item}


def is_trial(call: Call, options: JsonObject | None = None) -> bool:
    """Whether a change is only to be tried, as the query says or the options in the body of a deletion.

    Raises:
        UsageError: it is neither that nor a change.
    """
    more = (options or {}).get("dryRun")
    return only_tried([*call.query.texts("dryRun"), *(more if isinstance(more, list) else ())])


def _is_status(call: Call) -> bool:
    return call.path.get("subresource") == "status"


def _is_workflow(kind: Kind) -> bool:
    return (kind.group, kind.kind) == (ARGO, "Workflow")


def _edits(parts: Parts) -> WorkflowEdits:
    return WorkflowEdits(parts.objects, parts.lifecycle, parts.authorizer)

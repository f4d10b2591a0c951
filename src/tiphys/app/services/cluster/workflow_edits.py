"""Changes of workflows by clients of Kubernetes' API: whoever drives a run decides about its spec and its status.

``spec.shutdown`` and ``spec.suspend`` become requests to the run (``docs/decisions/0009``), metadata are kept at once,
a changed status is ignored as for every kind with a status of its own, and any other change of the spec is refused.
"""

from __future__ import annotations

from tiphys.app.services.cluster.changes import patched
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects import status
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.managed import Applying, applied
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.rbac import Wanted
from tiphys.ports.api import LifecycleApi
from tiphys.ports.identity import Access, Authorizer, Principal
from tiphys.ports.objects import MERGE, ObjectRef, Objects

_REQUESTS = frozenset({"shutdown", "suspend"})
_KEPT = ("labels", "annotations", "finalizers", "ownerReferences", "managedFields")


class WorkflowEdits:
    """Turns the wanted state of a workflow into requests and kept metadata."""

    def __init__(self, objects: Objects, lifecycle: LifecycleApi, authorizer: Authorizer) -> None:
        self._objects = objects
        self._lifecycle = lifecycle
        self._authorizer = authorizer

    def replace(self, principal: Principal, ref: ObjectRef, wanted: JsonObject) -> JsonObject:
        """Bring a workflow to the manifest (PUT)."""
        self._check(principal, ref, "update")
        return self._bring(principal, ref, self._objects.get(principal, ref), wanted)

    def patch(self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str) -> JsonObject:
        """Change a workflow by a patch."""
        self._check(principal, ref, "patch")
        live = self._objects.get(principal, ref)
        return self._bring(principal, ref, live, patched(ref.kind, live, patch, strategy))

    def apply(self, principal: Principal, ref: ObjectRef, manifest: JsonObject, how: Applying) -> JsonObject:
        """Bring an existing workflow to what the manifest says (server-side apply)."""
        self._check(principal, ref, "patch")
        live = self._objects.get(principal, ref)
        return self._bring(principal, ref, live, applied(live, manifest, how))

    def _check(self, principal: Principal, ref: ObjectRef, verb: str) -> None:
        kind = ref.kind
        access = Access(verb=verb, resource=kind.resource, group=kind.group, namespace=ref.namespace, name=ref.name)
        if not self._authorizer.allowed(principal, access):
            wanted = Wanted(verb=verb, group=kind.group, resource=kind.resource, namespace=ref.namespace, name=ref.name)
            raise status.forbidden(principal.name, kind, wanted)

    def _bring(self, principal: Principal, ref: ObjectRef, live: JsonObject, wanted: JsonObject) -> JsonObject:
        version = text(metadata_of(wanted), "resourceVersion")
        if version and version != text(metadata_of(live), "resourceVersion"):
            raise status.modified(ref.kind, ref.name)
        changed = asked_for(ref.kind, live, wanted)
        self._keep_metadata(principal, ref, live, wanted)
        self._ask(ref, _spec(wanted), changed)
        return self._objects.get(principal, ref)

    def _keep_metadata(self, principal: Principal, ref: ObjectRef, live: JsonObject, wanted: JsonObject) -> None:
        before, after = metadata_of(live), metadata_of(wanted)
        changed = [key for key in _KEPT if before.get(key) != after.get(key)]
        patch = {key: _difference(before.get(key), after.get(key)) for key in changed}
        if patch:
            # Whoever may update but not patch cannot change metadata: the port knows no update of a part.
            self._objects.patch(principal, ref, {"metadata": patch}, MERGE)

    def _ask(self, ref: ObjectRef, spec: JsonObject, changed: set[str]) -> None:
        if "shutdown" in changed:
            stop = self._lifecycle.stop if spec["shutdown"] == "Stop" else self._lifecycle.terminate
            stop(ref.namespace, ref.name)
        elif "suspend" in changed:
            ask = self._lifecycle.suspend if spec.get("suspend") else self._lifecycle.resume
            ask(ref.namespace, ref.name)


def asked_for(kind: Kind, live: JsonObject, wanted: JsonObject) -> set[str]:
    """The fields by which a changed spec asks something of a run: ``shutdown``, ``suspend``.

    Raises:
        InvalidObjectError: something else of the spec changes, or the shutdown is none.
    """
    name = text(metadata_of(live), "name")
    before, after = _spec(live), _spec(wanted)
    changed = {key for key in before.keys() | after.keys() if (before.get(key) or None) != (after.get(key) or None)}
    if changed - _REQUESTS:
        problem = "a workflow's spec cannot be changed: only shutdown and suspend can"
        raise status.invalid(kind, name, f"spec.{min(changed - _REQUESTS)}: Forbidden: {problem}")
    if "shutdown" in changed and after.get("shutdown") not in ("Stop", "Terminate"):
        problem = 'spec.shutdown: Unsupported value: supported values: "Stop", "Terminate"'
        raise status.invalid(kind, name, problem)
    return changed


def _spec(manifest: JsonObject) -> JsonObject:
    spec = manifest.get("spec")
    return spec if isinstance(spec, dict) else {}


def _difference(before: JsonValue, after: JsonValue) -> JsonValue:
    """The merge patch from one value to another."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone: JsonObject = dict.fromkeys(before.keys() - after.keys())
        return {**gone, **after}
    return after

"""Claims of ``volumeClaimTemplates``: made when a run begins, removed as ``volumeClaimGC`` says."""

from __future__ import annotations

from typing import cast

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import metadata_of, owners_of
from tiphys.core.plan.claims import claim_name, claim_templates, claim_volumes, claims_end, unknown_strategy
from tiphys.core.plan.executed import executed_spec
from tiphys.core.plan.model import Plan
from tiphys.errors import AlreadyExistsError, ForbiddenError, InvalidObjectError, NotFoundError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef, Objects
from tiphys.ports.runtime import PodReport

CLAIM = Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
_LABEL = "workflows.argoproj.io/workflow"


class ClaimKeeper:
    """Implements ``app.controller.driver.Companion`` (``spec/engine.md`` 4.6, 27.3)."""

    busy = False

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def opened(self, workflow: Workflow, plan: Plan) -> str:
        """Make the claims of a run that are not there; none can be made whose name is somebody else's."""
        meta = workflow.metadata or ObjectMeta()
        if workflow.status is not None and workflow.status.finished_at:
            return ""
        for own, manifest in claim_templates(plan):
            name = claim_name(meta.name or "", own)
            try:
                self._objects.create(OWNER, _claim(manifest, name, meta), meta.namespace or "")
            except AlreadyExistsError:
                known = self._objects.get(OWNER, ObjectRef(CLAIM, meta.namespace or "", name))
                if not any(owner.get("uid") == meta.uid for owner in owners_of(known)):
                    return f"pvc create error: {name} pvc already exists with different ownerreference"
            except (InvalidObjectError, ForbiddenError) as error:
                return f"pvc create error: {error.message}"
        return ""

    def finished(self, workflow: Workflow) -> None:
        """Remove the claims of a run that is over, if they are not to stay."""
        meta, spec = workflow.metadata or ObjectMeta(), executed_spec(workflow)
        phase = workflow.status.phase if workflow.status is not None else None
        problem = unknown_strategy(spec) if spec.volume_claim_templates else ""
        if problem:
            import logging

            logging.getLogger(__name__).error("%s/%s: %s", meta.namespace, meta.name, problem)
        if not claims_end(spec, phase or ""):
            return
        for volume in claim_volumes(meta.name or "", spec):
            claim = volume.persistent_volume_claim
            ref = ObjectRef(CLAIM, meta.namespace or "", claim.claim_name if claim is not None else "")
            try:
                if any(owner.get("uid") == meta.uid for owner in owners_of(self._objects.get(OWNER, ref))):
                    self._objects.delete(OWNER, ref)
            except NotFoundError:
                continue

    def turn(self) -> None:
        """Nothing is due."""

    def take(self, report: PodReport) -> bool:
        """Claims have no pods."""
        return False


def _claim(manifest: JsonObject, name: str, meta: ObjectMeta) -> JsonObject:
    own = metadata_of(manifest)
    labels = own.get("labels")
    owner: JsonObject = {
        "apiVersion": f"{ARGO}/v1alpha1", "kind": "Workflow", "name": meta.name, "uid": meta.uid,
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    metadata: JsonObject = {
        **{key: value for key, value in own.items() if key not in ("name", "generateName")},
        "name": name,
        "labels": {**(labels if isinstance(labels, dict) else {}), _LABEL: meta.name},
        "ownerReferences": cast(JsonValue, [owner]),
    }
    return {**manifest, "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}

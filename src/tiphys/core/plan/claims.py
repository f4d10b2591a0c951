"""The claims that a workflow has of its own (``spec/engine.md`` 2.2, 4.6, 27.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from tiphys.core.manifest.model.pod import PersistentVolumeClaimVolumeSource, Volume
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.model import Plan
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


def claim_name(workflow: str, template: str) -> str:
    """The claim that is made from a template of ``volumeClaimTemplates``."""
    return f"{workflow}-{template}"


def claim_templates(plan: Plan) -> Iterator[tuple[str, JsonObject]]:
    """The templates of a workflow's claims with their tags replaced, by their own names."""
    shared = cast(JsonObject, plan.pod_spec.render(Scope(plan.variables), Mode.LENIENT))
    for template in cast("list[JsonObject]", shared.get("volumeClaimTemplates") or []):
        yield str(cast(JsonObject, template.get("metadata") or {}).get("name") or ""), template


def claim_volumes(workflow: str, spec: WorkflowSpec) -> tuple[Volume, ...]:
    """``status.persistentVolumeClaims`` while the claims are there."""
    names = [
        (template.metadata.name or "") if template.metadata else "" for template in spec.volume_claim_templates or ()
    ]
    return tuple(
        Volume(
            name=name,
            persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim_name(workflow, name)),
        )
        for name in names
    )


def claims_end(spec: WorkflowSpec, phase: str) -> bool:
    """Whether a workflow that ended in ``phase`` gives its claims back."""
    strategy = (spec.volume_claim_gc.strategy if spec.volume_claim_gc is not None else None) or "OnWorkflowSuccess"
    return strategy == "OnWorkflowCompletion" or (strategy == "OnWorkflowSuccess" and phase == "Succeeded")

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

#: The strategies of ``volumeClaimGC``; the first is the default.
ON_SUCCESS, ON_COMPLETION = "OnWorkflowSuccess", "OnWorkflowCompletion"


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
    """Whether a workflow that ended in ``phase`` gives its claims back; never under a strategy that there is not."""
    strategy = _strategy(spec)
    return strategy == ON_COMPLETION or (strategy == ON_SUCCESS and phase == "Succeeded")


def unknown_strategy(spec: WorkflowSpec) -> str:
    """What Argo logs of a strategy that there is not; empty for one that there is."""
    strategy = _strategy(spec)
    return "" if strategy in (ON_SUCCESS, ON_COMPLETION) else f"unknown volume gc strategy: {strategy}"


def _strategy(spec: WorkflowSpec) -> str:
    return (spec.volume_claim_gc.strategy if spec.volume_claim_gc is not None else None) or ON_SUCCESS

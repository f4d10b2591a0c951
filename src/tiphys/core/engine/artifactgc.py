"""Which output artifacts are removed, and when (``spec/data.md`` 9, ``spec/engine.md`` 27.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowSpec
from tiphys.core.plan import location
from tiphys.core.plan.executed import stored_templates

COMPLETION, DELETION, NEVER = "OnWorkflowCompletion", "OnWorkflowDeletion", "Never"
CONDITION = "ArtifactGCError"


class Doomed(Struct, frozen=True, kw_only=True):
    """An artifact that is to be removed: whose it is, and where it lies."""

    node_id: str
    node_name: str
    name: str
    artifact: JsonObject


def strategy_of(artifact: Artifact, spec: WorkflowSpec) -> str:
    """The strategy of an artifact: its own, else the workflow's, else Never."""
    own = artifact.artifact_gc.strategy if artifact.artifact_gc is not None else None
    common = spec.artifact_gc.strategy if spec.artifact_gc is not None else None
    return own or common or NEVER


def is_wanted(spec: WorkflowSpec, workflow: Workflow) -> bool:
    """Whether any output of a workflow may ever be removed, by what its templates and pinned templates say."""
    if spec.artifact_gc is not None and spec.artifact_gc.strategy not in {None, "", NEVER}:
        return True
    templates = (*(spec.templates or ()), *stored_templates(workflow).values())
    declared = (artifact for template in templates if template.outputs for artifact in template.outputs.artifacts or ())
    return any(strategy_of(artifact, spec) != NEVER for artifact in declared)


def doomed(
    spec: WorkflowSpec, nodes: Iterable[NodeStatus], repository: JsonObject, strategies: frozenset[str]
) -> list[Doomed]:
    """The output artifacts of pods whose time has come under ``strategies``, with complete locations.

    ``repository`` is the archive location of the workflow, for artifacts of which status shows only the key.
    """
    found: list[Doomed] = []
    for node in nodes:
        outputs = node.outputs.artifacts if node.outputs is not None and node.type == "Pod" else None
        for artifact in outputs or ():
            if not artifact.deleted and strategy_of(artifact, spec) in strategies:
                data = cast(JsonObject, msgspec.to_builtins(artifact))
                try:
                    complete = location.completed(data, repository)
                except location.LocationError:
                    continue
                found.append(
                    Doomed(node_id=node.id or "", node_name=node.name or "", name=artifact.name, artifact=complete)
                )
    return found


def with_deleted(node: NodeStatus, names: frozenset[str]) -> NodeStatus:
    """The node with some of its output artifacts marked as removed."""
    outputs = node.outputs
    if outputs is None:
        return node
    artifacts = tuple(
        msgspec.structs.replace(artifact, deleted=True) if artifact.name in names else artifact
        for artifact in outputs.artifacts or ()
    )
    return msgspec.structs.replace(node, outputs=msgspec.structs.replace(outputs, artifacts=artifacts))


def failure(conditions: tuple[Condition, ...] | None, message: str) -> tuple[Condition, ...]:
    """The conditions of a workflow with the one that tells that an artifact could not be removed."""
    rest = tuple(condition for condition in conditions or () if condition.type != CONDITION)
    return (*rest, Condition(type=CONDITION, status="True", message=message))

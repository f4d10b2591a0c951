"""Which output artifacts are removed, and when (``spec/data.md`` 9, ``spec/engine.md`` 27.6)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.engine.naming import fnv1a
from tiphys.core.manifest.model.artifact import Artifact, ArtifactGC
from tiphys.core.manifest.model.meta import Metadata
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import Condition, WorkflowLevelArtifactGC
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowSpec
from tiphys.core.plan import location
from tiphys.core.plan.executed import stored_templates

COMPLETION, DELETION, NEVER = "OnWorkflowCompletion", "OnWorkflowDeletion", "Never"
CONDITION = "ArtifactGCError"


FINALIZER = "workflows.argoproj.io/artifact-gc"


class Remover(Struct, frozen=True):
    """As whom an artifact is removed: account, labels and annotations of Argo's pod for it, which share a task."""

    account: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> int:
        """The number by which Argo's pods and tasks are told apart."""
        return fnv1a("".join([self.account, *chain.from_iterable((*self.labels, *self.annotations))]))


class Doomed(Struct, frozen=True, kw_only=True):
    """An artifact that is to be removed: whose it is, and where it lies."""

    node_id: str
    node_name: str
    name: str
    artifact: JsonObject
    remover: Remover = Remover()


def remover_of(artifact: Artifact, spec: WorkflowSpec) -> Remover:
    """As whom an artifact is removed: what it says itself comes before the workflow's."""
    own, common = artifact.artifact_gc or ArtifactGC(), spec.artifact_gc or WorkflowLevelArtifactGC()
    metadata = own.pod_metadata or common.pod_metadata or Metadata()
    return Remover(
        own.service_account_name or common.service_account_name or "",
        tuple(sorted((metadata.labels or {}).items())),
        tuple(sorted((metadata.annotations or {}).items())),
    )


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
                    Doomed(
                        node_id=node.id or "",
                        node_name=node.name or "",
                        name=artifact.name,
                        artifact=complete,
                        remover=remover_of(artifact, spec),
                    )
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

"""What the controller and its helpers (agent, executor, collector of artifacts) tell each other."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.artifact import Artifact, ArtifactLocation
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.template import Template


class ArtifactGCSpec(Record, frozen=True, kw_only=True):
    """``ArtifactGCSpec`` of the Argo API."""

    artifacts_by_node: dict[str, ArtifactNodeSpec] | None = None


class ArtifactGCStatus(Record, frozen=True, kw_only=True):
    """``ArtifactGCStatus`` of the Argo API."""

    artifact_results_by_node: dict[str, ArtifactResultNodeStatus] | None = None


class ArtifactNodeSpec(Record, frozen=True, kw_only=True):
    """``ArtifactNodeSpec`` of the Argo API."""

    archive_location: ArtifactLocation | None = None
    artifacts: dict[str, Artifact] | None = None


class ArtifactResult(Record, frozen=True, kw_only=True):
    """``ArtifactResult`` of the Argo API."""

    error: str | None = None
    name: str = ""
    success: bool | None = None


class ArtifactResultNodeStatus(Record, frozen=True, kw_only=True):
    """``ArtifactResultNodeStatus`` of the Argo API."""

    artifact_results: dict[str, ArtifactResult] | None = None


class NodeResult(Record, frozen=True, kw_only=True):
    """``NodeResult`` of the Argo API."""

    message: str | None = None
    outputs: Outputs | None = None
    phase: str | None = None
    progress: str | None = None


class WorkflowArtifactGCTask(Record, frozen=True, kw_only=True):
    """``WorkflowArtifactGCTask`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: ArtifactGCSpec | None = None
    status: ArtifactGCStatus | None = None


class WorkflowTaskResult(Record, frozen=True, kw_only=True):
    """``WorkflowTaskResult`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    message: str | None = None
    outputs: Outputs | None = None
    phase: str | None = None
    progress: str | None = None


class WorkflowTaskSet(Record, frozen=True, kw_only=True):
    """``WorkflowTaskSet`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: WorkflowTaskSetSpec | None = None
    status: WorkflowTaskSetStatus | None = None


class WorkflowTaskSetSpec(Record, frozen=True, kw_only=True):
    """``WorkflowTaskSetSpec`` of the Argo API."""

    tasks: dict[str, Template] | None = None


class WorkflowTaskSetStatus(Record, frozen=True, kw_only=True):
    """``WorkflowTaskSetStatus`` of the Argo API."""

    nodes: dict[str, NodeResult] | None = None

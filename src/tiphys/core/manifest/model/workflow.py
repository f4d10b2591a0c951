"""Workflow, WorkflowTemplate, ClusterWorkflowTemplate and the status of a run."""

from __future__ import annotations

from msgspec import field

from tiphys.core.manifest.model.arguments import Arguments, Inputs, Outputs
from tiphys.core.manifest.model.artifact import ArtGCStatus, ArtifactRepositoryRef, ArtifactRepositoryRefStatus
from tiphys.core.manifest.model.meta import Metadata, ObjectMeta
from tiphys.core.manifest.model.pod import (
    Affinity,
    HostAlias,
    LocalObjectReference,
    PersistentVolumeClaim,
    PodDisruptionBudgetSpec,
    PodDNSConfig,
    PodResourceClaim,
    PodSecurityContext,
    ResourceRequirements,
    Toleration,
    Volume,
)
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Int32, Int64, Time
from tiphys.core.manifest.model.strategy import (
    Condition,
    ExecutorConfig,
    LifecycleHook,
    MemoizationStatus,
    Metrics,
    NodeFlag,
    NodeSynchronizationStatus,
    PodGC,
    RetryStrategy,
    Synchronization,
    SynchronizationStatus,
    TemplateRef,
    TTLStrategy,
    VolumeClaimGC,
    WorkflowLevelArtifactGC,
    WorkflowMetadata,
    WorkflowTemplateRef,
)
from tiphys.core.manifest.model.template import ExecutorPlugin, Template


class ClusterWorkflowTemplate(Record, frozen=True, kw_only=True):
    """``ClusterWorkflowTemplate`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: WorkflowSpec | None = None


class NodeStatus(Record, frozen=True, kw_only=True):
    """``NodeStatus`` of the Argo API."""

    boundary_id: str | None = field(default=None, name="boundaryID")
    children: tuple[str, ...] | None = None
    daemoned: bool | None = None
    display_name: str | None = None
    estimated_duration: Int64 | None = None
    failed_pod_restarts: Int32 | None = None
    finished_at: Time | None = None
    host_node_name: str | None = None
    id: str = ""
    inputs: Inputs | None = None
    memoization_status: MemoizationStatus | None = None
    message: str | None = None
    name: str = ""
    node_flag: NodeFlag | None = None
    outbound_nodes: tuple[str, ...] | None = None
    outputs: Outputs | None = None
    phase: str | None = None
    pod_ip: str | None = field(default=None, name="podIP")
    progress: str | None = None
    resources_duration: dict[str, int] | None = None
    restarting_pod_uid: str | None = field(default=None, name="restartingPodUID")
    started_at: Time | None = None
    synchronization_status: NodeSynchronizationStatus | None = None
    task_result_synced: bool | None = None
    template_name: str | None = None
    template_ref: TemplateRef | None = None
    template_scope: str | None = None
    type: str = ""


class Workflow(Record, frozen=True, kw_only=True):
    """``Workflow`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: WorkflowSpec | None = None
    status: WorkflowStatus | None = None


class WorkflowSpec(Record, frozen=True, kw_only=True):
    """``WorkflowSpec`` of the Argo API."""

    active_deadline_seconds: Int64 | None = None
    affinity: Affinity | None = None
    archive_logs: bool | None = None
    arguments: Arguments | None = None
    artifact_gc: WorkflowLevelArtifactGC | None = field(default=None, name="artifactGC")
    artifact_repository_ref: ArtifactRepositoryRef | None = None
    automount_service_account_token: bool | None = None
    dns_config: PodDNSConfig | None = None
    dns_policy: str | None = None
    entrypoint: str | None = None
    executor: ExecutorConfig | None = None
    executor_plugins: tuple[ExecutorPlugin, ...] | None = None
    hooks: dict[str, LifecycleHook] | None = None
    host_aliases: tuple[HostAlias, ...] | None = None
    host_network: bool | None = None
    image_pull_secrets: tuple[LocalObjectReference, ...] | None = None
    metrics: Metrics | None = None
    node_selector: dict[str, str] | None = None
    on_exit: str | None = None
    parallelism: Int64 | None = None
    pod_disruption_budget: PodDisruptionBudgetSpec | None = None
    pod_gc: PodGC | None = field(default=None, name="podGC")
    pod_metadata: Metadata | None = None
    pod_priority_class_name: str | None = None
    pod_resources: ResourceRequirements | None = None
    pod_spec_patch: str | None = None
    priority: Int32 | None = None
    resource_claims: tuple[PodResourceClaim, ...] | None = None
    retry_strategy: RetryStrategy | None = None
    scheduler_name: str | None = None
    security_context: PodSecurityContext | None = None
    service_account_name: str | None = None
    shutdown: str | None = None
    suspend: bool | None = None
    synchronization: Synchronization | None = None
    template_defaults: Template | None = None
    templates: tuple[Template, ...] | None = None
    tolerations: tuple[Toleration, ...] | None = None
    ttl_strategy: TTLStrategy | None = None
    volume_claim_gc: VolumeClaimGC | None = field(default=None, name="volumeClaimGC")
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] | None = None
    volumes: tuple[Volume, ...] | None = None
    workflow_metadata: WorkflowMetadata | None = None
    workflow_template_ref: WorkflowTemplateRef | None = None


class WorkflowStatus(Record, frozen=True, kw_only=True):
    """``WorkflowStatus`` of the Argo API."""

    artifact_gc_status: ArtGCStatus | None = field(default=None, name="artifactGCStatus")
    artifact_repository_ref: ArtifactRepositoryRefStatus | None = None
    compressed_nodes: str | None = None
    conditions: tuple[Condition, ...] | None = None
    estimated_duration: Int64 | None = None
    finished_at: Time | None = None
    message: str | None = None
    nodes: dict[str, NodeStatus] | None = None
    offload_node_status_version: str | None = None
    outputs: Outputs | None = None
    persistent_volume_claims: tuple[Volume, ...] | None = None
    phase: str | None = None
    progress: str | None = None
    resources_duration: dict[str, int] | None = None
    started_at: Time | None = None
    stored_templates: dict[str, Template] | None = None
    stored_workflow_template_spec: WorkflowSpec | None = None
    synchronization: SynchronizationStatus | None = None
    task_results_completion_status: dict[str, bool] | None = None


class WorkflowTemplate(Record, frozen=True, kw_only=True):
    """``WorkflowTemplate`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: WorkflowSpec | None = None

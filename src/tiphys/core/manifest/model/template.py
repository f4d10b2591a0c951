"""Templates of every kind, steps and tasks."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Arguments, Inputs, Outputs, Sequence
from tiphys.core.manifest.model.artifact import Artifact, ArtifactLocation, ArtifactPaths
from tiphys.core.manifest.model.meta import Metadata, ObjectMeta
from tiphys.core.manifest.model.pod import (
    Affinity,
    Container,
    ContainerPort,
    ContainerResizePolicy,
    ContainerRestartRule,
    EnvFromSource,
    EnvVar,
    HostAlias,
    Lifecycle,
    PodResourceClaim,
    PodSecurityContext,
    Probe,
    ResourceRequirements,
    SecretKeySelector,
    SecurityContext,
    Toleration,
    Volume,
    VolumeDevice,
    VolumeMount,
)
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Base64, Int64, IntOrString, Item, JsonObject
from tiphys.core.manifest.model.strategy import (
    ContainerSetRetryStrategy,
    ContinueOn,
    ExecutorConfig,
    LifecycleHook,
    Memoize,
    Metrics,
    RetryStrategy,
    Synchronization,
    TemplateRef,
)


class ContainerNode(Record, frozen=True, kw_only=True):
    """``ContainerNode`` of the Argo API."""

    args: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    dependencies: tuple[str, ...] | None = None
    env: tuple[EnvVar, ...] | None = None
    env_from: tuple[EnvFromSource, ...] | None = None
    image: str | None = None
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    name: str = ""
    ports: tuple[ContainerPort, ...] | None = None
    readiness_probe: Probe | None = None
    resize_policy: tuple[ContainerResizePolicy, ...] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    restart_policy_rules: tuple[ContainerRestartRule, ...] | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: tuple[VolumeDevice, ...] | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None
    working_dir: str | None = None


class ContainerSetTemplate(Record, frozen=True, kw_only=True):
    """``ContainerSetTemplate`` of the Argo API."""

    containers: tuple[ContainerNode, ...] | None = None
    retry_strategy: ContainerSetRetryStrategy | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None


class DAGTask(Record, frozen=True, kw_only=True):
    """``DAGTask`` of the Argo API."""

    arguments: Arguments | None = None
    continue_on: ContinueOn | None = None
    dependencies: tuple[str, ...] | None = None
    depends: str | None = None
    hooks: dict[str, LifecycleHook] | None = None
    inline: Template | None = None
    name: str = ""
    on_exit: str | None = None
    template: str | None = None
    template_ref: TemplateRef | None = None
    when: str | None = None
    with_items: tuple[Item, ...] | None = None
    with_param: str | None = None
    with_sequence: Sequence | None = None


class DAGTemplate(Record, frozen=True, kw_only=True):
    """``DAGTemplate`` of the Argo API."""

    fail_fast: bool | None = None
    target: str | None = None
    tasks: tuple[DAGTask, ...] | None = None


class Data(Record, frozen=True, kw_only=True):
    """``Data`` of the Argo API."""

    source: DataSource | None = None
    transformation: tuple[TransformationStep, ...] | None = None


class DataSource(Record, frozen=True, kw_only=True):
    """``DataSource`` of the Argo API."""

    artifact_paths: ArtifactPaths | None = None


class ExecutorPlugin(Record, frozen=True, kw_only=True):
    """``ExecutorPlugin`` of the Argo API."""

    metadata: ObjectMeta | None = None
    spec: ExecutorPluginSpec | None = None


class ExecutorPluginSidecar(Record, frozen=True, kw_only=True):
    """``ExecutorPluginSidecar`` of the Argo API."""

    automount_service_account_token: bool | None = None
    container: Container | None = None


class ExecutorPluginSpec(Record, frozen=True, kw_only=True):
    """``ExecutorPluginSpec`` of the Argo API."""

    sidecar: ExecutorPluginSidecar | None = None


class HTTP(Record, frozen=True, kw_only=True):
    """``HTTP`` of the Argo API."""

    body: str | None = None
    body_from: HTTPBodySource | None = None
    headers: tuple[HTTPHeader, ...] | None = None
    insecure_skip_verify: bool | None = None
    method: str | None = None
    success_condition: str | None = None
    timeout_seconds: Int64 | None = None
    url: str = ""


class HTTPBodySource(Record, frozen=True, kw_only=True):
    """``HTTPBodySource`` of the Argo API."""

    bytes: Base64 | None = None


class HTTPHeader(Record, frozen=True, kw_only=True):
    """``HTTPHeader`` of the Argo API."""

    name: str = ""
    value: str | None = None
    value_from: HTTPHeaderSource | None = None


class HTTPHeaderSource(Record, frozen=True, kw_only=True):
    """``HTTPHeaderSource`` of the Argo API."""

    secret_key_ref: SecretKeySelector | None = None


class ManifestFrom(Record, frozen=True, kw_only=True):
    """``ManifestFrom`` of the Argo API."""

    artifact: Artifact | None = None


class ResourceTemplate(Record, frozen=True, kw_only=True):
    """``ResourceTemplate`` of the Argo API."""

    action: str = ""
    failure_condition: str | None = None
    flags: tuple[str, ...] | None = None
    manifest: str | None = None
    manifest_from: ManifestFrom | None = None
    merge_strategy: str | None = None
    set_owner_reference: bool | None = None
    success_condition: str | None = None


class ScriptTemplate(Record, frozen=True, kw_only=True):
    """``ScriptTemplate`` of the Argo API."""

    args: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: tuple[EnvVar, ...] | None = None
    env_from: tuple[EnvFromSource, ...] | None = None
    image: str = ""
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    name: str | None = None
    ports: tuple[ContainerPort, ...] | None = None
    readiness_probe: Probe | None = None
    resize_policy: tuple[ContainerResizePolicy, ...] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    restart_policy_rules: tuple[ContainerRestartRule, ...] | None = None
    security_context: SecurityContext | None = None
    source: str = ""
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: tuple[VolumeDevice, ...] | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None
    working_dir: str | None = None


class SuspendTemplate(Record, frozen=True, kw_only=True):
    """``SuspendTemplate`` of the Argo API."""

    duration: str | None = None


class Template(Record, frozen=True, kw_only=True):
    """``Template`` of the Argo API."""

    active_deadline_seconds: IntOrString | None = None
    affinity: Affinity | None = None
    annotations: dict[str, str] | None = None
    archive_location: ArtifactLocation | None = None
    automount_service_account_token: bool | None = None
    container: Container | None = None
    container_set: ContainerSetTemplate | None = None
    daemon: bool | None = None
    dag: DAGTemplate | None = None
    data: Data | None = None
    executor: ExecutorConfig | None = None
    fail_fast: bool | None = None
    host_aliases: tuple[HostAlias, ...] | None = None
    http: HTTP | None = None
    init_containers: tuple[UserContainer, ...] | None = None
    inputs: Inputs | None = None
    memoize: Memoize | None = None
    metadata: Metadata | None = None
    metrics: Metrics | None = None
    name: str | None = None
    node_selector: dict[str, str] | None = None
    outputs: Outputs | None = None
    parallelism: Int64 | None = None
    pending_timeout: str | None = None
    plugin: JsonObject | None = None
    pod_resources: ResourceRequirements | None = None
    pod_spec_patch: str | None = None
    priority_class_name: str | None = None
    resource: ResourceTemplate | None = None
    resource_claims: tuple[PodResourceClaim, ...] | None = None
    retry_strategy: RetryStrategy | None = None
    scheduler_name: str | None = None
    script: ScriptTemplate | None = None
    security_context: PodSecurityContext | None = None
    service_account_name: str | None = None
    sidecars: tuple[UserContainer, ...] | None = None
    steps: tuple[tuple[WorkflowStep, ...], ...] | None = None
    suspend: SuspendTemplate | None = None
    synchronization: Synchronization | None = None
    timeout: str | None = None
    tolerations: tuple[Toleration, ...] | None = None
    volumes: tuple[Volume, ...] | None = None


class TransformationStep(Record, frozen=True, kw_only=True):
    """``TransformationStep`` of the Argo API."""

    expression: str = ""


class UserContainer(Record, frozen=True, kw_only=True):
    """``UserContainer`` of the Argo API."""

    args: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: tuple[EnvVar, ...] | None = None
    env_from: tuple[EnvFromSource, ...] | None = None
    image: str | None = None
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    mirror_volume_mounts: bool | None = None
    name: str = ""
    ports: tuple[ContainerPort, ...] | None = None
    readiness_probe: Probe | None = None
    resize_policy: tuple[ContainerResizePolicy, ...] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    restart_policy_rules: tuple[ContainerRestartRule, ...] | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: tuple[VolumeDevice, ...] | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None
    working_dir: str | None = None


class WorkflowStep(Record, frozen=True, kw_only=True):
    """``WorkflowStep`` of the Argo API."""

    arguments: Arguments | None = None
    continue_on: ContinueOn | None = None
    hooks: dict[str, LifecycleHook] | None = None
    inline: Template | None = None
    name: str | None = None
    on_exit: str | None = None
    template: str | None = None
    template_ref: TemplateRef | None = None
    when: str | None = None
    with_items: tuple[Item, ...] | None = None
    with_param: str | None = None
    with_sequence: Sequence | None = None

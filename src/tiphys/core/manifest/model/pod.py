"""Kubernetes types used inside pods: containers, volumes, security, scheduling."""

from __future__ import annotations

from msgspec import field

from tiphys.core.manifest.model.meta import LabelSelector, ObjectMeta
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Int32, Int64, IntOrString, Quantity, Time


class AWSElasticBlockStoreVolumeSource(Record, frozen=True, kw_only=True):
    """``AWSElasticBlockStoreVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    partition: Int32 | None = None
    read_only: bool | None = None
    volume_id: str = field(default="", name="volumeID")


class Affinity(Record, frozen=True, kw_only=True):
    """``Affinity`` of the Kubernetes API."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class AppArmorProfile(Record, frozen=True, kw_only=True):
    """``AppArmorProfile`` of the Kubernetes API."""

    localhost_profile: str | None = None
    type: str = ""


class AzureDiskVolumeSource(Record, frozen=True, kw_only=True):
    """``AzureDiskVolumeSource`` of the Kubernetes API."""

    caching_mode: str | None = None
    disk_name: str = ""
    disk_uri: str = field(default="", name="diskURI")
    fs_type: str | None = None
    kind: str | None = None
    read_only: bool | None = None


class AzureFileVolumeSource(Record, frozen=True, kw_only=True):
    """``AzureFileVolumeSource`` of the Kubernetes API."""

    read_only: bool | None = None
    secret_name: str = ""
    share_name: str = ""


class CSIVolumeSource(Record, frozen=True, kw_only=True):
    """``CSIVolumeSource`` of the Kubernetes API."""

    driver: str = ""
    fs_type: str | None = None
    node_publish_secret_ref: LocalObjectReference | None = None
    read_only: bool | None = None
    volume_attributes: dict[str, str] | None = None


class Capabilities(Record, frozen=True, kw_only=True):
    """``Capabilities`` of the Kubernetes API."""

    add: tuple[str, ...] | None = None
    drop: tuple[str, ...] | None = None


class CephFSVolumeSource(Record, frozen=True, kw_only=True):
    """``CephFSVolumeSource`` of the Kubernetes API."""

    monitors: tuple[str, ...] | None = None
    path: str | None = None
    read_only: bool | None = None
    secret_file: str | None = None
    secret_ref: LocalObjectReference | None = None
    user: str | None = None


class CinderVolumeSource(Record, frozen=True, kw_only=True):
    """``CinderVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    volume_id: str = field(default="", name="volumeID")


class ClusterTrustBundleProjection(Record, frozen=True, kw_only=True):
    """``ClusterTrustBundleProjection`` of the Kubernetes API."""

    label_selector: LabelSelector | None = None
    name: str | None = None
    optional: bool | None = None
    path: str = ""
    signer_name: str | None = None


class ConfigMapEnvSource(Record, frozen=True, kw_only=True):
    """``ConfigMapEnvSource`` of the Kubernetes API."""

    name: str | None = None
    optional: bool | None = None


class ConfigMapKeySelector(Record, frozen=True, kw_only=True):
    """``ConfigMapKeySelector`` of the Kubernetes API."""

    key: str = ""
    name: str | None = None
    optional: bool | None = None


class ConfigMapProjection(Record, frozen=True, kw_only=True):
    """``ConfigMapProjection`` of the Kubernetes API."""

    items: tuple[KeyToPath, ...] | None = None
    name: str | None = None
    optional: bool | None = None


class ConfigMapVolumeSource(Record, frozen=True, kw_only=True):
    """``ConfigMapVolumeSource`` of the Kubernetes API."""

    default_mode: Int32 | None = None
    items: tuple[KeyToPath, ...] | None = None
    name: str | None = None
    optional: bool | None = None


class Container(Record, frozen=True, kw_only=True):
    """``Container`` of the Kubernetes API."""

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
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: tuple[VolumeDevice, ...] | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None
    working_dir: str | None = None


class ContainerPort(Record, frozen=True, kw_only=True):
    """``ContainerPort`` of the Kubernetes API."""

    container_port: Int32 | None = None
    host_ip: str | None = field(default=None, name="hostIP")
    host_port: Int32 | None = None
    name: str | None = None
    protocol: str | None = None


class ContainerResizePolicy(Record, frozen=True, kw_only=True):
    """``ContainerResizePolicy`` of the Kubernetes API."""

    resource_name: str = ""
    restart_policy: str = ""


class ContainerRestartRule(Record, frozen=True, kw_only=True):
    """``ContainerRestartRule`` of the Kubernetes API."""

    action: str = ""
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


class ContainerRestartRuleOnExitCodes(Record, frozen=True, kw_only=True):
    """``ContainerRestartRuleOnExitCodes`` of the Kubernetes API."""

    operator: str = ""
    values: tuple[int, ...] | None = None


class DownwardAPIProjection(Record, frozen=True, kw_only=True):
    """``DownwardAPIProjection`` of the Kubernetes API."""

    items: tuple[DownwardAPIVolumeFile, ...] | None = None


class DownwardAPIVolumeFile(Record, frozen=True, kw_only=True):
    """``DownwardAPIVolumeFile`` of the Kubernetes API."""

    field_ref: ObjectFieldSelector | None = None
    mode: Int32 | None = None
    path: str = ""
    resource_field_ref: ResourceFieldSelector | None = None


class DownwardAPIVolumeSource(Record, frozen=True, kw_only=True):
    """``DownwardAPIVolumeSource`` of the Kubernetes API."""

    default_mode: Int32 | None = None
    items: tuple[DownwardAPIVolumeFile, ...] | None = None


class EmptyDirVolumeSource(Record, frozen=True, kw_only=True):
    """``EmptyDirVolumeSource`` of the Kubernetes API."""

    medium: str | None = None
    size_limit: Quantity | None = None


class EnvFromSource(Record, frozen=True, kw_only=True):
    """``EnvFromSource`` of the Kubernetes API."""

    config_map_ref: ConfigMapEnvSource | None = None
    prefix: str | None = None
    secret_ref: SecretEnvSource | None = None


class EnvVar(Record, frozen=True, kw_only=True):
    """``EnvVar`` of the Kubernetes API."""

    name: str = ""
    value: str | None = None
    value_from: EnvVarSource | None = None


class EnvVarSource(Record, frozen=True, kw_only=True):
    """``EnvVarSource`` of the Kubernetes API."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    field_ref: ObjectFieldSelector | None = None
    file_key_ref: FileKeySelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    secret_key_ref: SecretKeySelector | None = None


class EphemeralVolumeSource(Record, frozen=True, kw_only=True):
    """``EphemeralVolumeSource`` of the Kubernetes API."""

    volume_claim_template: PersistentVolumeClaimTemplate | None = None


class ExecAction(Record, frozen=True, kw_only=True):
    """``ExecAction`` of the Kubernetes API."""

    command: tuple[str, ...] | None = None


class FCVolumeSource(Record, frozen=True, kw_only=True):
    """``FCVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    lun: Int32 | None = None
    read_only: bool | None = None
    target_ww_ns: tuple[str, ...] | None = field(default=None, name="targetWWNs")
    wwids: tuple[str, ...] | None = None


class FileKeySelector(Record, frozen=True, kw_only=True):
    """``FileKeySelector`` of the Kubernetes API."""

    key: str = ""
    optional: bool | None = None
    path: str = ""
    volume_name: str = ""


class FlexVolumeSource(Record, frozen=True, kw_only=True):
    """``FlexVolumeSource`` of the Kubernetes API."""

    driver: str = ""
    fs_type: str | None = None
    options: dict[str, str] | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None


class FlockerVolumeSource(Record, frozen=True, kw_only=True):
    """``FlockerVolumeSource`` of the Kubernetes API."""

    dataset_name: str | None = None
    dataset_uuid: str | None = field(default=None, name="datasetUUID")


class GCEPersistentDiskVolumeSource(Record, frozen=True, kw_only=True):
    """``GCEPersistentDiskVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    partition: Int32 | None = None
    pd_name: str = ""
    read_only: bool | None = None


class GRPCAction(Record, frozen=True, kw_only=True):
    """``GRPCAction`` of the Kubernetes API."""

    port: Int32 | None = None
    service: str | None = None


class GitRepoVolumeSource(Record, frozen=True, kw_only=True):
    """``GitRepoVolumeSource`` of the Kubernetes API."""

    directory: str | None = None
    repository: str = ""
    revision: str | None = None


class GlusterfsVolumeSource(Record, frozen=True, kw_only=True):
    """``GlusterfsVolumeSource`` of the Kubernetes API."""

    endpoints: str = ""
    path: str = ""
    read_only: bool | None = None


class HTTPGetAction(Record, frozen=True, kw_only=True):
    """``HTTPGetAction`` of the Kubernetes API."""

    host: str | None = None
    http_headers: tuple[ProbeHTTPHeader, ...] | None = None
    path: str | None = None
    port: IntOrString | None = None
    scheme: str | None = None


class ProbeHTTPHeader(Record, frozen=True, kw_only=True):
    """``ProbeHTTPHeader`` of the Kubernetes API."""

    name: str = ""
    value: str = ""


class HostAlias(Record, frozen=True, kw_only=True):
    """``HostAlias`` of the Kubernetes API."""

    hostnames: tuple[str, ...] | None = None
    ip: str = ""


class HostPathVolumeSource(Record, frozen=True, kw_only=True):
    """``HostPathVolumeSource`` of the Kubernetes API."""

    path: str = ""
    type: str | None = None


class ISCSIVolumeSource(Record, frozen=True, kw_only=True):
    """``ISCSIVolumeSource`` of the Kubernetes API."""

    chap_auth_discovery: bool | None = None
    chap_auth_session: bool | None = None
    fs_type: str | None = None
    initiator_name: str | None = None
    iqn: str = ""
    iscsi_interface: str | None = None
    lun: Int32 | None = None
    portals: tuple[str, ...] | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    target_portal: str = ""


class ImageVolumeSource(Record, frozen=True, kw_only=True):
    """``ImageVolumeSource`` of the Kubernetes API."""

    pull_policy: str | None = None
    reference: str | None = None


class KeyToPath(Record, frozen=True, kw_only=True):
    """``KeyToPath`` of the Kubernetes API."""

    key: str = ""
    mode: Int32 | None = None
    path: str = ""


class Lifecycle(Record, frozen=True, kw_only=True):
    """``Lifecycle`` of the Kubernetes API."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


class LifecycleHandler(Record, frozen=True, kw_only=True):
    """``LifecycleHandler`` of the Kubernetes API."""

    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    sleep: SleepAction | None = None
    tcp_socket: TCPSocketAction | None = None


class LocalObjectReference(Record, frozen=True, kw_only=True):
    """``LocalObjectReference`` of the Kubernetes API."""

    name: str | None = None


class ModifyVolumeStatus(Record, frozen=True, kw_only=True):
    """``ModifyVolumeStatus`` of the Kubernetes API."""

    status: str = ""
    target_volume_attributes_class_name: str | None = None


class NFSVolumeSource(Record, frozen=True, kw_only=True):
    """``NFSVolumeSource`` of the Kubernetes API."""

    path: str = ""
    read_only: bool | None = None
    server: str = ""


class NodeAffinity(Record, frozen=True, kw_only=True):
    """``NodeAffinity`` of the Kubernetes API."""

    preferred_during_scheduling_ignored_during_execution: tuple[PreferredSchedulingTerm, ...] | None = None
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class NodeSelector(Record, frozen=True, kw_only=True):
    """``NodeSelector`` of the Kubernetes API."""

    node_selector_terms: tuple[NodeSelectorTerm, ...] | None = None


class NodeSelectorRequirement(Record, frozen=True, kw_only=True):
    """``NodeSelectorRequirement`` of the Kubernetes API."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] | None = None


class NodeSelectorTerm(Record, frozen=True, kw_only=True):
    """``NodeSelectorTerm`` of the Kubernetes API."""

    match_expressions: tuple[NodeSelectorRequirement, ...] | None = None
    match_fields: tuple[NodeSelectorRequirement, ...] | None = None


class ObjectFieldSelector(Record, frozen=True, kw_only=True):
    """``ObjectFieldSelector`` of the Kubernetes API."""

    api_version: str | None = None
    field_path: str = ""


class ObjectReference(Record, frozen=True, kw_only=True):
    """``ObjectReference`` of the Kubernetes API."""

    api_version: str | None = None
    field_path: str | None = None
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    resource_version: str | None = None
    uid: str | None = None


class PersistentVolumeClaim(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaim`` of the Kubernetes API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: PersistentVolumeClaimSpec | None = None
    status: PersistentVolumeClaimStatus | None = None


class PersistentVolumeClaimCondition(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaimCondition`` of the Kubernetes API."""

    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str = ""
    type: str = ""


class PersistentVolumeClaimSpec(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaimSpec`` of the Kubernetes API."""

    access_modes: tuple[str, ...] | None = None
    data_source: TypedLocalObjectReference | None = None
    data_source_ref: TypedObjectReference | None = None
    resources: VolumeResourceRequirements | None = None
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None
    volume_name: str | None = None


class PersistentVolumeClaimStatus(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaimStatus`` of the Kubernetes API."""

    access_modes: tuple[str, ...] | None = None
    allocated_resource_statuses: dict[str, str] | None = None
    allocated_resources: dict[str, Quantity] | None = None
    capacity: dict[str, Quantity] | None = None
    conditions: tuple[PersistentVolumeClaimCondition, ...] | None = None
    current_volume_attributes_class_name: str | None = None
    modify_volume_status: ModifyVolumeStatus | None = None
    phase: str | None = None


class PersistentVolumeClaimTemplate(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaimTemplate`` of the Kubernetes API."""

    metadata: ObjectMeta | None = None
    spec: PersistentVolumeClaimSpec | None = None


class PersistentVolumeClaimVolumeSource(Record, frozen=True, kw_only=True):
    """``PersistentVolumeClaimVolumeSource`` of the Kubernetes API."""

    claim_name: str = ""
    read_only: bool | None = None


class PhotonPersistentDiskVolumeSource(Record, frozen=True, kw_only=True):
    """``PhotonPersistentDiskVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    pd_id: str = field(default="", name="pdID")


class PodAffinity(Record, frozen=True, kw_only=True):
    """``PodAffinity`` of the Kubernetes API."""

    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] | None = None
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] | None = None


class PodAffinityTerm(Record, frozen=True, kw_only=True):
    """``PodAffinityTerm`` of the Kubernetes API."""

    label_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] | None = None
    mismatch_label_keys: tuple[str, ...] | None = None
    namespace_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] | None = None
    topology_key: str = ""


class PodAntiAffinity(Record, frozen=True, kw_only=True):
    """``PodAntiAffinity`` of the Kubernetes API."""

    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] | None = None
    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] | None = None


class PodCertificateProjection(Record, frozen=True, kw_only=True):
    """``PodCertificateProjection`` of the Kubernetes API."""

    certificate_chain_path: str | None = None
    credential_bundle_path: str | None = None
    key_path: str | None = None
    key_type: str = ""
    max_expiration_seconds: Int32 | None = None
    signer_name: str = ""
    user_annotations: dict[str, str] | None = None


class PodDNSConfig(Record, frozen=True, kw_only=True):
    """``PodDNSConfig`` of the Kubernetes API."""

    nameservers: tuple[str, ...] | None = None
    options: tuple[PodDNSConfigOption, ...] | None = None
    searches: tuple[str, ...] | None = None


class PodDNSConfigOption(Record, frozen=True, kw_only=True):
    """``PodDNSConfigOption`` of the Kubernetes API."""

    name: str | None = None
    value: str | None = None


class PodResourceClaim(Record, frozen=True, kw_only=True):
    """``PodResourceClaim`` of the Kubernetes API."""

    name: str = ""
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class PodSecurityContext(Record, frozen=True, kw_only=True):
    """``PodSecurityContext`` of the Kubernetes API."""

    app_armor_profile: AppArmorProfile | None = None
    fs_group: Int64 | None = None
    fs_group_change_policy: str | None = None
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    run_as_user: Int64 | None = None
    se_linux_change_policy: str | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    supplemental_groups: tuple[int, ...] | None = None
    supplemental_groups_policy: str | None = None
    sysctls: tuple[Sysctl, ...] | None = None
    windows_options: WindowsSecurityContextOptions | None = None


class PortworxVolumeSource(Record, frozen=True, kw_only=True):
    """``PortworxVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    read_only: bool | None = None
    volume_id: str = field(default="", name="volumeID")


class PreferredSchedulingTerm(Record, frozen=True, kw_only=True):
    """``PreferredSchedulingTerm`` of the Kubernetes API."""

    preference: NodeSelectorTerm | None = None
    weight: Int32 | None = None


class Probe(Record, frozen=True, kw_only=True):
    """``Probe`` of the Kubernetes API."""

    exec: ExecAction | None = None
    failure_threshold: Int32 | None = None
    grpc: GRPCAction | None = None
    http_get: HTTPGetAction | None = None
    initial_delay_seconds: Int32 | None = None
    period_seconds: Int32 | None = None
    success_threshold: Int32 | None = None
    tcp_socket: TCPSocketAction | None = None
    termination_grace_period_seconds: Int64 | None = None
    timeout_seconds: Int32 | None = None


class ProjectedVolumeSource(Record, frozen=True, kw_only=True):
    """``ProjectedVolumeSource`` of the Kubernetes API."""

    default_mode: Int32 | None = None
    sources: tuple[VolumeProjection, ...] | None = None


class QuobyteVolumeSource(Record, frozen=True, kw_only=True):
    """``QuobyteVolumeSource`` of the Kubernetes API."""

    group: str | None = None
    read_only: bool | None = None
    registry: str = ""
    tenant: str | None = None
    user: str | None = None
    volume: str = ""


class RBDVolumeSource(Record, frozen=True, kw_only=True):
    """``RBDVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    image: str = ""
    keyring: str | None = None
    monitors: tuple[str, ...] | None = None
    pool: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    user: str | None = None


class ResourceClaim(Record, frozen=True, kw_only=True):
    """``ResourceClaim`` of the Kubernetes API."""

    name: str = ""
    request: str | None = None


class ResourceFieldSelector(Record, frozen=True, kw_only=True):
    """``ResourceFieldSelector`` of the Kubernetes API."""

    container_name: str | None = None
    divisor: Quantity | None = None
    resource: str = ""


class ResourceRequirements(Record, frozen=True, kw_only=True):
    """``ResourceRequirements`` of the Kubernetes API."""

    claims: tuple[ResourceClaim, ...] | None = None
    limits: dict[str, Quantity] | None = None
    requests: dict[str, Quantity] | None = None


class SELinuxOptions(Record, frozen=True, kw_only=True):
    """``SELinuxOptions`` of the Kubernetes API."""

    level: str | None = None
    role: str | None = None
    type: str | None = None
    user: str | None = None


class ScaleIOVolumeSource(Record, frozen=True, kw_only=True):
    """``ScaleIOVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    gateway: str = ""
    protection_domain: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    ssl_enabled: bool | None = None
    storage_mode: str | None = None
    storage_pool: str | None = None
    system: str = ""
    volume_name: str | None = None


class SeccompProfile(Record, frozen=True, kw_only=True):
    """``SeccompProfile`` of the Kubernetes API."""

    localhost_profile: str | None = None
    type: str = ""


class SecretEnvSource(Record, frozen=True, kw_only=True):
    """``SecretEnvSource`` of the Kubernetes API."""

    name: str | None = None
    optional: bool | None = None


class SecretKeySelector(Record, frozen=True, kw_only=True):
    """``SecretKeySelector`` of the Kubernetes API."""

    key: str = ""
    name: str | None = None
    optional: bool | None = None


class SecretProjection(Record, frozen=True, kw_only=True):
    """``SecretProjection`` of the Kubernetes API."""

    items: tuple[KeyToPath, ...] | None = None
    name: str | None = None
    optional: bool | None = None


class SecretVolumeSource(Record, frozen=True, kw_only=True):
    """``SecretVolumeSource`` of the Kubernetes API."""

    default_mode: Int32 | None = None
    items: tuple[KeyToPath, ...] | None = None
    optional: bool | None = None
    secret_name: str | None = None


class SecurityContext(Record, frozen=True, kw_only=True):
    """``SecurityContext`` of the Kubernetes API."""

    allow_privilege_escalation: bool | None = None
    app_armor_profile: AppArmorProfile | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    proc_mount: str | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: Int64 | None = None
    run_as_non_root: bool | None = None
    run_as_user: Int64 | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    windows_options: WindowsSecurityContextOptions | None = None


class ServiceAccountTokenProjection(Record, frozen=True, kw_only=True):
    """``ServiceAccountTokenProjection`` of the Kubernetes API."""

    audience: str | None = None
    expiration_seconds: Int64 | None = None
    path: str = ""


class SleepAction(Record, frozen=True, kw_only=True):
    """``SleepAction`` of the Kubernetes API."""

    seconds: Int64 | None = None


class StorageOSVolumeSource(Record, frozen=True, kw_only=True):
    """``StorageOSVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    volume_name: str | None = None
    volume_namespace: str | None = None


class Sysctl(Record, frozen=True, kw_only=True):
    """``Sysctl`` of the Kubernetes API."""

    name: str = ""
    value: str = ""


class TCPSocketAction(Record, frozen=True, kw_only=True):
    """``TCPSocketAction`` of the Kubernetes API."""

    host: str | None = None
    port: IntOrString | None = None


class Toleration(Record, frozen=True, kw_only=True):
    """``Toleration`` of the Kubernetes API."""

    effect: str | None = None
    key: str | None = None
    operator: str | None = None
    toleration_seconds: Int64 | None = None
    value: str | None = None


class TypedLocalObjectReference(Record, frozen=True, kw_only=True):
    """``TypedLocalObjectReference`` of the Kubernetes API."""

    api_group: str | None = None
    kind: str = ""
    name: str = ""


class TypedObjectReference(Record, frozen=True, kw_only=True):
    """``TypedObjectReference`` of the Kubernetes API."""

    api_group: str | None = None
    kind: str = ""
    name: str = ""
    namespace: str | None = None


class Volume(Record, frozen=True, kw_only=True):
    """``Volume`` of the Kubernetes API."""

    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None
    azure_disk: AzureDiskVolumeSource | None = None
    azure_file: AzureFileVolumeSource | None = None
    cephfs: CephFSVolumeSource | None = None
    cinder: CinderVolumeSource | None = None
    config_map: ConfigMapVolumeSource | None = None
    csi: CSIVolumeSource | None = None
    downward_api: DownwardAPIVolumeSource | None = field(default=None, name="downwardAPI")
    empty_dir: EmptyDirVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    fc: FCVolumeSource | None = None
    flex_volume: FlexVolumeSource | None = None
    flocker: FlockerVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    git_repo: GitRepoVolumeSource | None = None
    glusterfs: GlusterfsVolumeSource | None = None
    host_path: HostPathVolumeSource | None = None
    image: ImageVolumeSource | None = None
    iscsi: ISCSIVolumeSource | None = None
    name: str = ""
    nfs: NFSVolumeSource | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    photon_persistent_disk: PhotonPersistentDiskVolumeSource | None = None
    portworx_volume: PortworxVolumeSource | None = None
    projected: ProjectedVolumeSource | None = None
    quobyte: QuobyteVolumeSource | None = None
    rbd: RBDVolumeSource | None = None
    scale_io: ScaleIOVolumeSource | None = field(default=None, name="scaleIO")
    secret: SecretVolumeSource | None = None
    storageos: StorageOSVolumeSource | None = None
    vsphere_volume: VsphereVirtualDiskVolumeSource | None = None


class VolumeDevice(Record, frozen=True, kw_only=True):
    """``VolumeDevice`` of the Kubernetes API."""

    device_path: str = ""
    name: str = ""


class VolumeMount(Record, frozen=True, kw_only=True):
    """``VolumeMount`` of the Kubernetes API."""

    mount_path: str = ""
    mount_propagation: str | None = None
    name: str = ""
    read_only: bool | None = None
    recursive_read_only: str | None = None
    sub_path: str | None = None
    sub_path_expr: str | None = None


class VolumeProjection(Record, frozen=True, kw_only=True):
    """``VolumeProjection`` of the Kubernetes API."""

    cluster_trust_bundle: ClusterTrustBundleProjection | None = None
    config_map: ConfigMapProjection | None = None
    downward_api: DownwardAPIProjection | None = field(default=None, name="downwardAPI")
    pod_certificate: PodCertificateProjection | None = None
    secret: SecretProjection | None = None
    service_account_token: ServiceAccountTokenProjection | None = None


class VolumeResourceRequirements(Record, frozen=True, kw_only=True):
    """``VolumeResourceRequirements`` of the Kubernetes API."""

    limits: dict[str, Quantity] | None = None
    requests: dict[str, Quantity] | None = None


class VsphereVirtualDiskVolumeSource(Record, frozen=True, kw_only=True):
    """``VsphereVirtualDiskVolumeSource`` of the Kubernetes API."""

    fs_type: str | None = None
    storage_policy_id: str | None = field(default=None, name="storagePolicyID")
    storage_policy_name: str | None = None
    volume_path: str = ""


class WeightedPodAffinityTerm(Record, frozen=True, kw_only=True):
    """``WeightedPodAffinityTerm`` of the Kubernetes API."""

    pod_affinity_term: PodAffinityTerm | None = None
    weight: Int32 | None = None


class WindowsSecurityContextOptions(Record, frozen=True, kw_only=True):
    """``WindowsSecurityContextOptions`` of the Kubernetes API."""

    gmsa_credential_spec: str | None = None
    gmsa_credential_spec_name: str | None = None
    host_process: bool | None = None
    run_as_user_name: str | None = None


class PodDisruptionBudgetSpec(Record, frozen=True, kw_only=True):
    """``PodDisruptionBudgetSpec`` of the Kubernetes API."""

    max_unavailable: IntOrString | None = None
    min_available: IntOrString | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str | None = None

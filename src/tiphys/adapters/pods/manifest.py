"""The part of a Pod manifest that runtimes on one machine read, typed.

The full model of the Kubernetes API would cost start-up time; what is left out here is named by ``refusals``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

#: Annotation: JSON object of main container → names of those that must end well first (container sets).
CONTAINER_SET = "tiphys.dev/container-set"


class _View(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A record that ignores fields it does not know."""


class FieldRef(_View, frozen=True, kw_only=True):
    """``fieldRef``: a field of the pod itself."""

    field_path: str = ""


class ResourceFieldRef(_View, frozen=True, kw_only=True):
    """``resourceFieldRef``: a request or limit of a container."""

    resource: str = ""
    container_name: str = ""
    divisor: str | float | int = "0"


class KeyRef(_View, frozen=True, kw_only=True):
    """A reference to a key of a Secret or ConfigMap, or to all of it."""

    name: str = ""
    key: str = ""
    optional: bool = False


class EnvSource(_View, frozen=True, kw_only=True):
    """``valueFrom`` of a variable."""

    field_ref: FieldRef | None = None
    secret_key_ref: KeyRef | None = None
    config_map_key_ref: KeyRef | None = None
    resource_field_ref: ResourceFieldRef | None = None


class Env(_View, frozen=True, kw_only=True):
    """An environment variable."""

    name: str
    value: str | None = None
    value_from: EnvSource | None = None


class EnvFrom(_View, frozen=True, kw_only=True):
    """A source of many variables."""

    prefix: str = ""
    secret_ref: KeyRef | None = None
    config_map_ref: KeyRef | None = None


class VolumeMount(_View, frozen=True, kw_only=True):
    """Where a container sees a volume."""

    name: str
    mount_path: str
    sub_path: str = ""
    sub_path_expr: str = ""
    read_only: bool = False


class Port(_View, frozen=True, kw_only=True):
    """A port that a container listens on."""

    name: str = ""
    container_port: int = 0
    protocol: str = "TCP"


class Exec(_View, frozen=True, kw_only=True):
    """A command that runs inside."""

    command: tuple[str, ...] = ()


class Header(_View, frozen=True, kw_only=True):
    """A header of a request."""

    name: str
    value: str = ""


class HttpGet(_View, frozen=True, kw_only=True):
    """A request with GET; ``port`` is a number or the name of a port of the container."""

    port: int | str = 0
    path: str = "/"
    host: str = ""
    scheme: str = "HTTP"
    http_headers: tuple[Header, ...] = ()


class TcpSocket(_View, frozen=True, kw_only=True):
    """A connection."""

    port: int | str = 0
    host: str = ""


class Sleep(_View, frozen=True, kw_only=True):
    """A pause."""

    seconds: float = 0


class Handler(_View, frozen=True, kw_only=True):
    """What a hook does; a field of its own for each way."""

    exec: Exec | None = None
    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    sleep: Sleep | None = None
    grpc: dict[str, Any] | None = None


class Probe(Handler, frozen=True, kw_only=True):
    """A probe."""

    initial_delay_seconds: float = 0
    period_seconds: float = 10
    timeout_seconds: float = 1
    success_threshold: int = 1
    failure_threshold: int = 3


class Lifecycle(_View, frozen=True, kw_only=True):
    """The hooks of a container."""

    post_start: Handler | None = None
    pre_stop: Handler | None = None


class Resources(_View, frozen=True, kw_only=True):
    """What a container asks for and may use: resource name → quantity."""

    limits: dict[str, str | float | int] = msgspec.field(default_factory=dict)
    requests: dict[str, str | float | int] = msgspec.field(default_factory=dict)


class Capabilities(_View, frozen=True, kw_only=True):
    """Capabilities that a container has beside its engine's, or has not."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class Profile(_View, frozen=True, kw_only=True):
    """A profile of seccomp or AppArmor: ``type`` is Unconfined, RuntimeDefault or Localhost."""

    type: str = ""
    localhost_profile: str = ""


class SeLinux(_View, frozen=True, kw_only=True):
    """A label of SELinux."""

    user: str = ""
    role: str = ""
    type: str = ""
    level: str = ""


class Sysctl(_View, frozen=True, kw_only=True):
    """A parameter of the kernel."""

    name: str
    value: str = ""


class DnsConfig(_View, frozen=True, kw_only=True):
    """How names are resolved; options are (name, value) records."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[Sysctl, ...] = ()


class SecurityContext(_View, frozen=True, kw_only=True):
    """Whom a container runs as and what it may do; the same fields stand in pods and containers.

    Those of groups and ``sysctls`` stand in pods alone, capabilities and what follows them in containers alone.
    """

    seccomp_profile: Profile | None = None
    app_armor_profile: Profile | None = None
    se_linux_options: SeLinux | None = None
    sysctls: tuple[Sysctl, ...] = ()
    capabilities: Capabilities | None = None
    allow_privilege_escalation: bool = True

    fs_group: int | None = None
    supplemental_groups: tuple[int, ...] = ()
    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    read_only_root_filesystem: bool = False
    privileged: bool = False


class Container(_View, frozen=True, kw_only=True):
    """A container.  ``restart_policy`` Always makes an init container a sidecar."""

    name: str
    image: str = ""
    image_pull_policy: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[Env, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    working_dir: str = ""
    volume_mounts: tuple[VolumeMount, ...] = ()
    ports: tuple[Port, ...] = ()
    resources: Resources = Resources()
    security_context: SecurityContext | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    tty: bool = False
    restart_policy: str = ""


class HostPath(_View, frozen=True, kw_only=True):
    """A directory or file of the host."""

    path: str
    type: str = ""


class EmptyDir(_View, frozen=True, kw_only=True):
    """A directory that lives as long as the pod."""

    medium: str = ""
    size_limit: str | float | int | None = None


class Item(_View, frozen=True, kw_only=True):
    """One file of a volume: a key, or a field of the pod."""

    key: str = ""
    path: str = ""
    mode: int | None = None
    field_ref: FieldRef | None = None
    resource_field_ref: ResourceFieldRef | None = None


class FilesSource(_View, frozen=True, kw_only=True):
    """Files of a Secret (``secretName``), a ConfigMap (``name``) or the pod itself (``downwardAPI``)."""

    name: str = ""
    secret_name: str = ""
    items: tuple[Item, ...] = ()
    default_mode: int | None = None
    optional: bool = False


class Projection(_View, frozen=True, kw_only=True):
    """One source of a projected volume."""

    config_map: FilesSource | None = None
    secret: FilesSource | None = None
    downward_api: FilesSource | None = msgspec.field(default=None, name="downwardAPI")
    service_account_token: dict[str, Any] | None = None


class Projected(_View, frozen=True, kw_only=True):
    """Several sources in one directory."""

    sources: tuple[Projection, ...] = ()
    default_mode: int | None = None


class Claim(_View, frozen=True, kw_only=True):
    """A volume that is kept under a name."""

    claim_name: str
    read_only: bool = False


class Volume(_View, frozen=True, kw_only=True):
    """A volume; a field of its own for each kind."""

    name: str
    empty_dir: EmptyDir | None = None
    host_path: HostPath | None = None
    config_map: FilesSource | None = None
    secret: FilesSource | None = None
    projected: Projected | None = None
    downward_api: FilesSource | None = msgspec.field(default=None, name="downwardAPI")
    persistent_volume_claim: Claim | None = None


class HostAlias(_View, frozen=True, kw_only=True):
    """A line of ``/etc/hosts``."""

    ip: str
    hostnames: tuple[str, ...] = ()


class Named(_View, frozen=True, kw_only=True):
    """A reference by name."""

    name: str = ""


class PodSpec(_View, frozen=True, kw_only=True):
    """The ``spec`` of a pod."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    termination_grace_period_seconds: float = 30.0
    active_deadline_seconds: float | None = None
    security_context: SecurityContext | None = None
    host_aliases: tuple[HostAlias, ...] = ()
    hostname: str = ""
    host_network: bool = False
    dns_config: DnsConfig | None = None
    image_pull_secrets: tuple[Named, ...] = ()
    service_account_name: str = ""


class Metadata(_View, frozen=True, kw_only=True):
    """The ``metadata`` of a pod."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    annotations: dict[str, str] = msgspec.field(default_factory=dict)


class Pod(_View, frozen=True, kw_only=True):
    """A Pod manifest."""

    spec: PodSpec = PodSpec()
    metadata: Metadata = Metadata()


def read(manifest: JsonObject) -> Pod:
    """Read a manifest whose tags are resolved; ``null`` counts as absent.

    Raises:
        msgspec.ValidationError: A field has the wrong type; the message names it.
    """
    try:
        return msgspec.convert(manifest, Pod, strict=False)
    except msgspec.ValidationError:  # few manifests have nulls, and the engine's own have none
        return msgspec.convert(_without_nulls(manifest), Pod, strict=False)


def _without_nulls(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value

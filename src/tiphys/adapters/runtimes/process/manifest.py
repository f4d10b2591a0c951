"""The part of a Pod manifest that this runtime reads, typed.

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
    """``fieldRef`` of a variable."""

    field_path: str = ""


class KeyRef(_View, frozen=True, kw_only=True):
    """A reference to a secret or config map key; only whether it is optional counts here."""

    optional: bool = False


class EnvSource(_View, frozen=True, kw_only=True):
    """``valueFrom`` of a variable."""

    field_ref: FieldRef | None = None
    secret_key_ref: KeyRef | None = None
    config_map_key_ref: KeyRef | None = None
    resource_field_ref: dict[str, Any] | None = None


class Env(_View, frozen=True, kw_only=True):
    """An environment variable."""

    name: str
    value: str | None = None
    value_from: EnvSource | None = None


class EnvFrom(_View, frozen=True, kw_only=True):
    """A source of many variables."""

    secret_ref: KeyRef | None = None
    config_map_ref: KeyRef | None = None


class VolumeMount(_View, frozen=True, kw_only=True):
    """Where a container sees a volume."""

    name: str
    mount_path: str
    sub_path: str = ""
    read_only: bool = False


class Container(_View, frozen=True, kw_only=True):
    """A container."""

    name: str
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[Env, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    working_dir: str = ""
    volume_mounts: tuple[VolumeMount, ...] = ()


class HostPath(_View, frozen=True, kw_only=True):
    """A directory or file of the host."""

    path: str
    type: str = ""


class Volume(_View, frozen=True, kw_only=True):
    """A volume of one of the two kinds that this runtime has."""

    name: str
    empty_dir: dict[str, Any] | None = None
    host_path: HostPath | None = None


class PodSpec(_View, frozen=True, kw_only=True):
    """The ``spec`` of a pod."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    termination_grace_period_seconds: float = 30.0
    active_deadline_seconds: float | None = None


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
    return msgspec.convert(_without_nulls(manifest), Pod, strict=False)


def _without_nulls(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value

"""Parameters, arguments, inputs, outputs and loop sources."""

from __future__ import annotations

from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.pod import ConfigMapKeySelector
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import AnyString, IntOrString


class Arguments(Record, frozen=True, kw_only=True):
    """``Arguments`` of the Argo API."""

    artifacts: tuple[Artifact, ...] | None = None
    parameters: tuple[Parameter, ...] | None = None


class Event(Record, frozen=True, kw_only=True):
    """``Event`` of the Argo API."""

    selector: str = ""


class Inputs(Record, frozen=True, kw_only=True):
    """``Inputs`` of the Argo API."""

    artifacts: tuple[Artifact, ...] | None = None
    parameters: tuple[Parameter, ...] | None = None


class Outputs(Record, frozen=True, kw_only=True):
    """``Outputs`` of the Argo API."""

    artifacts: tuple[Artifact, ...] | None = None
    exit_code: str | None = None
    parameters: tuple[Parameter, ...] | None = None
    result: str | None = None


class Parameter(Record, frozen=True, kw_only=True):
    """``Parameter`` of the Argo API."""

    default: AnyString | None = None
    description: str | None = None
    enum: tuple[AnyString, ...] | None = None
    global_name: str | None = None
    name: str = ""
    value: AnyString | None = None
    value_from: ValueFrom | None = None


class Sequence(Record, frozen=True, kw_only=True):
    """``Sequence`` of the Argo API."""

    count: IntOrString | None = None
    end: IntOrString | None = None
    format: str | None = None
    start: IntOrString | None = None


class SuppliedValueFrom(Record, frozen=True, kw_only=True):
    """``SuppliedValueFrom`` of the Argo API."""


class ValueFrom(Record, frozen=True, kw_only=True):
    """``ValueFrom`` of the Argo API."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    default: AnyString | None = None
    event: str | None = None
    expression: str | None = None
    jq_filter: str | None = None
    json_path: str | None = None
    parameter: str | None = None
    path: str | None = None
    supplied: SuppliedValueFrom | None = None

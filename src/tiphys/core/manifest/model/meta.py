"""Kubernetes object metadata and selectors."""

from __future__ import annotations

from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Int64, JsonObject, Time


class Metadata(Record, frozen=True, kw_only=True):
    """``Metadata`` of the Argo API."""

    annotations: dict[str, str] | None = None
    labels: dict[str, str] | None = None


class LabelSelector(Record, frozen=True, kw_only=True):
    """``LabelSelector`` of the Kubernetes API."""

    match_expressions: tuple[LabelSelectorRequirement, ...] | None = None
    match_labels: dict[str, str] | None = None


class LabelSelectorRequirement(Record, frozen=True, kw_only=True):
    """``LabelSelectorRequirement`` of the Kubernetes API."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] | None = None


class ManagedFieldsEntry(Record, frozen=True, kw_only=True):
    """``ManagedFieldsEntry`` of the Kubernetes API."""

    api_version: str | None = None
    fields_type: str | None = None
    fields_v1: JsonObject | None = None
    manager: str | None = None
    operation: str | None = None
    subresource: str | None = None
    time: Time | None = None


class ObjectMeta(Record, frozen=True, kw_only=True):
    """``ObjectMeta`` of the Kubernetes API."""

    annotations: dict[str, str] | None = None
    creation_timestamp: Time | None = None
    deletion_grace_period_seconds: Int64 | None = None
    deletion_timestamp: Time | None = None
    finalizers: tuple[str, ...] | None = None
    generate_name: str | None = None
    generation: Int64 | None = None
    labels: dict[str, str] | None = None
    managed_fields: tuple[ManagedFieldsEntry, ...] | None = None
    name: str | None = None
    namespace: str | None = None
    owner_references: tuple[OwnerReference, ...] | None = None
    resource_version: str | None = None
    self_link: str | None = None
    uid: str | None = None


class OwnerReference(Record, frozen=True, kw_only=True):
    """``OwnerReference`` of the Kubernetes API."""

    api_version: str = ""
    block_owner_deletion: bool | None = None
    controller: bool | None = None
    kind: str = ""
    name: str = ""
    uid: str = ""

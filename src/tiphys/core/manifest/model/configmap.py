"""ConfigMap: the one Kubernetes kind beside Argo's own that a call may contain.  Written by hand."""

from __future__ import annotations

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Base64


class ConfigMap(Record, frozen=True, kw_only=True):
    """``ConfigMap`` of the Kubernetes API."""

    api_version: str | None = None
    binary_data: dict[str, Base64] | None = None
    data: dict[str, str] | None = None
    immutable: bool | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None

"""Typed records become the objects that Argo's API shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from tiphys.core.manifest.model.record import Record
    from tiphys.core.manifest.model.scalars import JsonObject, JsonValue


def to_data(record: Record) -> JsonValue:
    """Plain data with Argo's field names; absent fields are left out."""
    # By way of JSON: ``to_builtins`` leaves tuples, which are no JSON.
    return cast("JsonValue", msgspec.json.decode(msgspec.json.encode(record)))


def as_written(kind: str, manifest: JsonObject) -> JsonObject:
    """An object as Go writes what it read: values that may be any scalar are strings; unknown fields stay.

    A kind that is none of Argo's own is left as it is.
    """
    from tiphys.core.manifest.fields import record_kind
    from tiphys.core.manifest.objects import KINDS

    if kind not in KINDS:
        return manifest
    return cast("JsonObject", record_kind(KINDS[kind]).written(manifest))


def to_json(record: Record, indent: int | None = None) -> bytes:
    """JSON on one line, or indented by ``indent`` spaces; the keys of records come in the order of their fields."""
    text = msgspec.json.encode(record)
    return text if indent is None else msgspec.json.format(text, indent=indent)


def to_yaml(record: Record) -> str:
    """YAML with sorted keys, as ``argo get -o yaml`` and ``kubectl get -o yaml`` print objects."""
    from tiphys.core.manifest.yaml import dump

    return dump(to_data(record))

"""Kubernetes' strategic merge over typed records: one rule per type of value, nothing about workflows.

Argo merges through JSON, where Go leaves out what is empty; the rules below give the same result without the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from tiphys.core.manifest.model.record import Record

R = TypeVar("R", bound=Record)

#: Lists that merge element by element, with the attribute that tells their elements apart (``spec/schema.json``).
MERGE_KEYS: Mapping[str, str] = {
    "artifacts": "name",
    "env": "name",
    "host_aliases": "ip",
    "image_pull_secrets": "name",
    "init_containers": "name",
    "parameters": "name",
    "ports": "container_port",
    "sidecars": "name",
    "tasks": "name",
    "templates": "name",
    "tolerations": "key",
    "volume_devices": "device_path",
    "volume_mounts": "mount_path",
    "volumes": "name",
}
#: Lists of those names that are replaced as a whole all the same.
_ATOMIC = frozenset({("ContainerSetTemplate", "volume_mounts")})
#: Booleans that Go does not write when they are false; false in any other field is a value.
_PLAIN_BOOLEANS = frozenset(
    (
        "cluster_scope", "error", "failed", "force_finalizer_removal", "insecure_skip_verify", "mirror_volume_mounts",
        "read_only", "recurse_mode", "set_owner_reference", "stdin", "stdin_once", "tty",
    )
)  # fmt: skip
#: Texts for which empty is a value (``spec/data.md`` 2.2).
_ANY_STRINGS = frozenset({"value", "default"})


def merge(lower: R, higher: R) -> R:
    """Both records in one; where both say something of a field, ``higher`` wins.

    Records and maps are merged key by key, keyed lists element by element, everything else is taken as a whole.
    What is empty in ``higher`` says nothing.
    """
    cls = type(higher)
    merged = {
        name: _field(cls.__name__, name, getattr(lower, name), getattr(higher, name)) for name in cls.__struct_fields__
    }
    return cls(**merged)


def _field(owner: str, name: str, lower: object, higher: object) -> object:
    if _silent(name, higher):
        return lower if lower is not None else higher
    if lower is None:
        return higher
    if isinstance(higher, Record) and isinstance(lower, Record):
        return merge(lower, higher)
    if isinstance(higher, dict) and isinstance(lower, dict):
        return _maps(lower, higher)
    if isinstance(higher, tuple) and isinstance(lower, tuple) and name in MERGE_KEYS and (owner, name) not in _ATOMIC:
        return merge_lists(cast("tuple[Record, ...]", lower), cast("tuple[Record, ...]", higher), MERGE_KEYS[name])
    return higher


def _silent(name: str, value: object) -> bool:
    """Whether a value is one that Go leaves out of the text."""
    if value is None or value == ():
        return True
    if value == "":
        return name not in _ANY_STRINGS
    return value is False and name in _PLAIN_BOOLEANS


def _maps(lower: Mapping[str, object], higher: Mapping[str, object]) -> dict[str, object]:
    merged = dict(lower)
    for key, value in higher.items():
        merged[key] = _field("", "", lower.get(key), value) if isinstance(value, dict | Record) else value
    return merged


def merge_lists(lower: Sequence[R], higher: Sequence[R], key: str) -> tuple[R, ...]:
    """Two keyed lists in one; elements of the same key are merged.

    Elements of ``higher`` keep their order.  Those that only ``lower`` has keep theirs too: each stands before the
    first later element that follows it in ``lower``, else at the end.
    """
    below = {getattr(item, key): item for item in lower}
    place = {name: number for number, name in enumerate(below)}
    wanted = {getattr(item, key) for item in higher}
    left = [item for item in below.values() if getattr(item, key) not in wanted]
    merged: list[R] = []
    for item in higher:
        name = getattr(item, key)
        while left and name in place and place[getattr(left[0], key)] < place[name]:
            merged.append(left.pop(0))
        merged.append(merge(below[name], item) if name in below else item)
    return (*merged, *left)

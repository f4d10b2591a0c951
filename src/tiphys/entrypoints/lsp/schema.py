"""What the model says of a place: which type stands at a path, and which fields it has."""

from __future__ import annotations

from typing import NamedTuple

from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.kinds import Kind, Mapping
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups
from tiphys.core.manifest.source import Path


class FieldAt(NamedTuple):
    """A field of a record and the record that has it."""

    owner: type[Record]
    name: str
    kind: Kind


def root_kind(data: JsonValue) -> RecordOf | None:
    """The type of a document; a Workflow while no kind is written, None for kinds that are not ours."""
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind is None or kind == "":
        return record_kind(KINDS["Workflow"])
    return record_kind(KINDS[kind]) if isinstance(kind, str) and kind in KINDS else None


def kind_at(root: Kind | None, path: Path) -> Kind | None:
    """The type at a path; None where nothing may stand."""
    kind = root
    for part in path:
        kind = _inner(kind, part)
    return kind


def field_at(root: Kind | None, path: Path) -> FieldAt | None:
    """The field that the last key of a path names; None for items of lists and keys of maps."""
    if not path or not isinstance(path[-1], str):
        return None
    owner = kind_at(root, path[:-1])
    found = owner.table().get(path[-1]) if isinstance(owner, RecordOf) else None
    if found is None or not isinstance(owner, RecordOf):
        return None
    return FieldAt(owner.record, path[-1], found.kind)


def _inner(kind: Kind | None, part: str | int) -> Kind | None:
    if isinstance(kind, RecordOf) and isinstance(part, str):
        found = kind.table().get(part)
        return found.kind if found else None
    if isinstance(kind, MapOf) and isinstance(part, str):
        return kind.item
    if isinstance(kind, ListOf) and isinstance(part, int):
        return kind.item
    if isinstance(kind, StepGroups) and isinstance(part, int):
        return ListOf("[]v1alpha1.WorkflowStep", "a list of steps", item=kind.step)
    return None


def starter(kind: Kind) -> str:
    """What follows the colon of a key of this type: a space for a scalar, nothing where lines follow."""
    return "" if isinstance(kind, RecordOf | ListOf | MapOf | StepGroups | Mapping) else " "

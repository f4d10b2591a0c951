"""Fields of manifests explained: type, children and, for Argo's own, a line on what they are for."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from msgspec import Struct

from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.fieldtexts import TEXTS
from tiphys.core.manifest.findings import nearest
from tiphys.core.manifest.gotypes import struct_name
from tiphys.core.manifest.kinds import IntOrText, Kind
from tiphys.core.manifest.kinds import Mapping as MappingKind
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups

#: Short names of kinds, as ``kubectl`` and ``argo`` have them.
SHORT = {
    "wf": "Workflow",
    "wftmpl": "WorkflowTemplate",
    "cwft": "ClusterWorkflowTemplate",
    "cwftmpl": "ClusterWorkflowTemplate",
    "cronwf": "CronWorkflow",
    "cwf": "CronWorkflow",
    "wfeb": "WorkflowEventBinding",
    "wfts": "WorkflowTaskSet",
    "wfat": "WorkflowArtifactGCTask",
}


class UnknownFieldError(Exception):
    """A path that names no field; ``known`` are the names at that place, ``near`` the one that was perhaps meant."""

    def __init__(self, message: str, near: str | None, known: tuple[str, ...]) -> None:
        super().__init__(message, near, known)
        self.message = message
        self.near = near
        self.known = known


class Child(Struct, frozen=True):
    """A field of the record that was asked about; ``text`` is empty for fields of Kubernetes types."""

    name: str
    type: str
    text: str


class FieldHelp(Struct, frozen=True):
    """A field: its full path as Argo spells it, its type, what it is for, and what is inside."""

    path: str
    type: str
    text: str
    children: tuple[Child, ...]


def explain(path: str) -> FieldHelp:
    """Explain a dotted path such as ``workflow.spec.templates.retryStrategy``.

    The first part is a kind, by its long or short name.  Case does not count.  Lists are passed through; below a
    mapping both the key and its value's fields may be named: ``spec.hooks.exit.template`` is ``spec.hooks.template``.

    Raises:
        UnknownFieldError: a part of the path names nothing.
    """
    first, *rest = path.strip().strip(".").replace("[]", "").split(".")
    top = _top(first)
    kind: Kind = record_kind(KINDS[top])
    names, text = [top.lower()], ""
    named_key = False
    for part in rest:
        kind, keyed = _inner(kind)
        field = _field(kind, part)
        if field is None and keyed and not named_key:
            named_key = True
            names.append(part)
            continue
        if field is None or not isinstance(kind, RecordOf):
            raise _unknown(kind, names, part)
        names.append(field)
        text = description(kind.record, field)
        kind, named_key = kind.table()[field].kind, False
    return FieldHelp(".".join(names), type_name(kind), text, _children(_inner(kind)[0]))


def _top(name: str) -> str:
    kinds = {kind.lower(): kind for kind in KINDS} | SHORT
    lower = name.lower()
    found = kinds.get(lower) or kinds.get(lower.removesuffix("s"))
    if found is None:
        message = f"there is no kind {name}"
        raise UnknownFieldError(message, nearest(name, kinds), tuple(kind.lower() for kind in KINDS))
    return found


def _inner(kind: Kind) -> tuple[Kind, bool]:
    """The kind inside lists and mappings, and whether there was a mapping."""
    keyed = False
    while isinstance(kind, ListOf | MapOf | StepGroups):
        keyed = keyed or isinstance(kind, MapOf)
        kind = kind.step if isinstance(kind, StepGroups) else kind.item
    return kind, keyed


def _field(kind: Kind, name: str) -> str | None:
    if not isinstance(kind, RecordOf):
        return None
    table = kind.table()
    return name if name in table else next((field for field in table if field.lower() == name.lower()), None)


def _unknown(kind: Kind, names: list[str], part: str) -> UnknownFieldError:
    where = ".".join(names)
    if not isinstance(kind, RecordOf):
        return UnknownFieldError(f"{where} is {type_name(kind)} and has no fields", None, ())
    known = tuple(kind.table())
    return UnknownFieldError(f"{where} has no field {part}", nearest(part, known), known)


def _children(kind: Kind) -> tuple[Child, ...]:
    if not isinstance(kind, RecordOf):
        return ()
    fields = kind.table().items()
    return tuple(Child(name, type_name(field.kind), description(kind.record, name)) for name, field in fields)


def type_name(kind: Kind) -> str:
    """A type in words: ``list of Template``, ``map of string``, ``string``."""
    if isinstance(kind, RecordOf):
        return struct_name(kind.record.__name__)
    if isinstance(kind, ListOf):
        return f"list of {type_name(kind.item)}"
    if isinstance(kind, MapOf):
        return f"map of {type_name(kind.item)}"
    if isinstance(kind, StepGroups):
        return f"list of lists of {type_name(kind.step)}"
    if isinstance(kind, IntOrText):
        return "number or string" if kind.fractions else "integer or string"
    return "map of any value" if isinstance(kind, MappingKind) else _WORDS.get(type(kind).__name__, "any value")


_WORDS = {
    "Text": "string",
    "AnyText": "string, number or boolean",
    "Boolean": "boolean",
    "Integer": "integer",
    "Number": "number",
    "QuantityText": "quantity",
    "Moment": "time",
    "Base64Text": "bytes in base64",
}


def description(record: type[Record], field: str) -> str:
    """What a field is for; empty for fields of Kubernetes types and for a few of the status."""
    if record_kind(record).go.startswith("v1."):
        return ""
    texts = _texts()
    return texts.get(record.__name__, {}).get(field) or texts["*"].get(field, "")


@functools.cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    """The table by record and field."""
    found: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in TEXTS.strip().splitlines():
        if not line.startswith(" "):
            fields = found.setdefault(line, {})
        else:
            name, _, text = line.strip().partition("  ")
            fields[name] = text
    return found

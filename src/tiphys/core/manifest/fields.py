"""The table of fields of a record, made from its annotations when the record is first read."""

from __future__ import annotations

import functools
import sys

import msgspec

from tiphys.core.manifest import gotypes
from tiphys.core.manifest.kinds import (
    AnyText,
    Anything,
    Base64Text,
    Boolean,
    Integer,
    IntOrText,
    Kind,
    Mapping,
    Moment,
    Number,
    QuantityText,
    Text,
)
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.shapes import Field, ListOf, MapOf, RecordOf, StepGroups

_INT32 = Integer("int32", "a whole number", smallest=-(2**31), largest=2**31 - 1)
_SCALARS: dict[str, Kind] = {
    "str": Text("string", "a string"),
    "bool": Boolean("bool", "true or false"),
    "int": Integer("int64", "a whole number"),
    "Int32": _INT32,
    "Int64": Integer("int64", "a whole number"),
    "Uint64": Integer("uint64", "a whole number that is not negative", smallest=0, largest=2**64 - 1),
    "float": Number("float64", "a number"),
    "Amount": Number("v1alpha1.Amount", "a number"),
    "AnyString": AnyText("v1alpha1.AnyString", "a string"),
    "Quantity": QuantityText("resource.Quantity", "a quantity", aborts=True),
    "IntOrString": IntOrText("int32", "a whole number or a string", aborts=True),
    "Time": Moment("string", "a time such as 2026-01-31T12:00:00Z", aborts=True),
    "Base64": Base64Text("[]uint8", "bytes in base64"),
    "Item": Anything("v1alpha1.Item", "any value"),
    "JsonValue": Anything("interface {}", "any value"),
    "JsonObject": Mapping("map[string]interface {}", "a mapping"),
}
#: Fields that are read in a way of their own.
_SPECIAL: dict[tuple[str, str], Kind] = {
    ("Backoff", "factor"): IntOrText("int32", "a number or a string", aborts=True, fractions=True),
    ("Template", "plugin"): Mapping("map[string]interface {}", "a mapping", aborts=True, single=True),
}


@functools.cache
def record_kind(record: type[Record]) -> RecordOf:
    """How a record is read."""
    go = gotypes.record_type(record.__name__, record.__module__)
    return RecordOf(go, f"a mapping ({gotypes.struct_name(record.__name__)})", record=record, make=fields_of)


def fields_of(record: type[Record]) -> dict[str, Field]:
    """The fields of a record by their JSON names."""
    names = vars(sys.modules[record.__module__])
    notes: dict[str, str] = record.__annotations__
    return {
        name: Field(attribute, _field_kind(record, name, notes[attribute], names))
        for attribute, name in zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True)
    }


def _field_kind(record: type[Record], name: str, note: str, names: dict[str, object]) -> Kind:
    owner = record.__name__
    if (owner, name) in _SPECIAL:
        return _SPECIAL[owner, name]
    kind = _kind(note.removesuffix(" | None"), names)
    go = gotypes.named(owner, name)
    return msgspec.structs.replace(kind, go=go) if go else kind


@functools.cache
def _list_of(item: Kind) -> ListOf:
    of = f" of {_plural(item)}" if _plural(item) else ""
    return ListOf(f"[]{item.go}", f"a list{of}", item=item)


def _plural(kind: Kind) -> str:
    if isinstance(kind, Text):
        return "strings"
    return f"{gotypes.struct_name(kind.record.__name__)} mappings" if isinstance(kind, RecordOf) else ""


def _kind(note: str, names: dict[str, object]) -> Kind:
    """The kind of an annotation: a name, ``tuple[X, ...]`` or ``dict[str, X]``."""
    if note in _SCALARS:
        return _SCALARS[note]
    if note.startswith("tuple[") and note.endswith(", ...]"):
        item = _kind(note[6:-6], names)
        if isinstance(item, ListOf) and isinstance(item.item, RecordOf):
            return StepGroups("[]v1alpha1.ParallelSteps", "a list of lists of steps", aborts=True, step=item.item)
        return _list_of(item)
    if note.startswith("dict[str, ") and note.endswith("]"):
        item = _kind(note[10:-1], names)
        return MapOf(f"map[string]{item.go}", "a mapping", item=item)
    found = names[note]
    if not (isinstance(found, type) and issubclass(found, Record)):
        raise TypeError(f"{note} is no type of the manifest model")
    return record_kind(found)

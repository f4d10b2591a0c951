"""The model as a JSON Schema (draft 2020-12), for editors and other tools.

It allows what ``load`` accepts, from the same table of fields: unknown fields are refused in every record.  Looser on
purpose is nothing; stricter is one thing: lists and mappings where Argo reads an AnyString, which it turns into an
empty text.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from tiphys.core.manifest import fieldhelp
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.kinds import (
    AnyText,
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
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups

DIALECT = "https://json-schema.org/draft/2020-12/schema"
API_VERSION = "argoproj.io/v1alpha1"
_QUANTITY = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$"


def schema(kinds: Sequence[str] = ()) -> JsonObject:
    """The schema of a document of one of the kinds; of all of them when none are given.

    Raises:
        KeyError: a kind is unknown.
    """
    chosen = {kind: KINDS[kind] for kind in kinds or KINDS}
    definitions = _Definitions()
    branches: list[JsonValue] = []
    for kind, record in chosen.items():
        top = definitions.document(kind, record)
        branches.append({"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": top})
    head: JsonObject = {"$schema": DIALECT, "title": " or ".join(chosen), "type": "object", "required": ["kind"]}
    known: JsonObject = {"kind": {"enum": list(chosen)}}
    return {**head, "properties": known, "allOf": branches, "$defs": definitions.made()}


class _Definitions:
    """The definitions that are named so far; records hold one another, so each is made once."""

    def __init__(self) -> None:
        self._made: JsonObject = {}

    def made(self) -> JsonObject:
        """All definitions by name."""
        return dict(sorted(self._made.items()))

    def document(self, kind: str, record: type[Record]) -> JsonObject:
        """A reference to a kind; its own name and version are fixed."""
        reference = self.record(record)
        definition = self._made[record.__name__]
        properties = definition["properties"] if isinstance(definition, dict) else None
        if isinstance(properties, dict):
            properties["kind"] = {"const": kind}
            properties["apiVersion"] = {"const": API_VERSION}
        return reference

    def record(self, record: type[Record]) -> JsonObject:
        """A reference to a record, whose definition is made when it is first named."""
        name = record.__name__
        if name not in self._made:
            self._made[name] = {}  # a record may hold itself
            properties: JsonObject = {}
            for field, known in record_kind(record).table().items():
                text = fieldhelp.description(record, field)
                described: JsonObject = {"description": text} if text else {}
                properties[field] = {**self.value(known.kind), **described}
            self._made[name] = {"type": "object", "additionalProperties": False, "properties": properties}
        return {"$ref": f"#/$defs/{name}"}

    def value(self, kind: Kind) -> JsonObject:
        """The schema of a value."""
        if isinstance(kind, RecordOf):
            return self.record(kind.record)
        if isinstance(kind, ListOf):
            return {"type": "array", "items": self.value(kind.item)}
        if isinstance(kind, MapOf):
            return {"type": "object", "additionalProperties": self.value(kind.item)}
        if isinstance(kind, StepGroups):
            return {"type": "array", "items": {"type": "array", "items": self.record(kind.step.record)}}
        return _scalar(kind)


def _scalar(kind: Kind) -> JsonObject:
    for cls, found in _SCALARS.items():
        if type(kind) is cls:
            return dict(found)
    if isinstance(kind, Integer):
        return {"type": "integer", "minimum": kind.smallest, "maximum": kind.largest}
    if isinstance(kind, IntOrText):
        return {"type": ["string", "number" if kind.fractions else "integer"]}
    if isinstance(kind, Mapping):
        return {"type": "object", "minProperties": 1, "maxProperties": 1} if kind.single else {"type": "object"}
    return {}


_SCALARS: MappingType[type[Kind], JsonObject] = {
    Text: {"type": "string"},
    Boolean: {"type": "boolean"},
    Number: {"type": "number"},
    AnyText: {"type": ["string", "number", "boolean"]},
    QuantityText: {"type": ["string", "number"], "pattern": _QUANTITY},
    Moment: {"type": ["string", "null"], "format": "date-time"},
    Base64Text: {"type": "string", "contentEncoding": "base64"},
}

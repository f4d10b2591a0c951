"""Text → model → text loses nothing, for every field of every record of every kind."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.core.manifest.test_jsonschema import holds

from tiphys.core.manifest import decode, encode, yaml
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.gotypes import struct_name
from tiphys.core.manifest.jsonschema import schema
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
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups

SCHEMA = Path("/work/shared/spec/schema.json")
_KEY = st.text("abcdefghijklmnopqrstuvwxyz.-/0", min_size=1, max_size=6)
_TEXT = st.one_of(st.text(max_size=6), st.sampled_from(["true", "1", "1e3", "~", "a: b", "{{x}}", "|", "- a", "é\n b"]))
_SCALARS: dict[type[Kind], st.SearchStrategy[Any]] = {
    Text: _TEXT,
    AnyText: _TEXT,
    Boolean: st.booleans(),
    Number: st.integers(-1000, 1000).map(float),
    IntOrText: st.one_of(st.integers(-9, 9), st.text("abc", min_size=1, max_size=3)),
    QuantityText: st.sampled_from(["1", "500m", "1Gi", "0.5", "100M"]),
    Moment: st.sampled_from(["2026-01-31T12:00:00Z", "1999-12-31T23:59:59Z"]),
    Base64Text: st.binary(max_size=4).map(lambda raw: __import__("base64").b64encode(raw).decode()),
}
_ANY = st.recursive(
    st.one_of(st.booleans(), st.integers(-99, 99), _TEXT), lambda inner: st.lists(inner, max_size=2), max_leaves=4
)


def records(kinds: tuple[type[Record], ...]) -> list[type[Record]]:
    """Every record below some, each once."""
    found: dict[type[Record], None] = {}
    pending = list(kinds)
    while pending:
        record = pending.pop()
        if record not in found:
            found[record] = None
            pending += [each for field in record_kind(record).table().values() for each in inner_records(field.kind)]
    return sorted(found, key=lambda each: each.__name__)


def inner_records(kind: Kind) -> Iterator[type[Record]]:
    """The record inside of lists and mappings."""
    if isinstance(kind, ListOf | MapOf):
        yield from inner_records(kind.item)
    elif isinstance(kind, StepGroups):
        yield kind.step.record
    elif isinstance(kind, RecordOf):
        yield kind.record


ALL = records(tuple(KINDS.values()))


def values(kind: Kind, depth: int) -> st.SearchStrategy[Any]:
    """Values that a field of a kind can have."""
    if isinstance(kind, RecordOf):
        return data_of(kind.record, depth - 1)
    if isinstance(kind, ListOf):
        return st.lists(values(kind.item, depth), min_size=1, max_size=2)
    if isinstance(kind, MapOf):
        return st.dictionaries(_KEY, values(kind.item, depth), min_size=1, max_size=2)
    if isinstance(kind, StepGroups):
        step = data_of(kind.step.record, depth - 1)
        return st.lists(st.lists(step, min_size=1, max_size=2), min_size=1, max_size=2)
    if isinstance(kind, Integer):
        return st.integers(kind.smallest, kind.largest)
    if isinstance(kind, Mapping):
        return st.dictionaries(_KEY, _ANY, min_size=1, max_size=1 if kind.single else 3)
    return next((found for cls, found in _SCALARS.items() if type(kind) is cls), _ANY)


def later(kind: Kind, depth: int) -> st.SearchStrategy[Any]:
    """The values of a kind, made when they are first drawn: records hold one another."""
    return st.deferred(lambda: values(kind, depth))


@functools.cache
def data_of(record: type[Record], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Plain data of a record with any of its fields; below ``depth`` levels nested records are empty."""
    if depth < 0:
        return st.just({})
    table = record_kind(record).table()
    fields = {name: later(field.kind, depth) for name, field in table.items()}
    return st.fixed_dictionaries({}, optional=fields)


@pytest.mark.parametrize("record", [pytest.param(each, id=each.__name__) for each in ALL])
@given(st.data())
@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_record(record: type[Record], data: st.DataObject) -> None:
    """With every field set one after the other, then with any of them."""
    table = record_kind(record).table()
    whole = {name: data.draw(values(field.kind, 1), label=name) for name, field in table.items()}
    for given_ in (whole, data.draw(data_of(record, 2))):
        same(record, given_)


def same(record: type[Record], data: dict[str, Any]) -> None:
    found = decode.check(record, data)
    assert found.record is not None, found.problems
    written = encode.to_data(found.record)
    assert without_empty(written) == without_empty(data)
    assert decode.decode(record, written) == found.record
    again = yaml.parse(encode.to_yaml(found.record))[0].data
    assert again == written


def without_empty(data: Any) -> Any:
    """Absent and empty text are one for fields that have no third state (required names)."""
    if isinstance(data, dict):
        return {key: without_empty(value) for key, value in data.items() if value != ""}
    return [without_empty(each) for each in data] if isinstance(data, list) else data


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
def test_every_kind_as_text(kind: str, data: st.DataObject) -> None:
    body = data.draw(data_of(KINDS[kind], 4))
    whole = {**body, "apiVersion": "argoproj.io/v1alpha1", "kind": kind}
    loaded = load(yaml.dump(whole), "f.yaml")
    assert [finding.message for finding in loaded.diagnostics] == []
    manifest = loaded.documents[0].manifest
    assert load(encode.to_yaml(manifest), "again").documents[0].manifest == manifest
    assert load(encode.to_json(manifest), "again").documents[0].manifest == manifest
    assert without_empty(encode.to_data(manifest)) == without_empty(whole)
    assert holds(editors_schema(), whole, editors_schema())


@functools.cache
def editors_schema() -> dict[str, Any]:
    return dict(schema())


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the specification is not on this machine")
def test_every_definition_of_the_schema_is_a_record_with_its_fields() -> None:
    """All that can be reached from the kinds of the schema; the others are messages of Argo's API and of Argo Events."""
    text = json.loads(SCHEMA.read_text())
    definitions = text["definitions"]
    own = {"Artifact": {"file"}, "ArtifactLocation": {"file"}, "ArtifactPaths": {"file"}}  # ours, not Argo's
    tables = [(struct_name(each.__name__), frozenset(record_kind(each).table())) for each in ALL]
    ours = {(name, fields - own.get(name, set())) for name, fields in tables}
    pending, seen = [each["$ref"] for each in text["oneOf"]], set()
    while pending:
        name = pending.pop().rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            pending += re.findall(r'"\$ref": "([^"]+)"', json.dumps(definitions[name]))
    compared = {name for name in seen if "properties" in definitions[name]}
    lost = {
        name for name in compared if (name.rpartition(".")[2], frozenset(definitions[name]["properties"])) not in ours
    }
    assert not lost
    assert len(compared) > 200

"""The JSON Schema says of a document what the decoder says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tiphys.core.manifest import yaml
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.jsonschema import schema
from tiphys.core.manifest.load import load
from tiphys.core.manifest.objects import KINDS

EXAMPLES = Path("/work/shared/corpus/examples")
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),),
    "integer": (int,), "number": (int, float),
}  # fmt: skip
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "format", "contentEncoding", "type", "enum", "const", "required",
    "properties", "additionalProperties", "minProperties", "maxProperties", "items", "minimum", "maximum", "pattern",
    "allOf", "if", "then",
}  # fmt: skip


def holds(rule: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """Whether a value satisfies a schema; only the words that our schema uses, others are an error."""
    assert set(rule) <= KNOWN, set(rule) - KNOWN
    if "$ref" in rule and not holds(root["$defs"][rule["$ref"].rpartition("/")[2]], value, root):
        return False
    types = rule.get("type", [])
    wanted = [types] if isinstance(types, str) else types
    if wanted and not any(isinstance(value, TYPES[each]) for each in wanted):
        return False
    if wanted and isinstance(value, bool) and "boolean" not in wanted:
        return False
    if ("enum" in rule and value not in rule["enum"]) or ("const" in rule and value != rule["const"]):
        return False
    if isinstance(value, str) and "pattern" in rule and not re.search(rule["pattern"], value):
        return False
    if isinstance(value, int) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        return False
    if isinstance(value, list) and "items" in rule and not all(holds(rule["items"], each, root) for each in value):
        return False
    if isinstance(value, dict) and not object_holds(rule, value, root):
        return False
    if "if" in rule and holds(rule["if"], value, root) and not holds(rule["then"], value, root):
        return False
    return all(holds(each, value, root) for each in rule.get("allOf", ()))


def object_holds(rule: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> bool:
    """The words about objects."""
    if not rule.get("minProperties", 0) <= len(value) <= rule.get("maxProperties", len(value)):
        return False
    if not set(rule.get("required", ())) <= set(value):
        return False
    known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    for key, each in value.items():
        inner = known.get(key, others)
        if inner is False or (isinstance(inner, dict) and not holds(inner, each, root)):
            return False
    return True


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return schema()


def document(spec: str, kind: str = "Workflow") -> str:
    return f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"


GOOD = [
    "{entrypoint: a, arguments: {parameters: [{name: a, value: 1}, {name: b, value: true}, {name: c, value: x}]}}",
    "{templates: [{name: a, retryStrategy: {limit: 3, backoff: {factor: 1.5}}}, {retryStrategy: {limit: '{{a}}'}}]}",
    "{templates: [{steps: [[{name: a, withItems: [1, x, {a: [b]}]}]]}]}",
    "{templates: [{container: {image: a, resources: {limits: {memory: 100Mi, cpu: 0.5, x: 2}}}}]}",
    "{templates: [{plugin: {hello: {}}}, {script: {source: x, ports: [{containerPort: 1}]}}]}",
    "{templates: [{http: {bodyFrom: {bytes: aGk=}}, metrics: {prometheus: [{histogram: {buckets: [1, 2.5]}}]}}]}",
]
BAD = [
    "{entryPoint: a}",
    "{parallelism: '1'}",
    "{parallelism: 1.5}",
    "{priority: 3000000000}",
    "{entrypoint: 1}",
    "{suspend: 'true'}",
    "{templates: {name: a}}",
    "{templates: [{steps: [{name: a}]}]}",
    "{templates: [{steps: [[{nam: a}]]}]}",
    "{templates: [{retryStrategy: {limit: 1.5}}]}",
    "{templates: [{plugin: {a: {}, b: {}}}]}",
    "{templates: [{container: {resources: {limits: {memory: 100MiB}}}}]}",
    "{nodeSelector: {a: 1}}",
    "[]",
]


@pytest.mark.parametrize("spec", GOOD + BAD)
def test_it_agrees_with_the_decoder(spec: str, whole: dict[str, Any]) -> None:
    text = document(spec)
    accepted = not load(text, "a.yaml").diagnostics
    assert accepted is (spec in GOOD)
    assert holds(whole, yaml.parse(text)[0].data, whole) is accepted


def test_kinds(whole: dict[str, Any]) -> None:
    cron = {"kind": "CronWorkflow", "apiVersion": "argoproj.io/v1alpha1", "spec": {"schedules": ["@daily"]}}
    assert holds(whole, cron, whole) and not holds(whole, {**cron, "kind": "Workflow"}, whole)
    only = schema(["CronWorkflow"])
    assert holds(only, cron, only) and not holds(only, {"kind": "Workflow"}, only)
    assert not holds(whole, {"kind": "ConfigMap"}, whole) and not holds(whole, {}, whole)
    assert not holds(whole, {**cron, "apiVersion": "v1"}, whole)
    with pytest.raises(KeyError):
        schema(["ConfigMap"])


def test_every_record_is_closed_and_every_reference_leads_somewhere(whole: dict[str, Any]) -> None:
    definitions = whole["$defs"]
    assert set(KINDS) <= set(definitions) and len(definitions) > 200
    for name, rule in definitions.items():
        assert rule["additionalProperties"] is False, name
    references = set(re.findall(r"#/\$defs/(\w+)", str(whole)))
    assert references == set(definitions)


def test_every_field_of_a_kind_is_there(whole: dict[str, Any]) -> None:
    for kind, record in KINDS.items():
        assert set(whole["$defs"][kind]["properties"]) == set(record_kind(record).table())


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the corpus of Argo's examples is not on this machine")
def test_it_accepts_the_examples_that_decode(whole: dict[str, Any]) -> None:
    count = 0
    for file in sorted(EXAMPLES.glob("*.yaml")):
        for found in load(file.read_bytes(), file.name).documents:
            count += 1
            assert holds(whole, found.data, whole), f"{file.name} {found.name}"
    assert count > 100

"""Explaining fields."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.manifest.fieldhelp import SHORT, UnknownFieldError, _texts, description, explain
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.jsonschema import schema
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.objects import KINDS

_ALL_IMPORTED = [KINDS[kind] for kind in KINDS]
RECORDS = {record.__name__: record for record in Record.__subclasses__()}


@pytest.mark.parametrize(
    ("path", "full", "kind"),
    [
        ("workflow", "workflow", "Workflow"),
        ("wf.spec.templates.retrystrategy", "workflow.spec.templates.retryStrategy", "RetryStrategy"),
        ("workflow.spec.templates[].steps", "workflow.spec.templates.steps", "list of lists of WorkflowStep"),
        ("wf.spec.templates.steps.withItems", "workflow.spec.templates.steps.withItems", "list of any value"),
        ("wf.spec.hooks.exit.template", "workflow.spec.hooks.exit.template", "string"),
        ("wf.spec.hooks.template", "workflow.spec.hooks.template", "string"),
        ("wf.spec.nodeSelector.zone", "workflow.spec.nodeSelector.zone", "string"),
        ("cwf.spec.schedules", "cronworkflow.spec.schedules", "list of string"),
        ("wf.spec.templates.plugin", "workflow.spec.templates.plugin", "map of any value"),
        ("wf.spec.templates.retryStrategy.backoff.factor", "workflow.spec.templates.retryStrategy.backoff.factor",
         "number or string"),
        ("wf.spec.arguments.parameters.value", "workflow.spec.arguments.parameters.value",
         "string, number or boolean"),
        ("wf.spec.volumes.emptyDir.sizeLimit", "workflow.spec.volumes.emptyDir.sizeLimit", "quantity"),
    ],
)  # fmt: skip
def test_paths_and_types(path: str, full: str, kind: str) -> None:
    found = explain(path)
    assert (found.path, found.type) == (full, kind)


def test_children_have_types_and_texts() -> None:
    children = {child.name: child for child in explain("workflow.spec.templates.retryStrategy").children}
    assert set(children) == {"affinity", "backoff", "expression", "limit", "retryPolicy"}
    assert children["limit"].type == "integer or string" and children["limit"].text.startswith("how many attempts")
    assert explain("wf.spec.entrypoint").children == ()


def test_fields_of_kubernetes_have_types_only() -> None:
    found = explain("workflow.spec.volumes.emptyDir")
    assert found.text == "" and {child.name: child.type for child in found.children}["medium"] == "string"


@pytest.mark.parametrize(
    ("path", "message", "near"),
    [
        ("worfklow.spec", "there is no kind worfklow", "workflow"),
        ("workflow.spec.entripoint", "workflow.spec has no field entripoint", "entrypoint"),
        ("workflow.spec.entrypoint.a", "workflow.spec.entrypoint is string and has no fields", None),
        ("workflow.spec.hooks.exit.a.b", "workflow.spec.hooks.exit has no field a", None),
        ("", "there is no kind ", None),
    ],
)
def test_what_does_not_exist(path: str, message: str, near: str | None) -> None:
    with pytest.raises(UnknownFieldError) as caught:
        explain(path)
    assert (caught.value.message, caught.value.near) == (message, near)


def test_the_table_names_only_fields_that_exist() -> None:
    used = set()
    for record, texts in _texts().items():
        if record == "*":
            continue
        assert set(texts) <= set(record_kind(RECORDS[record]).table()), record
    for each in RECORDS.values():
        used |= set(record_kind(each).table())
    assert set(_texts()["*"]) <= used


def test_every_field_that_a_person_writes_has_a_text() -> None:
    silent = []
    pending, seen = ["WorkflowSpec", "CronWorkflowSpec", "WorkflowEventBindingSpec"], set()
    definitions: Any = schema()["$defs"]
    while pending:
        name = pending.pop()
        if name in seen or record_kind(RECORDS[name]).go.startswith("v1."):
            continue
        seen.add(name)
        silent += [
            f"{name}.{field}" for field in record_kind(RECORDS[name]).table() if not description(RECORDS[name], field)
        ]
        pending += [other for other in definitions if f'"#/$defs/{other}"' in str(definitions[name]).replace("'", '"')]
    assert silent == [] and len(seen) > 60


def test_short_names_are_of_kinds() -> None:
    assert set(SHORT.values()) == set(KINDS) - {"WorkflowTaskResult"}  # it has no short name

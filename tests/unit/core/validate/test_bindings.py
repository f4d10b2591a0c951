"""WorkflowEventBindings and templates of the same name."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.load import load
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

TEMPLATE = """\
kind: WorkflowTemplate
metadata: {name: wt}
spec: {entrypoint: a, templates: [{name: a, suspend: {}}]}
---
"""
GOOD = """\
kind: WorkflowEventBinding
metadata: {name: b}
spec:
  event: {selector: payload.message != ""}
  submit:
    metadata: {generateName: '"run-" + payload.id'}
    workflowTemplateRef: {name: wt}
    arguments: {parameters: [{name: m, valueFrom: {event: payload.message}}]}
"""


def found(text: str) -> list[tuple[str, str]]:
    loaded = load(text, "f.yaml")
    assert loaded.diagnostics == ()
    library = Library(document.manifest for document in loaded.documents)
    options = CheckOptions(strict_refs=False)
    return [
        (item.code, item.message)
        for document in loaded.documents
        for item in check_document(document, library, options).diagnostics
    ]


def test_a_good_binding() -> None:
    assert found(TEMPLATE + GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "code", "text"),
    [
        ('payload.message != ""', "payload.message !=", "T291", "cannot be read"),
        ("event: payload.message}", "event: 'payload.'}", "T291", "cannot be read"),
        ("valueFrom: {event: payload.message}", "value: x", "T298", 'malformed workflow template parameter "m"'),
        ("name: wt}", "name: wx}", "T206", "WorkflowTemplate 'wx' is not among the files given"),
        ('selector: payload.message != ""', "", "T298", "without a selector"),
        ("payload.id'", "payload.id +'", "T291", "cannot be read"),
    ],
)
def test_a_bad_binding(good: str, bad: str, code: str, text: str) -> None:
    assert GOOD.count(good) == 1
    findings = found(TEMPLATE + GOOD.replace(good, bad))
    assert [each[0] for each in findings] == [code]
    assert text in findings[0][1]


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "ClusterWorkflowTemplate"])
def test_two_templates_of_one_name(kind: str) -> None:
    text = TEMPLATE.replace("WorkflowTemplate", kind)
    assert found(text) == []
    assert found(text + text) == [("T204", f'duplicate {kind} found: "wt"')]
    assert found(text + text.replace("name: wt", "name: other")) == []


def test_the_same_name_in_two_namespaces() -> None:
    assert (
        found(
            TEMPLATE.replace("name: wt", "name: wt, namespace: a")
            + TEMPLATE.replace("name: wt", "name: wt, namespace: b")
        )
        == []
    )

"""Templates outside the files of a call: errors where a manifest is run, warnings where it is only read."""

from __future__ import annotations

import pytest
from tests.unit.core.validate.validate_documents import workflow

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.validate.check import check_document
from tiphys.core.validate.options import CheckOptions

BY_STEP = """
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, templateRef: {name: out, template: t}}
    - - {name: b, template: c, arguments: {parameters: [{name: p, value: "{{steps.a.outputs.parameters.x}}"}]}}
  - {name: c, inputs: {parameters: [{name: p}]}, suspend: {}}
"""
AS_A_WHOLE = "  workflowTemplateRef: {name: out}\n"
IN_CLUSTER = "  workflowTemplateRef: {name: out, clusterScope: true}\n"


@pytest.mark.parametrize(
    ("spec", "kind"),
    [(BY_STEP, "WorkflowTemplate"), (AS_A_WHOLE, "WorkflowTemplate"), (IN_CLUSTER, "ClusterWorkflowTemplate")],
)
def test_lenient_references_are_warnings(spec: str, kind: str) -> None:
    document = workflow(spec)
    found = check_document(document, options=CheckOptions(strict_refs=False, advise=False)).diagnostics
    assert [(each.code, each.severity) for each in found] == [("T206", Severity.WARNING)]
    assert found[0].message == f"{kind} 'out' is not among the files given, so what it holds is not checked"
    assert found[0].argo is None


@pytest.mark.parametrize("spec", [BY_STEP, AS_A_WHOLE, IN_CLUSTER])
def test_strict_references_are_errors_with_the_text_of_argo(spec: str) -> None:
    errors = check_document(workflow(spec)).errors
    assert len(errors) == 1 and errors[0].argo is not None and "not found" in errors[0].argo

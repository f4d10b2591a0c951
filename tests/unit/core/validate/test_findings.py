"""Findings are gathered, placed and explained."""

from __future__ import annotations

import pytest
from tests.unit.core.validate.validate_documents import argo, check, documents, template, workflow

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.check import check_workflow
from tiphys.core.validate.codes import SUMMARIES, Code
from tiphys.core.validate.library import Library
from tiphys.core.validate.valid import ValidWorkflow

LIBRARY = """
kind: WorkflowTemplate
metadata: {name: l}
spec:
  entrypoint: lt
  arguments: {parameters: [{name: q, value: v}]}
  templates:
  - {name: lt, inputs: {parameters: [{name: q}]}, container: {image: a}}
  - {name: broken, container: {image: ''}}
---
kind: ClusterWorkflowTemplate
metadata: {name: c}
spec: {templates: [{name: ct, container: {image: a}}]}
"""


def _library() -> Library:
    return Library(item.manifest for item in documents(LIBRARY))


def test_every_code_has_a_summary_and_is_unique() -> None:
    assert set(SUMMARIES) == set(Code)
    assert all(code.value.startswith("T2") for code in Code)


def test_a_broken_template_does_not_hide_the_next() -> None:
    report = check(
        workflow(
            "entrypoint: t\ntemplates:\n"
            "- {name: t, steps: [[{name: a, template: nope}, {name: b, template: bad}]]}\n"
            "- {name: bad, container: {image: ''}}\n"
            "- {name: worse, container: {image: a, args: ['{{inputs.parameters.z}}']}}\n"
        )
    )
    assert argo(report) == [
        "templates.t.steps[0].a template name 'nope' undefined",
        "templates.t.steps[0].b templates.bad.container.image may not be empty",
        "templates.worse templates.worse: failed to resolve {{inputs.parameters.z}}",
    ]
    assert report.valid is None


def test_one_mistake_is_reported_once() -> None:
    body = "steps: [[{name: a, template: bad}], [{name: b, template: bad}]]"
    report = check(template(body, "- {name: bad, container: {image: ''}}"))
    assert argo(report) == ["templates.t.steps[0].a templates.bad.container.image may not be empty"]


def test_an_unknown_template_offers_everything() -> None:
    report = check(
        template(
            "steps:\n- - {name: a, template: nope}\n- - name: b\n    template: p\n    arguments: "
            "{parameters: [{name: q, value: '{{steps.a.outputs.result}}'}]}"
        )
    )
    assert argo(report) == ["templates.t.steps[0].a template name 'nope' undefined"]


def test_the_place_is_that_of_the_value() -> None:
    text = "kind: Workflow\nspec:\n  entrypoint: t\n  templates:\n  - name: t\n    container:\n      image: ''\n"
    finding = check(documents(text)[0]).errors[0]
    assert finding.path == ("spec", "templates", 0, "container")
    assert finding.span is not None
    assert finding.span.line in {6, 7}


def test_hints_name_what_is_near() -> None:
    report = check(template("steps: [[{name: a, template: sux}]]"))
    assert report.errors[0].hint == "did you mean 'su'?"
    report = check(
        template(
            "inputs: {parameters: [{name: size, default: '1'}]}\n"
            "container: {image: a, args: ['{{inputs.parameters.sise}}']}"
        )
    )
    assert report.errors[0].hint == "did you mean 'inputs.parameters.size'?"


def test_templates_of_the_library() -> None:
    body = "steps: [[{name: a, templateRef: {name: l, template: %s}}]]"
    library = _library()
    assert argo(check(template(body % "nope"), library=library)) == [
        "templates.t.steps[0].a template reference l.nope not found"
    ]
    assert argo(check(template(body % "lt"), library=library)) == [
        "templates.t.steps[0].a templates.lt inputs.parameters.q was not supplied"
    ]
    broken = check(template(body % "broken"), library=library).errors[0]
    assert broken.argo == "templates.t.steps[0].a templates.broken.container.image may not be empty"
    assert broken.path == ("spec", "templates", 0, "steps", 0, 0)
    assert "WorkflowTemplate l" in broken.message
    cluster = "steps: [[{name: a, templateRef: {name: c, template: ct, clusterScope: true}}]]"
    assert argo(check(template(cluster), library=library)) == []


def test_a_workflow_of_a_template_has_its_arguments() -> None:
    library = _library()
    assert argo(check(workflow("workflowTemplateRef: {name: l}"), library=library)) == [
        "templates.broken templates.broken.container.image may not be empty"
    ]
    nope = check(workflow("workflowTemplateRef: {name: l}\nentrypoint: nope"), library=library)
    assert argo(nope)[0] == "template reference l.nope not found"


def test_a_template_alone_may_leave_its_inputs_open() -> None:
    found = documents(LIBRARY.replace("image: ''", "image: a"))
    assert [check(item).errors for item in found] == [(), ()]


def test_recursion_and_long_chains_end() -> None:
    names = [f"t{at}" for at in range(300)]
    templates = "\n".join(
        f"- {{name: {name}, steps: [[{{name: a, template: {after}}}]]}}"
        for name, after in zip(names, [*names[1:], "t0"], strict=True)
    )
    report = check(workflow(f"entrypoint: t0\ntemplates:\n{templates}"))
    assert argo(report) == []


def test_cron_workflows() -> None:
    text = (
        "kind: CronWorkflow\nmetadata: {name: c}\nspec:\n"
        "  schedules: ['* * *', '61 * * * *', '@every 1h', '*/5 0-6 * jan mon']\n"
        "  concurrencyPolicy: Z\n  workflowSpec: {entrypoint: t, arguments: {parameters: [{name: p}]}, "
        "templates: [{name: t, suspend: {}}]}\n"
    )
    assert argo(check(documents(text)[0])) == [
        "cron schedule * * * is malformed: expected exactly 5 fields, found 3: [* * *]",
        "cron schedule 61 * * * * is malformed: end of range (61) above maximum (59): 61",
        "'Z' is not a valid concurrencyPolicy",
        "cannot validate Workflow: spec.arguments.p.value or spec.arguments.p.valueFrom is required",
    ]


def test_an_open_tag_is_an_error() -> None:
    report = check(template("container: {image: a, args: ['{{inputs.parameters.x']}"))
    assert [item.message for item in report.errors] == ["a tag is opened with '{{' and never closed"]


def test_only_the_checker_makes_a_valid_workflow() -> None:
    document = template("container: {image: a}")
    valid = check_workflow(document).valid
    assert valid is not None
    assert valid.document is document
    assert valid.workflow is document.manifest
    with pytest.raises(TypeError):
        ValidWorkflow(workflow=Workflow(), token=object())
    with pytest.raises(AttributeError):
        valid.workflow = Workflow()  # type: ignore[misc]


def test_kinds_are_not_mixed_up() -> None:
    with pytest.raises(TypeError):
        check_workflow(documents(LIBRARY)[0])


def test_warnings_do_not_refuse() -> None:
    report = check_workflow(workflow("entrypoint: t\ntemplates: [{name: t, suspend: {}}, {name: u, suspend: {}}]"))
    assert [item.severity for item in report.diagnostics] == [Severity.WARNING]
    assert report.valid is not None


def test_submit_is_not_for_templates() -> None:
    text = (
        "kind: WorkflowTemplate\nmetadata: {name: l}\n"
        "spec: {arguments: {parameters: [{name: q}]}, templates: [{name: t, suspend: {}}]}"
    )
    assert argo(check(documents(text)[0], lint=False, submit=True)) == []

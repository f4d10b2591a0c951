"""What the schemas of the custom resources refuse: a warning of lint, an error for what is about to run."""

from __future__ import annotations

import pytest
from tests.unit.core.validate.validate_documents import template, workflow

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import load
from tiphys.core.validate.check import check_document
from tiphys.core.validate.codes import Code
from tiphys.core.validate.library import EMPTY
from tiphys.core.validate.options import CheckOptions


def found(document: Document, *, submit: bool = False) -> list[tuple[str, Severity]]:
    options = CheckOptions(lint=not submit, submit=submit, advise=not submit)
    report = check_document(document, EMPTY, options)
    return [(item.message, item.severity) for item in report.diagnostics if item.code == Code.CLUSTER_SCHEMA]


CONTAINER = "container: {image: a}\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            CONTAINER + "outputs: {artifacts: [{name: o, path: /o, raw: {data: a}, s3: {key: k}}]}",
            "at most one artifact location",
        ),
        ("steps: [[{name: a, template: x}]]\nparallelism: 0", "Invalid value: 0: should be greater than or equal to 1"),
        (
            "resource: {action: get, manifest: a, manifestFrom: {artifact: {name: a}}}",
            "only one of manifest or manifestFrom",
        ),
        ("resource: {action: patch, mergeStrategy: x, manifest: 'a: b'}", 'Unsupported value: "x"'),
        ("http: {method: GET}", "url: Required value"),
        (CONTAINER + "outputs: {artifacts: [{name: o, path: /o, mode: 512}]}", "should be less than or equal to 511"),
        (
            CONTAINER + "outputs: {artifacts: [{name: o, path: /o, artifactGC: {strategy: Later}}]}",
            'Unsupported value: "Later"',
        ),
    ],
)
def test_templates(body: str, text: str) -> None:
    warned, refused = found(template(body)), found(template(body), submit=True)
    assert [text in message for message, _ in warned] == [True]
    assert [severity for _, severity in warned] == [Severity.WARNING]
    assert [severity for _, severity in refused] in ([Severity.ERROR], [])


@pytest.mark.parametrize(
    "body",
    [
        "dag: {tasks: [{name: a, template: x}, {name: 1a, template: x, depends: a}]}",
        "dag: {tasks: [{name: a, template: x}, {name: b, template: x, depends: a, dependencies: [a]}]}",
        "steps: [[{name: a, template: x, withSequence: {count: '1', end: '2'}}]]",
        "resource: {action: fetch, manifest: 'a: b'}",
        "retryStrategy: {retryPolicy: Never}\ncontainer: {image: a}",
        "container: {image: a}\nscript: {image: a, command: [sh], source: b}",
    ],
)
def test_what_is_an_error_already_is_said_once(body: str) -> None:
    document = template(body)
    assert check_document(document, EMPTY).errors
    assert found(document) == []


def test_limits_of_a_cluster_never_refuse_a_run() -> None:
    many = "".join(f"- {{name: t{at}, suspend: {{}}}}\n" for at in range(201))
    document = workflow(f"entrypoint: t0\ntemplates:\n{many}")
    assert found(document) == [
        ("a cluster refuses this: spec.templates: Too many: 201: must have at most 200 items", Severity.WARNING)
    ]
    assert found(document, submit=True) == [(found(document)[0][0], Severity.WARNING)]


def test_the_text_of_the_server() -> None:
    report = check_document(template("http: {method: GET}"), EMPTY, CheckOptions(submit=True, lint=False, advise=False))
    texts = [item.argo for item in report.errors if item.code == Code.CLUSTER_SCHEMA]
    assert texts == ['Workflow.argoproj.io "v-" is invalid: spec.templates[0].http.url: Required value']


def test_cron() -> None:
    spec = "{schedules: ['* * * * *'], workflowSpec: {workflowTemplateRef: {name: a}, parallelism: 0}}"
    document = load(f"kind: CronWorkflow\nmetadata: {{name: c}}\nspec: {spec}\n", "f.yaml").documents[0]
    assert [text for text, _ in found(document)] == [
        "a cluster refuses this: spec.workflowSpec.parallelism: Invalid value: 0: should be greater than or equal to 1"
    ]


def test_metrics() -> None:
    gauge = "{name: m, help: h, gauge: {realtime: true, value: '{{resourcesDuration.cpu}}'}}"
    messages = [text for text, _ in found(template(f"{CONTAINER}metrics: {{prometheus: [{gauge}]}}"))]
    assert len(messages) <= 1
    assert all("'resourcesDuration.*' metrics cannot be used in real-time gauges" in text for text in messages)
    operation = "{name: m, help: h, gauge: {operation: Mul, value: '1'}}"
    messages = [text for text, _ in found(template(f"{CONTAINER}metrics: {{prometheus: [{operation}]}}"))]
    assert len(messages) == 1 and 'Unsupported value: "Mul"' in messages[0]

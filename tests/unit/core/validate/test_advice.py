"""Findings beyond Argo's: what they fire on, and what they leave alone."""

from __future__ import annotations

import pytest
from tests.unit.core.validate.validate_documents import template, workflow

from tiphys.core.manifest.document import Document
from tiphys.core.validate.check import check_document
from tiphys.core.validate.codes import Code
from tiphys.core.validate.library import EMPTY
from tiphys.core.validate.options import CheckOptions

ALL_USED = "\n  - [{name: u1, template: x}, {name: u2, template: p, arguments: {parameters: [{name: q, value: v}]}}]"


def warnings(document: Document, code: Code, *, injection: bool = False) -> list[str]:
    report = check_document(document, EMPTY, CheckOptions(injection=injection))
    return [item.message for item in report.diagnostics if item.code == code]


@pytest.mark.parametrize(
    ("when", "fires"),
    [
        ("{{workflow.name}} == prod", False),
        ("'{{workflow.name}}' == 'a b'", False),
        ("!{{workflow.name}}", False),
        ("{{workflow.name}} > 10", False),
        ("{{=workflow.name == 'x'}}", False),
        ("{{workflow.name}} =~ '^a'", False),
        ("{{workflow.name}} == prod-eu", True),
        ("{{workflow.name}} == ((", True),
        ("{{workflow.name}} and true", True),
        ("'{{workflow.name}}' == 5", True),
        ("'{{workflow.name}}' == true", True),
        ("{{workflow.name}} == '5'", True),
        ("{{workflow.name}} == 'five'", False),
    ],
)
def test_when(when: str, fires: bool) -> None:
    quoted = when.replace('"', '\\"')
    found = warnings(template(f'steps: [[{{name: a, template: x, when: "{quoted}"}}]]'), Code.WHEN_SYNTAX)
    assert bool(found) == fires


@pytest.mark.parametrize(
    ("depends", "fires"),
    [
        ("a && b", False),
        ("a.Succeeded || a.Failed", False),
        ("!a", False),
        ("(a.Failed && !b.Succeeded) || b", False),
        ("a.Succeeded && a.Failed", True),
        ("a.Omitted && !a.Omitted", True),
        ("a &&", True),
        ("(a", True),
    ],
)
def test_depends(depends: str, fires: bool) -> None:
    task = f"{{name: c, template: x, depends: '{depends}'}}"
    tasks = f"dag: {{tasks: [{{name: a, template: x}}, {{name: b, template: x}}, {task}]}}"
    assert bool(warnings(template(tasks), Code.DEPENDS_SYNTAX)) == fires


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("retryStrategy: {backoff: {duration: 1d}}\ncontainer: {image: a}", True),
        ("retryStrategy: {backoff: {duration: '10', factor: 2, maxDuration: 1h30m}}\ncontainer: {image: a}", False),
        ("suspend: {duration: 1d}", True),
        ("suspend: {duration: '20'}", False),
        ("suspend: {duration: '{{workflow.name}}'}", False),
        ("timeout: abc\ncontainer: {image: a}", True),
    ],
)
def test_durations(body: str, fires: bool) -> None:
    assert bool(warnings(template(body), Code.DURATION_DAYS)) == fires


def test_hint_for_days() -> None:
    report = check_document(template("suspend: {duration: 2d}"))
    assert [item.hint for item in report.diagnostics if item.code == Code.DURATION_DAYS] == ["write 48h"]


def test_unknown_argument() -> None:
    call = "steps: [[{name: a, template: p, arguments: {parameters: [{name: q, value: v}, {name: qq, value: v}]}}]]"
    assert warnings(template(call), Code.ARGUMENT_UNKNOWN) == [
        "template 'p' has no input parameter 'qq': the argument is ignored"
    ]


def test_unused() -> None:
    document = workflow(
        "entrypoint: t\narguments: {parameters: [{name: used, value: v}, {name: unused, value: v}]}\n"
        "templates:\n- name: t\n  inputs: {parameters: [{name: i, value: '{{workflow.parameters.used}}'}]}\n"
        "  container: {image: a}\n- {name: u, suspend: {}}\n"
    )
    assert warnings(document, Code.TEMPLATE_UNUSED) == ["nothing calls the template 'u'"]
    assert warnings(document, Code.PARAMETER_UNUSED) == [
        "the input 'i' of template 't' is never read",
        "nothing reads the argument 'unused'",
    ]


def test_templates_with_dynamic_names_count_as_used() -> None:
    document = workflow(
        "entrypoint: t\ntemplates:\n- {name: t, steps: [[{name: a, template: 'u{{workflow.name}}'}]]}\n"
        "- {name: u, suspend: {}}"
    )
    assert warnings(document, Code.TEMPLATE_UNUSED) == []


def test_secrets() -> None:
    body = (
        "container:\n  image: a\n  env:\n  - {name: DB_PASSWORD, value: hunter22}\n"
        "  - {name: TOKEN, value: '{{workflow.name}}'}\n  - {name: TOKEN_FILE, value: /run/token}\n"
    )
    assert warnings(template(body), Code.SECRET_IN_TEXT) == [
        "the value of variable 'DB_PASSWORD' looks like a secret in plain text"
    ]


def test_injection_is_asked_for() -> None:
    document = template(
        "script: {image: a, command: [sh], source: 'echo {{workflow.parameters.s}}'}",
        "arguments: {parameters: [{name: s, value: v}]}",
    )
    assert warnings(document, Code.CODE_INJECTION) == []
    assert len(warnings(document, Code.CODE_INJECTION, injection=True)) == 1


def test_same_group() -> None:
    read = "{name: b, template: p, arguments: {parameters: [{name: q, value: '{{steps.a.outputs.result}}'}]}}"
    assert warnings(template(f"steps: [[{{name: a, template: x}}, {read}]]"), Code.SAME_GROUP)
    assert not warnings(template(f"steps: [[{{name: a, template: x}}], [{read}]]"), Code.SAME_GROUP)


def test_hook_template_and_output_value() -> None:
    hook = template("steps: [[{name: a, template: x, hooks: {exit: {template: nope}}}]]")
    assert warnings(hook, Code.HOOK_TEMPLATE) == ["the hook names the template 'nope', which does not exist"]
    value = template("steps: [[{name: a, template: x}]]\noutputs: {parameters: [{name: o, value: v}]}")
    assert len(warnings(value, Code.OUTPUT_VALUE)) == 1


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("container: {image: a, args: ['{{=workflow.name + ( }}']}", True),
        ("container: {image: a, args: ['{{=sprig.trim(workflow.name)}} {{=nosuch ?? 1}}']}", False),
        ("retryStrategy: {expression: 'lastRetry.exitCode =='}\ncontainer: {image: a}", True),
        ("retryStrategy: {expression: 'asInt(lastRetry.exitCode) > 1'}\ncontainer: {image: a}", False),
    ],
)
def test_expressions(body: str, fires: bool) -> None:
    assert bool(warnings(template(body), Code.EXPRESSION_SYNTAX)) == fires

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
    ("when", "hint"),
    [
        ("{{workflow.name}} = w", "compare with =="),
        ("{{workflow.name}} == 'w", "a quote is opened and never closed"),
        ("{{workflow.name}} == w and 1 == 1", "join conditions with && and ||, negate with !"),
        ("hello", "compare two values: a == b"),
        ("{{workflow.name}} == ((", "quote words with characters other than letters and digits"),
    ],
)
def test_hints_of_when(when: str, hint: str) -> None:
    report = check_document(template(f'steps: [[{{name: a, template: x, when: "{when}"}}]]'), EMPTY)
    assert [item.hint for item in report.diagnostics if item.code == Code.WHEN_SYNTAX] == [hint]


@pytest.mark.parametrize(
    ("limit", "fires"), [("three", True), ("'1.5'", True), ("'3'", False), ("2", False), ("'{{workflow.name}}'", False)]
)
def test_limits_of_retries(limit: str, fires: bool) -> None:
    found = warnings(template(f"container: {{image: a}}\nretryStrategy: {{limit: {limit}}}"), Code.RETRY_LIMIT)
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


SHELL = "script: {image: a, command: [sh], source: 'echo %s'}"
ARGUMENTS = "arguments: {parameters: [{name: s, value: v}]}"


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("{{workflow.parameters.s}}", True),
        ("{{=workflow.parameters.s}}", True),
        ('{{=workflow.parameters["s"]}}', True),
        ("{{=toJson(workflow.parameters.s)}}", False),
        ("{{workflow.name}}", False),
        ("$S", False),
    ],
)
def test_injection_of_arguments(text: str, fires: bool) -> None:
    document = template(SHELL % text, ARGUMENTS)
    assert bool(warnings(document, Code.CODE_INJECTION)) is fires


@pytest.mark.parametrize(
    ("command", "fires"),
    [
        ("[sh, -c, 'echo {{workflow.parameters.s}}']", True),
        ("[/bin/bash, -c, 'echo {{workflow.parameters.s}}']", True),
        ("[python, -c, 'print({{workflow.parameters.s}})']", True),
        ("[echo, '{{workflow.parameters.s}}']", False),
        ("[sh, /script.sh, '{{workflow.parameters.s}}']", False),
    ],
)
def test_injection_into_a_command(command: str, fires: bool) -> None:
    document = template(f"container: {{image: a, command: {command}}}", ARGUMENTS)
    assert bool(warnings(document, Code.CODE_INJECTION)) is fires


@pytest.mark.parametrize(
    ("value", "fires"),
    [("'{{workflow.parameters.s}}'", True), ("'{{inputs.parameters.i}}'", True), ("fixed", False)],
)
def test_injection_follows_what_inputs_pass_on(value: str, fires: bool) -> None:
    document = workflow(
        f"entrypoint: t\n{ARGUMENTS}\ntemplates:\n- name: t\n  inputs: {{parameters: [{{name: i}}]}}\n"
        f"  steps: [[{{name: a, template: u, arguments: {{parameters: [{{name: p, value: {value}}}]}}}}]]\n"
        "- name: u\n  inputs: {parameters: [{name: p}]}\n"
        "  script: {image: a, command: [sh], source: 'echo {{inputs.parameters.p}}'}\n"
    )
    assert bool(warnings(document, Code.CODE_INJECTION)) is fires
    assert warnings(document, Code.CODE_INJECTION, injection=True)


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
        ("retryStrategy: {expression: '{{=asInt(lastRetry.exitCode) > 1}}'}\ncontainer: {image: a}", True),
        ("retryStrategy: {expression: 'workflow.name == lastRetry.status'}\ncontainer: {image: a}", True),
        (
            "retryStrategy: {expression: '{{workflow.name}} == 1 || (let x = retries; x) == 1'}\ncontainer: {image: a}",
            False,
        ),
        ("container: {image: a, args: ['{{=workflow.name']}", True),
        ("container: {image: a, args: ['{{ nobody', '}} {{workflow.name}}']}", True),
    ],
)
def test_expressions(body: str, fires: bool) -> None:
    assert bool(warnings(template(body), Code.EXPRESSION_SYNTAX)) == fires


def dag(tasks: str, *, target: str = "") -> Document:
    head = f"target: {target}, " if target else ""
    return template(f"dag: {{{head}tasks: [{tasks}]}}")


@pytest.mark.parametrize(
    ("when", "fires"),
    [("'false'", True), ("1 == 2", True), ("a == b", True), ("'true'", False), ("'{{workflow.name}} == a'", False)],
)
def test_a_condition_that_never_holds(when: str, fires: bool) -> None:
    found = warnings(template(f"steps: [[{{name: a, template: x, when: {when}}}]]"), Code.NEVER_RUNS)
    assert bool(found) is fires


def test_a_task_that_the_target_does_not_need() -> None:
    tasks = "{name: a, template: x}, {name: b, template: x, depends: a}, {name: c, template: x}"
    assert warnings(dag(tasks, target="b"), Code.NEVER_RUNS) == [
        "'c' never runs: neither the target 'b' nor what it depends on is this task"
    ]
    assert warnings(dag(tasks, target="b c"), Code.NEVER_RUNS) == []
    assert warnings(dag(tasks), Code.NEVER_RUNS) == []


def reader(reference: str, depends: str, more: str = "") -> str:
    argument = f"arguments: {{parameters: [{{name: q, value: '{reference}'}}]}}"
    return f"{{name: a, template: r{more}}}, {{name: b, template: p, depends: '{depends}', {argument}}}"


@pytest.mark.parametrize(
    ("reference", "depends", "more", "fires"),
    [
        ("{{tasks.a.outputs.result}}", "a", "", False),
        ("{{tasks.a.outputs.result}}", "a.Failed", "", False),
        ("{{tasks.a.outputs.result}}", "a.Skipped || a.Succeeded", "", False),
        ("{{tasks.a.outputs.result}}", "a.Skipped", "", True),
        ("{{tasks.a.outputs.result}}", "a.Omitted || a.Skipped", "", True),
        ("{{tasks.a.status}}", "a.Skipped", "", False),
        ('{{=tasks.a?.outputs?.result ?? "x"}}', "a.Skipped", "", False),
        ("{{tasks.a.outputs.result}}", "a", ", when: 'false'", True),
    ],
)
def test_an_output_that_is_never_produced(reference: str, depends: str, more: str, fires: bool) -> None:
    document = workflow(
        f"entrypoint: t\ntemplates:\n- name: t\n  dag: {{tasks: [{reader(reference, depends, more)}]}}\n"
        "- {name: r, script: {image: a, command: [sh], source: b}}\n"
        "- {name: p, inputs: {parameters: [{name: q}]}, container: {image: a, args: ['{{inputs.parameters.q}}']}}\n"
    )
    assert bool(warnings(document, Code.NEVER_PRODUCED)) is fires


@pytest.mark.parametrize(
    ("call", "fires"),
    [
        ("{name: a, template: t}", True),
        ("{name: a, template: u}", True),
        ("{name: a, template: u, when: '{{workflow.name}} == a'}", False),
        ("{name: a, template: u, withParam: '{{workflow.parameters.s}}'}", False),
        ("{name: a, template: v}", False),
    ],
)
def test_templates_that_call_themselves_for_ever(call: str, fires: bool) -> None:
    document = workflow(
        f"entrypoint: t\n{ARGUMENTS}\ntemplates:\n- name: t\n  steps: [[{call}]]\n"
        "- {name: u, dag: {tasks: [{name: b, template: t}]}}\n- {name: v, suspend: {}}\n"
    )
    assert bool(warnings(document, Code.ENDLESS)) is fires


@pytest.mark.parametrize(
    ("source", "fires"),
    [
        ("withParam: abc", True),
        ("withParam: '[1, 2]'", False),
        ("withParam: '{{workflow.parameters.s}}'", False),
        ("withSequence: {start: '1'}", True),
        ("withSequence: {count: '2'}", False),
    ],
)
def test_sources_of_loops(source: str, fires: bool) -> None:
    document = template(f"steps: [[{{name: a, template: x, {source}}}]]", ARGUMENTS)
    assert bool(warnings(document, Code.LOOP_SOURCE)) is fires


@pytest.mark.parametrize(
    ("declared", "passed", "fires"),
    [
        ("{name: s, default: d}", "", True),
        ("{name: s, value: d}", "", True),
        ("{name: s, default: d}", ", arguments: {parameters: [{name: s, value: v}]}", False),
        ("{name: s, default: '{{workflow.parameters.s}}'}", "", False),
        ("{name: other, default: d}", "", False),
    ],
)
def test_inputs_that_hide_arguments(declared: str, passed: str, fires: bool) -> None:
    document = workflow(
        f"entrypoint: t\n{ARGUMENTS}\ntemplates:\n- name: t\n  steps: [[{{name: a, template: u{passed}}}]]\n"
        f"- {{name: u, inputs: {{parameters: [{declared}]}}, suspend: {{}}}}\n"
    )
    assert bool(warnings(document, Code.PARAMETER_SHADOWED)) is fires


def test_cycles_and_unknown_names() -> None:
    """What Argo finds too: the order of tasks, and names with the nearest known one as a hint."""
    cycle = check_document(dag("{name: a, template: x, depends: b}, {name: b, template: x, depends: a}"), EMPTY)
    assert Code.DAG_ORDER in {item.code for item in cycle.errors}
    tasks = ("a, depends: c", "b, depends: a", "c, dependencies: [b]", "d, depends: c", "e, depends: d")
    longer = check_document(dag(", ".join(f"{{name: {each}, template: x}}" for each in tasks)), EMPTY)
    found = next(item for item in longer.errors if item.code == Code.DAG_ORDER)
    assert found.message == "tasks wait for each other in a circle: a -> c -> b -> a"
    assert found.hint == "'a' waits for 'c': take one of these dependencies away"
    assert found.path[-2:] == (0, "depends")
    near = check_document(template("steps: [[{name: a, template: xx}]]"), EMPTY).errors
    assert [(item.code, item.hint) for item in near] == [(Code.TEMPLATE_UNKNOWN, "did you mean 'x'?")]


def test_tags_where_argo_does_not_look() -> None:
    inputs = "inputs: {parameters: [{name: p, default: '{{workflow.parameters.nope}}'}, {name: q, value: '{{workflow.name}}'}]}"
    found = warnings(template(f"{inputs}\nsteps: [[{{name: a, template: x}}]]"), Code.VARIABLE_UNKNOWN)
    assert found == ["no variable is named 'workflow.parameters.nope' here: the tag stays as it is"]
    argued = workflow(
        "arguments: {parameters: [{name: a, value: '{{workflow.parameters.b}}'}, {name: c, value: '{{workflow.uid}}'}]}"
    )
    assert len(warnings(argued, Code.VARIABLE_UNKNOWN)) == 1

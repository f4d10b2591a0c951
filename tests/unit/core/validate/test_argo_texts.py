"""The first finding is the one that Argo reports, in Argo's words (``spec/data.md`` 12 to 18)."""

from __future__ import annotations

import pytest
from tests.unit.core.validate.validate_documents import argo, check, template, workflow

NODE = (
    "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character "
    "(e.g. My-name1-2, 123-NAME)"
)
PARAMETER = "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1"

SPECS = {
    "templates: [{name: t, container: {image: a}}]": "spec.entrypoint is required",
    "entrypoint: z\ntemplates: [{name: t, container: {image: a}}]": "template name 'z' undefined",
    "entrypoint: t\nonExit: z\ntemplates: [{name: t, container: {image: a}}]": "template name 'z' undefined",
    "entrypoint: t\ntemplates: [{container: {image: a}}]": "spec.templates[0].name is required",
    "entrypoint: t\ntemplates: [{name: a_b, suspend: {}}]": f"spec.templates[0].name: 'a_b' is invalid: {NODE}",
    "workflowTemplateRef: {name: z}": 'workflowtemplates.argoproj.io "z" not found',
    "workflowTemplateRef: {name: z, clusterScope: true}": 'clusterworkflowtemplates.argoproj.io "z" not found',
    "entrypoint: t\narguments: {parameters: [{name: a.b, value: x}]}": (
        f"spec.arguments.parameters[0].name: 'a.b' is invalid: {PARAMETER}"
    ),
    "entrypoint: t\narguments: {parameters: [{name: a, value: x, enum: [y]}]}": (
        "spec.arguments.a.value should be present in spec.arguments.a.enum list"
    ),
    "entrypoint: t\nhooks: {h: {template: t}}\ntemplates: [{name: t, suspend: {}}]": "hooks.h Expression required",
    "entrypoint: t\npodGC: {strategy: Z}\ntemplates: [{name: t, container: {image: a}}]": (
        "podGC.strategy unknown strategy 'Z'"
    ),
    "entrypoint: t\ntemplates: [{name: t, container: {image: a}}, {name: u, script: {source: x}}]": (
        "templates.u templates.u.script.image may not be empty"
    ),
}

BODIES = {
    "inputs: {}": "template 't' type is unknown",
    "container: {image: a}\nsuspend: {}": (
        "templates.t multiple template types specified. choose one of: container, containerSet, steps, script, "
        "resource, dag, suspend, template, template ref"
    ),
    "inputs: {parameters: [{name: p}]}\ncontainer: {image: a}": "templates.t inputs.parameters.p was not supplied",
    "inputs: {artifacts: [{name: x, path: /a/../../b, raw: {data: d}}]}\ncontainer: {image: a}": (
        "error in templates.t.inputs.artifacts.x: Artifact 'x' attempted to use a path containing '..'. "
        "Directory traversal is not permitted"
    ),
    "container: {image: a, args: ['{{inputs.parameters.x}}']}": (
        "templates.t: failed to resolve {{inputs.parameters.x}}"
    ),
    "container: {image: a, args: ['{{ workflow.foo }}']}": "templates.t: failed to resolve {{ workflow.foo }}",
    "container: {image: ''}": "templates.t.container.image may not be empty",
    "container: {image: a, volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /a}]}": (
        "templates.t.container.volumeMounts[1].mountPath '/a' already mounted in container.volumeMounts.v"
    ),
    "containerSet: {containers: [{name: a, image: a, dependencies: [z]}]}": (
        "templates.t.containerSet.containers.a dependency 'z' not defined"
    ),
    "resource: {action: make, manifest: x}": (
        "templates.t.resource.action must be one of: get, create, apply, delete, replace, patch"
    ),
    "resource: {action: create, manifest: 'a: [b'}": "templates.t.resource.manifest must be a valid yaml",
    "timeout: '10'\ncontainer: {image: a}": "t has invalid duration format in timeout",
    "outputs: {parameters: [{name: o}]}\ncontainer: {image: a}": (
        "templates.t.outputs.parameters.o does not have valueFrom or value specified"
    ),
    "outputs: {artifacts: [{name: o p, path: /x}]}\ncontainer: {image: a}": (
        f"templates.t.outputs.artifacts [0].name: 'o p' is invalid: {PARAMETER}"
    ),
    "metrics: {prometheus: [{name: a, counter: {value: '1'}}]}\ncontainer: {image: a}": (
        "templates.t metric 'a' must contain a help string under 'help: ' field"
    ),
    "steps: [[{name: a, template: p}]]": "templates.t.steps[0].a templates.p inputs.parameters.q was not supplied",
    "steps: [[{name: a, template: ia}]]": "templates.t.steps[0].a templates.ia inputs.artifacts.f was not supplied",
    "steps: [[{name: a, template: nope}]]": "templates.t.steps[0].a template name 'nope' undefined",
    "steps: [[{name: a_b, template: x}]]": f"templates.t.steps[0].name 'a_b' is invalid: {NODE}",
    "steps: [[{name: a, template: x, when: '{{steps.q.status}} == x'}]]": (
        "templates.t.steps failed to resolve {{steps.q.status}}"
    ),
    "dag: {tasks: []}": "templates.t must have at least one task",
    "dag: {tasks: [{name: a, template: x, depends: b}, {name: b, template: x, depends: a}]}": (
        "templates.t sorting failed: graph with cycle"
    ),
    "dag: {tasks: [{name: b, template: x, depends: a}]}": "templates.t sorting failed: invalid dependency a",
    "dag: {tasks: [{name: a, template: x}, {name: b, template: x, depends: a.Foo}]}": (
        "templates.t.tasks.b task result 'Foo' for task 'a' is invalid"
    ),
    "dag: {tasks: [{name: a, template: p}]}": "templates.t.tasks.a templates.p inputs.parameters.q was not supplied",
    "dag:\n  tasks:\n  - {name: a, template: x}\n  - name: b\n    template: p\n    arguments: "
    "{parameters: [{name: q, value: '{{tasks.a.outputs.result}}'}]}": (
        "templates.t.tasks.b missing dependency 'a' for parameter 'q'"
    ),
}


@pytest.mark.parametrize(("spec", "text"), SPECS.items())
def test_workflow_level(spec: str, text: str) -> None:
    assert argo(check(workflow(spec)))[0] == text


@pytest.mark.parametrize(("body", "text"), BODIES.items())
def test_template_level(body: str, text: str) -> None:
    assert argo(check(template(body)))[0] == text


@pytest.mark.parametrize(
    "body",
    [
        "container: {image: a, args: ['{{foo.bar}} {{retries}} {{=nosuch}} {{outputs.artifacts.z.path}}']}",
        "inputs: {parameters: [{name: p, default: d}]}\ncontainer: {image: a, args: ['{{inputs.parameters.p}}']}",
        "steps: [[{name: a, template: t}]]",
        "steps: [[{name: a, template: x}], [{name: b, template: p, arguments: "
        "{parameters: [{name: q, value: '{{steps.a.outputs.result}}'}]}}]]",
        "steps: [[{name: a, template: p, withParam: '[]', arguments: {parameters: [{name: q, value: '{{item.z}}'}]}}]]",
        "dag: {tasks: [{name: b, template: x, depends: a, when: '{{tasks.a.status}} == x'}, {name: a, template: x}]}",
        "dag: {tasks: [{name: a, template: x, withItems: [1]}, {name: b, template: x, depends: a.AnySucceeded}]}",
        "activeDeadlineSeconds: '{{workflow.parameters.s}}'\ncontainer: {image: a}",
    ],
)
def test_accepted(body: str) -> None:
    report = check(template(body, "arguments: {parameters: [{name: s, value: '3'}]}"))
    assert argo(report) == []
    assert report.valid is not None


def test_submit_asks_for_values() -> None:
    document = workflow("entrypoint: t\narguments: {parameters: [{name: a}]}\ntemplates: [{name: t, suspend: {}}]")
    assert argo(check(document)) == []
    want = ["spec.arguments.a.value or spec.arguments.a.valueFrom is required"]
    assert argo(check(document, submit=True)) == want
    assert argo(check(document, lint=False)) == want


def test_long_names() -> None:
    spec = "entrypoint: t\ntemplates: [{name: t, suspend: {}}]"
    name = "a" * 64
    text = f'workflow name "{name}" must not be more than 63 characters long (currently 64)'
    assert argo(check(workflow(spec, f"{{name: {name}}}"))) == [text]


def test_value_of_an_argument_is_read_where_it_is_used() -> None:
    spec = (
        "entrypoint: t\narguments: {parameters: [{name: e, value: '{{inputs.parameters.q}}'}]}\n"
        "templates: [{name: t, container: {image: a, args: ['{{workflow.parameters.e}}']}}]"
    )
    assert argo(check(workflow(spec))) == ["templates.t: failed to resolve {{inputs.parameters.q}}"]


def test_all_inline_templates_are_checked() -> None:
    body = "steps: [[{name: a, inline: {container: {image: a}}}, {name: b, inline: {container: {image: ''}}}]]"
    assert argo(check(template(body))) == ["templates.t.steps[0].b templates..container.image may not be empty"]


def test_global_output_is_known_after_its_producer() -> None:
    reader = "arguments: {parameters: [{name: q, value: '{{workflow.outputs.parameters.g}}'}]}"
    maker = "inline: {container: {image: a}, outputs: {parameters: [{name: o, globalName: g, valueFrom: {path: /x}}]}}"
    before = f"steps:\n- - {{name: a, template: p, {reader}}}\n- - {{name: b, {maker}}}"
    after = f"steps:\n- - {{name: b, {maker}}}\n- - {{name: a, template: p, {reader}}}"
    assert argo(check(template(before))) == ["templates.t.steps failed to resolve {{workflow.outputs.parameters.g}}"]
    assert argo(check(template(after))) == []


def test_steps_are_referred_to_by_names_with_tags() -> None:
    name = "run-{{inputs.parameters.d}}"
    body = (
        "inputs: {parameters: [{name: d, value: '1'}]}\n"
        f"steps:\n- - {{name: '{name}', template: x}}\n"
        "- - {name: after, template: x, when: '{{steps.%s.status}} != Succeeded'}"
    )
    assert argo(check(template(body % name))) == []

    missing = argo(check(template(body % "ran-{{inputs.parameters.d}}")))[0] or ""
    assert missing.startswith("templates.t.steps failed to resolve {{steps.ran-")


@pytest.mark.parametrize(
    ("exported", "findings"),
    [
        ("r-{{workflow.parameters.v}}", []),
        ("r-car", ["templates.e: failed to resolve {{workflow.outputs.artifacts.r-car}}"]),
    ],
)
def test_exit_handlers_read_global_artifacts_whose_names_have_tags(exported: str, findings: list[str]) -> None:
    spec = (
        "entrypoint: t\nonExit: e\narguments: {parameters: [{name: v, value: car}]}\ntemplates:\n"
        f"- {{name: t, container: {{image: a}}, outputs: {{artifacts: [{{name: o, globalName: '{exported}', path: /r}}]}}}}\n"
        "- {name: e, container: {image: a, args: ['{{workflow.outputs.artifacts.r-car}}']}}\n"
    )
    assert argo(check(workflow(spec))) == findings


def test_tasks_have_no_names_that_only_the_run_knows() -> None:
    body = "dag: {tasks: [{name: 'run-{{workflow.uid}}', template: x}]}"
    assert argo(check(template(body))) == [
        f"templates.t.tasks[0].name: 'run-__argo__internal__placeholder-0' is invalid: {NODE}"
    ]

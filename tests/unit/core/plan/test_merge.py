"""Specs of three sources become one (``spec/engine.md`` 26.4)."""

from __future__ import annotations

import textwrap

import pytest

from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.meta import Metadata, ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.merge import merge_metadata, merge_pod_metadata, merge_specs, merge_template


def spec(text: str) -> WorkflowSpec:
    """The spec of a workflow written as YAML."""
    loaded = load("kind: Workflow\nspec:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  "), "f.yaml")
    assert not loaded.diagnostics, [str(each) for each in loaded.diagnostics]
    manifest = loaded.documents[0].manifest
    assert isinstance(manifest, Workflow) and manifest.spec is not None
    return manifest.spec


def parameters(merged: WorkflowSpec) -> list[Parameter]:
    assert merged.arguments is not None
    return list(merged.arguments.parameters or ())


WORKFLOW = """
workflowTemplateRef: {name: t}
arguments: {parameters: [{name: b, value: workflow}]}
"""
TEMPLATE = """
entrypoint: main
parallelism: 2
arguments: {parameters: [{name: a, value: template}, {name: b, value: template}]}
templates:
- {name: main, container: {image: a}}
"""
DEFAULTS = """
entrypoint: other
parallelism: 3
activeDeadlineSeconds: 10
arguments: {parameters: [{name: c, value: defaults}, {name: a, value: defaults}]}
templates:
- {name: bye, container: {image: b}}
- {name: main, container: {image: z, command: [c]}}
"""


def test_the_workflow_comes_before_its_template_and_that_before_the_defaults() -> None:
    merged = merge_specs(spec(WORKFLOW), spec(TEMPLATE), spec(DEFAULTS))
    assert (merged.entrypoint, merged.parallelism, merged.active_deadline_seconds) == ("main", 2, 10)
    assert {item.name: item.value for item in parameters(merged)} == {
        "a": "template", "b": "workflow", "c": "defaults",
    }  # fmt: skip
    templates = {item.name: item.container for item in merged.templates or ()}
    assert set(templates) == {"main", "bye"}
    main = templates["main"]
    assert main is not None and (main.image, main.command) == ("a", ("c",))
    assert merged.workflow_template_ref is not None


def test_without_other_sources_nothing_changes() -> None:
    own = spec(TEMPLATE)
    assert merge_specs(own) == own


def test_new_elements_follow_and_those_of_the_lower_source_keep_their_place() -> None:
    lower = spec("volumes: [{name: a}, {name: b}, {name: c}]")
    merged = merge_specs(spec("volumes: [{name: x}, {name: c}, {name: z}]"), lower)
    assert [item.name for item in merged.volumes or ()] == ["x", "a", "b", "c", "z"]


@pytest.mark.parametrize(
    ("mine", "expected"),
    [
        ("{name: p, value: w}", Parameter(name="p", value="w")),
        ("{name: p, default: w}", Parameter(name="p", default="w")),
        ("{name: p, value: ''}", Parameter(name="p", value="")),
        ("{name: p}", Parameter(name="p", value="t", enum=("t", "u"))),
    ],
)
def test_a_parameter_is_the_whole_entry_of_the_highest_source_with_a_value(mine: str, expected: Parameter) -> None:
    template = spec("arguments: {parameters: [{name: p, value: t, enum: [t, u]}]}")
    merged = merge_specs(spec(f"arguments: {{parameters: [{mine}]}}"), template)
    assert parameters(merged) == [expected]


def test_a_source_in_the_workflow_replaces_a_value_of_the_template() -> None:
    mine = "{name: p, valueFrom: {configMapKeyRef: {name: m, key: k}}}"
    merged = merge_specs(
        spec(f"arguments: {{parameters: [{mine}]}}"), spec("arguments: {parameters: [{name: p, value: t}]}")
    )
    (parameter,) = parameters(merged)
    assert parameter.value is None and parameter.value_from is not None


def test_artifacts_of_one_backend_merge_and_another_backend_replaces() -> None:
    template = spec("""
        arguments:
          artifacts:
          - {name: same, path: /t, s3: {bucket: b, key: t}}
          - {name: moved, path: /t, s3: {bucket: b, key: t}}
        """)
    merged = merge_specs(
        spec("""
        arguments:
          artifacts:
          - {name: same, s3: {key: w}}
          - {name: moved, http: {url: u}}
        """),
        template,
    )
    assert merged.arguments is not None
    same, moved = merged.arguments.artifacts or ()
    assert same.s3 is not None and (same.path, same.s3.bucket, same.s3.key) == ("/t", "b", "w")
    assert moved.s3 is None and moved.path is None and moved.http is not None


def test_hooks_and_computed_labels_are_united_and_taken_whole() -> None:
    low = "hooks: {a: {template: low, expression: 'true'}, b: {template: low}}\n"
    low += "workflowMetadata: {labelsFrom: {x: {expression: low}, z: {expression: low}}}"
    high = "hooks: {a: {template: high}}\nworkflowMetadata: {labelsFrom: {x: {expression: high}}}"
    merged = merge_specs(spec(high), spec(low))
    assert {name: (hook.template, hook.expression) for name, hook in (merged.hooks or {}).items()} == {
        "a": ("high", None),
        "b": ("low", None),
    }
    assert merged.workflow_metadata is not None
    computed = merged.workflow_metadata.labels_from or {}
    assert {name: item.expression for name, item in computed.items()} == {"x": "high", "z": "low"}


@pytest.mark.parametrize("own", [None, False, True])
def test_suspend_is_always_that_of_the_workflow(own: bool | None) -> None:
    assert merge_specs(WorkflowSpec(suspend=own), WorkflowSpec(suspend=True)).suspend is own


def test_what_is_empty_cannot_override_but_false_and_zero_of_a_pointer_can() -> None:
    lower = spec(
        "entrypoint: t\nonExit: t\narchiveLogs: true\npriority: 3\nimagePullSecrets: [{name: s}]\nnodeSelector: {a: b}"
    )
    merged = merge_specs(
        spec("entrypoint: ''\nonExit: ''\narchiveLogs: false\npriority: 0\nimagePullSecrets: []\nnodeSelector: {}"),
        lower,
    )
    assert (merged.entrypoint, merged.on_exit, merged.archive_logs, merged.priority) == ("t", "t", False, 0)
    assert merged.image_pull_secrets == lower.image_pull_secrets and merged.node_selector == {"a": "b"}


def test_maps_merge_by_key_and_plain_lists_are_replaced() -> None:
    low = "nodeSelector: {a: low, b: low}\ntemplates: [{name: t, container: {image: i, args: [a, b]}}]"
    high = "nodeSelector: {a: high}\ntemplates: [{name: t, container: {args: [c]}}]"
    merged = merge_specs(spec(high), spec(low))
    assert merged.node_selector == {"a": "high", "b": "low"}
    container = (merged.templates or ())[0].container
    assert container is not None and (container.image, container.args) == ("i", ("c",))


def test_metadata_takes_only_what_is_not_there() -> None:
    own = ObjectMeta(name="n", labels={"a": "own"})
    merged = merge_metadata(own, ObjectMeta(name="d", labels={"a": "d", "b": "d"}, annotations={"c": "d"}))
    assert merged == ObjectMeta(name="n", labels={"a": "own", "b": "d"}, annotations={"c": "d"})
    assert merge_metadata(own, None) == own


def test_template_defaults_apply_only_to_the_template_s_own_type() -> None:
    low = spec("""
        templateDefaults:
          timeout: 30s
          retryStrategy: {limit: 2}
          container: {image: d, env: [{name: A, value: d}, {name: B, value: d}]}
          script: {image: s}
        """)
    script, container, steps = (
        spec("""
        templates:
        - {name: s, timeout: 5s, script: {source: x}}
        - {name: c, container: {image: own, env: [{name: B, value: own}]}}
        - {name: st, steps: []}
        """).templates
        or ()
    )
    merged = merge_template(script, low.template_defaults)
    assert merged.container is None and merged.script is not None
    assert (merged.timeout, merged.script.image, merged.script.source) == ("5s", "s", "x")
    merged = merge_template(container, low.template_defaults)
    assert merged.script is None and merged.container is not None and merged.timeout == "30s"
    values = {item.name: item.value for item in merged.container.env or ()}
    assert merged.container.image == "own" and values == {"A": "d", "B": "own"}
    merged = merge_template(steps, low.template_defaults)
    assert merged.container is None and merged.script is None and merged.retry_strategy is not None
    assert merge_template(steps, None) is steps


def test_pod_metadata_comes_below_a_template() -> None:
    (template,) = spec("templates: [{name: t, metadata: {labels: {a: own}}}]").templates or ()
    merged = merge_pod_metadata(template, Metadata(labels={"a": "all", "b": "all"}))
    assert merged.metadata == Metadata(labels={"a": "own", "b": "all"})
    assert merge_pod_metadata(template, None) is template

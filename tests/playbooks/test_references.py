"""Templates of other resources, and parameters from elsewhere (``spec/engine.md`` 26, 31.3; ``spec/data.md`` 2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.playbooks.story import refer
from tiphys.testing.playbook import Playbook

Refer = Callable[[str], Playbook]


@pytest.fixture(params=[False, True], ids=["incremental", "restored"])
def tell(request: pytest.FixtureRequest) -> Refer:
    """``story.refer`` for both ways of running."""
    return lambda text: refer(text, restoring=bool(request.param))


LIB = """
---
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  entrypoint: two
  podMetadata: {labels: {all: lib, own: lib}}
  arguments: {parameters: [{name: m, value: from-lib}, {name: q, value: from-lib}]}
  templates:
  - name: two
    steps: [[{name: inner, template: leaf}]]
  - name: leaf
    metadata: {labels: {own: leaf}}
    inputs: {parameters: [{name: m, default: none}]}
    container: {image: a, command: [echo, "{{inputs.parameters.m}}"]}
  - name: unused
    container: {image: a}
  - name: argued
    inputs: {parameters: [{name: m}]}
    container: {image: a, command: [echo, "{{inputs.parameters.m}}", "{{workflow.parameters.q}}"]}
"""


def test_a_reference_into_a_template_that_is_itself_steps(tell: Refer) -> None:
    book = tell(
        """
        kind: Workflow
        metadata: {name: ref}
        spec:
          entrypoint: main
          templates:
          - name: main
            steps: [[{name: call, templateRef: {name: lib, template: two}}]]
        """
        + LIB
    )
    book.succeed("inner")
    nodes = book.nodes()
    shown = {name: (node.id, node.type, node.template_name, node.template_scope) for name, node in nodes.items()}
    assert shown == {
        "ref": ("ref", "Steps", "main", "local/ref"),
        "ref[0]": (nodes["ref[0]"].id, "StepGroup", None, "local/ref"),
        "ref[0].call": ("ref-3419602626", "Steps", None, "local/ref"),
        "ref[0].call[0]": ("ref-628280260", "StepGroup", None, "namespaced/lib"),
        "ref[0].call[0].inner": ("ref-1800872878", "Pod", "leaf", "namespaced/lib"),
    }
    reference = nodes["ref[0].call"].template_ref
    assert reference is not None and (reference.name, reference.template) == ("lib", "two")
    assert book.pod("inner").pod_name == "ref-leaf-1800872878"
    status = book.plan.workflow.status
    assert status is not None and set(status.stored_templates or ()) == {"namespaced/lib/two", "namespaced/lib/leaf"}
    assert book.phase == "Succeeded"


def test_pod_metadata_of_a_workflow_template_comes_below_its_templates_and_above_the_workflow_s(tell: Refer) -> None:
    book = tell(
        """
        kind: Workflow
        metadata: {name: ref}
        spec:
          entrypoint: main
          podMetadata: {labels: {all: wf, more: wf}, annotations: {note: wf}}
          templates:
          - name: main
            steps: [[{name: call, templateRef: {name: lib, template: leaf}}]]
        """
        + LIB
    )
    metadata = book.pod("call").manifest["metadata"]
    assert isinstance(metadata, dict)
    labels, annotations = metadata["labels"], metadata["annotations"]
    assert isinstance(labels, dict) and isinstance(annotations, dict)
    assert (labels["own"], labels["all"], labels["more"], annotations["note"]) == ("leaf", "lib", "wf", "wf")


def test_a_whole_workflow_from_a_template(tell: Refer) -> None:
    book = tell(
        """
        kind: Workflow
        metadata: {name: whole}
        spec:
          entrypoint: argued
          arguments: {parameters: [{name: m, value: mine}]}
          workflowTemplateRef: {name: lib}
        """
        + LIB
    )
    assert book.main("whole")["command"] == ["echo", "mine", "from-lib"]
    book.succeed("whole")
    assert (book.node("whole").template_scope, book.phase) == ("local/", "Succeeded")
    meta = book.plan.workflow.metadata
    assert meta is not None and meta.labels == {"workflows.argoproj.io/workflow-template": "lib"}


def test_hooks_and_exit_handler_of_the_template_run(tell: Refer) -> None:
    book = tell("""
        kind: Workflow
        metadata: {name: whole}
        spec: {workflowTemplateRef: {name: lib, clusterScope: true}}
        ---
        kind: ClusterWorkflowTemplate
        metadata: {name: lib}
        spec:
          entrypoint: main
          onExit: bye
          templates:
          - {name: main, container: {image: a}}
          - {name: bye, container: {image: a, command: [echo, "{{workflow.status}}"]}}
        """)
    book.succeed("whole")
    assert book.main("whole.onExit")["command"] == ["echo", "Succeeded"]
    book.succeed("whole.onExit")
    meta = book.plan.workflow.metadata
    assert meta is not None and meta.labels == {"workflows.argoproj.io/cluster-workflow-template": "lib"}
    assert book.phase == "Succeeded"


def test_a_resource_that_is_named_only_at_run_time(tell: Refer) -> None:
    book = tell(
        """
        kind: Workflow
        metadata: {name: late}
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - name: call
                templateRef: {name: "{{item.t}}", template: "{{item.x}}"}
                withItems: [{t: lib, x: leaf}, {t: lib, x: nothing}, {t: no-lib, x: leaf}]
        """
        + LIB
    )
    calls = {name: node for name, node in book.nodes().items() if ".call" in name}
    assert sorted((node.type, node.phase, node.message) for node in calls.values()) == [
        ("Pod", "Pending", None),
        ("Skipped", "Error", "template nothing not found in workflow template lib"),
        ("Skipped", "Error", "workflow template no-lib not found"),
    ]


def test_defaults_for_templates_apply_to_local_referenced_and_inline_ones(tell: Refer) -> None:
    book = tell(
        """
        kind: Workflow
        metadata: {name: d}
        spec:
          entrypoint: main
          templateDefaults:
            container: {image: d, env: [{name: A, value: d}]}
            script: {image: d}
          templates:
          - name: main
            steps:
            - - {name: mine, template: own}
              - {name: theirs, templateRef: {name: lib, template: leaf}}
              - {name: inline, inline: {container: {command: [x]}}}
          - {name: own, container: {image: own}}
        """
        + LIB
    )
    assert {name: (book.main(name)["image"], book.env(name)["A"]) for name in ("mine", "theirs", "inline")} == {
        "mine": ("own", "d"), "theirs": ("a", "d"), "inline": ("d", "d"),
    }  # fmt: skip


CONFIG = """
---
kind: ConfigMap
metadata: {name: maps, labels: {workflows.argoproj.io/configmap-type: Parameter}}
data: {k: from-map, other: "2"}
---
kind: ConfigMap
metadata: {name: hidden, labels: {app: x}}
data: {k: hidden}
"""


def from_map(source: str, *, arguments: str = "{}") -> str:
    """A workflow whose pod echoes an input from a source and all global parameters."""
    return f"""
kind: Workflow
metadata: {{name: m}}
spec:
  entrypoint: main
  arguments: {arguments}
  templates:
  - name: main
    inputs: {{parameters: [{{name: p, {source}}}]}}
    container: {{image: a, command: [echo, "{{{{inputs.parameters.p}}}}", "{{{{workflow.parameters.g}}}}"]}}
{CONFIG}"""


def test_an_input_and_an_argument_from_config_maps(tell: Refer) -> None:
    arguments = "{parameters: [{name: g, valueFrom: {configMapKeyRef: {name: maps, key: other}}}]}"
    book = tell(from_map("valueFrom: {configMapKeyRef: {name: maps, key: k}}", arguments=arguments))
    assert book.main("m")["command"] == ["echo", "from-map", "2"]


def test_the_name_of_a_key_may_be_a_parameter_of_the_workflow(tell: Refer) -> None:
    source = "valueFrom: {configMapKeyRef: {name: maps, key: '{{workflow.parameters.g}}'}}"
    book = tell(from_map(source, arguments="{parameters: [{name: g, value: k}]}"))
    assert book.main("m")["command"] == ["echo", "from-map", "k"]


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("{name: maps, key: x}", "ConfigMap 'maps' does not have the key 'x'"),
        (
            "{name: hidden, key: k}",
            "ConfigMap 'hidden' does not exist. Please make sure it has the label "
            "workflows.argoproj.io/configmap-type: Parameter to be detectable by the controller",
        ),
    ],
)
def test_what_no_config_map_has_is_an_error_or_the_default(tell: Refer, reference: str, problem: str) -> None:
    book = tell(from_map(f"valueFrom: {{configMapKeyRef: {reference}}}"))
    message = f"unable to retrieve inputs.parameters.p from ConfigMap: {problem}"
    assert (book.node("m").phase, book.node("m").message) == ("Error", message)
    book = tell(from_map(f"valueFrom: {{default: d, configMapKeyRef: {reference}}}"))
    assert book.main("m")["command"] == ["echo", "d", "{{workflow.parameters.g}}"]


def test_an_argument_to_supply_takes_its_default(tell: Refer) -> None:
    arguments = "{parameters: [{name: g, valueFrom: {supplied: {}, default: d}}]}"
    book = tell(from_map("value: x", arguments=arguments))
    assert book.main("m")["command"] == ["echo", "x", "d"]

"""What a workflow refers to is pinned in it (``spec/engine.md`` 26.1 to 26.3)."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime

import msgspec
import pytest

from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.executed import executed_spec, own_annotations, pinned_config_maps, stored_templates
from tiphys.core.plan.model import Identity, Plan, TemplateKey
from tiphys.core.plan.resolve import pin
from tiphys.core.validate.library import Library
from tiphys.errors import NotFoundError, UsageError
from tiphys.ids import WorkflowUid


def read(text: str) -> tuple[Workflow, Library]:
    """The workflow of a text and everything else in it."""
    loaded = load(textwrap.dedent(text), "f.yaml")
    assert not loaded.diagnostics, [str(each) for each in loaded.diagnostics]
    workflow = next(each.manifest for each in loaded.documents if isinstance(each.manifest, Workflow))
    return workflow, Library((each.manifest for each in loaded.documents), loaded.config_maps)


def plan(workflow: Workflow, library: Library | None = None) -> Plan:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    identity = Identity(uid=WorkflowUid("u"), name="w", namespace="default", created_at=now)
    return compile_plan(workflow, identity, library or Library())


def again(workflow: Workflow) -> Workflow:
    """The workflow as a store gives it back."""
    return msgspec.json.decode(msgspec.json.encode(workflow), type=Workflow)


WHOLE = """
kind: Workflow
metadata: {name: w, labels: {own: x}}
spec: {workflowTemplateRef: {name: t}}
---
kind: WorkflowTemplate
metadata: {name: t}
spec:
  entrypoint: main
  suspend: true
  ttlStrategy: {secondsAfterCompletion: 5}
  templates:
  - {name: main, container: {image: IMAGE}}
"""


def test_the_merged_spec_is_stored_and_later_edits_have_no_effect() -> None:
    workflow, library = read(WHOLE.replace("IMAGE", "first"))
    pinned = again(pin(workflow, library))
    _, edited = read(WHOLE.replace("IMAGE", "second"))
    assert pin(pinned, edited) == pinned
    spec = plan(pinned, edited).spec
    container = (spec.templates or ())[0].container
    assert container is not None and container.image == "first"
    assert spec.suspend is None and spec.ttl_strategy is not None
    assert pinned.metadata is not None and pinned.metadata.labels == {
        "own": "x", "workflows.argoproj.io/workflow-template": "t",
    }  # fmt: skip
    assert pinned.spec == workflow.spec


def test_suspend_and_shutdown_of_the_workflow_count_while_it_runs() -> None:
    workflow, library = read(WHOLE)
    pinned = pin(workflow, library)
    assert pinned.spec is not None
    stopped = msgspec.structs.replace(pinned.spec, suspend=True, shutdown="Stop")
    spec = executed_spec(msgspec.structs.replace(pinned, spec=stopped))
    assert (spec.suspend, spec.shutdown, spec.entrypoint) == (True, "Stop", "main")


def test_defaults_come_below_the_template() -> None:
    workflow, library = read(WHOLE)
    pinned = pin(workflow, library, defaults=WorkflowSpec(entrypoint="other", parallelism=7))
    assert (executed_spec(pinned).entrypoint, executed_spec(pinned).parallelism) == ("main", 7)


@pytest.mark.parametrize(
    ("scope", "resource"), [("", "workflowtemplates"), (", clusterScope: true", "clusterworkflowtemplates")]
)
def test_a_template_that_does_not_exist(scope: str, resource: str) -> None:
    workflow, library = read(f"kind: Workflow\nspec: {{workflowTemplateRef: {{name: gone{scope}}}}}")
    with pytest.raises(NotFoundError, match=rf'^{resource}\.argoproj\.io "gone" not found'):
        pin(workflow, library)


CALLS = """
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  hooks: {exit: {templateRef: {name: lib, template: hooked}}}
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, templateRef: {name: lib, template: dag}}
      - {name: b, templateRef: {name: big, template: one, clusterScope: true}}
---
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  podMetadata: {labels: {a: lib}}
  templates:
  - name: dag
    dag:
      tasks:
      - {name: again, template: dag}
      - name: in
        inline: {steps: [[{name: deep, template: leaf, onExit: bye}]]}
  - {name: leaf, container: {image: a}}
  - {name: bye, container: {image: a}}
  - {name: hooked, container: {image: a}}
  - {name: unused, container: {image: a}}
---
kind: ClusterWorkflowTemplate
metadata: {name: big}
spec:
  templates:
  - name: one
    inputs: {parameters: [{name: which}]}
    steps: [[{name: s, template: "{{inputs.parameters.which}}"}]]
  - {name: two, container: {image: a}}
"""


def test_only_what_calls_can_reach_is_stored() -> None:
    workflow, library = read(CALLS)
    pinned = again(pin(workflow, library))
    assert set(stored_templates(pinned)) == {
        "namespaced/lib/dag", "namespaced/lib/inline/in", "namespaced/lib/leaf", "namespaced/lib/bye",
        "namespaced/lib/hooked", "cluster/big/one", "cluster/big/two",
    }  # fmt: skip
    leaf = stored_templates(pinned)["namespaced/lib/leaf"]
    assert leaf.metadata is not None and leaf.metadata.labels == {"a": "lib"}
    assert pin(pinned, library) == pin(pinned) == pinned
    keys = {(key.scope, key.resource, key.name) for key in plan(pinned).templates}
    assert keys == {
        ("local", "w", "main"), ("namespaced", "lib", "dag"), ("namespaced", "lib", "leaf"),
        ("namespaced", "lib", "bye"), ("namespaced", "lib", "hooked"), ("cluster", "big", "one"),
        ("cluster", "big", "two"),
    }  # fmt: skip


def test_templates_that_are_stored_win_over_edited_files() -> None:
    workflow, library = read(CALLS)
    pinned = pin(workflow, library)
    _, edited = read(CALLS.replace("{image: a}", "{image: edited}"))
    template = plan(pinned, edited).templates[TemplateKey("namespaced", "lib", "leaf")].template
    assert template.container is not None and template.container.image == "a"


MAPS = """
kind: Workflow
metadata: {{name: w, annotations: {{own: x}}}}
spec:
  entrypoint: main
  arguments: {{parameters: [{{name: g, valueFrom: {source}}}]}}
  templates:
  - {{name: main, container: {{image: a}}}}
---
kind: ConfigMap
metadata: {{name: maps, namespace: NAMESPACE, labels: {{workflows.argoproj.io/configmap-type: Parameter}}}}
data: {{k: v, unread: secret}}
"""


def maps(source: str, namespace: str = "default") -> Plan:
    workflow, library = read(MAPS.format(source=source).replace("NAMESPACE", namespace))
    return plan(again(pin(workflow, library, "default")))


def test_values_of_config_maps_are_pinned_key_by_key() -> None:
    found = maps("{configMapKeyRef: {name: maps, key: k}}")
    assert pinned_config_maps(found.workflow) == {"maps": {"k": "v"}}
    assert own_annotations(found.workflow) == {"own": "x"}
    assert found.variables["workflow.parameters.g"] == "v"
    assert found.variables["workflow.annotations"] == '{"own":"x"}'
    assert "configMapKeyRef" in str(found.variables["workflow.parameters"])


@pytest.mark.parametrize(
    ("source", "namespace", "problem"),
    [
        (
            "{configMapKeyRef: {name: maps, key: x}}",
            "default",
            "failed to set global parameter g from configmap with name maps and key x: "
            "ConfigMap 'maps' does not have the key 'x'",
        ),
        (
            "{configMapKeyRef: {name: maps, key: k}}",
            "elsewhere",
            "failed to set global parameter g from configmap with name maps and key k: ConfigMap 'maps' does not exist. "
            "Please make sure it has the label workflows.argoproj.io/configmap-type: Parameter "
            "to be detectable by the controller",
        ),
        (
            "{supplied: {}}",
            "default",
            "either value or valueFrom must be specified in order to set global parameter g",
        ),
    ],
)
def test_a_source_that_gives_nothing_is_refused_unless_it_has_a_default(
    source: str, namespace: str, problem: str
) -> None:
    with pytest.raises(UsageError) as raised:
        maps(source, namespace)
    assert raised.value.message == f"failed to set global parameters: {problem}"
    found = maps(source.replace("{", "{default: d, ", 1), namespace)
    assert found.variables["workflow.parameters.g"] == "d"

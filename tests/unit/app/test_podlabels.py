"""Labels of pods as the workflow and the node say them."""

from __future__ import annotations

import msgspec

from tiphys.app.services.podlabels import pod_labels
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow

WORKFLOW = {
    "metadata": {"name": "w", "namespace": "n"},
    "spec": {
        "arguments": {"parameters": [{"name": "team", "value": "red"}]},
        "templates": [
            {
                "name": "p",
                "metadata": {
                    "labels": {
                        "plain": "x",
                        "which": "{{inputs.parameters.a}}",
                        "team": "{{ workflow.parameters.team }}-{{workflow.namespace}}",
                        "computed": "{{=inputs.parameters.a}}",
                        "unknown": "{{inputs.parameters.b}}",
                    }
                },
            }
        ],
    },
}
NODE = {"id": "w-1", "templateName": "p", "inputs": {"parameters": [{"name": "a", "value": "7"}]}}


def test_tags_in_labels_have_the_values_of_the_node() -> None:
    workflow = msgspec.convert(WORKFLOW, Workflow, strict=False)
    found = pod_labels(workflow, msgspec.convert(NODE, NodeStatus, strict=False))
    assert {key: value for key, value in found.items() if "/" not in key} == {
        "plain": "x",
        "which": "7",
        "team": "red-n",
    }
    assert found["workflows.argoproj.io/workflow"] == "w"

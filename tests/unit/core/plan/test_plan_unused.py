"""Parameters that nobody has a use for are found, and nothing else is."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.unused import unused_parameters

TEXT = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  arguments: {parameters: [{name: type, value: a}]}
  templates:
  - name: main
    inputs: {parameters: [{name: entry}]}
    container: {image: none, args: [ARGUMENT]}
"""


def spec_with(argument: str) -> WorkflowSpec:
    manifest = load(TEXT.replace("ARGUMENT", argument), "w.yaml").documents[0].manifest
    assert isinstance(manifest, Workflow) and manifest.spec is not None
    return manifest.spec


def test_the_nearest_name_is_told() -> None:
    names = ("type", "entry", "tyep", "zzz")
    assert unused_parameters(spec_with("x"), names) == {"tyep": "type", "zzz": ""}


@pytest.mark.parametrize(
    "argument",
    [
        '"{{workflow.parameters.free}}"',
        "\"{{=workflow.parameters['free']}}\"",
        "'{{=workflow.parameters[\"free\"]}}'",
        '"{{=sprig.upper(workflow.parameters.free)}}"',
        '"{{workflow.parameters}}"',
        '"{{workflow.parameters.json}}"',
        '"{{=toJson(workflow.parameters)}}"',
        "\"{{=workflow.parameters['fr' + 'ee']}}\"",
        '"{{=workflow.parameters[inputs.parameters.entry]}}"',
    ],
)
def test_what_a_tag_reads_is_used(argument: str) -> None:
    assert unused_parameters(spec_with(argument), ["free"]) == {}


def test_a_tag_with_another_name_is_no_use() -> None:
    assert unused_parameters(spec_with('"{{workflow.parameters.freedom}}"'), ["freedon"]) == {"freedon": "freedom"}

"""Merging as the corpus has it: upstream's own cases of ``merge_test.go`` and ``operator_wfdefault_test.go``."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowTemplate
from tiphys.core.plan.merge import merge_metadata, merge_specs

CORPUS = Path("/work/shared/corpus/controller/yaml")
MERGE, DEFAULT, REFERENCE = CORPUS / "util/merge", CORPUS / "controller/operator_wfdefault", CORPUS / "controller"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")


def read(path: Path) -> Workflow | WorkflowTemplate:
    text = textwrap.dedent(path.read_text())
    if "kind:" not in text:
        text = f"kind: Workflow\n{text}"
    manifest = load(text, path.name).documents[0].manifest
    assert isinstance(manifest, Workflow | WorkflowTemplate)
    return manifest


def spec(path: Path) -> WorkflowSpec:
    return read(path).spec or WorkflowSpec()


def test_workflow_defaults_below_a_plain_workflow() -> None:
    own, defaults, result = (spec(DEFAULT / f"{name}.yaml") for name in ("simpleWf", "wfDefaults", "wfDefaultResult"))
    assert merge_specs(own, defaults=defaults) == result


def test_metadata_of_the_defaults() -> None:
    own, defaults = read(MERGE / "wf.yaml").metadata, read(MERGE / "wfDefault.yaml").metadata
    assert own is not None
    merged = merge_metadata(own, defaults)
    assert (merged.labels, merged.annotations) == ({"testLabel": "default"}, {"testAnnotation": "default"})


def test_hooks() -> None:
    patch, nothing, base = (spec(MERGE / f"{name}.yaml") for name in ("patchHookWF", "baseNilWF", "baseHookWF"))
    merged = merge_specs(nothing, patch).hooks or {}
    assert {name: hook.template for name, hook in merged.items()} == {"foo": "c", "bar": "b"}
    merged = merge_specs(base, patch).hooks or {}
    assert {name: hook.template for name, hook in merged.items()} == {"foo": "a", "bar": "b"}
    assert merge_specs(nothing, spec(MERGE / "patchNilHookWF.yaml")).hooks is None


def test_labels_from() -> None:
    patch, base = (spec(MERGE / f"{name}.yaml") for name in ("patchLabelsFromWF", "baseLabelsFromWF"))
    merged = merge_specs(base, patch).workflow_metadata
    assert merged is not None
    found = {name: item.expression for name, item in (merged.labels_from or {}).items()}
    assert found == {"foo": "BASE", "bar": "PATCH", "baz": "BASE"}


def test_an_artifact_of_the_workflow_keeps_its_key() -> None:
    merged = merge_specs(spec(MERGE / "wfWithArtifactOverride.yaml"), spec(MERGE / "wftWithArtifact.yaml"))
    assert merged.arguments is not None
    (artifact,) = merged.arguments.artifacts or ()
    assert artifact.s3 is not None
    assert artifact.s3.key == "uploads/argo/12345678-1234-1234-1234-123456789012/file.zip"


def test_artifacts_of_the_template_follow_those_of_the_workflow() -> None:
    folder = REFERENCE / "operator_workflow_template_ref"
    merged = merge_specs(spec(folder / "wfWithTemplateWithArtifact.yaml"), spec(folder / "wftWithArtifact.yaml"))
    assert merged.arguments is not None
    assert [item.name for item in merged.arguments.artifacts or ()] == ["own-file", "binary-file", "data-file"]


def test_a_source_of_the_workflow_wins_over_a_value_of_the_template() -> None:
    folder = REFERENCE / "operator_workflow_template_ref"
    own = spec(folder / "wfWithValueFromParamOverride.yaml")
    merged = merge_specs(own, spec(folder / "wftWithValueParameter.yaml"))
    assert merged.arguments is not None and own.arguments is not None
    assert merged.arguments.parameters == own.arguments.parameters

"""``workflowMetadata`` becomes labels and annotations of the workflow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tiphys.app.services.submit import label
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.metadata import with_metadata
from tiphys.core.plan.model import Identity
from tiphys.core.template.errors import TemplateError
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid

VARIABLES = {"workflow.name": "w", "workflow.parameters.team": "red", "workflow.parameters.n": "3"}


def applied(own: ObjectMeta | None = None, **wanted: Any) -> ObjectMeta:
    found = check(WorkflowSpec, {"workflowMetadata": wanted}).record
    assert found is not None
    return with_metadata(Workflow(metadata=own, spec=found), found, VARIABLES).metadata or ObjectMeta()


def test_labels_and_annotations_are_copied() -> None:
    meta = applied(ObjectMeta(labels={"a": "1", "b": "2"}), labels={"b": "3"}, annotations={"n": "any text"})
    assert meta.labels == {"a": "1", "b": "3"}
    assert meta.annotations == {"n": "any text"}


def test_tags_of_global_variables_are_filled_in() -> None:
    meta = applied(
        labels={"team": "{{workflow.parameters.team}}"}, annotations={"n": "{{=asInt(workflow.parameters.n) + 1}}"}
    )
    assert (meta.labels, meta.annotations) == ({"team": "red"}, {"n": "4"})


def test_computed_labels_win() -> None:
    meta = applied(labels={"team": "blue"}, labelsFrom={"team": {"expression": "workflow.parameters.team + '-x'"}})
    assert meta.labels == {"team": "red-x"}


def test_nothing_wanted_changes_nothing() -> None:
    workflow = Workflow(spec=WorkflowSpec())
    assert with_metadata(workflow, WorkflowSpec(), VARIABLES) is workflow


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"labelsFrom": {"k": {"expression": "a."}}}, 'failed to compile function for expression "a.": '),
        ({"labelsFrom": {"k": {"expression": "nope.x"}}}, 'failed to evaluate label "k" expression "nope.x"'),
        (
            {"labelsFrom": {"k": {"expression": "1 + 1"}}},
            'failed to evaluate label "k" expression "1 + 1" evaluted to int but must be a string',
        ),
        (
            {"labelsFrom": {"k": {"expression": "'a b'"}}},
            'invalid label value "a b" for label "k" and expression "\'a b\'": a valid label must be',
        ),
        (
            {"labels": {"k": "x" * 64}},
            f'invalid label value "{"x" * 64}" for label "k": must be no more than 63 characters',
        ),
        ({"labels": {"k": "-a"}}, 'invalid label value "-a" for label "k": a valid label must be'),
    ],
)
def test_errors(wanted: dict[str, Any], problem: str) -> None:
    with pytest.raises(TemplateError) as error:
        applied(**wanted)
    assert str(error.value).startswith(problem)


def test_a_plan_has_the_labels_as_variables() -> None:
    spec = check(
        WorkflowSpec,
        {
            "entrypoint": "main",
            "workflowMetadata": {
                "labels": {"fixed": "f"},
                "labelsFrom": {"team": {"expression": "workflow.name + '-x'"}},
            },
            "templates": [{"name": "main", "suspend": {}}],
        },
    ).record
    identity = Identity(uid=WorkflowUid("u"), name="w", namespace="n", created_at=datetime(2026, 1, 2, tzinfo=UTC))
    plan = compile_plan(Workflow(metadata=ObjectMeta(labels={"own": "o"}), spec=spec), identity)
    assert plan.workflow.metadata is not None
    assert plan.workflow.metadata.labels == {"own": "o", "fixed": "f", "team": "w-x"}
    shown = {name: plan.variables[f"workflow.labels.{name}"] for name in ("own", "fixed", "team")}
    assert shown == {"own": "o", "fixed": "f", "team": "w-x"}


def test_labels_are_computed_once_when_the_workflow_is_submitted() -> None:
    spec = check(WorkflowSpec, {"workflowMetadata": {"labelsFrom": {"team": {"expression": "workflow.uid"}}}}).record
    meta = ObjectMeta(name="w", uid="u", creation_timestamp="2026-01-02T03:04:05Z", labels={"team": "mine"})
    found = label(Workflow(metadata=meta, spec=spec)).metadata
    assert found is not None and found.labels == {"team": "u"}


def test_a_label_that_cannot_be_computed_refuses_the_workflow() -> None:
    spec = check(WorkflowSpec, {"workflowMetadata": {"labelsFrom": {"team": {"expression": "1"}}}}).record
    with pytest.raises(UsageError, match="evaluted to int but must be a string"):
        label(Workflow(metadata=ObjectMeta(name="w", uid="u"), spec=spec))

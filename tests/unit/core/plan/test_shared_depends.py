"""Tasks that wait for the same tasks share what was parsed for them: a DAG of layers has a million edges."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import CallPlan, Identity
from tiphys.ids import WorkflowUid


def tasks(*bodies: dict[str, object]) -> dict[str, CallPlan]:
    dag = {"tasks": [{"template": "main", **body} for body in bodies]}
    spec = {"entrypoint": "main", "templates": [{"name": "main", "dag": dag}]}
    workflow = msgspec.convert({"metadata": {"name": "wf"}, "spec": spec}, Workflow)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    plan = compile_plan(workflow, Identity(uid=WorkflowUid("u"), name="wf", namespace="default", created_at=moment))
    dag_plan = next(iter(plan.templates.values())).dag
    assert dag_plan is not None
    return dict(dag_plan.by_name)


def test_equal_conditions_are_one_record() -> None:
    found = tasks(
        {"name": "a"},
        {"name": "b"},
        {"name": "c", "dependencies": ["a", "b"]},
        {"name": "d", "dependencies": ["a", "b"]},
        {"name": "e", "dependencies": ["b", "a"]},
    )
    assert found["c"].depends is found["d"].depends is not None
    assert found["e"].depends is not found["c"].depends
    assert found["a"].depends is None


def test_both_ways_to_write_it_mean_the_same() -> None:
    old, new = (
        tasks({"name": "a"}, {"name": "b"}, {"name": "c", **condition})["c"].depends
        for condition in ({"dependencies": ["a", "b"]}, {"depends": "a && b"})
    )
    assert old == new

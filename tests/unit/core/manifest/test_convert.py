"""Manifests of old versions in today's form."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.convert import convert
from tiphys.core.manifest.model.scalars import JsonValue

MUTEX: JsonValue = {"name": "a"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"synchronization": {"mutex": MUTEX}}, {"synchronization": {"mutexes": [MUTEX]}}),
        (
            {"synchronization": {"semaphore": {"x": 1}, "semaphores": [{"y": 2}]}},
            {"synchronization": {"semaphores": [{"y": 2}, {"x": 1}]}},
        ),
        (
            {"templates": [{"name": "t", "synchronization": {"mutex": MUTEX}}, "odd"]},
            {"templates": [{"name": "t", "synchronization": {"mutexes": [MUTEX]}}, "odd"]},
        ),
        ({"entrypoint": "main"}, {"entrypoint": "main"}),
    ],
)
def test_specs_wherever_they_stand(old: JsonValue, new: JsonValue) -> None:
    for kind in ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"):
        assert convert({"kind": kind, "spec": old}) == {"kind": kind, "spec": new}
    assert convert({"kind": "CronWorkflow", "spec": {"workflowSpec": old}}) == {
        "kind": "CronWorkflow",
        "spec": {"workflowSpec": new},
    }


def test_the_one_schedule_replaces_the_list() -> None:
    old: JsonValue = {"kind": "CronWorkflow", "spec": {"schedule": "@daily", "schedules": ["@hourly"]}}
    assert convert(old) == {"kind": "CronWorkflow", "spec": {"schedules": ["@daily"]}}
    empty: JsonValue = {"kind": "CronWorkflow", "spec": {"schedule": "", "schedules": ["@hourly"]}}
    assert convert(empty) == {"kind": "CronWorkflow", "spec": {"schedules": ["@hourly"]}}


@pytest.mark.parametrize("data", [None, [], "x", {"kind": "ConfigMap", "spec": {"schedule": 1}}, {"kind": "Workflow"}])
def test_everything_else_passes_through(data: JsonValue) -> None:
    assert convert(data) == data

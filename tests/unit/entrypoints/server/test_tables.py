"""What ``kubectl get`` prints of pods."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Catalogue
from tiphys.entrypoints.server.kube.tables import table

NOW = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
RUNNING: JsonObject = {
    "phase": "Running",
    "containerStatuses": [{"name": "a", "ready": True, "restartCount": 2}, {"name": "b", "ready": False}],
}


@pytest.mark.parametrize(
    ("status", "cells"),
    [
        (RUNNING, ["p", "1/2", "Running", "2", "60s"]),
        ({"phase": "Succeeded"}, ["p", "0/2", "Completed", "0", "60s"]),
        ({"phase": "Failed"}, ["p", "0/2", "Error", "0", "60s"]),
        ({"phase": "Failed", "reason": "Evicted"}, ["p", "0/2", "Evicted", "0", "60s"]),
        (
            {"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]},
            ["p", "0/2", "ImagePullBackOff", "0", "60s"],
        ),
        (
            {
                "phase": "Running",
                "containerStatuses": [
                    {"ready": True, "state": {"running": {}}},
                    {"state": {"terminated": {"reason": "Completed"}}},
                ],
            },
            ["p", "1/2", "Running", "0", "60s"],
        ),
        ({}, ["p", "0/2", "", "0", "60s"]),
    ],
)
def test_a_pod_has_the_columns_that_scripts_count_on(status: JsonObject, cells: list[str]) -> None:
    kind = Catalogue().find("pods")
    assert kind is not None
    pod: JsonObject = {
        "metadata": {"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"containers": [{"name": "a"}, {"name": "b"}]},
        "status": status,
    }
    found = table(kind, [pod], {}, NOW)
    columns, rows = found["columnDefinitions"], found["rows"]
    assert isinstance(columns, list) and isinstance(rows, list)
    names = [column["name"] for column in columns if isinstance(column, dict)]
    assert names == ["Name", "Ready", "Status", "Restarts", "Age"]
    assert [row["cells"] for row in rows if isinstance(row, dict)] == [cells]

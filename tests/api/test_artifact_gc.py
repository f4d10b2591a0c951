"""Artifact GC by a server: the finalizer keeps a deleted workflow until its artifacts are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.api.conftest import Running

EXAMPLE = Path(__file__).parents[2] / "examples" / "56-artifact-gc.yaml"
FINALIZER = "workflows.argoproj.io/artifact-gc"


def test_a_deleted_workflow_goes_with_its_artifacts(server: Running) -> None:
    workflow: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text())
    workflow["metadata"] = {"name": "collected"}

    def kept() -> set[str]:
        keys = server.home / "artifacts" / "keys"
        return {path.name for path in keys.rglob("*") if path.is_file() and "collected" in str(path)}

    with server.client() as http:
        assert http.post("/api/v1/workflows/gc", json={"workflow": workflow}).status_code == 200
        server.finished("collected", "gc")
        path = "/api/v1/workflows/gc/collected"
        while FINALIZER not in http.get(path).json()["metadata"].get("finalizers", []) or len(kept()) != 2:
            continue
        assert kept() == {"report.tgz", "result.tgz"}
        tasks = "/apis/argoproj.io/v1alpha1/namespaces/gc/workflowartifactgctasks"
        while len(left := http.get(tasks).json()["items"]) != 1:  # the one that is done goes after its files
            continue
        assert [task["spec"]["strategy"] for task in left] == ["OnWorkflowDeletion"]
        assert http.delete(path).status_code == 200
        live = "/apis/argoproj.io/v1alpha1/namespaces/gc/workflows/collected"
        answer = http.get(live)
        while answer.status_code == 200:
            assert answer.json()["metadata"]["deletionTimestamp"]
            answer = http.get(live)
        assert answer.status_code == 404
        archived = http.get(path).json()["metadata"]
        assert (archived["name"], archived.get("deletionTimestamp")) == ("collected", None)
    assert kept() == {"result.tgz"}


def test_force_does_not_wait(server: Running) -> None:
    workflow: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text())
    workflow["metadata"] = {"name": "forced"}
    with server.client() as http:
        http.post("/api/v1/workflows/gc", json={"workflow": workflow})
        server.finished("forced", "gc")
        path = "/api/v1/workflows/gc/forced"
        while FINALIZER not in http.get(path).json()["metadata"].get("finalizers", []):
            continue
        assert http.delete(path, params={"force": "true"}).status_code == 200
        assert http.get("/apis/argoproj.io/v1alpha1/namespaces/gc/workflows/forced").status_code == 404

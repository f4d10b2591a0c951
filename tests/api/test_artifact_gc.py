"""Artifact GC by a server: the finalizer keeps a deleted workflow until its artifacts are gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.api.conftest import Running
from tests.waiting import until

EXAMPLE = Path(__file__).parents[2] / "examples" / "56-artifact-gc.yaml"
FINALIZER = "workflows.argoproj.io/artifact-gc"


def deleted(answer: httpx.Response) -> str | None:
    stamp: str | None = answer.json()["metadata"].get("deletionTimestamp")
    return stamp


def finalizers(http: httpx.Client, path: str) -> list[str]:
    return list(http.get(path).json()["metadata"].get("finalizers", []))


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
        until(lambda: finalizers(http, path), lambda found: FINALIZER in found)
        assert until(kept, lambda found: len(found) == 2) == {"report.tgz", "result.tgz"}
        tasks = "/apis/argoproj.io/v1alpha1/namespaces/gc/workflowartifactgctasks"
        # The one that is done goes after its files.
        left = until(lambda: http.get(tasks).json()["items"], lambda found: len(found) == 1)
        assert [task["spec"]["strategy"] for task in left] == ["OnWorkflowDeletion"]
        assert http.delete(path).status_code == 200
        live = "/apis/argoproj.io/v1alpha1/namespaces/gc/workflows/collected"
        gone = until(lambda: http.get(live), lambda answer: answer.status_code != 200 or not deleted(answer))
        assert gone.status_code == 404
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
        until(lambda: finalizers(http, path), lambda found: FINALIZER in found)
        assert http.delete(path, params={"force": "true"}).status_code == 200
        assert http.get("/apis/argoproj.io/v1alpha1/namespaces/gc/workflows/forced").status_code == 404

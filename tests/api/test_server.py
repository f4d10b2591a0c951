"""The server as a client on the network sees it."""

from __future__ import annotations

import httpx

from tests.api.conftest import Running
from tests.waiting import PATIENCE, until

HELLO = {
    "metadata": {"generateName": "hello-"},
    "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "x", "command": ["true"]}}]},
}


def test_a_workflow_is_created_run_read_and_deleted(server: Running) -> None:
    with server.client() as client:
        created = client.post("/api/v1/workflows/default", json={"workflow": HELLO}).json()
        name = created["metadata"]["name"]
        assert (created["status"]["startedAt"], created["status"]["finishedAt"]) == (None, None)
        assert server.finished(name)["status"]["phase"] == "Succeeded"
        nodes = client.get(f"/api/v1/workflows/default/{name}").json()["status"]["nodes"]
        assert nodes[name]["type"] == "Pod"
        assert client.delete(f"/api/v1/workflows/default/{name}").json() == {}
        kept = client.get(f"/api/v1/workflows/default/{name}").json()["metadata"]["labels"]
        assert kept["workflows.argoproj.io/workflow-archiving-status"] == "Persisted"
        assert client.delete(f"/api/v1/workflows/default/{name}").status_code == 404


def test_what_is_wrong_is_said_and_nothing_starts(server: Running) -> None:
    with server.client() as client:
        assert client.post("/api/v1/workflows/default", json={}).json()["message"] == "workflow body not specified"
        broken = {"metadata": {"name": "refused"}, "spec": {"entrypoint": "nowhere"}}
        answer = client.post("/api/v1/workflows/default", json={"workflow": broken})
        assert (answer.status_code, answer.json()["code"]) == (400, 3)
        assert client.get("/api/v1/workflows/default/refused").status_code == 404


def test_metrics_have_argos_names_and_need_a_token(server: Running) -> None:
    server.finished(server.submit("true", namespace="measured"), "measured")
    with server.client() as client:
        text = client.get("/metrics").text
    assert 'argo_workflows_total_count{namespace="measured",phase="Succeeded"} 1.0' in text
    assert 'argo_workflows_gauge{phase="Running"}' in text
    assert httpx.get(f"{server.url}/metrics", timeout=PATIENCE).status_code == 401


def test_other_names_of_this_machine_are_refused(server: Running) -> None:
    with server.client() as client:
        assert client.get("/api/v1/version", headers={"host": "evil.example"}).status_code == 403


def test_nothing_but_health_without_a_token(server: Running) -> None:
    with server.client("wrong") as client:
        for path in ("/healthz", "/livez", "/readyz"):
            found = client.get(path)
            assert (found.status_code, found.text, found.headers["content-type"]) == (
                200,
                "ok",
                "text/plain; charset=utf-8",
            )
            assert client.get(f"{path}/of-something").status_code == 501
        for path in ("version", "userinfo", "workflows/default", "workflows/default/x"):
            assert client.get(f"/api/v1/{path}").status_code == 401


GATED = {
    "metadata": {"generateName": "gated-"},
    "spec": {
        "entrypoint": "main",
        "templates": [
            {
                "name": "main",
                "steps": [[{"name": "gate", "template": "gate"}], [{"name": "after", "template": "work"}]],
            },
            {"name": "gate", "suspend": {}},
            {"name": "work", "container": {"image": "x", "command": ["true"]}},
        ],
    },
}


def test_a_resumed_workflow_goes_on_under_the_controller(server: Running) -> None:
    with server.client() as client:
        name = client.post("/api/v1/workflows/default", json={"workflow": GATED}).json()["metadata"]["name"]
        path = f"/api/v1/workflows/default/{name}"

        def waits() -> list[str]:
            nodes = (client.get(path).json()["status"].get("nodes") or {}).values()
            return [node["name"] for node in nodes if node["type"] == "Suspend" and node["phase"] == "Running"]

        until(waits)
        assert client.put(f"{path}/resume", json={}).status_code == 200
        assert server.finished(name)["status"]["phase"] == "Succeeded"

"""Installations that look after a part: by instance id, by namespace; and who did what, on labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import Running, running
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.adapters.system import SystemClock
from tiphys.app.services.cluster.tokens import AccountTokens

INSTANCE = "workflows.argoproj.io/controller-instanceid"
SPEC = {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]}
RUN = {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "x", "command": ["true"]}}]}
ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"},
    "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
}  # fmt: skip
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "all"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "all"},
    "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
}  # fmt: skip


def made(client: httpx.Client, name: str, spec: dict[str, Any], namespace: str = "default") -> dict[str, Any]:
    body = {"workflow": {"metadata": {"name": name}, "spec": spec}}
    answer = client.post(f"/api/v1/workflows/{namespace}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(client: httpx.Client, query: str = "") -> set[str]:
    answer = client.get(f"/api/v1/workflows/default{query}").json()
    return {item["metadata"]["name"] for item in answer["items"] or []}


def test_each_instance_sees_and_runs_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as plain, plain.client() as client:
        made(client, "nobodys", SPEC)
        with running(home, environment={"ARGO_INSTANCEID": "blue"}) as other, other.client() as blue:
            workflow = made(blue, "blues", RUN)
            assert workflow["metadata"]["labels"][INSTANCE] == "blue"
            other.finished("blues")
            assert names(blue) == {"blues"}
            assert names(blue, "?listOptions.labelSelector=workflows.argoproj.io/completed=true") == {"blues"}
            assert names(client) == {"nobodys"}
            template = {"metadata": {"name": "t"}, "spec": RUN}
            kept = blue.post("/api/v1/workflow-templates/default", json={"template": template}).json()
            assert kept["metadata"]["labels"] == {INSTANCE: "blue"}
            assert client.get("/api/v1/workflow-templates/default").json()["items"] is None
            for answer in (
                client.get("/api/v1/workflows/default/blues"),
                client.delete("/api/v1/workflows/default/blues"),
                client.get("/api/v1/workflows/default/blues/log"),
                client.put("/api/v1/workflows/default/blues/stop"),
            ):
                assert answer.status_code == 400
                assert answer.json() == {"code": 3, "message": "'blues' is not managed by the current Argo Server"}
            refused = client.get("/api/v1/workflow-templates/default/t")
            assert refused.json()["message"] == "'t' is not managed by the current Argo Server"
            assert blue.get("/api/v1/workflows/default/nobodys").status_code == 400


def test_a_namespaced_installation_knows_one_namespace(tmp_path: Path) -> None:
    options = ["--namespaced", "--managed-namespace", "team"]
    with running(tmp_path / "home", *options) as server, server.client() as client:
        assert client.get("/api/v1/info").json()["managedNamespace"] == "team"
        made(client, "one", RUN, "team")
        server.finished("one", "team")
        for path in ("/api/v1/workflows/default", "/api/v1/workflows/", "/api/v1/cluster-workflow-templates"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, 7), path


@pytest.fixture(scope="module")
def account(server: Running) -> Iterator[httpx.Client]:
    with server.client() as owner:
        for kind, body in (("clusterroles", ROLE), ("clusterrolebindings", BINDING)):
            kept = owner.post(f"/apis/rbac.authorization.k8s.io/v1/{kind}", json=body)
            assert kept.status_code in (200, 201, 409), kept.text
    store = SqliteStore(server.home / "tiphys.db", SystemClock())
    try:
        token, _ = AccountTokens(store, SystemClock()).create("default", "default")
    finally:
        store.close()
    with server.client(token) as client:
        yield client


def who(workflow: dict[str, Any]) -> dict[str, str]:
    words = ("creator", "actor", "action")
    labels = workflow["metadata"].get("labels") or {}
    return {
        word: labels[f"workflows.argoproj.io/{word}"] for word in words if f"workflows.argoproj.io/{word}" in labels
    }


def test_labels_say_who_did_what(server: Running, account: httpx.Client) -> None:
    person = "system-serviceaccount-default-default"
    with server.client() as owner:
        assert who(made(owner, "acted", SPEC)) == {}
    path = "/api/v1/workflows/default/acted"
    for verb, action in (("suspend", "Suspend"), ("stop", "Stop")):
        assert who(account.put(f"{path}/{verb}").json()) == {"actor": person, "action": action}
    server.finished("acted")
    assert who(account.get(path).json()) == {"actor": person, "action": "Stop"}
    again = account.put(f"{path}/resubmit").json()
    assert who(again)["creator"] == person
    retried = account.put(f"{path}/retry").json()
    assert who(retried) == {"actor": person, "action": "Retry"}
    set_to = account.put(
        f"{path}/set", json={"nodeFieldSelector": "displayName=acted", "phase": "Succeeded", "message": "fine"}
    )
    assert who(set_to.json()) == {"actor": person}, set_to.text


def test_labels_on_templates_and_schedules(account: httpx.Client) -> None:
    person = "system-serviceaccount-default-default"
    template = {"metadata": {"name": "signed"}, "spec": RUN}
    kept = account.post("/api/v1/workflow-templates/default", json={"template": template}).json()
    assert who(kept) == {"creator": person}
    changed = account.put("/api/v1/workflow-templates/default/", json={"template": kept}).json()
    assert who(changed) == {"creator": person, "actor": person, "action": "Update"}
    cron = {"metadata": {"name": "signed"}, "spec": {"schedules": ["@yearly"], "workflowSpec": RUN}}
    account.post("/api/v1/cron-workflows/default", json={"cronWorkflow": cron})
    held = account.put("/api/v1/cron-workflows/default/signed/suspend").json()
    assert who(held) == {"creator": person, "actor": person, "action": "Suspend"}


def test_requests_are_logged_as_json_without_their_query(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        log.open("w") as target,
        running(tmp_path / "home", "--log-format", "json", stderr=target) as server,
        server.client() as client,
    ):
        client.get("/api/v1/version?token=hunter2")
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    [line] = [line for line in lines if line["msg"] == "request"]
    assert (line["level"], line["method"], line["path"], line["status"]) == ("info", "GET", "/api/v1/version", 200)
    assert "hunter2" not in log.read_text()

"""Events, webhooks, sync limits, sources and sensors over the wire (``spec/api.md`` 16, 18)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.api.conftest import Running
from tests.waiting import PATIENCE, until
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.adapters.system import SystemClock
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.ports.identity import OWNER

TEMPLATE = {
    "metadata": {"name": "greet"},
    "spec": {
        "entrypoint": "main",
        "arguments": {"parameters": [{"name": "who", "value": "nobody"}]},
        "templates": [
            {"name": "main", "container": {"image": "x", "command": ["echo", "{{workflow.parameters.who}}"]}}
        ],
    },
}
BINDING = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowEventBinding",
    "metadata": {"name": "on-push", "namespace": "hooks"},
    "spec": {
        "event": {"selector": 'discriminator == "push" && payload.who != ""'},
        "submit": {
            "workflowTemplateRef": {"name": "greet"},
            "arguments": {"parameters": [{"name": "who", "valueFrom": {"event": "payload.who"}}]},
        },
    },
}
CLIENTS = {
    "hub": "type: github\nsecret: shh",
    "lab": "type: gitlab\nsecret: token",
    "bucket": "type: bitbucket\nsecret: id",
}


def put(server: Running, *manifests: dict[str, Any]) -> None:
    """Keep objects, as ``tiphys apply`` does it, beside the running server."""
    clock = SystemClock()
    store = SqliteStore(server.home / "tiphys.db", clock)
    try:
        objects = LocalObjects(store, clock, StoredRights(store), Collector(store))
        for manifest in manifests:
            objects.apply(OWNER, manifest, "hooks")
    finally:
        store.close()


@pytest.fixture(scope="module")
def bound(server: Running) -> Running:
    """A namespace with a template, a binding and webhook clients of which one may submit."""
    with server.client() as client:
        made = client.post("/api/v1/workflow-templates/hooks", json={"template": TEMPLATE})
        assert made.status_code == 200, made.text
    data = {name: base64.b64encode(text.encode()).decode() for name, text in CLIENTS.items()}
    rules = [{"apiGroups": ["argoproj.io"], "resources": ["*"], "verbs": ["*"]}]
    rbac = "rbac.authorization.k8s.io/v1"
    put(
        server,
        BINDING,
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "argo-workflows-webhook-clients"}, "data": data},
        {"apiVersion": rbac, "kind": "Role", "metadata": {"name": "submit"}, "rules": rules},
        {
            "apiVersion": rbac,
            "kind": "RoleBinding",
            "metadata": {"name": "submit"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "submit"},
            "subjects": [{"kind": "ServiceAccount", "name": "hub", "namespace": "hooks"}],
        },
    )
    return server


def submitted(client: httpx.Client) -> set[str]:
    items = client.get("/api/v1/workflows/hooks").json()["items"] or ()
    return {
        item["spec"]["arguments"]["parameters"][0]["value"]
        for item in items
        if item["metadata"]["labels"].get("workflows.argoproj.io/workflow-event-binding") == "on-push"
    }


def test_an_event_is_made_into_a_workflow_by_its_binding(bound: Running) -> None:
    with bound.client() as client:
        assert client.post("/api/v1/events/hooks/push", json={"who": "signed-in"}).json() == {}
        assert client.post("/api/v1/events/hooks/other", json={"who": "not-bound"}).json() == {}
        assert "signed-in" in submitted(client)
        assert "not-bound" not in submitted(client)
        failed = client.post("/api/v1/events/hooks/push", json=["no mapping"]).json()
        assert failed["code"] == 13
        assert failed["message"].startswith("failed to dispatch event: [on-push: ")
        client.post("/api/v1/events/hooks/push", json=3)
        [told] = failures_of(client, "on-push")
        assert (told["reason"], told["type"], told["count"]) == ("WorkflowEventBindingError", "Warning", 2)
        assert told["message"].startswith("failed to evaluate workflow template")
        listed = client.get("/api/v1/workflow-event-bindings/hooks").json()["items"]
        assert [item["metadata"]["name"] for item in listed] == ["on-push"]


def failures_of(client: httpx.Client, binding: str) -> list[dict[str, Any]]:
    events = client.get("/api/v1/namespaces/hooks/events").json()["items"]
    about = {"kind": "WorkflowEventBinding", "name": binding}
    return [event for event in events if about.items() <= event["involvedObject"].items()]


def post(server: Running, body: dict[str, Any], **headers: str) -> httpx.Response:
    content = json.dumps(body).encode()
    return httpx.post(f"{server.url}/api/v1/events/hooks/push", content=content, headers=headers, timeout=PATIENCE)


def signature(body: dict[str, Any], secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), json.dumps(body).encode(), hashlib.sha256).hexdigest()


def test_a_webhook_is_its_clients_account_if_the_signature_fits(bound: Running) -> None:
    body = {"who": "github"}
    assert post(bound, body, **{"x-hub-signature-256": signature(body, "shh")}).json() == {}
    with bound.client() as client:
        assert "github" in submitted(client)
        labelled = {"listOptions.labelSelector": "workflows.argoproj.io/workflow-event-binding=on-push"}
        before = client.get("/api/v1/workflows/hooks", params=labelled).json()["items"]
        # The same delivery once more: nothing says that it is the same, so there is one more workflow, as in Argo.
        assert post(bound, body, **{"x-hub-signature-256": signature(body, "shh")}).json() == {}
        after = client.get("/api/v1/workflows/hooks", params=labelled).json()["items"]
        assert len(after) == len(before) + 1
    for headers in ({}, {"x-hub-signature-256": signature(body, "wrong")}, {"x-gitlab-token": "no"}):
        refused = post(bound, {"who": "refused"}, **headers)
        assert (refused.status_code, refused.json()["message"]) == (403, "failed to process webhook request")
    # Known, but without the right to submit.
    for headers in ({"x-gitlab-token": "token"}, {"x-hook-uuid": "id"}):
        assert post(bound, {"who": "refused"}, **headers).json() == {"code": 7, "message": "permission denied"}
    with bound.client() as client:
        assert "refused" not in submitted(client)


def test_a_large_webhook_is_not_read(bound: Running) -> None:
    answer = httpx.post(f"{bound.url}/api/v1/events/hooks/push", content=b" " * (3 << 20), timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"]) == (429, 8)
    elsewhere = httpx.post(f"{bound.url}/api/v1/events/default/push", content=b"{}", timeout=PATIENCE)
    assert elsewhere.status_code == 401


def test_limits_in_config_maps(server: Running) -> None:
    path = "/api/v1/sync/limits"
    given = {"type": "CONFIGMAP", "cmName": "semaphores", "key": "db", "limit": 3}
    shown = {"namespace": "limits", "cmName": "semaphores", "key": "db", "limit": 3}
    with server.client() as client:
        assert client.post(path, json={**given, "limit": 0}).json() == {
            "code": 3,
            "message": "limit must be greater than zero",
        }
        assert client.post(path, json=given).json() == shown
        again = client.post(path, json={**given, "type": 0})
        assert again.json() == {"code": 6, "message": "sync limit cannot be created as it already exists"}
        assert client.get(f"{path}/db", params={"cmName": "semaphores", "type": "0"}).json() == shown
        changed = client.put(f"{path}/db", json={"cmName": "semaphores", "limit": 5}).json()
        assert changed == {**shown, "limit": 5}
        missing = client.put(f"{path}/x", json={"cmName": "semaphores", "limit": 5}).json()
        text = "key x not found in configmap limits/semaphores - please create it first"
        assert missing == {"code": 5, "message": text}
        assert client.delete(f"{path}/db", params={"cmName": "semaphores"}).json() == {}
        gone = client.get(f"{path}/db", params={"cmName": "semaphores"}).json()
        assert gone == {"code": 5, "message": "key db not found in configmap limits/semaphores"}


@pytest.mark.parametrize(
    ("path", "member", "kind"), [("event-sources", "eventSource", "EventSource"), ("sensors", "sensor", "Sensor")]
)
def test_sources_and_sensors_are_kept(server: Running, path: str, member: str, kind: str) -> None:
    base = f"/api/v1/{path}/kept"
    with server.client() as client:
        made = client.post(base, json={member: {"metadata": {"name": "one"}, "spec": {"x": 1}}}).json()
        assert (made["kind"], made["spec"]) == (kind, {"x": 1})
        changed = client.put(f"{base}/one", json={member: {"metadata": {"name": "one"}, "spec": {"x": 2}}}).json()
        assert changed["spec"] == {"x": 2}
        assert [item["metadata"]["name"] for item in client.get(base).json()["items"]] == ["one"]
        assert client.delete(f"{base}/one").json() == {}
        assert client.get(f"{base}/one").status_code == 404
        assert client.get(base).json()["items"] is None


def test_a_cron_workflow_fires(server: Running) -> None:
    cron = {
        "metadata": {"name": "often"},
        "spec": {"schedules": ["@every 1s"], "workflowSpec": TEMPLATE["spec"]},
    }
    with server.client() as client:
        assert client.post("/api/v1/cron-workflows/crons", json={"cronWorkflow": cron}).status_code == 200
        query = {"listOptions.labelSelector": "workflows.argoproj.io/cron-workflow=often"}
        until(lambda: client.get("/api/v1/workflows/crons", params=query).json()["items"])
        assert client.delete("/api/v1/cron-workflows/crons/often").json() == {}

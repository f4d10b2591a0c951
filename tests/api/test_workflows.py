"""Workflows over the wire: lists, pages, actions, watches, logs (``spec/api.md`` 10 to 13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Running

WORKFLOWS = "/api/v1/workflows"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture(scope="module")
def several(server: Running) -> list[str]:
    """Five finished workflows of a namespace, two of which only the archive has."""
    names = [server.submit(namespace="pages", name=f"page-{number}", labels={"n": str(number)}) for number in range(5)]
    for name in names:
        server.finished(name, "pages")
    with server.client() as client:
        for name in names[:2]:
            client.delete(f"{WORKFLOWS}/pages/{name}")
    return names


def listed(client: httpx.Client, **query: str) -> tuple[list[str], dict[str, Any]]:
    answer = client.get(f"{WORKFLOWS}/pages", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [item["metadata"]["name"] for item in body["items"] or ()], body["metadata"]


def test_pages_hold_every_workflow_once_live_and_archived(server: Running, several: list[str]) -> None:
    with server.client() as client:
        found: list[str] = []
        query = {"listOptions.limit": "2"}
        for _ in range(9):
            names, metadata = listed(client, **query)
            found += names
            if "continue" not in metadata:
                break
            query["listOptions.continue"] = metadata["continue"]
        assert sorted(found) == several
        query = {"listOptions.limit": "2e0", "listOptions.fieldSelector": "ext.showRemainingItemCount=true"}
        assert listed(client, **query)[1]["remainingItemCount"] == 3


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"listOptions.labelSelector": "n in (1,3)"}, {1, 3}),
        ({"listOptions.fieldSelector": "metadata.name=page-2"}, {2}),
        ({"listOptions.fieldSelector": "metadata.name=e-", "nameFilter": "Contains"}, {0, 1, 2, 3, 4}),
        ({"listOptions.fieldSelector": "metadata.name=page-1", "nameFilter": "NotEquals"}, {0, 2, 3, 4}),
        ({"listOptions.fieldSelector": "metadata.name!=page-4"}, {0, 1, 2, 3}),
        ({"listOptions.fieldSelector": "spec.startedAt<2001-01-01T00:00:00Z"}, set()),
        ({"createdAfter": "2001-01-01T00:00:00Z"}, {0, 1, 2, 3, 4}),
        ({"finishedBefore": "2001-01-01T00:00:00Z"}, set()),
        ({"listOptions.labelSelector": "workflows.argoproj.io/phase=Failed"}, set()),
    ],
)
def test_filters(server: Running, several: list[str], query: dict[str, str], numbers: set[int]) -> None:
    with server.client() as client:
        assert set(listed(client, **query)[0]) == {several[number] for number in numbers}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"listOptions.continue": "x"}, "listOptions.continue must be int"),
        ({"listOptions.continue": "-1"}, "listOptions.continue must >= 0"),
        ({"listOptions.fieldSelector": "spec.x=1"}, "unsupported requirement spec.x=1"),
        (
            {"listOptions.fieldSelector": "metadata.namespace=b"},
            "'namespace' query param (\"pages\") and fieldselector 'metadata.namespace' (\"b\") are both specified and "
            "contradict each other",
        ),
    ],
)
def test_wrong_filters(server: Running, query: dict[str, str], message: str) -> None:
    with server.client() as client:
        answer = client.get(f"{WORKFLOWS}/pages", params=query)
        assert (answer.status_code, answer.json()) == (400, {"code": 3, "message": message})


def test_fields_are_kept_or_dropped_and_what_go_always_writes_comes_back(server: Running, several: list[str]) -> None:
    with server.client() as client:
        item = client.get(f"{WORKFLOWS}/pages", params={"fields": "metadata,items.metadata.name"}).json()["items"][0]
        assert item["spec"] == {"arguments": {}}
        assert item["status"] == {"startedAt": None, "finishedAt": None}
        whole = client.get(f"{WORKFLOWS}/pages/{several[4]}").json()
        assert several[4] in whole["status"]["nodes"]
        light = client.get(f"{WORKFLOWS}/pages/{several[4]}", params={"fields": "-status.nodes"}).json()
        assert "nodes" not in light["status"]
        assert light["status"]["phase"] == "Succeeded"
        latest = client.get(f"{WORKFLOWS}/pages/@latest").json()
        assert latest["metadata"]["name"] == several[4]
        assert client.get(f"{WORKFLOWS}/nowhere/@latest").json() == {"code": 5, "message": "no workflows found"}
        assert client.get(f"{WORKFLOWS}/").status_code == 200


def frames(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line[6:])["result"]


def test_a_watch_tells_the_present_state_and_then_what_happens(server: Running) -> None:
    name = server.submit("true", namespace="watch", name="watched")
    server.finished(name, "watch")
    query = {"listOptions.fieldSelector": f"metadata.name={name}", "listOptions.resourceVersion": "0"}
    with (
        server.client() as client,
        client.stream("GET", "/api/v1/workflow-events/watch", params=query, headers=EVENTS) as answer,
    ):
        assert answer.headers["content-type"] == "text/event-stream"
        events = frames(answer)
        first = next(events)
        assert (first["type"], first["object"]["status"]["phase"]) == ("ADDED", "Succeeded")
        assert name in first["object"]["status"]["nodes"]
        with server.client() as other:
            other.delete(f"{WORKFLOWS}/watch/{name}")
        assert next(events)["type"] == "DELETED"


def test_a_watch_from_a_version_tells_only_what_came_after(server: Running) -> None:
    with server.client() as client:
        version = client.get(f"{WORKFLOWS}/since").json()["metadata"]["resourceVersion"]
        name = server.submit("true", namespace="since", name="after")
        query = {"listOptions.resourceVersion": version, "fields": "result.type,result.object.metadata.name"}
        with client.stream("GET", "/api/v1/workflow-events/since", params=query) as answer:
            lines = (json.loads(line)["result"] for line in answer.iter_lines())
            assert next(lines) == {"type": "ADDED", "object": {"metadata": {"name": name}}}


def test_a_stream_ends_when_its_time_is_over(server: Running) -> None:
    with server.client() as client:
        query = {"listOptions.timeoutSeconds": "1"}
        for path in ("workflow-events/timed", "stream/events/timed", "stream/sensors/timed"):
            answer = client.get(f"/api/v1/{path}", params=query)
            assert (answer.status_code, answer.text) == (200, "")


def test_watching_what_does_not_exist_is_an_error_before_the_stream(server: Running) -> None:
    with server.client() as client:
        query = {"listOptions.fieldSelector": "metadata.name=nobody"}
        answer = client.get("/api/v1/workflow-events/watch", params=query, headers=EVENTS)
        assert (answer.status_code, answer.json()["code"]) == (404, 5)


def test_logs_follow_until_the_end_and_are_filtered(server: Running) -> None:
    name = server.submit("sh", "-c", "for i in 1 2 3; do echo line $i; done", name="talks")
    path = f"{WORKFLOWS}/default/{name}/log"
    with server.client() as client:
        with client.stream("GET", path, params={"logOptions.follow": "true"}) as answer:
            followed = [json.loads(line)["result"] for line in answer.iter_lines()]
        assert [entry["content"] for entry in followed] == ["line 1", "line 2", "line 3"]
        assert {entry["podName"] for entry in followed} == {name}

        def contents(**query: str) -> list[str]:
            lines = client.get(path, params=query).text.splitlines()
            return [json.loads(line)["result"]["content"] for line in lines]

        assert contents(**{"logOptions.tailLines": "1"}) == ["line 3"]
        assert contents(grep="[12]$") == ["line 1", "line 2"]
        assert contents(**{"logOptions.sinceTime": "2100-01-01T00:00:00Z"}) == []
        assert contents(**{"logOptions.timestamps": "true"})[0].endswith("Z line 1")
        wrong = client.get(path, params={"grep": "("})
        assert (wrong.status_code, wrong.json()["code"]) == (500, 13)
        assert wrong.json()["message"].startswith('failed to compile "("')


SUSPENDED: dict[str, Any] = {
    "metadata": {"name": "waits"},
    "spec": {
        "entrypoint": "main",
        "templates": [
            {
                "name": "main",
                "suspend": {},
                "inputs": {"parameters": [{"name": "n", "value": "1"}]},
                "outputs": {"parameters": [{"name": "answer", "valueFrom": {"supplied": {}}}]},
            }
        ],
    },
}


def test_suspend_nodes_are_set_and_resumed(server: Running) -> None:
    with server.client() as client:
        path = f"{WORKFLOWS}/default/waits"
        assert client.post(f"{WORKFLOWS}/default", json={"workflow": SUSPENDED}).status_code == 200
        selector = {"nodeFieldSelector": "displayName=waits"}
        while client.get(path).json()["status"].get("phase") != "Running":
            pass
        cases = [
            ({**selector, "phase": "Odd"}, 400, "Odd is an invalid phase to set to"),
            ({}, 500, "'set' currently only targets suspend nodes, use a node field selector to target them"),
            (
                {"nodeFieldSelector": "displayName=x", "message": "m"},
                500,
                "currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: displayName=x",
            ),
        ]
        for body, status, message in cases:
            answer = client.put(f"{path}/set", json=body)
            assert (answer.status_code, answer.json()["message"]) == (status, message)
        done = client.put(f"{path}/set", json={**selector, "outputParameters": '{"answer": "42"}'})
        assert done.json()["status"]["nodes"]["waits"]["outputs"]["parameters"][0]["value"] == "42"
        assert client.put(f"{path}/resume", json={}).status_code == 200
        ended = server.finished("waits")
        assert ended["status"]["phase"] == "Succeeded"
        refused = client.put(f"{path}/stop", json={})
        assert refused.status_code == 400
        assert refused.json()["message"].startswith("cannot shutdown a completed workflow")


def test_retry_and_resubmit_and_their_refusals(server: Running) -> None:
    name = server.submit("true", name="done-once")
    server.finished(name)
    path = f"{WORKFLOWS}/default/{name}"
    with server.client() as client:
        answer = client.put(f"{path}/retry", json={})
        text = "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector"
        assert (answer.status_code, answer.json()["message"]) == (400, text)
        memoized = client.put(f"{path}/resubmit", json={"memoized": True}).json()
        assert memoized == {"code": 3, "message": "workflow must be Failed/Error to resubmit in memoized mode"}
        malformed = client.put(f"{path}/resubmit", json={"parameters": ["x"]}).json()
        assert malformed == {"code": 13, "message": "expected parameter of the form: NAME=VALUE. Received: x"}
        again = client.put(f"{path}/resubmit", json={}).json()
        assert again["metadata"]["labels"]["workflows.argoproj.io/resubmitted-from-workflow"] == name
        assert server.finished(again["metadata"]["name"])["status"]["phase"] == "Succeeded"


def test_trials_are_not_kept(server: Running) -> None:
    with server.client() as client:
        body = {"metadata": {"name": "trial"}, "spec": {**SUSPENDED["spec"]}}
        plain = client.post(f"{WORKFLOWS}/default", json={"workflow": body, "createOptions": {"dryRun": ["All"]}})
        assert "uid" not in plain.json()["metadata"]
        assert plain.json()["spec"] == {"arguments": {}, **body["spec"]}
        made = client.post(f"{WORKFLOWS}/default", json={"workflow": body, "serverDryRun": True}).json()
        assert made["metadata"]["uid"]
        linted = client.post(f"{WORKFLOWS}/default/lint", json={"workflow": body})
        assert linted.status_code == 200, linted.text
        assert client.get(f"{WORKFLOWS}/default/trial").status_code == 404

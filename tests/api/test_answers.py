"""What answers look like, whatever was sent: scalars that may be any are strings, HEAD, trials (``spec/api.md`` 3, 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Running

PARAMETER = {"name": "p", "value": 5, "default": True, "enum": [1, 2.5, 5]}
WRITTEN = {"name": "p", "value": "5", "default": "true", "enum": ["1", "2.5", "5"]}
SPEC: dict[str, Any] = {
    "entrypoint": "main",
    "arguments": {"parameters": [PARAMETER]},
    "templates": [
        {
            "name": "main",
            "steps": [
                [
                    {
                        "name": "a",
                        "template": "echo",
                        "arguments": {"parameters": [{"name": "q", "value": 1}]},
                        "withItems": [1, {"value": 2}],
                    }
                ]
            ],
        },
        {
            "name": "echo",
            "inputs": {"parameters": [{"name": "q", "default": False}]},
            "container": {"image": "busybox", "command": ["true"]},
        },
    ],
}


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def _check(spec: dict[str, Any]) -> None:
    assert spec["arguments"]["parameters"] == [WRITTEN]
    [[step]] = spec["templates"][0]["steps"]
    assert step["arguments"]["parameters"] == [{"name": "q", "value": "1"}]
    assert step["withItems"] == [1, {"value": 2}]
    assert spec["templates"][1]["inputs"]["parameters"] == [{"name": "q", "default": "false"}]


@pytest.mark.parametrize(
    ("path", "member", "kept"),
    [
        ("workflow-templates/answers", "template", SPEC),
        ("cluster-workflow-templates", "template", SPEC),
        ("cron-workflows/answers", "cronWorkflow", {"schedules": ["0 0 1 1 *"], "workflowSpec": SPEC}),
    ],
)
def test_values_of_parameters_are_strings_of_whatever_was_sent(
    client: httpx.Client, path: str, member: str, kept: dict[str, Any]
) -> None:
    sent = {member: {"metadata": {"name": "any-string"}, "spec": kept}}
    linted = client.post(f"/api/v1/{path}/lint", json=sent)
    made = client.post(f"/api/v1/{path}", json=sent)
    asked = client.get(f"/api/v1/{path}/any-string")
    [listed] = client.get(f"/api/v1/{path}").json()["items"]
    for answer in (linted, made, asked):
        assert answer.status_code == 200, answer.text
        _check(answer.json()["spec"].get("workflowSpec", answer.json()["spec"]))
    _check(listed["spec"].get("workflowSpec", listed["spec"]))
    assert client.delete(f"/api/v1/{path}/any-string").status_code == 200


@pytest.mark.parametrize(
    ("path", "more"),
    [("/lint", {}), ("", {"createOptions": {"dryRun": ["All"]}}), ("", {"serverDryRun": True})],
    ids=["lint", "dry run", "dry run of the server"],
)
def test_a_workflow_that_is_only_tried_is_shown_whole_and_not_kept(
    client: httpx.Client, path: str, more: dict[str, Any]
) -> None:
    sent = {"workflow": {"metadata": {"name": "tried"}, "spec": SPEC}, **more}
    tried = client.post(f"/api/v1/workflows/answers{path}", json=sent)
    assert tried.status_code == 200, tried.text
    _check(tried.json()["spec"])
    assert tried.json()["metadata"]["namespace"] == "answers"
    assert (tried.json()["status"]["startedAt"], tried.json()["status"]["finishedAt"]) == (None, None)
    assert client.get("/api/v1/workflows/answers/tried").status_code == 404


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/api/v1/version", "/api/v1/workflows/answers/none"])
def test_head_is_get_without_its_body(client: httpx.Client, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_nobody_asks_for_the_headers_of_a_stream(client: httpx.Client) -> None:
    assert client.head("/api/v1/workflow-events/answers").status_code == 501

"""Logs of workflows that are gone, and of pods by their labels."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.api.conftest import Running

LOG = "/api/v1/workflows/default/{}/log"


def step(name: str, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "archiveLocation": {"archiveLogs": True},
        "metadata": {"labels": {"part": name}},
        "container": {"image": "busybox", "command": ["sh", "-c", f"echo {text}; echo done {text}"]},
    }


def submitted(server: Running, name: str) -> None:
    names = ("one", "two")
    steps = [[{"name": part, "template": part}] for part in names]
    templates = [{"name": "main", "steps": steps}, *(step(part, f"says {part}") for part in names)]
    with server.client() as client:
        body = {"workflow": {"metadata": {"name": name}, "spec": {"entrypoint": "main", "templates": templates}}}
        assert client.post("/api/v1/workflows/default", json=body).status_code == 200
    server.finished(name)


def lines(server: Running, name: str, query: str = "") -> list[str]:
    with server.client() as client:
        answer = client.get(LOG.format(name) + query)
        assert answer.status_code == 200, answer.text
        return [msgspec.json.decode(line)["result"]["content"] for line in answer.text.splitlines() if line]


def test_logs_of_a_deleted_workflow_come_from_the_archive(server: Running) -> None:
    submitted(server, "logged")
    everything = ["says one", "done says one", "says two", "done says two"]
    assert lines(server, "logged") == everything
    with server.client() as client:
        assert client.delete("/api/v1/workflows/default/logged").status_code == 200
        assert client.get(LOG.format("never-was")).status_code == 404
    assert lines(server, "logged", "?logOptions.follow=true") == everything
    assert lines(server, "logged", "?grep=done&logOptions.tailLines=1") == ["done says one", "done says two"]
    assert lines(server, "logged", "?logOptions.container=sidecar") == []


def test_logs_of_pods_by_their_labels(server: Running) -> None:
    submitted(server, "labelled")
    assert lines(server, "labelled", "?selector=part%3Dtwo") == ["says two", "done says two"]
    assert lines(server, "labelled", "?selector=part+in+(one,three)") == ["says one", "done says one"]
    assert lines(server, "labelled", "?selector=part%3Dthree") == []

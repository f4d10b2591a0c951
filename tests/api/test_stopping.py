"""A server that is asked to stop while streams are open: it ends them and says nothing of it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import running

STREAMS = {
    "watch": "/api/v1/workflow-events/default",
    "events": "/api/v1/stream/events/default",
    "log": "/api/v1/workflows/default/{name}/log?logOptions.follow=true",
    "kubernetes": "/apis/argoproj.io/v1alpha1/namespaces/default/workflows?watch=true",
}


def test_a_stop_ends_open_streams(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("w") as stderr, ExitStack() as opened:
        with running(tmp_path / "home", stderr=stderr) as server:
            name = server.submit("sh", "-c", "echo line; sleep 300")
            client = opened.enter_context(server.client())
            bodies = {}
            for kind, path in STREAMS.items():
                answer = opened.enter_context(client.stream("GET", path.format(name=name)))
                bodies[kind] = answer.iter_lines()
            assert "ADDED" in next(bodies["watch"])
            assert "ADDED" in next(bodies["kubernetes"])
            assert "line" in next(bodies["log"])
            server.process.terminate()
            for body in bodies.values():  # one that is cut off raises an error instead of ending
                list(body)
            client.close()
            assert server.process.wait() == 0
        with running(tmp_path / "home") as again, again.client() as client:
            client.put(f"/api/v1/workflows/default/{name}/terminate", json={})
            assert again.finished(name)["status"]["phase"] == "Failed"
    text = said.read_text()
    for word in ("Traceback", "Cancel ", "cut off"):
        assert word not in text, text


def test_a_request_after_the_stop_finds_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.process.terminate()
        server.process.wait()
        with server.client() as client, pytest.raises(httpx.ConnectError):
            client.get("/api/v1/version")

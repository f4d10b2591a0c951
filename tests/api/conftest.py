"""A real ``tiphys server`` in a process of its own, on loopback, with a data directory of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import httpx
import pytest
from msgspec import Struct

from tests.waiting import PATIENCE, until

#: What the server of the tests is told.
CONFIG = """
persistence: {archive: true}
links: [{name: Logs, scope: workflow, url: "http://logs.example/${metadata.name}"}]
columns: [{name: Team, type: label, key: team}]
navColor: "#123456"
"""


class Running(Struct, frozen=True):
    """A server that answers: its address, the owner's token and its data directory."""

    url: str
    token: str
    home: Path
    process: subprocess.Popen[str]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that is signed in as the owner, or with another token."""
        headers = {"authorization": f"Bearer {self.token if token is None else token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE)

    def finished(self, name: str, namespace: str = "default") -> dict[str, Any]:
        """A workflow when it is over."""
        with self.client() as client:

            def look() -> dict[str, Any]:
                return dict(client.get(f"/api/v1/workflows/{namespace}/{name}").json())

            return until(look, lambda workflow: workflow["status"].get("finishedAt"))

    def submit(self, *command: str, namespace: str = "default", **metadata: Any) -> str:
        """The name of a new workflow that runs one command."""
        container = {"image": "busybox", "command": list(command) or ["true"]}
        workflow = {
            "metadata": metadata or {"generateName": "test-"},
            "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": container}]},
        }
        with self.client() as client:
            made = client.post(f"/api/v1/workflows/{namespace}", json={"workflow": workflow})
            assert made.status_code == 200, made.text
            return str(made.json()["metadata"]["name"])


@contextmanager
def running(
    home: Path, *options: str, environment: Mapping[str, str] | None = None, stderr: TextIO | None = None
) -> Iterator[Running]:
    """A server of its own while the body runs."""
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tiphys", "server", "--home", str(home), "--port", "0", *options]
    variables = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=variables) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            token = process.stdout.readline().split()[-1]
            yield Running(url.rstrip("/"), token, home, process)
        finally:
            process.terminate()
            assert process.wait(PATIENCE) in (0, -signal.SIGKILL), "it did not stop as it should"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests; each test uses names of its own."""
    home = tmp_path_factory.mktemp("server")
    (home / "config.yaml").write_text(CONFIG)
    with running(home) as found:
        yield found

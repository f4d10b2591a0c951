"""The command line against a server: ``ARGO_SERVER`` and its companions, as for Argo's own command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Running

HELLO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: NAME}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
  - name: main
    container: {image: none, command: [echo, "hello {{workflow.parameters.who}}"]}
"""


def tiphys(server: Running, *words: str, token: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ARGO_SERVER": server.url.removeprefix("http://"),
        "ARGO_SECURE": "false",
        "ARGO_TOKEN": f"Bearer {server.token if token is None else token}",
    }
    command = [sys.executable, "-m", "tiphys", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_workflow_is_submitted_waited_for_read_and_deleted(server: Running, tmp_path: Path) -> None:
    file = tmp_path / "hello.yaml"
    file.write_text(HELLO.replace("NAME", "over-http"), encoding="utf-8")
    submitted = tiphys(server, "submit", str(file), "-p", "who=ana", "--wait")
    assert submitted.returncode == 0, submitted.stderr
    assert tiphys(server, "logs", "over-http").stdout == "over-http: hello ana\n"
    assert "✔ over-http" in tiphys(server, "get", "over-http").stdout
    assert "over-http" in tiphys(server, "list", "-o", "name").stdout.splitlines()
    again = tiphys(server, "resubmit", "over-http", "--wait", "-o", "name")
    assert again.returncode == 0, again.stderr
    assert tiphys(server, "delete", "over-http").stdout == "Workflow 'over-http' deleted\n"
    assert tiphys(server, "get", "never-was").returncode == 1


def test_what_the_server_refuses_is_said(server: Running) -> None:
    refused = tiphys(server, "list", token="wrong")
    assert refused.returncode == 1
    assert "token not valid" in refused.stderr
    assert "does not work against a server" in tiphys(server, "get", "x", "--events").stderr

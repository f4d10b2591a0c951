"""Submitted workflows through the real command line: background drivers, requests, retries."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.waiting import PATIENCE

GATE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: gate}
spec:
  entrypoint: main
  arguments: {parameters: [{name: code, value: "3"}]}
  templates:
  - name: main
    steps:
    - - {name: ask, template: ask}
    - - {name: b, template: end, arguments: {parameters: [{name: who, value: "{{steps.ask.outputs.parameters.who}}"}]}}
  - name: ask
    suspend: {}
    outputs: {parameters: [{name: who, valueFrom: {supplied: {}}}]}
  - name: end
    inputs: {parameters: [{name: who}]}
    script: {image: any, command: [sh], source: "echo {{inputs.parameters.who}}; exit {{workflow.parameters.code}}"}
"""
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def tiphys(tmp_path: Path) -> Call:
    (tmp_path / "gate.yaml").write_text(GATE, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "tiphys", *arguments, "--home", str(tmp_path / "home")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr

    return call


def phase(tiphys: Call, name: str = "gate") -> str:
    return str(json.loads(tiphys("get", name, "-o", "json")[1])["status"].get("phase"))


def test_submit_set_resume_wait_retry(tiphys: Call) -> None:
    assert tiphys("submit", "gate.yaml", "-o", "name")[1].endswith("gate\n")
    settle(tiphys)
    assert "it needs a value for who" in tiphys("explain", "gate", "ask")[1]
    assert tiphys("resume", "gate") == (
        1,
        "error: failed to resume gate: raw output parameter 'who' has not been set and does not have a default value "
        "[T010]\n",
    )
    chosen = ("--node-field-selector", "displayName=ask")
    assert tiphys("node", "set", "gate", *chosen, "-p", "who=zoe")[1] == "workflow values set\n"
    assert tiphys("resume", "gate")[1] == "workflow gate resumed\n"
    code, out = tiphys("wait", "gate")
    assert (code, out.startswith("gate Failed at ")) == (1, True)
    assert "main: Error (exit code 3)" in tiphys("explain", "gate")[1]
    assert "rerun    gate[1].b" in tiphys("retry", "gate", "--dry-run")[1]
    assert tiphys("retry", "gate", "-p", "code=0", "--wait", "-o", "name")[0] == 0
    assert phase(tiphys) == "Succeeded"
    assert "zoe" in tiphys("logs", "gate")[1]
    assert "WorkflowRetried" in tiphys("get", "gate", "--events")[1]


def test_terminate_what_nobody_drives(tiphys: Call) -> None:
    tiphys("submit", "gate.yaml")
    settle(tiphys)
    assert tiphys("terminate", "gate")[1] == "workflow gate terminated\n"
    assert tiphys("wait", "gate")[0] == 1
    assert phase(tiphys) == "Failed"


def settle(tiphys: Call) -> None:
    """Until the gate waits; the driver in the background leaves it alone then."""
    for _ in range(100):
        if "ask" in tiphys("get", "gate")[1]:
            return
    raise AssertionError(tiphys("get", "gate")[1])


def test_what_an_image_runs_by_itself_stands_in_the_configuration(tiphys: Call, tmp_path: Path) -> None:
    template = "{name: main, container: {image: 'own/tool:v2', args: [said]}}"
    (tmp_path / "own.yaml").write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: own}\n"
        f"spec: {{entrypoint: main, templates: [{template}]}}\n"
    )
    run = ("run", "own.yaml", "--runtime", "process")
    code, said = tiphys(*run)
    assert (code, "no entry point is known for image 'own/tool:v2'" in said) == (2, True)
    (tmp_path / "home" / "config.yaml").write_text("images: {own/tool: {entrypoint: [echo, tool]}}")
    assert tiphys(*run)[0] == 0
    assert tiphys("logs", "own")[1] == "own: tool said\n"

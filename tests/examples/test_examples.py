"""Runs every example through the real command and compares with its expectation.

An expectation (``examples/expected/<name>.yaml``) may hold ``apply`` (a folder of objects that are applied first),
``arguments`` of the command, ``exit``, ``phase``,
``message``, ``progress``, ``logs`` (lines of all pods, ``anyOrder``), ``nodes`` by display name (every node but step
groups must be named; ``names: full`` uses full names), ``order`` (each ends before the next begins) and ``stderr``
(texts that must appear).  The workflow's own name is written ``.`` and ``{a}`` stands for the id of node ``a``.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.glob("*.yaml")) + sorted((EXAMPLES / "refused").glob("*.yaml"))


def tiphys(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The real command with a data directory of its own."""
    environment = {
        **os.environ,
        "TIPHYS_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.run(
        [sys.executable, "-m", "tiphys", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=PATIENCE,
        check=False,
    )


def expectation(file: Path) -> dict[str, Any]:
    """What the example is to do; every example must have one."""
    relative = file.relative_to(EXAMPLES)
    wanted: dict[str, Any] = yaml.safe_load((EXAMPLES / "expected" / relative).read_text())
    return wanted


def test_every_expectation_has_its_example() -> None:
    expected = {path.relative_to(EXAMPLES / "expected") for path in (EXAMPLES / "expected").rglob("*.yaml")}
    assert expected == {file.relative_to(EXAMPLES) for file in FILES}
    assert len(FILES) >= 16
    assert all(file.read_text().startswith("# ") for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_example(file: Path, tmp_path: Path) -> None:
    wanted = expectation(file)
    arguments = [str(argument) for argument in wanted.get("arguments", [])]
    if "apply" in wanted:
        applied = tiphys(tmp_path, "apply", "-f", str(EXAMPLES / wanted["apply"]))
        assert applied.returncode == 0, applied.stderr
    done = tiphys(tmp_path, "run", str(file.relative_to(ROOT)), "-o", "json", "--log", *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == wanted.get("exit", 0), done.stderr
    for text in wanted.get("stderr", []):
        assert text in done.stderr
    if done.returncode == 2:
        assert done.stdout == ""
        return
    workflow = json.loads(done.stdout)
    _check_workflow(workflow, wanted)
    _check_logs(done.stderr, wanted)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_lint_accepts_every_example(file: Path, tmp_path: Path) -> None:
    done = tiphys(tmp_path, "lint", str(file.relative_to(ROOT)))
    assert (done.returncode, done.stdout) == (0, "✔ no linting errors found!\n"), done.stdout


def _check_workflow(workflow: dict[str, Any], wanted: dict[str, Any]) -> None:
    name, status = workflow["metadata"]["name"], workflow["status"]
    nodes = {_key(node, name, wanted): node for node in status["nodes"].values()}
    assert len(nodes) == len(status["nodes"]), "display names must differ in an example; use names: full"
    assert status["phase"] == wanted["phase"]
    assert status.get("message", "") == _resolve(wanted.get("message", status.get("message", "")), nodes)
    if "progress" in wanted:
        assert status["progress"] == wanted["progress"]
    unnamed = {key for key, node in nodes.items() if node["type"] != "StepGroup"} - set(wanted["nodes"])
    assert not unnamed, "nodes that the expectation does not name"
    for key, node in wanted["nodes"].items():
        assert key in nodes, f"no node {key!r} among {sorted(nodes)}"
        _check_node(nodes[key], node, nodes, key)
    for chain in wanted.get("order", []):
        for former, latter in itertools.pairwise(chain):
            assert _time(nodes[former]["finishedAt"]) <= _time(nodes[latter]["startedAt"]), f"{former} before {latter}"


def _key(node: dict[str, Any], workflow: str, wanted: dict[str, Any]) -> str:
    shown = node["name"] if wanted.get("names") == "full" else node["displayName"]
    return (shown.removeprefix(workflow) or ".") if shown.startswith(workflow) else shown


def _resolve(text: str, nodes: dict[str, dict[str, Any]]) -> str:
    return re.sub(r"\{([^}]+)\}", lambda match: nodes[match.group(1)]["id"], text)


def _check_node(node: dict[str, Any], wanted: dict[str, Any], nodes: dict[str, dict[str, Any]], key: str) -> None:
    outputs = node.get("outputs", {})
    got: dict[str, object] = {
        "type": node["type"],
        "phase": node["phase"],
        "message": node.get("message", ""),
        "result": outputs.get("result"),
        "exitCode": outputs.get("exitCode"),
        "outputs": _values(outputs),
        "inputs": _values(node.get("inputs", {})),
        "children": sorted(node.get("children", [])),
    }
    expected = dict(wanted)
    if "message" in wanted:
        expected["message"] = _resolve(wanted["message"], nodes)
    if "children" in wanted:
        expected["children"] = sorted(nodes[child]["id"] for child in wanted["children"])
    assert {name: got[name] for name in expected} == expected, key


def _values(part: dict[str, Any]) -> dict[str, str]:
    return {parameter["name"]: parameter.get("value") for parameter in part.get("parameters", [])}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _check_logs(stderr: str, wanted: dict[str, Any]) -> None:
    if "logs" not in wanted:
        return
    lines = [line.split(": ", 1)[1] for line in stderr.splitlines() if ": " in line and "warning" not in line]
    expected = [str(line) for line in wanted["logs"]]
    assert (sorted(lines), sorted(expected))[0] == sorted(expected) if wanted.get("anyOrder") else lines == expected

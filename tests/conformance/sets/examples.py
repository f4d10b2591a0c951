"""Argo's own examples: lint accepts them, and they end in the phase that is known.

Only files that can run as plain processes are cases; those that need what the first issue leaves out are "not yet".
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.case import Case, Comparison, Outcome

_ROOT = Path(__file__).parents[3]
_TIMEOUT = 60

#: Tags of ``index.json`` that belong to the first issue, or that a machine without a cluster may pass over.
HERE = frozenset(
    (
        "template.container",
        "template.script",
        "template.steps",
        "template.dag",
        "template.suspend",
        "inline",
        "inputs.parameters",
        "outputs.parameters",
        "outputs.result",
        "outputs.exitCode",
        "parameter.enum",
        "outputs.parameter.path",
        "outputs.parameter.default",
        "outputs.parameter.parameter",
        "outputs.parameter.expression",
        "depends",
        "dependencies",
        "dag.failFast=false",
        "dag.target",
        "template.failFast",
        "when",
        "continueOn",
        "expression-tag",
        "sprig",
        "jsonpath",
        "withItems",
        "withParam",
        "withSequence",
        "retryStrategy",
        "retryStrategy.limit",
        "retryStrategy.retryPolicy",
        "retryStrategy.backoff",
        "retryStrategy.expression",
        "spec.parallelism",
        "template.parallelism",
        "suspend",
        "suspend.duration",
        "onExit",
        "workflow.status",
        "spec.ttlStrategy",
        "spec.activeDeadlineSeconds",
        "template.activeDeadlineSeconds",
        "template.timeout",
        "spec.templateDefaults",
        "spec.podGC",
        "spec.dnsConfig",
        "spec.imagePullSecrets",
        "spec.workflowMetadata",
        "spec.podMetadata",
        "spec.archiveLogs",
        "spec.podDisruptionBudget",
        "template.metadata",
        "template.annotations",
        "template.nodeSelector",
        "template.archiveLocation",
        "globalName",
        "templateRef",
        "templateRef.clusterScope",
        "workflowTemplateRef",
        "workflowTemplateRef.clusterScope",
        "inputs.parameter.configMapKeyRef",
        "argument.valueFrom.configMapKeyRef",
    )
)
#: Kinds that upstream applies before it runs the workflows (section 1 of the corpus's README), and we give in the same call.
_APPLIED = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "ConfigMap"})
#: Needs that those files answer.
_IN_THE_CALL = frozenset({"templates-applied-first", "configmaps"})
#: What must be there before the workflow starts.
_NEEDS = {
    "secrets": "Secrets",
    "env.secretKeyRef": "Secrets",
    "sync-database": "locks",
    "volumes": "volumes",
    "sidecar-processes": "sidecars",
}
#: Needs that the process runtime answers by itself.
_STOOD_IN = {"emulate-entrypoint:argoproj/argosay:v2"}
#: Loops for ever by design: only lint is compared.
_ENDLESS = {"examples/forever.yaml"}
_TIMED = {"template.timeout", "template.activeDeadlineSeconds", "spec.activeDeadlineSeconds", "retryStrategy.backoff"}
_SLEEP = re.compile(r"\bsleep([ (])\d+")


def cases(corpus: Path) -> Iterable[Case]:
    """Every file with one Workflow that needs no more than processes."""
    for entry in json.loads((corpus / "examples" / "index.json").read_text())["files"]:
        if entry["kinds"] == ["Workflow"] and entry["plain_processes"]:
            yield Case(entry["file"], entry, corpus)


def run(case: Case) -> Outcome:
    """Lint and run one file in a data directory of its own."""
    missing = "resume" if _waits_for_a_person(case) else _missing(case.data)
    if missing:
        return Outcome(not_yet=missing)
    file = str(case.corpus / case.id)
    with tempfile.TemporaryDirectory(prefix="tiphys-conformance-") as home:
        compared = Comparison()
        applied = _applied(case)
        linted = _tiphys(home, "lint", file, *applied, "-o", "simple")
        accepted = linted.returncode == 0
        if compared.hold("lint", accepted, "accepted", linted.stdout + linted.stderr) and case.id not in _ENDLESS:
            _compare_run(compared, case, home, [_hurried(case, Path(home) / Path(file).name), *applied])
        return compared.outcome()


def _applied(case: Case) -> list[str]:
    """The files that must be there before the workflow starts; none for a workflow that refers to nothing."""
    if not _IN_THE_CALL & set(case.data["needs"]):
        return []
    files = json.loads((case.corpus / "examples" / "index.json").read_text())["files"]
    return [str(case.corpus / each["file"]) for each in files if each["kinds"] and set(each["kinds"]) <= _APPLIED]


def _hurried(case: Case, copy: Path) -> str:
    """A copy of the file whose shell commands sleep for a moment only; not where time limits are what it shows."""
    text = (case.corpus / case.id).read_text()
    if not _TIMED & set(case.data["features"]):
        text = _SLEEP.sub(r"sleep\g<1>0.2", text)
    copy.write_text(text)
    return str(copy)


def _waits_for_a_person(case: Case) -> bool:
    """Whether a suspend template has no duration."""
    templates = yaml.safe_load((case.corpus / case.id).read_text())["spec"].get("templates") or []
    return any("suspend" in each and not (each["suspend"] or {}).get("duration") for each in templates)


def _missing(entry: dict[str, Any]) -> str | None:
    """The first feature that is not there yet, in the words of the table or of the index."""
    features = set(entry["features"])
    for need in sorted(set(entry["needs"]) - _STOOD_IN - _IN_THE_CALL):
        return "artifacts" if need.startswith("artifact") else _NEEDS.get(need, need)
    for feature in sorted(features - HERE):
        return "artifacts" if ".artifact" in f".{feature}" else feature
    return None


def _compare_run(compared: Comparison, case: Case, home: str, files: list[str]) -> None:
    try:
        done = _tiphys(home, "run", *files, "-o", "json")
    except subprocess.TimeoutExpired as error:
        compared.hold("an end", False, f"within {_TIMEOUT} s", str(error.stderr or b"")[-2000:])
        return
    if done.returncode not in (0, 1):
        compared.hold("a run", False, "exit code 0 or 1", f"{done.returncode}: {done.stderr[-2000:]}")
        return
    status = json.loads(done.stdout)["status"]
    got = status["phase"]
    told = {"phase": got, "message": status.get("message"), "nodes": _unhappy(status), "stderr": done.stderr[-1000:]}
    compared.equal("exit code", 0 if got == "Succeeded" else 1, done.returncode)
    if case.data["outcome_random"]:
        compared.hold("phase", got in ("Succeeded", "Failed"), "Succeeded or Failed", told)
    elif case.data["expected"]:
        phase = case.data["expected"]["phase"]
        compared.hold("phase", got == phase, phase, told)
    else:
        compared.hold("phase", got != "Error", "not Error", told)


def _unhappy(status: dict[str, Any]) -> dict[str, str]:
    return {
        node["name"]: f"{node['phase']}: {node.get('message', '')}"
        for node in status.get("nodes", {}).values()
        if node["phase"] not in ("Succeeded", "Skipped", "Omitted")
    }


def _tiphys(home: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "TIPHYS_HOME": home,
        "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.run(
        [sys.executable, "-m", "tiphys", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=_TIMEOUT,
        check=False,
    )

"""Argo's own examples through the real CLI and one of the runtimes: all of them, as upstream's own test runs them.

First everything of the examples that others refer to is applied (templates, ConfigMaps, claims), with the Role of
Argo's quick start for the service account.  Each workflow has a data directory of its own.  What no single machine
has is read off the example and told as the reason (``argo/surroundings.py``).  For the container runtime there is a
Podman in which the images that examples name are a Debian with their programs.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.argo import surroundings
from tests.conformance.case import Case, Comparison, Outcome

AT_ONCE = 3
_ROOT = Path(__file__).parents[3]
_TIMEOUT = 90
#: Kinds that upstream applies before it runs the workflows (section 1 of the corpus's README).
_APPLIED = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "ConfigMap", "PersistentVolumeClaim"})
_RUN = "Workflow"
#: Where time limits are what an example shows, nothing is hurried.
_TIMED = {"template.timeout", "template.activeDeadlineSeconds", "spec.activeDeadlineSeconds", "retryStrategy.backoff"}
_SLEEP = re.compile(r"\bsleep([ (])(\d+)")


#: What ``around`` adds to the environment of the command.
_surrounded: dict[str, str] = {"TIPHYS_RUNTIME": "process"}


@contextlib.contextmanager
def around(runtime: str) -> Iterator[None]:
    """Have what the runtime needs: for containers an engine and its images."""
    _surrounded["TIPHYS_RUNTIME"] = runtime
    if runtime != "container":
        yield
        return
    from tests.conformance.argo.images import add_images
    from tests.engine.podman import podman_service

    with podman_service() as podman:
        add_images(podman)
        _surrounded["TIPHYS_ENGINE"] = podman.address
        yield


def cases(corpus: Path) -> Iterable[Case]:
    """Every file of the examples."""
    for entry in json.loads((corpus / "examples" / "index.json").read_text())["files"]:
        yield Case(entry["file"], entry, corpus)


def run(case: Case) -> Outcome:
    """Lint one file, then run its workflows or apply its other objects."""
    file = case.corpus / case.id
    documents = [each for each in yaml.safe_load_all(file.read_text()) if each]
    compared = Comparison()
    with tempfile.TemporaryDirectory(prefix="tiphys-conformance-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        shutil.copytree(_applied(case.corpus), home)
        linted = _tiphys(home, "lint", str(file), *_files(case.corpus), "-o", "simple")
        doubled = surroundings.doubled_key(file.read_text())
        if doubled is not None:  # Argo drops such a document without a word, we name the key (spec/data.md, P09)
            compared.hold("lint", linted.returncode != 0 and doubled in linted.stdout, doubled, linted.stdout[-2000:])
            return compared.outcome()
        compared.hold("lint", linted.returncode == 0, "accepted", (linted.stdout + linted.stderr)[-2000:])
        obstacle = surroundings.obstacle(documents, case.data["commands"])
        if obstacle is not None and not compared.differences:
            return Outcome(cannot=obstacle)
        others = [each for each in documents if each["kind"] != _RUN]
        known = _names(case.corpus)
        wanted = [*others, *(item for each in documents for item in surroundings.references(each, known))]
        if wanted:
            done = _tiphys(home, "apply", "-f", str(_written(Path(folder) / "apply.yaml", wanted)))
            compared.hold("apply", done.returncode == 0, "applied", done.stdout + done.stderr)
        for number, document in enumerate(each for each in documents if each["kind"] == _RUN):
            _Run(compared, case, home, document, number).go()
    return compared.outcome()


class _Run:
    """One workflow of a case, from its start to the statements about its end."""

    def __init__(self, compared: Comparison, case: Case, home: Path, document: dict[str, Any], number: int) -> None:
        self._compared = compared
        self._case = case
        self._home = home
        self._document = document
        self._name = document["metadata"].get("name") or f"example-{number}"

    def go(self) -> None:
        """Start it, do what a person has to do, and state how it ended."""
        file = _written(self._home.parent / f"{self._name}.yaml", [self._document])
        if not _TIMED & set(self._case.data["features"]):
            file.write_text(_SLEEP.sub(_hurried, file.read_text()))
        out, told = self._home.parent / "out", self._home.parent / "told"
        with out.open("w") as output, told.open("w") as errors:
            command = _command("run", str(file), "--name", self._name, "-o", "json")
            process = subprocess.Popen(command, stdout=output, stderr=errors, env=_environment(self._home))
            try:
                ended = self._accompany(process)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        if ended:
            self._judge(process.returncode, out.read_text(), told.read_text()[-2000:])

    def _accompany(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait for its end and do what somebody has to do meanwhile; false when it had to be ended from outside."""
        last = time.monotonic() + _TIMEOUT
        attended = surroundings.answers(self._document)
        while process.poll() is None:
            if time.monotonic() > last:
                status = self._status()
                self._compared.hold("an end", False, f"within {_TIMEOUT} s", _told(status))
                _tiphys(self._home, "terminate", self._name)
                return False
            time.sleep(1.0 if attended else 0.05)
            if attended:
                self._attend()
        return True

    def _attend(self) -> None:
        status = self._status()
        waiting = [
            node
            for node in (status.get("nodes") or {}).values()
            if node["type"] == "Suspend" and node["phase"] == "Running"
        ]
        for node in waiting:
            chosen = [f"--node-field-selector=id={node['id']}"]
            for parameter in (node.get("outputs") or {}).get("parameters") or ():
                if "supplied" in (parameter.get("valueFrom") or {}):
                    _tiphys(self._home, "node", "set", self._name, "-p", f"{parameter['name']}=YES", *chosen)
            _tiphys(self._home, "resume", self._name, *chosen)
        if not waiting and not status.get("nodes"):
            _tiphys(self._home, "resume", self._name)

    def _status(self) -> dict[str, Any]:
        done = _tiphys(self._home, "get", self._name, "-o", "json")
        return (json.loads(done.stdout).get("status") or {}) if done.returncode == 0 else {}

    def _judge(self, code: int, out: str, told: str) -> None:
        if not self._compared.hold("a run", code in (0, 1) and bool(out), "exit code 0 or 1", f"{code}: {told}"):
            return
        status = json.loads(out)["status"]
        got, seen = status["phase"], {**_told(status), "stderr": told}
        self._compared.equal("exit code", 0 if got == "Succeeded" else 1, code)
        if self._case.data["outcome_random"]:
            self._compared.hold("phase", got in ("Succeeded", "Failed"), "Succeeded or Failed", seen)
        elif (self._case.data["expected"] or {}).get("phase"):
            phase = self._case.data["expected"]["phase"]
            self._compared.hold("phase", got == phase, phase, seen)
        else:
            self._compared.hold("phase", got != "Error", "not Error", seen)


@functools.lru_cache
def _files(corpus: Path) -> Sequence[str]:
    """The examples that others refer to."""
    entries = json.loads((corpus / "examples" / "index.json").read_text())["files"]
    return [str(corpus / each["file"]) for each in entries if each["kinds"] and set(each["kinds"]) <= _APPLIED]


@functools.lru_cache
def _names(corpus: Path) -> frozenset[str]:
    """The names of what is applied."""
    documents = (each for file in _files(corpus) for each in yaml.safe_load_all(Path(file).read_text()) if each)
    return frozenset(str(each["metadata"]["name"]) for each in documents)


@functools.lru_cache
def _applied(corpus: Path) -> Path:
    """A data directory in which everything is applied that examples refer to; copied for each."""
    folder = Path(tempfile.mkdtemp(prefix="tiphys-conformance-base-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    installed = _written(folder / "installed.yaml", surroundings.installed("default"))
    files = [argument for file in (str(installed), *_files(corpus)) for argument in ("-f", file)]
    done = _tiphys(folder / "home", "apply", *files)
    if done.returncode != 0:
        raise RuntimeError(f"what the examples refer to cannot be applied: {done.stdout}{done.stderr}")
    return folder / "home"


def _hurried(match: re.Match[str]) -> str:
    """A sleep fifty times as short, and never longer than a moment."""
    return f"sleep{match[1]}{min(0.2, int(match[2]) / 50)}"


def _written(path: Path, documents: Sequence[object]) -> Path:
    path.write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return path


def _told(status: dict[str, Any]) -> dict[str, Any]:
    unhappy = {
        node["name"]: f"{node['phase']}: {node.get('message', '')}"
        for node in (status.get("nodes") or {}).values()
        if node["phase"] not in ("Succeeded", "Skipped", "Omitted")
    }
    return {"phase": status.get("phase"), "message": status.get("message"), "nodes": unhappy}


def _command(*arguments: str) -> list[str]:
    return ["nice", sys.executable, "-m", "tiphys", *arguments]


def _environment(home: Path) -> dict[str, str]:
    paths = os.pathsep.join([str(_ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "TIPHYS_HOME": str(home), "PYTHONPATH": paths, **_surrounded}


def _tiphys(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*arguments),
        capture_output=True,
        text=True,
        env=_environment(home),
        timeout=_TIMEOUT,
        check=False,
    )

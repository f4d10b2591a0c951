"""A machine of its own for an end-to-end case: the real CLI with a temporary data directory, one `tiphys run` per submit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.conformance.argo.paths import MISSING, walk
from tests.conformance.argo.statements import Judge, NotBehaviourError, NotYetError
from tiphys.core.manifest.load import load

_ROOT = Path(__file__).parents[3]
_COMMANDS = _ROOT / "src/tiphys/entrypoints/cli/commands"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HOLE = re.compile(r"\$\{(?P<alias>\w+)\.name\}")
_REFUSED = re.compile(r"(?P<what>[^;:\n]*?) (?:is|are) not supported in this version")
_OPTION = re.compile(r"No such option '?(?P<option>-[\w-]+)")
#: No wait takes longer, whatever the case allows.
_LONGEST = 25.0
_OVER = frozenset({"Succeeded", "Failed", "Error"})


class Machine:
    """The world of one case.  Close it: what still runs is ended."""

    def __init__(self, corpus: Path, home: Path) -> None:
        self._corpus = corpus
        self._home = home
        self._files: dict[str, Path] = {}
        self._names: dict[str, str] = {}
        self._applied: list[Path] = []
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._last: tuple[int, str] = (0, "")
        self._latest: dict[str, Any] | None = None
        self.judge = Judge(self)

    def close(self) -> None:
        """End what was started and still runs."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.communicate()

    # -- steps ---------------------------------------------------------------------------------------------------

    def perform(self, step: Mapping[str, Any]) -> None:
        """Perform one step of a case.

        Raises:
            NotYetError: a feature or command is not there.
            NotBehaviourError: the step needs the cluster of the tests.
        """
        perform: Callable[[Mapping[str, Any]], None] | None = getattr(self, f"_op_{step['op']}", None)
        if perform is None:
            raise NotBehaviourError(f"the step {step['op']} belongs to the cluster of the tests")
        perform(step)

    def _op_given(self, step: Mapping[str, Any]) -> None:
        path = self._corpus / step["file"]
        self._files[step["as"]] = self._read(path, step["kind"]) if "_inline" in path.parts else path

    def _read(self, path: Path, kind: str) -> Path:
        """A manifest of Go code as the tests' own reader takes it: no kind, unknown fields, numbers for texts."""
        data = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, **yaml.load(path.read_text(), _LOADER)}
        loaded = load(json.dumps(_texts(data)), str(path), strict=False)
        copy = self._home / path.name
        copy.write_bytes(msgspec.json.encode(loaded.documents[0].manifest) if loaded.documents else path.read_bytes())
        return copy

    def _op_create_workflow_templates(self, _: Mapping[str, Any]) -> None:
        self._apply("workflowTemplate")

    def _op_create_cluster_workflow_templates(self, _: Mapping[str, Any]) -> None:
        self._apply("clusterWorkflowTemplate")

    def _apply(self, prefix: str) -> None:
        self._applied += [path for alias, path in self._files.items() if alias.startswith(prefix)]

    def _op_create_config_map(self, step: Mapping[str, Any]) -> None:
        name, data, labels = step["args"]
        path = self._home / f"{name}.yaml"
        path.write_text(
            json.dumps(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}, "data": data}
            )
        )
        self._applied.append(path)

    def _op_delete_config_map(self, _: Mapping[str, Any]) -> None:
        """The run has read it."""

    def _op_submit(self, step: Mapping[str, Any]) -> None:
        self._start(step["wf"], self._files[step["wf"]])

    def _op_submit_from_workflow_templates(self, step: Mapping[str, Any]) -> None:
        alias = next((alias for alias in self._files if alias.startswith("workflowTemplate")), None)
        if alias is None:
            raise NotBehaviourError("a template that is in the cluster of the tests")
        template = yaml.load(self._files[alias].read_text(), _LOADER)
        name = template["metadata"]["name"]
        path = self._home / f"from-{name}.yaml"
        made = {"generateName": f"{name}-", "labels": {"workflows.argoproj.io/workflow-template": name}}
        spec = {"workflowTemplateRef": {"name": name}}
        path.write_text(
            json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": made, "spec": spec})
        )
        self._start(step["as"], path)

    def _start(self, alias: str, file: Path) -> None:
        """Run a workflow in the background under a name that we know."""
        data = yaml.load(file.read_text(), _LOADER)
        meta = data.get("metadata") or {}
        name = meta.get("name") or f"{meta.get('generateName', 'wf-')}{len(self._names):05d}"
        self._names[alias] = name
        arguments = ["run", str(file), *(str(path) for path in self._applied), "--name", name, "-o", "name"]
        process = self._running[name] = self._open(arguments)
        self._until(lambda: process.poll() is not None or self._get(name) is not None, 15)
        if process.poll() is not None and self._get(name) is None:
            _, told = process.communicate()
            self._refused(told)
            self._latest = {
                "metadata": {"name": name},
                "status": {"phase": "Failed", "message": f"invalid spec: {told}"},
            }

    @staticmethod
    def _refused(told: str) -> None:
        match = _REFUSED.search(told)
        if match is not None:
            raise NotYetError(match["what"].strip())

    def _op_wait(self, step: Mapping[str, Any]) -> None:
        alias = step.get("wf") or step.get("as") or "wf"
        name = self._names.get(alias)
        if name is None or step.get("list_options"):
            raise NotYetError("workflows that another one or a schedule makes")
        condition = step["condition"]
        self._until(lambda: self._met(name, condition), min(float(step["timeout_s"]), _LONGEST))

    def _met(self, name: str, condition: Mapping[str, Any]) -> bool:
        status = (self._get(name) or self._latest or {}).get("status") or {}
        phase = status.get("phase") or ""
        if "cond" in condition:
            return self.judge.condition(condition["cond"], ())
        if condition.get("completed"):
            return phase in _OVER
        if "podNodePhase" in condition:
            nodes = (status.get("nodes") or {}).values()
            return any(node["type"] == "Pod" and node["phase"] == condition["podNodePhase"] for node in nodes)
        if condition.get("started"):
            return bool(phase)
        if "phase" in condition:
            return bool(phase == condition["phase"]) or phase in _OVER
        raise NotYetError(f"the condition {condition['name']}")

    def _op_shutdown(self, step: Mapping[str, Any]) -> None:
        self._cli([step["strategy"].lower(), self._names[step["wf"]]])

    def _op_sleep(self, step: Mapping[str, Any]) -> None:
        time.sleep(min(float(step["seconds"]), 5))

    def _op_cli(self, step: Mapping[str, Any]) -> None:
        arguments = [self.fill(argument) for argument in step["args"]]
        folder = self._corpus / "e2e"
        if any(argument.endswith(".yaml") and not (folder / argument).exists() for argument in arguments):
            raise NotBehaviourError("a manifest that is not in this part of the corpus")
        arguments = [str(folder / argument) if (folder / argument).is_file() else argument for argument in arguments]
        self._cli(arguments, step.get("stdin"))

    def _cli(self, arguments: Sequence[str], stdin: str | None = None) -> None:
        command = next((argument for argument in arguments if not argument.startswith("-")), "")
        if not (_COMMANDS / f"{command.replace('-', '_')}.py").is_file() and not (_COMMANDS / command).is_dir():
            raise NotYetError(f"tiphys {command}")
        process = self._open(arguments)
        try:
            out, told = process.communicate(stdin, timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            out, told = process.communicate()
        self._refused(told)
        lacking = _OPTION.search(told)
        if lacking is not None:
            raise NotYetError(f"tiphys {command} {lacking['option']}".replace("  ", " "))
        self._last = (process.returncode, out + told)

    def _op_assert(self, _: Mapping[str, Any]) -> None:
        """Statements are judged by the set."""

    # -- the processes -------------------------------------------------------------------------------------------

    def _open(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "TIPHYS_HOME": str(self._home / "data"),
            "TIPHYS_NAMESPACE": "argo",
            "PYTHONPATH": os.pathsep.join([str(_ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tiphys", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def _until(self, done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True

    def _get(self, name: str) -> dict[str, Any] | None:
        process = self._open(["get", name, "-o", "json"])
        out, _ = process.communicate()
        if process.returncode:
            return None
        found: dict[str, Any] = json.loads(out)
        return found

    # -- subjects ------------------------------------------------------------------------------------------------

    def fill(self, text: str) -> str:
        """A text with ``${wf.name}`` replaced."""
        return _HOLE.sub(lambda match: self._names.get(match["alias"], match.group()), text)

    def find(self, on: str, of: str | None, select: Mapping[str, Any] | None) -> Any:
        """What a statement is about."""
        if on == "output":
            return self._last[1]
        if on == "error":
            return None if self._last[0] == 0 else self._last[1]
        if on in {"workflow", "node", "logs"}:
            name = self._names.get(of or "wf")
            if name is None:
                raise NotYetError("workflows that another one or a schedule makes")
            return self._of_run(on, name, select or {})
        raise NotYetError(
            {"events": "events", "metrics": "metrics", "artifactObject": "artifacts"}.get(on, f"the subject {on}")
        )

    def _of_run(self, on: str, name: str, select: Mapping[str, Any]) -> Any:
        if on == "logs":
            container = select.get("container")
            self._cli(["logs", name, *(["-c", container] if container else [])])
            return self._last[1]
        found = self._get(name) or self._latest or MISSING
        if on == "workflow":
            return found
        nodes = walk(found, "status.nodes")
        nodes = nodes if isinstance(nodes, dict) else {}
        if select.get("root"):
            return nodes.get(name, MISSING)
        wanted = {key: self.fill(value) if isinstance(value, str) else value for key, value in select.items()}
        return next((n for n in nodes.values() if any(n.get(key) == value for key, value in wanted.items())), MISSING)


def _texts(value: Any, key: str = "") -> Any:
    """Go's reader makes texts of numbers where a text belongs, and finds fields whatever their case."""
    if isinstance(value, dict):
        lowered = key == "valueFrom"
        return {(name[:1].lower() + name[1:] if lowered else name): _texts(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [str(item) if key in {"args", "command"} and isinstance(item, int) else _texts(item) for item in value]
    return value

"""A machine of its own for an end-to-end case: a real ``tiphys server``, its API, and the real command line beside it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import yaml

from tests.conformance.argo import surroundings
from tests.conformance.argo.listening import Server
from tests.conformance.argo.paths import MISSING, walk
from tests.conformance.argo.statements import CannotError, Judge, NotBehaviourError, NotYetError, judge
from tiphys.core.manifest.load import load

NAMESPACE = "argo"
_ROOT = Path(__file__).parents[3]
_COMMANDS = _ROOT / "src/tiphys/entrypoints/cli/commands"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HOLE = re.compile(r"\$\{(?P<alias>\w+)(?:\.name|:\$\.?(?P<path>[^}]*))?\}")
_REFUSED = re.compile(r"(?P<what>[^;:\n]*?) (?:is|are) not supported in this version")
_OPTION = re.compile(r"(?i)no such option '?(?P<option>-[\w-]+)")
#: No wait takes longer, whatever the case allows.
_LONGEST = 25.0
_OVER = frozenset({"Succeeded", "Failed", "Error"})
_NODE_ID = "workflows.argoproj.io/node-id"
#: What Argo's tests select their own workflows by.
_LABEL = "workflows.argoproj.io/test"
_ARGO = "argoproj.io/v1alpha1"
#: Steps and subjects that only a cluster has, with the reason.
_CLUSTER = {
    "exec": "looks into a pod with kubectl, behind Argo's back",
    "pods_quota": "a ResourceQuota of the cluster",
    "taskSet": "WorkflowTaskSets are how Argo's agent gets its work",
}


class Machine:
    """The world of one case.  Close it: what still runs is ended."""

    def __init__(self, corpus: Path, home: Path, storage: str) -> None:
        self._corpus = corpus
        self._home = home
        self._files: dict[str, Path] = {}
        self._names: dict[str, str] = {}
        self._last: tuple[int, str] = (0, "")
        self._refusals: dict[str, dict[str, Any]] = {}
        self._baseline: dict[str, float] = {}
        self._answers: dict[str, Any] = {}
        #: Checks of requests: whether each holds, and what was got instead.
        self.checked: list[tuple[bool, Any]] = []
        self._server = Server(home / "data", NAMESPACE, storage)
        self.judge = Judge(self)

    def close(self) -> None:
        """End the server; its pods end with their workflows."""
        self._server.close()

    @property
    def _http(self) -> httpx.Client:
        return self._server.client

    # -- steps ---------------------------------------------------------------------------------------------------

    def perform(self, step: Mapping[str, Any]) -> None:
        """Perform one step of a case.

        Raises:
            NotYetError: a feature or command is not there.
            NotBehaviourError: the step needs the cluster of the tests.
            CannotError: it needs what no single machine has.
        """
        perform: Callable[[Mapping[str, Any]], None] | None = getattr(self, f"_op_{step['op']}", None)
        if perform is None:
            raise NotBehaviourError(
                _CLUSTER.get(step["op"], f"the step {step['op']} belongs to the cluster of the tests")
            )
        perform(step)

    def _op_given(self, step: Mapping[str, Any]) -> None:
        path = self._corpus / step["file"]
        reason = surroundings.obstacle(yaml.load_all(path.read_text(), _LOADER), ())
        if reason is not None:
            raise CannotError(reason)
        self._files[step["as"]] = self._read(path, step["kind"]) if "_inline" in path.parts else path

    def _read(self, path: Path, kind: str) -> Path:
        """A manifest of Go code as the tests' own reader takes it: no kind, unknown fields, numbers for texts."""
        data = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, **yaml.load(path.read_text(), _LOADER)}
        loaded = load(json.dumps(_texts(data)), str(path), strict=False)
        copy = self._home / path.name
        copy.write_bytes(msgspec.json.encode(loaded.documents[0].manifest) if loaded.documents else path.read_bytes())
        return copy

    def _op_create_workflow_templates(self, _: Mapping[str, Any]) -> None:
        self._create("workflowTemplate", "WorkflowTemplate")

    def _op_create_cluster_workflow_templates(self, _: Mapping[str, Any]) -> None:
        self._create("clusterWorkflowTemplate", "ClusterWorkflowTemplate")

    def _op_create_cron_workflow(self, _: Mapping[str, Any]) -> None:
        self._create("cronWorkflow", "CronWorkflow")

    def _create(self, prefix: str, kind: str) -> None:
        for alias, path in self._files.items():
            if alias.startswith(prefix):
                # Go's reader takes whatever kind the file has, and the tests put objects into the cluster themselves.
                manifest = {**yaml.load(path.read_text(), _LOADER), "apiVersion": _ARGO, "kind": kind}
                manifest["metadata"].pop("namespace", None)
                place = "" if kind.startswith("Cluster") else f"namespaces/{NAMESPACE}/"
                answer = self._http.post(f"/apis/{_ARGO}/{place}{kind.lower()}s", json=_plain(manifest))
                self._answered(answer)
                self._names[alias] = manifest["metadata"].get("name") or answer.json()["metadata"]["name"]

    def _answered(self, answer: httpx.Response) -> None:
        """Keep what was answered as the last output."""
        text = answer.json().get("message", "") if answer.is_error else ""
        self._last = (int(answer.is_error), text)

    def _op_create_config_map(self, step: Mapping[str, Any]) -> None:
        name, data, labels = step["args"]
        manifest = {"metadata": {"name": name, "labels": labels}, "data": data}
        self._http.post(f"/api/v1/namespaces/{NAMESPACE}/configmaps", json=manifest).raise_for_status()

    def _op_delete_config_map(self, step: Mapping[str, Any]) -> None:
        self._http.delete(f"/api/v1/namespaces/{NAMESPACE}/configmaps/{step['args'][0]}").raise_for_status()

    def _op_submit(self, step: Mapping[str, Any]) -> None:
        self._submit(step["wf"], yaml.load(self._files[step["wf"]].read_text(), _LOADER))

    def _submit(self, alias: str, manifest: dict[str, Any]) -> None:
        meta = manifest.setdefault("metadata", {})
        meta["labels"] = {_LABEL: "true", **(meta.get("labels") or {})}
        answer = self._http.post(f"/api/v1/workflows/{NAMESPACE}", json={"workflow": _plain(manifest)})
        if answer.is_error:
            text = answer.json()["message"]
            self._refused(text)
            self._names[alias] = name = meta.get("name") or f"{meta.get('generateName', 'wf-')}refused"
            status = {"phase": "Failed", "message": f"invalid spec: {text}"}
            self._refusals[name] = {"metadata": {"name": name}, "status": status}
        else:
            self._names[alias] = answer.json()["metadata"]["name"]

    @staticmethod
    def _refused(told: str) -> None:
        match = _REFUSED.search(told)
        if match is not None:
            raise NotYetError(match["what"].strip())

    def _op_submit_from_workflow_templates(self, step: Mapping[str, Any]) -> None:
        self._submit_from(step, "workflowTemplate", "WorkflowTemplate")

    def _op_submit_from_cluster_workflow_templates(self, step: Mapping[str, Any]) -> None:
        self._submit_from(step, "clusterWorkflowTemplate", "ClusterWorkflowTemplate")

    def _op_submit_from_cron_workflows(self, step: Mapping[str, Any]) -> None:
        self._submit_from(step, "cronWorkflow", "CronWorkflow")

    def _submit_from(self, step: Mapping[str, Any], prefix: str, kind: str) -> None:
        name = next((name for alias, name in self._names.items() if alias.startswith(prefix)), None)
        if name is None:
            raise NotBehaviourError("a template that is in the cluster of the tests")
        body = {"resourceKind": kind, "resourceName": name, "submitOptions": {"labels": f"{_LABEL}=true"}}
        answer = self._http.post(f"/api/v1/workflows/{NAMESPACE}/submit", json={"namespace": NAMESPACE, **body})
        self._answered(answer)
        if answer.is_error:
            raise NotYetError(self._last[1])
        self._names[step.get("as") or "wf"] = answer.json()["metadata"]["name"]

    def _op_delete_workflow(self, step: Mapping[str, Any]) -> None:
        name = self._names[step.get("wf") or "wf"]
        self._answered(self._http.delete(f"/api/v1/workflows/{NAMESPACE}/{name}"))

    def _op_wait_workflow_deleted(self, step: Mapping[str, Any]) -> None:
        name = self._names[step.get("wf") or "wf"]
        self._until(lambda: self._get(name) is None, _LONGEST)

    def _op_remove_finalizers(self, _: Mapping[str, Any]) -> None:
        """Ours go by themselves."""

    def _op_suspend_cron_workflow(self, _: Mapping[str, Any]) -> None:
        self._http.put(f"/api/v1/cron-workflows/{NAMESPACE}/{self._names['cronWorkflow']}/suspend", json={})

    def _op_resume_cron_workflow(self, _: Mapping[str, Any]) -> None:
        self._http.put(f"/api/v1/cron-workflows/{NAMESPACE}/{self._names['cronWorkflow']}/resume", json={})

    def _op_set_mode(self, step: Mapping[str, Any]) -> None:
        """``argo`` has three ways to the workflows; ours finds its own."""

    def _op_shutdown(self, step: Mapping[str, Any]) -> None:
        verb = {"Stop": "stop", "Terminate": "terminate"}[step["strategy"]]
        self._http.put(f"/api/v1/workflows/{NAMESPACE}/{self._names[step['wf']]}/{verb}", json={})

    def _op_sleep(self, step: Mapping[str, Any]) -> None:
        time.sleep(min(float(step["seconds"]), 5))

    def _op_metrics_baseline(self, _: Mapping[str, Any]) -> None:
        self._baseline = self._server.series()

    # -- waiting ---------------------------------------------------------------------------------------------------

    def _op_wait(self, step: Mapping[str, Any]) -> None:
        alias = step.get("wf") or step.get("as") or "wf"
        condition, seconds = step["condition"], min(float(step["timeout_s"]), _LONGEST)
        if step.get("list_options") or "no name known" in str(step.get("note")) or alias not in self._names:
            self._until(lambda: self._found(step, alias), seconds)
        if alias in self._names:
            self._until(lambda: self._met(self._names[alias], condition), seconds)

    def _found(self, step: Mapping[str, Any], alias: str) -> bool:
        """Give the alias to a workflow that the options select, rather one that has no alias yet."""
        options = step.get("list_options") or {}
        query = {f"listOptions.{key}": str(value) for key, value in options.items() if value}
        answer = self._http.get(f"/api/v1/workflows/{NAMESPACE}", params=query)
        found = [item["metadata"]["name"] for item in answer.json().get("items") or []]
        known = set(self._names.values())
        for name in [*(name for name in found if name not in known), *found]:
            self._names[alias] = name
            return True
        return False

    def _op_wait_events(self, step: Mapping[str, Any]) -> None:
        self._until(lambda: len(self._events()) >= step.get("count", 1), _LONGEST)

    def _op_wait_pod(self, step: Mapping[str, Any]) -> None:
        condition = step.get("condition") or {}
        tree = condition.get("cond")
        self._until(
            lambda: any(tree is None or self.judge.condition(tree, [(0, pod)]) for pod in self._pods("wf")), _LONGEST
        )

    def _met(self, name: str, condition: Mapping[str, Any]) -> bool:
        found = self._get(name) or self._refusals.get(name) or {}
        status = found.get("status") or {}
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
        synchronization = status.get("synchronization") or {}
        if condition.get("holdingMutex"):
            return bool((synchronization.get("mutex") or {}).get("holding"))
        if condition.get("waitingOnAMutex"):
            return bool((synchronization.get("mutex") or {}).get("waiting"))
        raise NotYetError(f"the condition {condition['name']}")

    # -- the command line ------------------------------------------------------------------------------------------

    def _op_cli(self, step: Mapping[str, Any]) -> None:
        arguments = [self.fill(argument) for argument in step["args"]]
        folder = self._corpus / "e2e"
        if any(argument.endswith(".yaml") and not (folder / argument).exists() for argument in arguments):
            raise NotBehaviourError("a manifest that is not in this part of the corpus")
        arguments = [str(folder / argument) if (folder / argument).is_file() else argument for argument in arguments]
        self._cli(arguments, step.get("stdin"))

    def _op_kubectl_apply(self, step: Mapping[str, Any]) -> None:
        """What ``kubectl apply`` does, by the server's API of Kubernetes."""
        told = []
        for document in yaml.load_all((self._corpus / step["file"]).read_text(), _LOADER):
            plural = f"{document['kind'].lower()}s"
            place = "" if document["kind"].startswith("Cluster") else f"namespaces/{NAMESPACE}/"
            answer = self._http.post(f"/apis/{document['apiVersion']}/{place}{plural}", json=_plain(document))
            told.append(answer.json().get("message", "") if answer.is_error else "")
        self._last = (int(any(told)), "\n".join(told))

    def _cli(self, arguments: Sequence[str], stdin: str | None = None) -> None:
        command = next((argument for argument in arguments if not argument.startswith("-")), "")
        if not (_COMMANDS / f"{command.replace('-', '_')}.py").is_file() and not (_COMMANDS / command).is_dir():
            raise NotYetError(f"tiphys {command}")
        process = subprocess.Popen(
            [sys.executable, "-m", "tiphys", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=self._server.environment,
        )  # fmt: skip
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

    def _op_http(self, step: Mapping[str, Any]) -> None:
        """One request; what its checks say is in ``checked``."""
        body = self.fill(step["body"]).encode() if isinstance(step.get("body"), str) else None
        sent = json.loads(self.fill(json.dumps(step["json"]))) if step.get("json") is not None else None
        answer = self._http.request(
            step["method"],
            self.fill(step["path"]),
            params={name: self.fill(str(value)) for name, value in (step.get("query") or {}).items()},
            headers={name: self.fill(value) for name, value in (step.get("headers") or {}).items()},
            cookies=step.get("cookies"),
            content=body,
            json=sent,
        )
        if step.get("id"):
            self._answers[step["id"]] = _json_of(answer)
        self.checked += [_check(answer, check) for check in step.get("checks") or () if "go" not in check]

    # -- subjects ------------------------------------------------------------------------------------------------

    def _until(self, done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True

    def _get(self, name: str) -> dict[str, Any] | None:
        answer = self._http.get(f"/api/v1/workflows/{NAMESPACE}/{name}")
        return None if answer.is_error else dict(answer.json())

    def fill(self, text: str) -> str:
        """A text with ``${wf.name}``, ``${resp1:$.metadata.uid}`` and ``${token}`` replaced."""
        return _HOLE.sub(self._hole, text)

    def _hole(self, match: re.Match[str]) -> str:
        if match["path"] is not None:
            return str(walk(self._answers.get(match["alias"]), match["path"]))
        if match["alias"] == "token":
            return self._server.token
        return self._names.get(match["alias"], match.group())

    def find(self, on: str, of: str | None, select: Mapping[str, Any] | None) -> Any:
        """What a statement is about."""
        if on in _CLUSTER:
            raise NotBehaviourError(_CLUSTER[on])
        if on == "output":
            return self._last[1]
        if on == "error":
            return None if self._last[0] == 0 else self._last[1]
        if on == "metrics":
            return self._increases()
        if on == "events":
            return self._events()
        if on == "cronWorkflow":
            answer = self._http.get(f"/api/v1/cron-workflows/{NAMESPACE}/{self._names['cronWorkflow']}")
            return MISSING if answer.is_error else answer.json()
        if on == "workflowList":
            query = {f"listOptions.{key}": value for key, value in (select or {}).items()}
            return self._http.get(f"/api/v1/workflows/{NAMESPACE}", params=query).json()
        alias = of or "wf"
        if on in {"pods", "pod"}:
            return self._pod(on, alias, select or {})
        if on == "pvcs":
            return self._owned("persistentvolumeclaims", alias)
        if alias not in self._names:
            raise NotYetError("workflows that another one or a schedule makes")
        return self._of_run(on, self._names[alias], select or {})

    def _increases(self) -> dict[str, float]:
        """By how much each series is more than at the beginning; those that are not there are 0."""
        return {name: value - self._baseline.get(name, 0.0) for name, value in self._server.series().items()}

    def _owned(self, resource: str, alias: str) -> list[Any]:
        found = self._get(self._names[alias]) or {"metadata": {}}
        items = self._http.get(f"/api/v1/namespaces/{NAMESPACE}/{resource}").json().get("items") or []
        uid = found["metadata"].get("uid")
        return [i for i in items if any(o.get("uid") == uid for o in i["metadata"].get("ownerReferences") or ())]

    def _pods(self, alias: str) -> list[Any]:
        query = {"labelSelector": f"workflows.argoproj.io/workflow={self._names.get(alias, '')}"}
        items = self._http.get(f"/api/v1/namespaces/{NAMESPACE}/pods", params=query).json().get("items") or []
        return sorted(items, key=lambda pod: str(pod["metadata"].get("creationTimestamp")))

    def _pod(self, on: str, alias: str, select: Mapping[str, Any]) -> Any:
        pods = self._pods(alias)
        if on == "pods":
            return pods
        if "name" in select:
            pods = [pod for pod in pods if pod["metadata"]["name"] == self.fill(select["name"])]
        elif "node" in select:
            node = self._node(self._get(self._names.get(alias, "")) or {}, self._names.get(alias, ""), select["node"])
            id_ = node.get("id") if isinstance(node, dict) else None
            pods = [pod for pod in pods if (pod["metadata"].get("annotations") or {}).get(_NODE_ID) == id_]
        index = int(select.get("index", 0))
        return pods[index] if index < len(pods) else MISSING

    def _events(self) -> list[Any]:
        """The events of the workflow, oldest first."""
        found = self._get(self._names.get("wf", "")) or {"metadata": {}}
        items = self._http.get(f"/api/v1/namespaces/{NAMESPACE}/events").json().get("items") or []
        own = [i for i in items if (i.get("involvedObject") or {}).get("uid") == found["metadata"].get("uid")]
        own.reverse()  # newest first: those of one second in their order
        return sorted(own, key=lambda item: str(item.get("firstTimestamp") or item.get("eventTime")))

    def _of_run(self, on: str, name: str, select: Mapping[str, Any]) -> Any:
        if on == "logs":
            container = select.get("container")
            self._cli(["logs", name, *(["-c", container] if container else [])])
            return self._last[1]
        if on in {"artifactObject", "artifactContent"}:
            return self._artifact(name, select, content=on == "artifactContent")
        found = self._get(name) or self._refusals.get(name) or MISSING
        if on == "workflow":
            return found
        if on != "node":
            raise NotYetError(f"the subject {on}")
        return self._node(found, name, select)

    def _node(self, found: Any, name: str, select: Mapping[str, Any]) -> Any:
        nodes = walk(found, "status.nodes")
        nodes = nodes if isinstance(nodes, dict) else {}
        if select.get("root"):
            return nodes.get(name, MISSING)
        if "where" in select:
            where = select["where"]
            return next((n for key, n in nodes.items() if self.judge.condition(where, [(key, n)])), MISSING)
        wanted = {key: self.fill(value) if isinstance(value, str) else value for key, value in select.items()}
        return next((n for n in nodes.values() if any(n.get(key) == value for key, value in wanted.items())), MISSING)

    def _artifact(self, name: str, select: Mapping[str, Any], *, content: bool) -> Any:
        """An artifact that can be fetched; ``-`` is the node of the workflow itself."""
        nodes = ((self._get(name) or {}).get("status") or {}).get("nodes") or {}
        wanted = name if select.get("node") in {"-", None} else select["node"]
        node = next((each for each in nodes.values() if wanted in (each["id"], each.get("displayName"))), None)
        if node is None:
            return MISSING
        answer = self._http.get(f"/artifacts/{NAMESPACE}/{name}/{node['id']}/{select['artifact']}")
        if answer.is_error:
            return MISSING
        return answer.text if content else {"size": len(answer.content)}


def _json_of(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _check(answer: httpx.Response, check: Mapping[str, Any]) -> tuple[bool, Any]:
    """One check of an answer: its status, or a part of it (section 2 of the corpus's README)."""
    if "status" in check:
        return answer.status_code == check["status"], answer.status_code
    part, path = check.get("part"), str(check.get("path") or "").removeprefix("$").removeprefix(".")
    if part == "header":
        got: Any = answer.headers.get(path, MISSING)
    else:
        got = answer.text if part == "body" else walk(_json_of(answer), path)
    if check.get("of") == "length":
        got = len(got) if isinstance(got, (list, dict, str)) else 0
    elif check.get("of") == "keys":
        got = list(got) if isinstance(got, dict) else []
    return judge(check["op"], got, check.get("value"), check), None if got is MISSING else got


def _plain(value: Any) -> Any:
    """YAML's dates as texts, for JSON."""
    return json.loads(json.dumps(value, default=str))


def _texts(value: Any, key: str = "") -> Any:
    """Go's reader makes texts of numbers where a text belongs, and finds fields whatever their case."""
    if isinstance(value, dict):
        lowered = key == "valueFrom"
        return {(name[:1].lower() + name[1:] if lowered else name): _texts(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [str(item) if key in {"args", "command"} and isinstance(item, int) else _texts(item) for item in value]
    return value

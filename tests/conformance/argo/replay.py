"""Performs the steps of a black-box case and finds what its statements are about."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.conformance.argo import functions
from tests.conformance.argo.paths import MISSING, walk
from tests.conformance.argo.statements import Judge, NotBehaviourError
from tests.conformance.argo.world import Snapshot, World
from tests.conformance.case import Case
from tiphys.adapters.metrics.exposition import PREFIX
from tiphys.app.services.objects import moment
from tiphys.core.engine.durations import SECOND, parse_duration
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.executed import executed_spec
from tiphys.core.plan.model import Identity
from tiphys.core.validate.library import Library
from tiphys.entrypoints.settings import Settings, load
from tiphys.ids import WorkflowUid
from tiphys.ports.runtime import PodOutputs

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOW = re.compile(r"\$\{now(?:(?P<sign>[+-])(?P<amount>(?:\d+[smh])+))?\}")
#: Fields whose pointer to true the corpus has as an empty object.
_SWITCHES = frozenset({"archiveLogs", "hostNetwork", "hostPID", "automountServiceAccountToken", "daemon"})
#: Subjects that are Argo's own means: no user or client of ours meets them.
_INNER = {
    "taskSetList": "WorkflowTaskSets are how Argo's agent gets its work",
    "taskSet": "WorkflowTaskSets are how Argo's agent gets its work",
}


class Replay:
    """One case while it is replayed."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._world = World()
        self._objects: dict[str, dict[str, Any]] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._worlds: dict[str, World] = {}
        self._last = ""
        self._environment: dict[str, str] = {}
        self._returned: dict[int, Sequence[Any]] = {}
        self._errors: dict[int, str | None] = {}
        self.judge = Judge(self)

    # -- steps -----------------------------------------------------------------------------------------------------

    def perform(self, step: Mapping[str, Any]) -> None:
        """Perform one step.

        Raises:
            NotYetError: it needs a feature that is not there.
            NotBehaviourError: it sets up something of Argo's inside.
        """
        perform: Callable[[Mapping[str, Any]], None] | None = getattr(self, f"_op_{step['op']}", None)
        if perform is None:
            raise NotBehaviourError(f"the step {step['op']}")
        perform(step)

    def _op_load(self, step: Mapping[str, Any]) -> None:
        if "object" in step:
            found = copy.deepcopy(step["object"])
        else:
            found = _json(yaml.load((self._case.corpus / step["file"]).read_text(), _LOADER))
        found.setdefault("kind", step["kind"])
        self._objects[step["as"]] = found
        if step["kind"] == "Workflow":
            meta = found.setdefault("metadata", {})
            if not meta.get("name") and meta.get("generateName"):
                meta["name"] = f"{meta['generateName']}{len(self._snapshots):05d}"
            self._snapshots[step["as"]] = Snapshot(found)

    def _op_copy(self, step: Mapping[str, Any]) -> None:
        if step["from"] in self._snapshots:
            self._snapshots[step["as"]] = self._snapshots[step["from"]].copy()
            self._objects[step["as"]] = self._snapshots[step["as"]].data
        else:
            self._objects[step["as"]] = copy.deepcopy(self._objects[step["from"]])

    def _op_controller(self, step: Mapping[str, Any]) -> None:
        patience = self._world.recently_started
        self._world = World()
        self._world.settings = self._settings()
        self._world.recently_started = patience
        for alias in step["objects"]:
            self._add(alias)

    def _add(self, alias: str) -> None:
        found = self._objects.get(alias)
        if found is None:
            return
        if found.get("kind") in {"WorkflowTemplate", "ClusterWorkflowTemplate", "ConfigMap"}:
            self._world.objects.append(found)
        self._world.put(found)

    def _op_create(self, step: Mapping[str, Any]) -> None:
        found = step.get("object")
        if isinstance(found, str):
            self._add(found)
        elif isinstance(found, dict):
            self._objects["created"] = {"kind": step["kind"], **found}
            self._add("created")

    def _op_update(self, step: Mapping[str, Any]) -> None:
        self._op_create(step)

    def _op_delete(self, step: Mapping[str, Any]) -> None:
        raise NotBehaviourError("an object that is deleted behind the controller's back")

    def _op_get(self, step: Mapping[str, Any]) -> None:
        name = step["name"]
        if isinstance(name, dict):
            name = self._snapshots[name["of"]].name
        latest = next((s for s in reversed(self._snapshots.values()) if s.name == name), None)
        if latest is None:
            raise NotBehaviourError(f"a {step['kind']} that the test did not load")
        self._snapshots[step["as"]] = latest.copy()
        self._objects[step["as"]] = self._snapshots[step["as"]].data

    def _op_new_operation(self, step: Mapping[str, Any]) -> None:
        if step["wf"] not in self._snapshots:
            raise NotBehaviourError("a workflow that the test makes in code")
        self._snapshots[step["as"]] = self._snapshots[step["wf"]].copy()
        self._worlds[step["as"]] = self._world

    def _op_operate(self, step: Mapping[str, Any]) -> None:
        alias = step["woc"]
        after = self._worlds.get(alias, self._world).operate(self._snapshots[alias])
        # The latest state of a workflow stands last, where ``get`` finds it.
        self._snapshots.pop(alias)
        self._snapshots[alias] = after
        self._last = alias

    def _op_set(self, step: Mapping[str, Any]) -> None:
        snapshot = self._snapshots.get(step["of"])
        if snapshot is None:
            if step["of"] not in self._objects:
                raise NotBehaviourError("an object that the test makes in code")
            _put(self._objects[step["of"]], step["path"], self._filled(step["value"]))
            return
        if step.get("on") != "node":
            _put(snapshot.data, step["path"], self._filled(step["value"]))
            return
        select = step["select"]
        for key, node in (walk(snapshot.data, "status.nodes") or {}).items():
            wanted = select.get("all_where")
            if self._is(node, select) if wanted is None else self.judge.condition(wanted, [(key, node)]):
                _put(node, step["path"], self._filled(step["value"]))
        snapshot.rows = None

    @staticmethod
    def _is(node: Mapping[str, Any], select: Mapping[str, Any]) -> bool:
        return any(node.get(key) == value for key, value in select.items())

    def _filled(self, value: Any) -> Any:
        return self.fill(value) if isinstance(value, str) else value

    def fill(self, text: str) -> str:
        """A text with ``${now}`` and ``${now-1s}`` replaced."""
        return _NOW.sub(lambda match: rfc3339(self._moment(match)), text)

    def _moment(self, match: re.Match[str]) -> datetime:
        seconds = parse_duration(match["amount"] or "0") / SECOND
        now = self._world.clock.now()
        return now - timedelta(seconds=seconds) if match["sign"] == "-" else now + timedelta(seconds=seconds)

    def _op_config(self, step: Mapping[str, Any]) -> None:
        value = _pointed(step["value"]) if "value" in step else self._objects[step["value_ref"]]
        if step["path"] == "Config.WorkflowDefaults":
            defaults = {key: value[key] for key in ("metadata", "spec") if key in (value or {})}
            self._world.configure(workflow_defaults=defaults)
        elif step["path"] == "Config.WorkflowRestrictions":
            self._world.configure(template_referencing=(value or {}).get("templateReferencing") or "")
        elif step["path"] == "Config.WorkflowRestrictions.TemplateReferencing":
            self._world.configure(template_referencing=value)
        elif step["path"] in {"artifactRepositories", "Config.ArtifactRepository"}:
            self._world.configure(artifact_repository=value)

    def _op_sync_manager(self, step: Mapping[str, Any]) -> None:
        """The lock manager is always there."""

    def _op_setenv(self, step: Mapping[str, Any]) -> None:
        if step["name"] == "RECENTLY_STARTED_POD_DURATION":
            self._world.recently_started = float(step["value"].rstrip("s") or 0)
        else:
            self._environment[step["name"]] = step["value"]
            self._world.settings = self._settings()

    def _settings(self) -> Settings:
        """What the environment says, with the present configuration."""
        found = load(home=Path("/nonexistent"), environment=self._environment)
        return msgspec.structs.replace(found, controller=self._world.settings.controller)

    def _op_sleep(self, step: Mapping[str, Any]) -> None:
        self._world.clock.advance(step["seconds"])

    def _op_make_pods_phase(self, step: Mapping[str, Any]) -> None:
        given = {key: value for part in step.get("with") or () for key, value in part.items()}

        def change(pod: Any) -> None:
            pod.exit_code = given.get("exit_code", 0 if step["phase"] == "Succeeded" else None)
            outputs = given.get("outputs") or {}
            values = tuple((p["name"], p.get("value") or "") for p in outputs.get("parameters") or ())
            pod.outputs = PodOutputs(result=outputs.get("result"), parameters=values)

        self._world.clock.advance(1)
        self._worlds.get(step["woc"], self._world).set_pods(step["phase"], change)

    def _op_mark_task_result(self, step: Mapping[str, Any]) -> None:
        """Our nodes are complete when their pod is."""

    def _op_create_running_pods(self, step: Mapping[str, Any]) -> None:
        self._world.set_pods("Running", lambda pod: None)

    def _op_delete_pods(self, step: Mapping[str, Any]) -> None:
        self._world.clock.advance(1)
        self._world.runtime.pods.clear()

    def _op_sync_pods_informer(self, step: Mapping[str, Any]) -> None:
        """There is no informer."""

    def _op_process_next_item(self, step: Mapping[str, Any]) -> None:
        """The queue belongs to Argo; the pass that follows is what counts."""

    def _op_process_next_pod_item(self, step: Mapping[str, Any]) -> None:
        """The queue belongs to Argo."""

    def _op_call(self, step: Mapping[str, Any]) -> None:
        arguments = [self._argument(argument) for argument in step["args"]]
        if step["fn"] == "podReconciliation":
            # What the pods are heard to do is part of every pass.
            self._op_operate({"woc": step["recv"]["of"]})
        returned, error = functions.call(step["fn"], arguments)
        self._returned[step["id"]] = returned
        self._errors[step["id"]] = error

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, dict) and "ref" in argument:
            if argument["ref"] == "result":
                return self._returned[argument["select"]["call"]][argument["select"]["ret"]]
            found = walk(self.find(argument["ref"], argument.get("of"), argument.get("select")), argument.get("path"))
            return None if found is MISSING else found
        if isinstance(argument, list):
            return [self._argument(item) for item in argument]
        return self._filled(argument)

    # -- subjects --------------------------------------------------------------------------------------------------

    def find(self, on: str, of: str | None, select: Mapping[str, Any] | None) -> Any:
        """What a statement is about."""
        if on in _INNER:
            raise NotBehaviourError(_INNER[on])
        if on == "metric":
            return self._metric(of, select or {})
        if of is not None and of in self._objects and of not in self._snapshots:
            return self._objects[of]
        if on in {"pods", "pod", "podTemplate"}:
            return self._pod(on, of, select)
        if on == "result":
            return self._result(select or {})
        if on == "error":
            return list(self._errors.values())[-1] if self._errors else None
        if of is not None and of.startswith("result:"):
            number, _, place = of.removeprefix("result:").partition(".")
            return self._of_result(on, self._returned[int(number)][int(place)], select or {})
        snapshot = self._snapshots.get(of or self._last)
        if snapshot is None:
            raise NotBehaviourError(f"{on} of something that the test makes in code")
        if on == "workflow":
            return snapshot.data
        if on == "node":
            return self._node(snapshot, select or {})
        if on == "execWorkflow":
            return {
                "spec": msgspec.json.decode(
                    msgspec.json.encode(executed_spec(self._world.complete(_workflow(snapshot))))
                )
            }
        if on == "globalParams":
            return dict(self._plan_variables(snapshot))
        raise NotBehaviourError(f"the subject {on}")

    def _result(self, select: Mapping[str, Any]) -> Any:
        returned = self._returned.get(select["call"], ())
        found = returned[select["ret"]] if select["ret"] < len(returned) else MISSING
        return MISSING if found is None else found

    def _of_result(self, on: str, workflow: Any, select: Mapping[str, Any]) -> Any:
        return self._node(Snapshot(workflow), select) if on == "node" else workflow

    def _node(self, snapshot: Snapshot, select: Mapping[str, Any]) -> Any:
        nodes = walk(snapshot.data, "status.nodes")
        nodes = nodes if isinstance(nodes, dict) else {}
        if select.get("root"):
            return nodes.get(snapshot.name, MISSING)
        return next((node for node in nodes.values() if self._is(node, select)), MISSING)

    def _pod(self, on: str, of: str | None, select: Mapping[str, Any] | None) -> Any:
        pods = list(self._worlds.get(of or self._last, self._world).runtime.pods.values())
        if on == "pods":
            return [pod.data() for pod in pods]
        chosen = (select or {}).get("pod", select) or {}
        if "node" in chosen:
            node = self._node(self._snapshots[of or self._last], chosen["node"])
            pods = [pod for pod in pods if node is not MISSING and pod.request.key.node_id == node["id"]]
        elif "name" in chosen:
            pods = [pod for pod in pods if pod.request.pod_name == chosen["name"]]
        index = int(chosen.get("index", 0))
        if index >= len(pods):
            return MISSING
        return pods[index].data() if on == "pod" else pods[index].template()

    def _metric(self, of: str | None, select: Mapping[str, Any]) -> Any:
        """The value of a series as Prometheus would read it."""
        world = self._worlds.get(of or self._last, self._world)
        # The reader gives counters the ending of OpenMetrics.
        name = f"{PREFIX}{select['name']}".removesuffix("_total")
        for family in text_string_to_metric_families(world.metrics.text()):
            for sample in family.samples:
                if sample.name.removesuffix("_total") == name and sample.labels == select["attributes"]:
                    return sample.value
        return MISSING

    def _plan_variables(self, snapshot: Snapshot) -> Mapping[str, Any]:
        workflow = _workflow(snapshot)
        identity = Identity(
            uid=WorkflowUid("uid"), name=snapshot.name, namespace="default", created_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        values = dict(compile_plan(workflow, identity, Library()).variables)
        started = moment(walk(snapshot.data, "status.startedAt") or None)
        if started is not None:
            values["workflow.duration"] = f"{(snapshot.at - started).total_seconds():f}"
        return values


def _workflow(snapshot: Snapshot) -> Workflow:
    data = copy.deepcopy(snapshot.data)
    (data.get("status") or {}).pop("nodes", None)
    return msgspec.convert(data, Workflow, strict=False)


def _json(value: Any) -> Any:
    """YAML's dates as the texts that they were."""
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return rfc3339(value if value.tzinfo else value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value


def _pointed(value: Any, key: str = "") -> Any:
    """Go's pointers to true, which the corpus has as empty objects."""
    if value == {} and key in _SWITCHES:
        return True
    if isinstance(value, dict):
        return {name: _pointed(item, name) for name, item in value.items()}
    return [_pointed(item) for item in value] if isinstance(value, list) else value


def _put(data: Any, path: str, value: Any) -> None:
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    for part in parents:
        data = data.setdefault(part, {}) if isinstance(data, dict) else data[part]
    data[last] = _pointed(value, str(last))

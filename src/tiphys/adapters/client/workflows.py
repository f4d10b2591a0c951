"""``ports.api`` over a server: reading, changing and running again."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from tiphys.adapters.client.connection import Connection, segment
from tiphys.adapters.client.extensions import converted, fact_of, planned
from tiphys.adapters.client.pages import pages
from tiphys.core.engine.explain import Explanation
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import metadata_of, text
from tiphys.errors import RemoteError, TiphysError
from tiphys.ports.api import (
    ListFilter,
    LogFilter,
    NodeValues,
    PlannedNode,
    ResubmitOptions,
    RetryOptions,
    SubmitOptions,
    Trial,
)
from tiphys.ports.runtime import LogLine

#: How often a workflow is looked at that cannot be watched.
_LOOK_SECONDS = 0.5
_PHASE = "workflows.argoproj.io/phase"
_COMPLETED = "workflows.argoproj.io/completed"
_WITHOUT_NODES = "-status.nodes"
_LIST_WITHOUT_NODES = "-items.status.nodes"


class RemoteWorkflows:
    """Implements ``Api``, ``LifecycleApi`` and ``RerunApi``; what Argo's API lacks is asked below ``/api/x/v1``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- reading -------------------------------------------------------------------------------------------------

    def get(self, namespace: str, name: str) -> Workflow:
        """The workflow with its nodes."""
        return workflow_of(self._connection.call("GET", _path(namespace, name)))

    def glance(self, namespace: str, name: str) -> Workflow:
        """The workflow without its nodes."""
        return workflow_of(self._connection.call("GET", _path(namespace, name), {"fields": _WITHOUT_NODES}))

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Workflows, without their nodes unless they are wanted."""
        query = {
            "fields": "" if wanted.nodes else _LIST_WITHOUT_NODES,
            "listOptions.labelSelector": _selector(wanted),
            "listOptions.fieldSelector": wanted.fields,
            "createdAfter": _rfc3339(wanted.since),
            "finishedBefore": _rfc3339(wanted.before),
        }
        found: list[Workflow] = []
        for item in pages(self._connection, f"workflows/{segment(wanted.namespace or '')}", query, wanted.page or 0):
            workflow = workflow_of(item)
            if _named(workflow).startswith(wanted.prefix or ""):
                found.append(workflow)
            if wanted.limit is not None and len(found) >= wanted.limit:
                break
        return found

    def version(self, namespace: str) -> str:
        """The resource version of a namespace's workflows, from which changes can be watched; empty: not told."""
        query = {"listOptions.limit": "1", "fields": "metadata.resourceVersion"}
        found = self._connection.call("GET", f"workflows/{segment(namespace)}", query)
        return text(metadata_of(found), "resourceVersion")

    def await_change(self, namespace: str, names: Collection[str], since: str, seconds: float) -> None:
        """Return when one of the workflows changed since a resource version, at the latest after some seconds.

        Where watching is not possible it returns after a moment, so that the caller looks again.
        """
        query = {"fields": "result.object.metadata.name"}
        if since:
            query["listOptions.resourceVersion"] = since
        if len(names) == 1:
            query["listOptions.fieldSelector"] = f"metadata.name={next(iter(names))}"
        try:
            for event in self._connection.stream(f"workflow-events/{segment(namespace)}", query, seconds):
                changed = event.get("object")
                if not isinstance(changed, dict) or text(metadata_of(changed), "name") in names:
                    return
        except TiphysError:
            pass
        time.sleep(_LOOK_SECONDS)

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        """Log lines of the run's pods; the server does not say of which stream they are."""
        container = wanted.container or "main"
        query = {
            "logOptions.container": container,
            "logOptions.timestamps": "true",
            "logOptions.follow": "true" if wanted.follow else "",
            "logOptions.previous": "true" if wanted.previous else "",
            "logOptions.tailLines": str(wanted.tail) if wanted.tail is not None and wanted.tail >= 0 else "",
            "logOptions.sinceTime": _rfc3339(wanted.since),
            "podName": wanted.pod_name or "",
            "grep": wanted.grep,
            "selector": ",".join(str(each) for each in wanted.labels),
        }
        given = {key: value for key, value in query.items() if value}
        for entry in self._connection.stream(f"{_path(namespace, name)}/log", given):
            moment, line = _timed(str(entry.get("content") or ""))
            pod = str(entry.get("podName") or "")
            yield LogLine(pod_name=pod, container=container, stream="stdout", time=moment, text=line)

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        """What happened in the run, oldest first."""
        path = f"{_path(namespace, name)}/history"
        items = self._connection.extension("GET", path, what="history of events").get("items")
        return [fact_of(item) for item in items] if isinstance(items, list) else []

    def memoized(self, namespace: str, name: str) -> Mapping[str, str]:
        """Nothing: why a cache was hit or missed is known where the run is."""
        return {}

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        """Why a workflow or node is as it is."""
        path, query = f"{_path(namespace, name)}/explain", {"node": node} if node else {}
        data = self._connection.extension("GET", path, query, what="explanations")
        return converted(data, Explanation)

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        """Remove a workflow."""
        self._connection.call("DELETE", _path(namespace, name), {"force": "true"} if force else {})

    # -- changing ------------------------------------------------------------------------------------------------

    def stop(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Shut a workflow down with its exit handlers, or fail Suspend nodes."""
        return self._do("stop", namespace, name, {"nodeFieldSelector": selector, "message": message})

    def terminate(self, namespace: str, name: str) -> str:
        """Shut a workflow down without its exit handlers."""
        return self._do("terminate", namespace, name)

    def suspend(self, namespace: str, name: str) -> str:
        """Start nothing new until the workflow is resumed."""
        return self._do("suspend", namespace, name)

    def resume(self, namespace: str, name: str, *, selector: str = "", message: str = "") -> str:
        """Let a workflow go on."""
        return self._do("resume", namespace, name, {"nodeFieldSelector": selector, "message": message})

    def set_nodes(self, namespace: str, name: str, values: NodeValues) -> str:
        """Give Suspend nodes outputs, a message or a phase."""
        outputs = msgspec.json.encode(values.parameters).decode() if values.parameters else ""
        body: JsonObject = {
            "nodeFieldSelector": values.selector,
            "phase": values.phase,
            "message": values.message,
            "outputParameters": outputs,
        }
        return self._do("set", namespace, name, body)

    def _do(self, verb: str, namespace: str, name: str, body: JsonObject | None = None) -> str:
        return _named(self._put(verb, namespace, name, body or {}))

    def _put(self, verb: str, namespace: str, name: str, body: JsonObject) -> Workflow:
        given: JsonObject = {key: value for key, value in body.items() if value not in ("", [], False, None)}
        whole: JsonObject = {"namespace": namespace, "name": name, **given}
        return workflow_of(self._connection.call("PUT", f"{_path(namespace, name)}/{verb}", body=whole))

    # -- running again -------------------------------------------------------------------------------------------

    def plan_retry(self, namespace: str, name: str, options: RetryOptions) -> Sequence[PlannedNode]:
        """What a retry would do, node by node."""
        path = f"{_path(namespace, name)}/retry-plan"
        data = self._connection.extension("POST", path, body=_retry_body(options), what="plans of retries")
        return planned(data.get("nodes"))

    def retry(self, namespace: str, name: str, options: RetryOptions) -> Workflow:
        """Reset a finished workflow so that it goes on."""
        if not options.nodes:
            return self._put("retry", namespace, name, _retry_body(options))
        # Argo's route would take no notice of the nodes, and run all again that failed.
        path = f"{_path(namespace, name)}/retry"
        found = self._connection.extension("PUT", path, body=_retry_body(options), what="retry of single nodes")
        return workflow_of(found)

    def resubmit(self, namespace: str, name: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of an old one."""
        body: JsonObject = {"memoized": options.memoized, "parameters": parameters_of(options.parameters)}
        return self._put("resubmit", namespace, name, body)

    def submit(self, manifest: JsonObject, namespace: str, trial: Trial = Trial.NO) -> Workflow:
        """Make a workflow."""
        body: JsonObject = {"namespace": namespace, "workflow": manifest}
        if trial is Trial.SERVER:
            body["serverDryRun"] = True
        if trial is Trial.CLIENT:
            body["createOptions"] = {"dryRun": ["All"]}
        return workflow_of(self._connection.call("POST", f"workflows/{segment(namespace)}", body=body))

    def submit_from(self, kind: str, name: str, options: SubmitOptions, namespace: str, trial: Trial) -> Workflow:
        """Make a workflow of a stored template or CronWorkflow."""
        parameters = {**options.parameter_file, **options.parameters}
        given: JsonObject = {
            "name": options.name,
            "generateName": options.generate_name,
            "entryPoint": options.entrypoint,
            "parameters": parameters_of(parameters),
            "serviceAccount": options.service_account,
            "labels": ",".join(f"{key}={value}" for key, value in options.labels.items()),
            "annotations": ",".join(f"{key}={value}" for key, value in options.annotations.items()),
            "priority": options.priority,
            "dryRun": trial is Trial.CLIENT,
            "serverDryRun": trial is Trial.SERVER,
        }
        body: JsonObject = {
            "namespace": namespace,
            "resourceKind": kind,
            "resourceName": name,
            "submitOptions": {key: value for key, value in given.items() if value not in ("", [], False, None)},
        }
        return workflow_of(self._connection.call("POST", f"workflows/{segment(namespace)}/submit", body=body))


def workflow_of(data: JsonValue) -> Workflow:
    """A workflow as a server sends it; fields that are unknown here are left out.

    Raises:
        RemoteError: it is none.
    """
    found = check(Workflow, data, strict=False)
    if found.record is None:
        problems = "; ".join(problem.message for problem in found.problems)
        raise RemoteError(f"the server sent a workflow that cannot be read: {problems}")
    return found.record


def _path(namespace: str, name: str) -> str:
    return f"workflows/{segment(namespace)}/{segment(name)}"


def _named(workflow: Workflow) -> str:
    return (workflow.metadata.name if workflow.metadata is not None else None) or ""


def _selector(wanted: ListFilter) -> str:
    parts = [str(each) for each in wanted.labels]
    if wanted.phases:
        parts.append(f"{_PHASE} in ({','.join(wanted.phases)})")
    if wanted.completed is not None:
        parts.append(f"{_COMPLETED}=true" if wanted.completed else f"{_COMPLETED}!=true")
    return ",".join(parts)


def parameters_of(given: Mapping[str, str]) -> list[JsonValue]:
    """Parameters as requests have them."""
    return [f"{name}={value}" for name, value in given.items()]


def _rfc3339(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else ""


def _timed(content: str) -> tuple[datetime, str]:
    """The moment in front of a line of a log, and the line."""
    head, _, rest = content.partition(" ")
    try:
        return datetime.fromisoformat(head).astimezone(UTC), rest
    except ValueError:
        return datetime.fromtimestamp(0, UTC), content


def _retry_body(options: RetryOptions) -> JsonObject:
    body: JsonObject = {
        "restartSuccessful": options.restart_successful,
        "nodeFieldSelector": options.selector,
        "nodes": list(options.nodes),
        "parameters": parameters_of(options.parameters),
    }
    return {key: value for key, value in body.items() if value}

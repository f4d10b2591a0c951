"""``ports.api`` over a server: reading, changing and running again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NoReturn

import msgspec

from tiphys.adapters.client.connection import Connection, segment
from tiphys.core.engine.explain import Explanation
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.errors import RemoteError, UnsupportedError
from tiphys.ports.api import (
    ListFilter,
    LogFilter,
    NodeValues,
    PlannedNode,
    ResubmitOptions,
    RetryOptions,
)
from tiphys.ports.runtime import LogLine

_PHASE = "workflows.argoproj.io/phase"
_COMPLETED = "workflows.argoproj.io/completed"
_PAGE = 500
_WITHOUT_NODES = "-status.nodes"
_LIST_WITHOUT_NODES = "-items.status.nodes"


class RemoteWorkflows:
    """Implements ``Api``, ``LifecycleApi`` and ``RerunApi``; what only the machine of a run can do is refused."""

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
        """Workflows without their nodes."""
        found: list[Workflow] = []
        query = {"fields": _LIST_WITHOUT_NODES, "listOptions.labelSelector": _selector(wanted)}
        query["listOptions.limit"] = str(min(wanted.limit or _PAGE, _PAGE))
        if wanted.since is not None:
            query["createdAfter"] = wanted.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        while True:
            page = self._connection.call("GET", f"workflows/{segment(wanted.namespace or '')}", query)
            items = page.get("items")
            for item in items if isinstance(items, list) else ():
                workflow = workflow_of(item)
                if _named(workflow).startswith(wanted.prefix or ""):
                    found.append(workflow)
                if wanted.limit is not None and len(found) >= wanted.limit:
                    return found
            metadata = page.get("metadata")
            following = metadata.get("continue") if isinstance(metadata, dict) else None
            if not following:
                return found
            query["listOptions.continue"] = str(following)

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        """Log lines of the run's pods; the server gives neither their stream nor their time."""
        query = {"logOptions.container": wanted.container or "main", "logOptions.timestamps": "true"}
        if wanted.follow:
            query["logOptions.follow"] = "true"
        if wanted.pod_name:
            query["podName"] = wanted.pod_name
        for entry in self._connection.stream(f"{_path(namespace, name)}/log", query):
            moment, text = _timed(str(entry.get("content") or ""))
            pod = str(entry.get("podName") or "")
            container = query["logOptions.container"]
            yield LogLine(pod_name=pod, container=container, stream="stdout", time=moment, text=text)

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        """Not over a server."""
        _refuse("events")

    def memoized(self, namespace: str, name: str) -> Mapping[str, str]:
        """Nothing: why a cache was hit or missed is known where the run is."""
        return {}

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        """Not over a server."""
        _refuse("explain")

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        """Remove a workflow."""
        self._connection.call("DELETE", _path(namespace, name), query={"force": "true"} if force else {})

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
        """Not over a server."""
        _refuse("the plan of a retry")

    def retry(self, namespace: str, name: str, options: RetryOptions) -> Workflow:
        """Reset a finished workflow so that it goes on."""
        if options.nodes:
            _refuse("retry --node")
        body: JsonObject = {
            "restartSuccessful": options.restart_successful,
            "nodeFieldSelector": options.selector,
            "parameters": _parameters(options.parameters),
        }
        return self._put("retry", namespace, name, body)

    def resubmit(self, namespace: str, name: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of an old one."""
        body: JsonObject = {"memoized": options.memoized, "parameters": _parameters(options.parameters)}
        return self._put("resubmit", namespace, name, body)

    def submit(self, manifest: JsonObject, namespace: str, *, dry_run: bool = False) -> Workflow:
        """Make a workflow."""
        body: JsonObject = {"namespace": namespace, "workflow": manifest}
        if dry_run:
            body["serverDryRun"] = True
        return workflow_of(self._connection.call("POST", f"workflows/{segment(namespace)}", body=body))


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
    parts = [f"{key}={value}" for key, value in wanted.labels.items()]
    if wanted.phases:
        parts.append(f"{_PHASE} in ({','.join(wanted.phases)})")
    if wanted.completed is not None:
        parts.append(f"{_COMPLETED}=true" if wanted.completed else f"{_COMPLETED}!=true")
    return ",".join(parts)


def _parameters(given: Mapping[str, str]) -> list[JsonValue]:
    return [f"{name}={value}" for name, value in given.items()]


def _timed(content: str) -> tuple[datetime, str]:
    """The moment in front of a line of a log, and the line."""
    head, _, rest = content.partition(" ")
    try:
        return datetime.fromisoformat(head).astimezone(UTC), rest
    except ValueError:
        return datetime.fromtimestamp(0, UTC), content


def _refuse(what: str) -> NoReturn:
    raise UnsupportedError(f"{what} needs the data directory and does not work against a server", "unset ARGO_SERVER")

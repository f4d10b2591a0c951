"""Looking into a step that went wrong: a shell in its sandbox, and the same step once more by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tiphys.app.services.finding import find
from tiphys.app.services.objects import change_of, identity_of, node_changes, workflow_of
from tiphys.app.services.podlabels import pod_name_of
from tiphys.core.engine.again import pod_again
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.location import relocated
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.template.errors import TemplateError
from tiphys.core.validate.library import EMPTY
from tiphys.errors import ArtifactError, NotFoundError, UsageError
from tiphys.ids import NodeId
from tiphys.ports.artifacts import ArtifactStorage
from tiphys.ports.clock import Clock
from tiphys.ports.debugging import Sandboxes
from tiphys.ports.runtime import LogLine, OutputParameter, PodKey, PodReport, PodRequest, PodRuntime, PodSources
from tiphys.ports.store import Store, StoredObject

#: What a pod refers to by name, in a namespace.
SourcesOf = Callable[[str, PodRequest], PodSources]
_ENDED = frozenset({"Succeeded", "Failed", "Error"})
_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.2


class Difference(Struct, frozen=True):
    """One output as the run recorded it and as the replay made it; None where it has none."""

    name: str
    recorded: str | None
    replayed: str | None


class Replay(Struct, frozen=True, kw_only=True):
    """How a replay ended.  ``node_id`` names it for ``exec`` while its sandbox is kept."""

    node_id: str
    phase: str
    message: str
    exit_code: int | None
    recorded: NodeStatus
    outputs: Sequence[Difference]


class Debugging:
    """Works on the pods of one machine; nothing of it changes what is stored of a workflow."""

    def __init__(
        self,
        store: Store,
        sandboxes: Sandboxes,
        runtime: PodRuntime,
        sources: SourcesOf,
        clock: Clock,
        storage: ArtifactStorage,
        pods: PodDefaults = POD_DEFAULTS,
    ) -> None:
        self._store = store
        self._sandboxes = sandboxes
        self._runtime = runtime
        self._sources = sources
        self._clock = clock
        self._storage = storage
        self._pods = pods

    def shell(self, namespace: str, name: str, node: str, container: str, argv: Sequence[str]) -> int:
        """Run a command in the sandbox of a pod, or of a replay that was kept; its exit code.

        Raises:
            NotFoundError: no such workflow, node or container, or nothing was kept.
            UsageError: the node is no pod, or its name is not the only one.
        """
        stored = find(self._store, namespace, name)
        request = self._replayed(stored, node)
        if request is None:
            request = self._recorded(stored, self._pod(stored, node))
        return self._sandboxes.enter(self._with_sources(stored, request), container, argv)

    def replay(
        self,
        namespace: str,
        name: str,
        node: str,
        log: Callable[[LogLine], None],
        *,
        parameters: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> Replay:
        """Run the pod of a node again, alone; ``log`` is given the lines of its containers.

        Its inputs are the same but for the ``parameters`` that are given.  ``keep`` leaves its sandbox until the
        workflow is removed.  An interrupt ends the pod and then the replay.

        Raises:
            NotFoundError: no such workflow or node, or it is not known how its pod was started.
            UsageError: the node is no pod, its name is not the only one, or it has no such parameter.
        """
        stored = find(self._store, namespace, name)
        status = self._pod(stored, node)
        recorded = self._recorded(stored, status)
        if parameters:
            recorded = self._changed(stored, recorded, status.name, parameters)
        request = self._with_sources(stored, self._again(stored, recorded, status))
        try:
            report = self._run(request, log)
            self._remove_artifacts(report)
            return _compared(request, report, status)
        finally:
            if not keep:
                self._runtime.remove(request.key.uid, request.key.node_id)

    # -- which pod ---------------------------------------------------------------------------------------------

    def _pod(self, stored: StoredObject, node: str) -> NodeStatus:
        """The node that is meant: by its name, id, display name or pod; the last attempt of one that is retried."""
        rows = [change.status for change in node_changes(list(self._store.nodes(stored.uid)))]
        found = [row for row in rows if node in (row.name, row.id, pod_name_of(stored.key.name, row))]
        found = found or [row for row in rows if row.display_name == node]
        if not found:
            hint = f"`tiphys get {stored.key.name}` shows the nodes"
            raise NotFoundError(f"no node is called {node!r}", hint, stored.key.name)
        if len(found) > 1:
            hint = f"give the full name, such as {found[0].name}"
            raise UsageError(f"{len(found)} nodes are called {node!r}", hint, stored.key.name)
        status = found[0]
        if status.type == "Retry":
            attempts = [row for row in rows if _is_attempt(row.name, status.name)]
            status = attempts[-1] if attempts else status
        if status.type != "Pod":
            raise UsageError(f"{status.name} is no pod but a node of type {status.type}", None, stored.key.name)
        return status

    def _recorded(self, stored: StoredObject, status: NodeStatus) -> PodRequest:
        request = self._sandboxes.recorded(PodKey(stored.uid, NodeId(status.id)))
        if request is None:
            hint = "its pod has not started, was removed by a retry, or needed no container"
            raise NotFoundError(f"it is not known how {status.name} was started", hint, stored.key.name)
        return request

    def _replayed(self, stored: StoredObject, node: str) -> PodRequest | None:
        if "-replay-" not in node or "/" in node:
            return None
        return self._sandboxes.recorded(PodKey(stored.uid, NodeId(node)))

    # -- running it --------------------------------------------------------------------------------------------

    def _with_sources(self, stored: StoredObject, request: PodRequest) -> PodRequest:
        return replace(request, sources=self._sources(stored.key.namespace, request))

    def _again(self, stored: StoredObject, request: PodRequest, status: NodeStatus) -> PodRequest:
        """The request under a key of its own; its outputs go to the data directory, not over those of the run."""
        number = 1
        while self._sandboxes.recorded(key := PodKey(stored.uid, NodeId(f"{status.id}-replay-{number}"))) is not None:
            number += 1
        folder = f"replays/{stored.uid}/{key.node_id}"
        began = datetime.fromisoformat(status.started_at) if status.started_at else self._clock.now()
        left = request.deadline - began if request.deadline is not None else None
        return replace(
            request,
            key=key,
            pod_name=f"{request.pod_name}-replay-{number}",
            deadline=self._clock.now() + left if left is not None else None,
            output_artifacts=tuple(_aside(item, folder) for item in request.output_artifacts),
            log_artifact=None,
        )

    def _changed(
        self, stored: StoredObject, request: PodRequest, node: str, parameters: Mapping[str, str]
    ) -> PodRequest:
        """The request as it would have been with other values of input parameters."""
        workflow = workflow_of(stored)
        rows = node_changes(list(self._store.nodes(stored.uid)))
        try:
            plan = compile_plan(workflow, identity_of(stored), EMPTY, pods=self._pods)
            made = pod_again(plan, change_of(workflow), rows, node, parameters, self._clock.now())
        except (ValueError, TemplateError) as error:
            raise UsageError(str(error), None, stored.key.name) from None
        return replace(
            request,
            manifest=made.manifest,
            files={file.path: (file.text, file.mode) for file in made.files},
            template=made.template,
            output_parameters=tuple(
                OutputParameter(name=item.name, path=item.path, default=item.default) for item in made.output_parameters
            ),
            input_artifacts=made.input_artifacts,
            output_artifacts=made.output_artifacts,
            service_account=made.service_account,
        )

    def _remove_artifacts(self, report: PodReport) -> None:
        """They were kept only to see whether they can be; a sandbox that is kept has the files at their own paths."""
        for artifact in report.outputs.artifacts if report.outputs is not None else ():
            driver, location = self._storage.find(artifact, lambda _name, _key: None)
            with contextlib.suppress(ArtifactError):
                driver.delete(location)

    def _run(self, request: PodRequest, log: Callable[[LogLine], None]) -> PodReport:
        self._runtime.start(request)
        offsets: dict[str, int] = {}
        latest = PodReport(key=request.key, phase="Pending")
        while latest.phase not in _ENDED:
            try:
                for report in self._runtime.poll(_POLL_SECONDS):
                    latest = report if report.key == request.key else latest
                self._show(request.key, latest, offsets, log)
            except KeyboardInterrupt:
                self._runtime.kill(request.key, _GRACE_SECONDS)
        return latest

    def _show(self, key: PodKey, report: PodReport, offsets: dict[str, int], log: Callable[[LogLine], None]) -> None:
        for container in report.containers:
            start = offsets.get(container.name, 0)
            for offset, line in self._runtime.logs(key.uid, key.node_id, container.name, offset=start):
                offsets[container.name] = offset
                log(line)


def _is_attempt(name: str, of: str) -> bool:
    number = name.removeprefix(f"{of}(").removesuffix(")")
    return name == f"{of}({number})" and number.isdigit()


def _aside(artifact: JsonObject, folder: str) -> JsonObject:
    return relocated(artifact, {"file": {}}, f"{folder}/{artifact.get('name')}")


def _compared(request: PodRequest, report: PodReport, status: NodeStatus) -> Replay:
    before, now = status.outputs or Outputs(), report.outputs
    recorded = {f"parameter {item.name}": str(item.value) for item in before.parameters or () if item.value is not None}
    replayed = {f"parameter {name}": value for name, value in (now.parameters if now is not None else ())}
    if before.result is not None:
        recorded["result"] = str(before.result)
    if now is not None and now.result is not None:
        replayed["result"] = now.result
    main = next((item for item in report.containers if item.name == "main"), None)
    names = list(dict.fromkeys([*recorded, *replayed]))
    return Replay(
        node_id=request.key.node_id,
        phase=report.phase,
        message=report.message or (now.error if now is not None and now.error else ""),
        exit_code=main.exit_code if main is not None else None,
        recorded=status,
        outputs=[Difference(name, recorded.get(name), replayed.get(name)) for name in names],
    )

"""Reading and removing workflows of this machine: the local half of ``ports.api.Api``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from tiphys.app.services.finding import find
from tiphys.app.services.objects import COMPLETED, COMPLETED_LABEL, FEW, GC_LABEL, KIND, node_changes, workflow_of
from tiphys.core.engine import naming
from tiphys.core.engine.assemble import assemble
from tiphys.core.engine.explain import Explanation, UnknownNodeError, explain, memoized
from tiphys.core.engine.facts import Fact
from tiphys.core.locking.status import synchronization_status
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.errors import NotFoundError, UsageError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.api import ListFilter, LogFilter
from tiphys.ports.runtime import LogLine, PodRuntime
from tiphys.ports.store import ListOptions, Store, StoredObject

#: How often a follower looks for new lines, in seconds.
_FOLLOW_SECONDS = 0.2


class LocalApi:
    """Answers from the store and the runtime of this machine.

    ``before_deletion`` is told of a workflow whose artifacts are to be removed and nobody has planned it yet;
    ``remove`` removes a workflow with all that it owns, and is told by itself.
    """

    def __init__(
        self,
        store: Store,
        runtime: PodRuntime,
        before_deletion: Callable[[StoredObject], None] | None = None,
        remove: Callable[[StoredObject], None] | None = None,
    ) -> None:
        self._store = store
        self._runtime = runtime
        self._before_deletion = before_deletion
        self._remove = remove or self._remove_alone

    def get(self, namespace: str, name: str) -> Workflow:
        """The workflow with ``status.nodes`` as Argo's API shows it."""
        stored = find(self._store, namespace, name)
        workflow = workflow_of(stored)
        nodes = assemble(node_changes(list(self._store.nodes(stored.uid))))
        status = msgspec.structs.replace(
            workflow.status or WorkflowStatus(),
            nodes=nodes or None,
            progress=total_progress(nodes.values()),
            synchronization=synchronization_status(stored.uid, self._store.locks.rows(stored.uid)),
        )
        return msgspec.structs.replace(workflow, status=status)

    def glance(self, namespace: str, name: str) -> Workflow:
        """The workflow without its nodes."""
        return workflow_of(find(self._store, namespace, name))

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        """The newest events of a workflow and its nodes, oldest first."""
        bodies = self._store.events(find(self._store, namespace, name).uid)
        decoder = msgspec.json.Decoder(Fact)
        return [decoder.decode(body) for body in bodies]

    def memoized(self, namespace: str, name: str) -> Mapping[str, str]:
        """Of memoized nodes, by id: whether they found their outputs and why."""
        rows = node_changes(list(self._store.nodes(find(self._store, namespace, name).uid)))
        return {row.status.id: text for row in rows if (text := memoized(row))}

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        """Why a workflow or node is as it is."""
        stored = find(self._store, namespace, name)
        try:
            return explain(workflow_of(stored), node_changes(list(self._store.nodes(stored.uid))), node)
        except UnknownNodeError as error:
            if error.many:
                hint = f"give the full name, such as {error.many[0]}"
                raise UsageError(f"{len(error.many)} nodes are called {error.name!r}", hint, stored.key.name) from None
            hint = f"`tiphys get {stored.key.name}` shows the nodes"
            raise NotFoundError(f"no node is called {error.name!r}", hint, stored.key.name) from None

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Workflows without their nodes, newest first."""
        labels = dict(wanted.labels)
        if wanted.completed is not None:
            labels[COMPLETED_LABEL] = "true" if wanted.completed else "false"
        found: list[Workflow] = []
        after: str | None = None
        while True:
            page = self._store.list(
                ListOptions(
                    kind=KIND, namespace=wanted.namespace, labels=labels, phases=tuple(wanted.phases), after=after
                )
            )
            for stored in page.items:
                if wanted.since is not None and stored.created_at < wanted.since:
                    return found
                if wanted.prefix is None or stored.key.name.startswith(wanted.prefix):
                    found.append(workflow_of(stored, many=len(page.items) > FEW))
                    if wanted.limit is not None and len(found) >= wanted.limit:
                        return found
            after = page.next
            if after is None:
                return found

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        """Log lines of the run's pods, each pod's in order."""
        stored = find(self._store, namespace, name)
        offsets: dict[tuple[str, str], int] = {}
        while True:
            current = self._store.get(stored.key)
            over = current is None or current.phase in COMPLETED or not wanted.follow
            yield from self._lines(stored.uid, stored.key.name, wanted, offsets)
            if over:
                return
            time.sleep(_FOLLOW_SECONDS)

    def _lines(
        self, uid: WorkflowUid, workflow: str, wanted: LogFilter, offsets: dict[tuple[str, str], int]
    ) -> Iterator[LogLine]:
        for change in node_changes(list(self._store.nodes(uid))):
            status = change.status
            if status.type != "Pod":
                continue
            pod = pod_name_of(workflow, status)
            if wanted.pod_name is not None and wanted.pod_name not in {
                pod,
                status.id,
                status.name,
                status.display_name,
            }:
                continue
            container = wanted.container or "main"
            key = (status.id or "", container)
            for offset, line in self._runtime.logs(uid, NodeId(status.id or ""), container, offset=offsets.get(key, 0)):
                offsets[key] = offset
                yield line

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        """Remove a workflow, its nodes, logs and files; running pods are killed first."""
        stored = find(self._store, namespace, name)
        if force and (workflow := workflow_of(stored)).metadata is not None:
            freed = msgspec.structs.replace(workflow.metadata, finalizers=None)
            data = msgspec.json.encode(msgspec.structs.replace(workflow, metadata=freed))
            stored = self._store.update(msgspec.structs.replace(stored, data=data))
        self._remove(stored)

    def _remove_alone(self, stored: StoredObject) -> None:
        self._runtime.remove(stored.uid)
        if self._before_deletion is not None and GC_LABEL in stored.labels:
            self._before_deletion(stored)
        self._store.delete(stored.key)


def pod_name_of(workflow: str, status: NodeStatus) -> str:
    """The pod of a Pod node, from what its status shows."""
    ref = status.template_ref
    template = ref.template if ref is not None else status.template_name
    return naming.pod_name(workflow, status.name or "", template or "")


def total_progress(nodes: Iterable[NodeStatus]) -> str:
    """The progress of the workflow: the sum over its executable nodes."""
    done = total = 0
    for status in nodes:
        if status.type in {"Pod", "HTTP", "Plugin", "Container", "Suspend"} and status.progress:
            part, _, whole = status.progress.partition("/")
            done, total = done + int(part), total + int(whole)
    return f"{done}/{total}"

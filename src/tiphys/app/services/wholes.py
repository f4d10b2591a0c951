"""A workflow and its rows become the object that Argo's API shows: with nodes, progress and locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tiphys.app.services.objects import node_changes, workflow_of
from tiphys.core.engine.assemble import assemble
from tiphys.core.locking.status import synchronization_status
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.ports.store import NodeRow, Store, StoredObject

_COUNTED = frozenset({"Pod", "HTTP", "Plugin", "Container", "Suspend"})


def whole_workflow(store: Store, stored: StoredObject, *, many: bool = False) -> Workflow:
    """A workflow of the store with its nodes and locks; ``many`` as in ``workflow_of``."""
    workflow = with_nodes(workflow_of(stored, many=many), list(store.nodes(stored.uid)))
    locks = synchronization_status(stored.uid, store.locks.rows(stored.uid))
    return replace(workflow, status=replace(workflow.status or WorkflowStatus(), synchronization=locks))


def with_nodes(workflow: Workflow, rows: Sequence[NodeRow]) -> Workflow:
    """A workflow with the nodes of rows; one that has none is left as it is."""
    if not rows:
        return workflow
    nodes = assemble(node_changes(rows))
    status = workflow.status or WorkflowStatus()
    return replace(workflow, status=replace(status, nodes=nodes, progress=total_progress(nodes.values())))


def total_progress(nodes: Iterable[NodeStatus]) -> str:
    """The progress of the workflow: the sum over its executable nodes."""
    done = total = 0
    for status in nodes:
        if status.type in _COUNTED and status.progress:
            part, _, whole = status.progress.partition("/")
            done, total = done + int(part), total + int(whole)
    return f"{done}/{total}"

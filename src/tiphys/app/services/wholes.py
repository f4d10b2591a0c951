"""A workflow and its rows become the object that Argo's API shows: with nodes, progress and locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tiphys.app.services.objects import COMPLETED, POD_RUNNING, node_changes, upserted, workflow_of
from tiphys.core.engine.assemble import assemble
from tiphys.core.locking.status import synchronization_status
from tiphys.core.manifest.model.strategy import Condition
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
    progress, conditions = total_progress(nodes.values()), _conditions(status, nodes.values())
    return replace(workflow, status=replace(status, nodes=nodes, progress=progress, conditions=conditions))


def _conditions(status: WorkflowStatus, nodes: Iterable[NodeStatus]) -> tuple[Condition, ...] | None:
    """Those that are kept, and whether a pod runs, which follows from the nodes as the progress does."""
    known = status.conditions or ()
    if (status.phase or "") in COMPLETED:
        return known or None
    running = any(node.type == "Pod" and node.phase == "Running" for node in nodes)
    return upserted(known, Condition(type=POD_RUNNING, status=str(running)))


def total_progress(nodes: Iterable[NodeStatus]) -> str:
    """The progress of the workflow: the sum over its executable nodes."""
    done = total = 0
    for status in nodes:
        if status.type in _COUNTED and status.progress:
            part, _, whole = status.progress.partition("/")
            done, total = done + int(part), total + int(whole)
    return f"{done}/{total}"

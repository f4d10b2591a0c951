"""From the engine's nodes to the records that leave it."""

from __future__ import annotations

from tiphys.core.engine import daemons
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.step import Internal, NodeChange, WorkflowChange
from tiphys.core.manifest.model.arguments import Inputs
from tiphys.core.manifest.model.strategy import NodeFlag, NodeSynchronizationStatus
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.objects.moments import rfc3339

#: Kinds whose nodes show the inputs of their template.
_WITH_INPUTS = frozenset({"Pod", "Steps", "DAG", "Retry", "Suspend", "HTTP", "Plugin"})


def node_change(ctx: Context, node: Node) -> NodeChange:
    """The row of a node."""
    return NodeChange(status(node), _internal(node))


def status(node: Node) -> NodeStatus:
    """What clients see of a node, without what follows from other nodes."""
    boundary = node.boundary
    return NodeStatus(
        id=node.id,
        name=node.name,
        display_name=node.display_name,
        type=node.kind,
        template_name=node.template_name or None,
        template_ref=node.template_ref,
        template_scope=node.template_scope or None,
        phase=node.phase,
        boundary_id=boundary.id if boundary is not None else None,
        message=node.message or None,
        started_at=rfc3339(node.started_at),
        finished_at=rfc3339(node.finished_at) if node.finished_at is not None else None,
        progress=node.progress,
        resources_duration=node.resources_duration,
        pod_ip=node.pod_ip if node.daemoned else None,
        daemoned=True if node.daemoned else None,
        node_flag=_flag(node),
        inputs=_inputs(node),
        outputs=node.outputs,
        host_node_name=node.host,
        memoization_status=node.memo,
        synchronization_status=NodeSynchronizationStatus(waiting=node.waiting) if node.waiting else None,
        task_result_synced=True if node.kind == "Pod" and not daemons.is_daemon(node) else None,
    )


def _flag(node: Node) -> NodeFlag | None:
    if node.hooked or node.retried:
        return NodeFlag(hooked=node.hooked or None, retried=node.retried or None)
    return NodeFlag() if node.plain_flag else None


def _inputs(node: Node) -> Inputs | None:
    if node.kind not in _WITH_INPUTS or not (node.inputs or node.input_artifacts):
        return None
    return Inputs(parameters=node.inputs or None, artifacts=node.input_artifacts or None)


def _internal(node: Node) -> Internal:
    return Internal(
        sequence=node.sequence,
        started=node.started_at,
        finished=node.finished_at,
        holder=node.holder.name if node.holder is not None else None,
        step=node.call_step,
        order=node.order,
        attempt=node.attempt,
        parents=node.parents,
        targets=node.targets,
        on_exit=node.on_exit,
        ip=node.pod_ip,
        depth=node.depth,
        fired=node.fired,
        gate=node.gate,
        aside=node.aside,
        locked=node.locked,
        first=node.first,
        requested=node.requested,
        anew=node.anew,
        paused=node.paused,
        memo=node.memo_reason,
        refused=node.refused,
        failure=node.failure,
        settled=node.settled,
    )


def workflow_change(ctx: Context) -> WorkflowChange:
    """The present state of the workflow itself."""
    state = ctx.workflow
    return WorkflowChange(
        phase=state.phase,
        message=state.message,
        started_at=state.started_at,
        finished_at=state.finished_at,
        progress=f"{state.pods_done}/{state.pods_total}",
        shutdown=state.shutdown,
        suspended=state.suspended,
        parameters=tuple(ctx.global_parameters.items()),
        metric_errors=tuple(ctx.metric_errors),
        resources_duration=tuple(sorted(state.resources.items())),
        artifacts=tuple(ctx.global_artifacts.values()),
    )

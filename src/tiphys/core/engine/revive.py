"""Nodes of a stored run become nodes again; the calls take them up one by one (``calls.adopt``)."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.core.engine import admission, daemons, progress, resources
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import FULFILLED
from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.ids import NodeId, NodeName

Parents = tuple[tuple[bool, NodeName], ...]
#: Kinds that ``calls.make_node`` makes.
_BORN = frozenset({"Pod", "Steps", "DAG", "Retry", "Suspend", "HTTP", "Plugin"})


def revive(ctx: Context, changes: Iterable[NodeChange]) -> None:
    """Make every stored node known to a fresh context.

    Places are taken before anything is decided, so that nothing starts in the place of a node that runs already.
    """
    by_id: dict[str, Node] = {}
    ordered = sorted(changes, key=lambda change: change.internal.sequence)
    #: The tasks of one layer of a DAG have the same parents, which may be many.
    shared: dict[tuple[tuple[bool, str], ...], Parents] = {}
    for change in ordered:
        node = _node(change)
        parents = change.internal.parents
        node.parents = shared.setdefault(parents, tuple((after, NodeName(name)) for after, name in parents))
        by_id[node.id] = node
        ctx.keep(node)
        ctx.known[node.name] = node
        ctx.resume_sequence(node.sequence)
    for change in ordered:
        node = by_id[change.status.id or ""]
        node.boundary = by_id.get(change.status.boundary_id or "")
        if change.internal.holder is not None:
            node.holder = ctx.nodes.get(NodeName(change.internal.holder))
            ctx.kin.setdefault(NodeName(change.internal.holder), []).append(node)
        _count(ctx, node)
    moments = [moment for node in by_id.values() for moment in (node.started_at, node.finished_at)]
    ctx.stored_at = max((moment for moment in (*moments, ctx.workflow.started_at) if moment is not None), default=None)


def _count(ctx: Context, node: Node) -> None:
    if node.kind in progress.EXECUTABLE:
        progress.count(ctx, node)
    resources.add(ctx.workflow.resources, node.resources_duration)
    if node.kind in _BORN and node.phase not in FULFILLED and not node.anew:
        admission.born(ctx, node)
        daemons.take_up(ctx, node)
    admission.fails(ctx, node)
    ctx.gated += bool(node.gate)
    if node.phase not in FULFILLED and not node.anew:
        admission.take_again(ctx, node)


def _node(change: NodeChange) -> Node:
    status, internal = change.status, change.internal
    node = Node(
        NodeName(status.name or ""),
        NodeId(status.id or ""),
        status.type or "",
        status.phase or "",
        internal.sequence,
        internal.started,
    )
    node.announced = node.phase
    node.finished_at = internal.finished
    node.display_name = status.display_name or node.name
    node.message = status.message or ""
    node.template_name = status.template_name or ""
    node.template_ref = status.template_ref
    node.template_scope = status.template_scope or ""
    _flags(node, status)
    if status.inputs is not None:
        node.inputs = status.inputs.parameters
        node.input_artifacts = status.inputs.artifacts or ()
    node.outputs = status.outputs
    node.progress = status.progress if node.kind in progress.EXECUTABLE else None
    node.resources_duration = status.resources_duration
    node.host = status.host_node_name
    node.daemoned = bool(status.daemoned)
    node.call_step, node.order, node.attempt = internal.step, internal.order, internal.attempt
    node.targets = tuple(NodeName(name) for name in internal.targets)
    node.pod_ip = internal.ip
    node.on_exit, node.depth, node.fired = internal.on_exit, internal.depth, internal.fired
    node.paused, node.refused = internal.paused, internal.refused
    # A stored Pod was asked for in the commit that stored it, a Suspend node waits; composites are decided anew.
    # What stands at a gate has not begun at all.
    node.begun = node.kind in {"Pod", "HTTP", "Plugin", "Suspend"} and not internal.gate
    node.gate, node.aside, node.locked, node.first = internal.gate, internal.aside, internal.locked, internal.first
    node.requested, node.anew = internal.requested, internal.anew
    node.failure, node.settled = internal.failure, internal.settled
    node.memo, node.memo_reason = status.memoization_status, internal.memo
    if status.synchronization_status is not None:
        node.waiting = status.synchronization_status.waiting or ""
    return node


def _flags(node: Node, status: NodeStatus) -> None:
    flag = status.node_flag
    if flag is not None:
        node.hooked, node.retried = bool(flag.hooked), bool(flag.retried)
        node.plain_flag = not (flag.hooked or flag.retried)

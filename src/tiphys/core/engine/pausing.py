"""Nodes that wait after a failure until somebody has looked: ``tiphys run --pause-on-failure``.

A paused node is Running to everybody else, so nothing that depends on it goes on; what it will end as is kept with it.
"""

from __future__ import annotations

from tiphys.core.engine import daemons
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node, Paused
from tiphys.core.engine.phases import FULFILLED, RUNNING, UNSUCCESSFUL


def is_due(ctx: Context, node: Node, phase: str) -> bool:
    """Whether a node whose pod ended in ``phase`` waits instead of ending."""
    if not ctx.plan.pause_on_failure or phase not in UNSUCCESSFUL or daemons.is_daemon(node):
        return False
    return ctx.may_execute(on_exit=node.on_exit) and (node.on_exit or not ctx.past_deadline)


def pause(ctx: Context, node: Node, phase: str, message: str) -> None:
    """Let a node wait; its outputs are set already."""
    node.paused = Paused(phase, message, node.resources_duration)
    # It counts for the workflow when the node ends, not before.
    node.resources_duration = None
    ctx.set_phase(node, RUNNING, f"paused after failure: {message}")


def paused(ctx: Context) -> list[Node]:
    """Every node that waits after a failure."""
    if not ctx.plan.pause_on_failure:
        return []
    return [node for node in ctx.nodes.values() if node.paused is not None and node.phase not in FULFILLED]

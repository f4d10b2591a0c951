"""Ending what runs: stop, terminate and the workflow's deadline (``spec/engine.md`` 16)."""

from __future__ import annotations

from tiphys.core.engine import admission, gates
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.nodes import pod, suspend
from tiphys.core.engine.phases import COMPLETED, FAILED

DEADLINE_MESSAGE = "Step exceeded its deadline"


def request(ctx: Context, strategy: str) -> None:
    """Begin to shut down; a later ``Terminate`` overrides a ``Stop``, never the other way round."""
    state = ctx.workflow
    if state.phase in COMPLETED or state.shutdown in {strategy, "Terminate"}:
        return
    state.shutdown = strategy
    enforce(ctx)


def enforce(ctx: Context) -> None:
    """End what the shutdown that is in force forbids; also for a run that was restored with one.

    A daemon that is up stays for the exit handlers of its template and ends with it.
    """
    strategy = ctx.workflow.shutdown
    ctx.workflow.suspended = False
    ctx.put_in_order()
    ctx.workflow_dirty = True
    for node in list(ctx.nodes.values()):
        if not node.fulfilled and not ctx.may_execute(on_exit=node.on_exit):
            _stop(ctx, node, strategy)
    admission.release_all(ctx, keep_exit=strategy == "Stop")


def _stop(ctx: Context, node: Node, strategy: str) -> None:
    if node.gate and node.gate != gates.PLACE:
        gates.refuse(ctx, node, FAILED, f"Stopped with strategy '{strategy}'")
    elif node.kind == "Pod" and node.begun:
        # Two spaces: clients match on Argo's text.
        pod.stop(ctx, node, f"workflow shutdown with strategy:  {strategy}")
    elif node.kind in pod.LEAVES and node.begun:
        pod.stop(ctx, node, f"Stopped with strategy '{strategy}'")
    elif node.kind == "Suspend" and node.begun:
        suspend.end(ctx, node, FAILED, f"Stopped with strategy '{strategy}'")
    elif _decides_attempts(node):
        ctx.enqueue(node)


def _decides_attempts(node: Node) -> bool:
    """True for a Retry node, unless a suspended run that was restored has not taken it up yet."""
    return node.kind == "Retry" and node.call is not None and not node.call.standing_in


def past_deadline(ctx: Context) -> None:
    """Fail everything that runs or waits, but not what belongs to an exit handler, nor daemons that are up."""
    for node in list(ctx.nodes.values()):
        if node.fulfilled or node.on_exit:
            continue
        if node.gate and node.gate != gates.PLACE:
            gates.refuse(ctx, node, FAILED, DEADLINE_MESSAGE)
        elif not node.begun:
            continue
        elif node.kind in pod.LEAVES:
            pod.stop(ctx, node, DEADLINE_MESSAGE)
        elif node.kind == "Suspend":
            suspend.end(ctx, node, FAILED, DEADLINE_MESSAGE)
        elif _decides_attempts(node):
            ctx.enqueue(node)
    admission.release_all(ctx, keep_exit=True)

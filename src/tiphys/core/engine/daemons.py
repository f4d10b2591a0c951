"""Daemons: pods that count as fulfilled while they run, and end with the template that started them (20.4)."""

from __future__ import annotations

from tiphys.core.engine import admission, progress
from tiphys.core.engine.commands import KillPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import FULFILLED, RUNNING, SUCCEEDED


def is_daemon(node: Node) -> bool:
    """True when the pod of a node is a daemon."""
    return node.kind == "Pod" and node.template is not None and bool(node.template.template.daemon)


def up(ctx: Context, node: Node) -> None:
    """A daemon, or the Retry node of one, is up; nobody waits for its end any more."""
    node.daemoned = True
    ctx.changed[node.name] = node
    _keep(ctx, node)


def down(ctx: Context, node: Node) -> None:
    """A daemon ended or waits again: it counts as living until it is over, and still ends with its template."""
    if node.daemoned:
        node.daemoned = False
        ctx.changed[node.name] = node
        admission.born(ctx, node)


def end_below(ctx: Context, boundary: Node | None) -> None:
    """End the daemons of a Steps or DAG node that is over, or (None) those of the workflow itself."""
    for daemon in ctx.daemons.pop(boundary.name if boundary is not None else None, ()):
        for node in (daemon, *daemon.children.values()):
            if node.phase not in FULFILLED:
                _end(ctx, node)


def _end(ctx: Context, node: Node) -> None:
    if node.kind == "Pod":
        ctx.commands.append(KillPod(node_id=node.id))
        progress.complete(ctx, node)
    if not node.daemoned:
        admission.leave(ctx, node)
    node.daemoned = False
    node.scope = None
    ctx.set_phase(node, SUCCEEDED, "")
    admission.give_back(ctx, node)


def take_up(ctx: Context, node: Node) -> None:
    """Remember a daemon of a restored run; one that nobody waits for any more may be down."""
    if node.daemoned and node.phase == RUNNING:
        _keep(ctx, node)
    elif node.settled:
        _below(ctx, node).append(node)


def running(ctx: Context) -> int:
    """How many pods are daemons that are up."""
    return len(pods(ctx))


def pods(ctx: Context) -> list[Node]:
    """The pods that are daemons and up, oldest first."""
    found = [node for nodes in ctx.daemons.values() for node in nodes if node.kind == "Pod" and node.daemoned]
    return sorted(found, key=lambda node: node.sequence)


def _keep(ctx: Context, node: Node) -> None:
    below = _below(ctx, node)
    if node not in below:
        below.append(node)
    admission.leave(ctx, node)


def _below(ctx: Context, node: Node) -> list[Node]:
    """The daemons, up or down, that end with the same template as a node."""
    return ctx.daemons.setdefault(node.boundary.name if node.boundary is not None else None, [])

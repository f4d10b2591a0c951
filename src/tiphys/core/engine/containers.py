"""Container nodes: what a pod of a container set shows of each of its containers (``spec/engine.md`` 10.4, 20.2)."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.engine import naming, progress
from tiphys.core.engine.context import Context
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, PENDING, RUNNING, SUCCEEDED

#: The exit code with which a container ends that another one kept from starting.
_NOT_STARTED = 64


def begin(ctx: Context, pod: Node) -> None:
    """Make a node for each container of a pod that was asked for."""
    container_set = pod.template.template.container_set if pod.template is not None else None
    for container in (container_set.containers or ()) if container_set is not None else ():
        name = naming.container(pod.name, container.name)
        node = ctx.new_node(name, "Container", PENDING, pod)
        node.template_name, node.template_ref, node.template_scope = (
            pod.template_name, pod.template_ref, pod.template_scope,
        )  # fmt: skip
        node.hooked, node.retried, node.on_exit, node.depth = pod.hooked, pod.retried, pod.on_exit, pod.depth
        above = [naming.container(pod.name, other) for other in container.dependencies or ()] or [pod.name]
        node.parents = tuple((False, parent) for parent in above)
        progress.begin(ctx, node)


def of(ctx: Context, pod: Node) -> Iterator[tuple[str, Node]]:
    """The containers of a pod by name, none if it is no container set."""
    container_set = pod.template.template.container_set if pod.template is not None else None
    for container in (container_set.containers or ()) if container_set is not None else ():
        node = ctx.nodes.get(naming.container(pod.name, container.name))
        if node is not None:
            yield container.name, node


def changed(ctx: Context, pod: Node, event: PodChanged) -> None:
    """Apply what a report says of each container."""
    states = {container.name: container for container in event.containers}
    over = event.phase in {"Succeeded", "Failed", "Error"} or event.lost
    for name, node in of(ctx, pod):
        if node.phase in FULFILLED:
            continue
        state = states.get(name)
        if state is not None and not event.lost:
            _apply(ctx, node, state)
        if over and node.phase not in FULFILLED:
            if event.lost:
                finish(ctx, node, ERROR, "container deleted")
            elif event.phase == "Succeeded":
                finish(ctx, node, SUCCEEDED, "")
            else:
                was = "running" if node.phase == RUNNING else "waiting"
                finish(ctx, node, FAILED, f"Pod Failed whilst container {was}")


def _apply(ctx: Context, node: Node, state: Container) -> None:
    if state.state == "running":
        ctx.set_phase(node, RUNNING, "")
    elif state.state == "terminated":
        if state.finished_at is not None:
            node.finished_at = max(state.finished_at, node.started_at)
        if not state.exit_code:
            finish(ctx, node, SUCCEEDED, "")
            return
        text = f"{state.name}: {state.reason or 'Error'} (exit code {state.exit_code})"
        text += f": {state.message}" if state.message else ""
        finish(ctx, node, ERROR if state.exit_code == _NOT_STARTED else FAILED, text)


def end_all(ctx: Context, pod: Node, phase: str, message: str) -> None:
    """End what is left of a pod's containers, because the pod is ended."""
    for _, node in of(ctx, pod):
        if node.phase not in FULFILLED:
            finish(ctx, node, phase, message)


def finish(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End one container node."""
    ctx.set_phase(node, phase, message)
    if phase == SUCCEEDED:
        progress.complete(ctx, node)

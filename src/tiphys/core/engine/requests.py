"""What a person asks of a run: stop, terminate, suspend, resume and set (``spec/engine.md`` 18).

A request is either refused as a whole, with Argo's text, or applied as a whole: ask ``refusal`` first.
"""

from __future__ import annotations

import msgspec

from tiphys.core.engine import pausing, shutdown
from tiphys.core.engine.context import Context
from tiphys.core.engine.events import (
    NodesResumed,
    NodesSet,
    NodesStopped,
    Request,
    ShutdownRequested,
    SuspendChanged,
)
from tiphys.core.engine.node import Node
from tiphys.core.engine.nodes import pod, suspend
from tiphys.core.engine.outputs import export_globals
from tiphys.core.engine.phases import COMPLETED, ERROR, FAILED, FULFILLED, RUNNING, SUCCEEDED
from tiphys.core.engine.records import status
from tiphys.core.engine.selector import SelectorError, parse_selector

SETTABLE = frozenset({"", SUCCEEDED, FAILED, ERROR})
NO_SELECTOR = "'set' currently only targets suspend nodes, use a node field selector to target them"


def refusal_when_completed(request: Request, name: str, namespace: str) -> str | None:
    """Why a completed workflow refuses a request; None when the request changes nothing of it."""
    if isinstance(request, ShutdownRequested):
        return f'cannot shutdown a completed workflow: workflow: "{name}", namespace: "{namespace}"'
    if isinstance(request, SuspendChanged):
        return "cannot suspend completed workflows" if request.suspended else None
    if isinstance(request, NodesSet) and not request.selector:
        return NO_SELECTOR
    return _no_match(request.selector)


def refusal(ctx: Context, request: Request) -> str | None:
    """Why the run refuses a request as it is now; None when it can be applied."""
    identity = ctx.plan.identity
    if ctx.workflow.phase in COMPLETED:
        return refusal_when_completed(request, identity.name, identity.namespace)
    if isinstance(request, ShutdownRequested):
        return None
    if isinstance(request, SuspendChanged):
        return None if request.suspended else _cannot_default(_active(ctx))
    if isinstance(request, NodesSet) and not request.selector:
        return NO_SELECTOR
    try:
        found = _matching(ctx, request.selector)
    except SelectorError as error:
        return str(error)
    if not found:
        return _no_match(request.selector)
    if isinstance(request, NodesResumed):
        return _cannot_default(found)
    return _cannot_set(found, request) if isinstance(request, NodesSet) else None


def apply(ctx: Context, request: Request) -> None:
    """Do what was asked; what ``refusal`` forbids must not come here."""
    if isinstance(request, ShutdownRequested):
        shutdown.request(ctx, request.strategy)
    elif isinstance(request, SuspendChanged):
        # What is stopping goes on to its end: nobody could tell it from a run that hangs.
        ctx.workflow.suspended = request.suspended and not ctx.workflow.shutdown
        ctx.workflow_dirty = True
        if not request.suspended:
            ctx.put_in_order()
            for node in _active(ctx):
                _resume(ctx, node, request.message)
    else:
        for node in _matching(ctx, request.selector):
            _apply_to(ctx, node, request)


def _apply_to(ctx: Context, node: Node, request: NodesResumed | NodesStopped | NodesSet) -> None:
    message = _joined(node, request.message)
    if isinstance(request, NodesResumed):
        _resume(ctx, node, request.message)
    elif node.paused is not None:
        _decide_paused(ctx, node, request)
    elif isinstance(request, NodesStopped):
        suspend.end(ctx, node, FAILED, message)
    else:
        _supply(ctx, node, dict(request.parameters))
        if request.phase:
            suspend.end(ctx, node, request.phase, message)
        else:
            ctx.set_message(node, message)


def _resume(ctx: Context, node: Node, message: str) -> None:
    """Let a node that waits go on; one that waits after a failure ends as it would have."""
    if node.paused is not None:
        node.message = node.paused.message
        pod.go_on(ctx, node, message=_joined(node, message))
    else:
        suspend.resume(ctx, node, _joined(node, message))


def _decide_paused(ctx: Context, node: Node, request: NodesStopped | NodesSet) -> None:
    """End a node that waits after a failure as somebody says; without a phase only its message changes."""
    phase = FAILED if isinstance(request, NodesStopped) else request.phase
    if phase:
        pod.go_on(ctx, node, phase, request.message)
    else:
        ctx.set_message(node, _joined(node, request.message))


def _active(ctx: Context) -> list[Node]:
    """Every node that waits for somebody, in the order in which they were made: Suspend nodes and paused ones."""
    waits = set(pausing.paused(ctx))
    return [node for node in ctx.nodes.values() if node in waits or (node.kind == "Suspend" and node.phase == RUNNING)]


def _matching(ctx: Context, text: str) -> list[Node]:
    selector = parse_selector(text)
    return [node for node in _active(ctx) if selector.matches(status(node))]


def _no_match(selector: str) -> str:
    return f"currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: {selector}"


def _joined(node: Node, message: str) -> str:
    """The message behind the one that the node has already."""
    return f"{node.message}; {message}" if node.message and message else message or node.message


def _cannot_default(nodes: list[Node]) -> str | None:
    for node in nodes:
        name = suspend.missing_value(node) if node.paused is None else None
        if name is not None:
            return suspend.missing_text(name)
    return None


def _cannot_set(nodes: list[Node], request: NodesSet) -> str | None:
    if request.phase not in SETTABLE:
        return f"{request.phase} is an invalid phase to set to"
    if not request.parameters:
        return None
    for node in nodes:
        if node.outputs is None or not node.outputs.parameters:
            return "cannot set output parameters because node is not expecting any raw parameters"
        known = {parameter.name: parameter for parameter in node.outputs.parameters}
        for name, _ in request.parameters:
            if name not in known:
                return f"node is not expecting output parameter '{name}'"
            source = known[name].value_from
            if source is None or source.supplied is None:
                return (
                    f"cannot set output parameter '{name}' because it does not use valueFrom.raw or it was already set"
                )
    return None


def _supply(ctx: Context, node: Node, values: dict[str, str]) -> None:
    """Give supplied outputs their values; those with a ``globalName`` are exported at once."""
    if not values or node.outputs is None or node.phase in FULFILLED:
        return
    parameters = tuple(
        msgspec.structs.replace(parameter, value=values[parameter.name], value_from=None)
        if parameter.name in values
        else parameter
        for parameter in node.outputs.parameters or ()
    )
    node.outputs = msgspec.structs.replace(node.outputs, parameters=parameters)
    ctx.changed[node.name] = node
    export_globals(ctx, node)

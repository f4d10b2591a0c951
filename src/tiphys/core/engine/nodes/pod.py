"""Pod nodes: what starts them and what their pod's state makes of them (``spec/engine.md`` 10)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tiphys.core.engine import artifacts, calls
from tiphys.core.engine.capture import captures_result
from tiphys.core.engine.commands import KillPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.node import Node
from tiphys.core.engine.outputs import declared_outputs, pod_outputs
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, PENDING, RUNNING, SUCCEEDED
from tiphys.core.engine.pods import start_pod
from tiphys.core.plan.location import LocationError
from tiphys.core.template.errors import TemplateError

DISPLAY_NAME = "workflows.argoproj.io/display-name"
_DISPLAY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]\Z")
#: Signals that end a sidecar when its pod ends: no failure.
_KILLED = frozenset({137, 143})


def decide_pod(ctx: Context, node: Node) -> None:
    """Ask for the pod of a new node; later only ``pod_changed`` moves it."""
    if node.begun or node.phase in FULFILLED:
        return
    node.begun = True
    if not ctx.may_execute(on_exit=node.on_exit):
        end(ctx, node, FAILED, f"workflow shutdown with strategy: {ctx.workflow.shutdown}")
        return
    if ctx.past_deadline and not node.on_exit:
        end(ctx, node, FAILED, "Step exceeded its deadline")
        return
    try:
        command = start_pod(ctx, node)
    except (TemplateError, LocationError, ValueError) as error:
        end(ctx, node, ERROR, str(error))
        return
    metadata = command.manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    shown = annotations.get(DISPLAY_NAME) if isinstance(annotations, dict) else None
    if isinstance(shown, str):
        if not _DISPLAY.match(shown):
            end(ctx, node, ERROR, f"displayName must match the regex ^{_DISPLAY.pattern.removesuffix(chr(92) + 'Z')}$")
            return
        node.display_name = shown
    ctx.commands.append(command)


def ran_unseen(ctx: Context, node: Node, event: PodChanged) -> bool:
    """True when a pod ended that was never seen running, and a hook may wait for just that."""
    if node.phase != PENDING or event.phase not in {SUCCEEDED, FAILED} or event.lost:
        return False
    call = node.call
    hooks = ctx.plan.hooks if call is not None and call.plan is None else getattr(call and call.plan, "hooks", ())
    return bool(hooks) and (event.phase == SUCCEEDED or any(c.exit_code is not None for c in event.containers))


def pod_changed(ctx: Context, node: Node, event: PodChanged) -> None:
    """Apply the state of a pod to its node; reports about ended nodes change nothing."""
    if node.phase in FULFILLED or node.kind != "Pod":
        return
    if event.pod_ip:
        node.pod_ip = event.pod_ip
    if event.host:
        node.host = event.host
    if event.lost:
        end(ctx, node, ERROR, "pod deleted")
    elif event.phase == "Pending":
        ctx.set_phase(node, PENDING, _waiting(event))
    elif event.phase == "Running":
        ctx.set_phase(node, RUNNING, "")
        calls.observe(ctx, node)
    elif event.phase in {"Succeeded", "Failed", "Error"}:
        _ended(ctx, node, event)
    else:
        end(ctx, node, ERROR, f"Unexpected pod phase for {node.id}: {event.phase}")


def _waiting(event: PodChanged) -> str:
    for container in event.containers:
        if container.state == "waiting" and container.reason:
            return f"{container.reason}: {container.message}" if container.message else container.reason
    return event.message


def _ended(ctx: Context, node: Node, event: PodChanged) -> None:
    main = next((c for c in event.containers if c.name == "main"), None)
    code = main.exit_code if main is not None else None
    declared = declared_outputs(node)
    result = event.result if captures_result(node) else None
    try:
        saved = artifacts.reported(
            event.artifacts, (declared.artifacts or ()) if declared is not None else (), ctx.plan.repository
        )
    except ValueError as error:
        end(ctx, node, ERROR, f"the runtime reported an artifact that is none: {error}")
        return
    node.outputs = pod_outputs(declared, event.parameters, result, code, saved)
    times = [c.finished_at for c in event.containers if c.finished_at is not None]
    if times:
        node.finished_at = max(*times, node.started_at)
    phase, message = infer(event)
    end(ctx, node, phase, message)


def infer(event: PodChanged) -> tuple[str, str]:
    """Phase and message of a node whose pod ended (``spec/engine.md`` 10.4)."""
    if event.phase == "Error":
        return ERROR, event.message
    if event.phase == "Failed" and event.message:
        return FAILED, event.message
    if event.phase == "Failed" and not event.containers:
        return FAILED, "can't find failed message for pod"
    found = _first_failure(event.containers)
    if found is not None:
        return found
    if event.output_error:
        return ERROR, f"wait: Error (exit code 64): {event.output_error}"
    return SUCCEEDED, ""


def _first_failure(containers: Sequence[Container]) -> tuple[str, str] | None:
    ordered = [c for c in containers if c.role == "init"]
    ordered += [c for c in containers if c.role == "main"]
    ordered += [c for c in containers if c.role not in {"init", "main"}]
    for container in ordered:
        if container.state == "waiting":
            reason = f"{container.reason}: {container.message}"
            return ERROR, f"Pod failed before {container.name} container starts due to {reason}"
        if container.state != "terminated" or not container.exit_code:
            continue
        if container.role == "sidecar" and container.exit_code in _KILLED:
            continue
        text = f"{container.name}: {container.reason or 'Error'} (exit code {container.exit_code})"
        if container.message:
            text += f": {container.message}"
        return (ERROR if container.role == "init" else FAILED), text
    return None


def end(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End a Pod node."""
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)


def stop(ctx: Context, node: Node, message: str) -> None:
    """Fail a Pod node and have what runs of it killed."""
    ctx.commands.append(KillPod(node_id=node.id))
    end(ctx, node, FAILED, message)

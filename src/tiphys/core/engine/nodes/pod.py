"""Pod, HTTP and Plugin nodes: what starts them and what their pod's state makes of them (``spec/engine.md`` 10, 19)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tiphys.core.engine import artifacts, calls, containers, daemons, pausing, pending, progress, refusals, resources
from tiphys.core.engine.capture import captures_result
from tiphys.core.engine.commands import KillPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.node import Node
from tiphys.core.engine.outputs import declared_outputs, pod_outputs
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, PENDING, RUNNING, SUCCEEDED
from tiphys.core.engine.pods import start_pod
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan.location import LocationError
from tiphys.core.plan.model import CallPlan
from tiphys.core.template.errors import TemplateError

#: Kinds whose work is done outside of the engine.
LEAVES = frozenset({"Pod", "HTTP", "Plugin"})
#: Signals that end a sidecar when its pod ends: no failure.
_KILLED = frozenset({137, 143})


def decide_pod(ctx: Context, node: Node) -> None:
    """Ask for the pod of a new node; later only ``pod_changed`` moves it."""
    if node.phase in FULFILLED:
        return
    if node.begun:
        _watch_pending(ctx, node)
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
        end(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    ctx.commands.append(command)
    progress.report(ctx, node, _annotation(command.manifest, progress.ANNOTATION))
    containers.begin(ctx, node)
    _watch_pending(ctx, node)


def _watch_pending(ctx: Context, node: Node) -> None:
    """Fail a node that waited too long to begin, or look again when it has."""
    if node.phase != PENDING:
        return
    try:
        until = pending.pending_until(node)
    except (TemplateError, ValueError) as error:
        ctx.commands.append(KillPod(node_id=node.id))
        end(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    if until is None:
        return
    if ctx.now < until:
        ctx.wake(node, until)
        return
    stop(ctx, node, refusals.refuse(node, pending.MESSAGE))


def _annotation(manifest: JsonObject, name: str) -> str | None:
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = annotations.get(name) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else None


def ran_unseen(ctx: Context, node: Node, event: PodChanged) -> bool:
    """True when a pod ended that was never seen running, and a hook may wait for just that."""
    if node.phase != PENDING or event.phase not in {SUCCEEDED, FAILED} or node.call is None:
        return False
    plan = node.call.plan
    hooks = ctx.plan.hooks if plan is None else plan.hooks if isinstance(plan, CallPlan) else ()
    ran = event.lost or event.phase == SUCCEEDED or any(c.exit_code is not None for c in event.containers)
    return bool(hooks) and ran


def pod_changed(ctx: Context, node: Node, event: PodChanged) -> None:
    """Apply the state of a pod to its node; reports about ended nodes change nothing."""
    if node.phase in FULFILLED or node.kind not in LEAVES or node.paused is not None:
        return
    if event.host:
        node.host = event.host
    progress.report(ctx, node, event.progress)
    containers.changed(ctx, node, event)
    if event.lost:
        end(ctx, node, ERROR, "pod deleted")
    elif event.phase == "Pending":
        daemons.down(ctx, node)
        ctx.set_phase(node, PENDING, _waiting(event))
        ctx.enqueue(node)
    elif event.phase == "Running":
        _runs(ctx, node, event)
    elif event.phase in {"Succeeded", "Failed", "Error"}:
        _ended(ctx, node, event)
    else:
        end(ctx, node, ERROR, f"Unexpected pod phase for {_pod_name(ctx, node)}: {event.phase}")


def _runs(ctx: Context, node: Node, event: PodChanged) -> None:
    """A pod runs; a daemon is up once all its containers are ready."""
    ctx.set_phase(node, RUNNING, event.message if node.kind == "Plugin" else "")
    calls.observe(ctx, node)
    if not daemons.is_daemon(node):
        return
    if event.pod_ip and node.pod_ip != event.pod_ip:
        node.pod_ip = event.pod_ip
        ctx.changed[node.name] = node
    serving = [c for c in event.containers if c.role != "init"]
    if serving and all(container.ready for container in serving):
        calls.daemon_up(ctx, node)


def _pod_name(ctx: Context, node: Node) -> str:
    return ctx.pod_name(node.name, node.template.name if node.template is not None else "")


def _waiting(event: PodChanged) -> str:
    for container in event.containers:
        if container.state == "waiting" and container.reason:
            return f"{container.reason}: {container.message}" if container.message else container.reason
    return event.message


def _ended(ctx: Context, node: Node, event: PodChanged) -> None:
    main = next((c for c in event.containers if c.name == "main"), None)
    code = main.exit_code if main is not None and node.kind == "Pod" else None
    declared = declared_outputs(node)
    result = event.result if captures_result(node) else None
    try:
        saved = artifacts.reported(
            event.artifacts, (declared.artifacts or ()) if declared is not None else (), ctx.plan.repository
        )
    except ValueError as error:
        end(ctx, node, ERROR, f"the runtime reported an artifact that is none: {error}")
        return
    node.outputs = pod_outputs(declared, event.parameters, result, code, saved, every=node.kind == "Plugin")
    common = ctx.plan.spec.pod_resources
    node.resources_duration = resources.of_pod(node.template, event.containers, common) if node.kind == "Pod" else None
    phase, message = event.phase, event.message
    if node.kind == "Pod":
        phase, message = infer(event, lambda: f"{_pod_name(ctx, node)} namespace {ctx.plan.identity.namespace}")
    if phase == SUCCEEDED and daemons.is_daemon(node):
        phase = FAILED
    if node.kind == "Pod" and pausing.is_due(ctx, node, phase):
        pausing.pause(ctx, node, phase, message)
        return
    times = [c.finished_at for c in event.containers if c.finished_at is not None]
    if times:
        node.finished_at = max(*times, node.started_at)
    end(ctx, node, phase, message)


def infer(event: PodChanged, pod: Callable[[], str]) -> tuple[str, str]:
    """Phase and message of a node whose pod ended; ``pod`` names it where it must be (``spec/engine.md`` 10.4)."""
    if event.phase == "Error":
        return ERROR, event.message
    if event.phase == "Failed" and event.message:
        return FAILED, event.message
    if event.phase == "Failed" and not event.containers:
        return FAILED, f"can't find failed message for pod {pod()}"
    found = _first_failure(event.containers)
    if found is not None:
        return found
    if event.phase == "Failed" and any(c.role == "aux" for c in event.containers):
        return _unfinished(event.containers)
    if event.output_error:
        return ERROR, f"wait: Error (exit code 64): {event.output_error}"
    return SUCCEEDED, ""


def _unfinished(containers: Sequence[Container]) -> tuple[str, str]:
    """A failed pod of which no container failed: all ended well and only sidecars were killed, or some never ended."""
    ended = {c.role for c in containers if c.state == "terminated" and not c.exit_code}
    if {"main", "aux"} <= ended:
        return SUCCEEDED, ""
    for role, other in (("main", "wait"), ("aux", "main")):
        if role in ended:
            return FAILED, f"pod failed: {other} container did not complete successfully"
    return FAILED, "pod failed: neither main nor wait container completed successfully"


def _first_failure(containers: Sequence[Container]) -> tuple[str, str] | None:
    # 65 is how a main container says that its helper failed it.
    helped = any(c.name == "main" and c.exit_code == 65 for c in containers)
    ordered = sorted(containers, key=lambda c: 0 if helped and c.role == "aux" else _rank(c))
    found = next((failure for container in ordered if (failure := _failure(container)) is not None), None)
    if found is not None:
        return found
    # Only containers that were killed are left: in a set nobody else is to blame, sidecars are always killed.
    killed = next((c for c in ordered if c.role == "main" and c.exit_code), None)
    return (FAILED, _exit_text(killed)) if killed is not None else None


def _rank(container: Container) -> int:
    if container.role == "init":
        return 0
    return 1 if container.name == "main" else 2 if container.role in {"main", "aux"} else 3


def _failure(container: Container) -> tuple[str, str] | None:
    """Why a container makes its pod fail; None when it does not."""
    if container.state == "waiting":
        reason = f"{container.reason}: {container.message}" if container.message else container.reason
        return ERROR, f"Pod failed before {container.name} container starts due to {reason}"
    if container.state != "terminated" or not container.exit_code:
        return None
    if container.role in {"init", "aux"}:
        return ERROR, _exit_text(container)
    if container.name != "main" and container.exit_code in _KILLED:
        return None
    return FAILED, _exit_text(container)


def _exit_text(container: Container) -> str:
    text = f"{container.name}: {container.reason or 'Error'} (exit code {container.exit_code})"
    return f"{text}: {container.message}" if container.message else text


def end(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End a Pod, HTTP or Plugin node."""
    if node.paused is not None:
        node.resources_duration, node.paused = node.paused.resources_duration, None
    daemons.down(ctx, node)
    containers.end_all(ctx, node, phase, message)
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)


def go_on(ctx: Context, node: Node, phase: str = "", message: str = "") -> None:
    """End a node that waited after a failure: as it would have ended, or with the given phase and message."""
    if node.paused is not None:
        end(ctx, node, phase or node.paused.phase, message or node.paused.message)


def stop(ctx: Context, node: Node, message: str) -> None:
    """Fail a node and have what runs of it killed."""
    ctx.commands.append(KillPod(node_id=node.id))
    end(ctx, node, FAILED, message)

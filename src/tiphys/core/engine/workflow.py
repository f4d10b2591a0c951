"""The workflow as a whole: entry, hooks, exit handler, final phase (``spec/engine.md`` 8, 17)."""

from __future__ import annotations

import contextlib
from datetime import UTC

from msgspec import Struct, field

from tiphys.core.engine import admission, bindings, calls, daemons, metrics, naming
from tiphys.core.engine.asks import LockAsk
from tiphys.core.engine.commands import KillPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.durations import SECOND, between
from tiphys.core.engine.events import LocksAnswered
from tiphys.core.engine.gates import lock_refs, waiting_message
from tiphys.core.engine.node import Call
from tiphys.core.engine.nodes.pod import LEAVES
from tiphys.core.engine.phases import COMPLETED, ERROR, FAILED, FULFILLED, PENDING, RUNNING, SUCCEEDED, WORKFLOW_PHASE
from tiphys.core.locking.names import PLACE, WORKFLOW, LockError, places
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.model import HookPlan
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.globals import go_json
from tiphys.core.template.gotext import go_quote
from tiphys.ids import NodeName

#: The variable that exit handlers and hooks of the workflow see.
FAILURES = "workflow.failures"
LOCK_FAILED = "Failed to acquire the synchronization lock."
LOCK_DELAYED = "Waiting to acquire the synchronization lock."
POSTPONED = "Workflow processing has been postponed because too many workflows are already running"
#: Clients match on Argo's text, with the space before the colon.
EXIT_PROBLEM = "error in exit template execution : "


class Roots(Struct):
    """The calls that the workflow itself makes."""

    entry: Call | None = None
    exit: Call | None = None
    hooks: dict[str, Call] = field(default_factory=dict)
    exit_skipped: bool = False
    #: Why a hook cannot be decided about: no other one is, and the workflow errs.
    failure: str = ""


def begin(ctx: Context, roots: Roots) -> None:
    """Mark the workflow Running and start its entry template, once it has what it must wait for."""
    if ctx.gates:
        _ask(ctx, roots, ctx.gates[0])
        return
    if ctx.workflow.started_at is None:
        ctx.workflow.started_at = ctx.now
    if ctx.workflow.phase in {"", PENDING}:
        ctx.workflow.phase, ctx.workflow.message, ctx.workflow.begun = RUNNING, "", True
        refresh(ctx, RUNNING)
    # Whoever shows the gauges of a restored run may be new.
    metrics.of_workflow(ctx, None, over=False)
    ctx.workflow_dirty = True
    refresh(ctx, ctx.workflow.phase)
    name = NodeName(ctx.plan.identity.name)
    try:
        roots.entry = bindings.entry_call(ctx, name, ctx.plan.spec.entrypoint or "", ctx.plan.arguments)
    except TemplateError as error:
        _end(ctx, ERROR, str(error))
        return
    roots.entry.is_exit = False
    taken_up = ctx.known.get(name)
    if roots.entry.target is None and taken_up is not None and taken_up.phase not in FULFILLED:
        found = ctx.plan.find(ctx.plan.base, roots.entry.template, None)
        fail(ctx, f"error in entry template execution: {found}")
        return
    calls.start(ctx, roots.entry)
    if roots.entry.node is not None:
        # Hooks that were triggered before a restart wait for their places as the rest does.
        with contextlib.suppress(TemplateError):
            _hooks(ctx, roots, anew=False)


def _ask(ctx: Context, roots: Roots, gate: str) -> None:
    """Ask for a place among the workflows, or for the workflow's own locks; once."""
    if ctx.asked == gate:
        return
    ctx.asked = gate
    identity, source = ctx.plan.identity, ctx.plan.synchronization
    try:
        refs = places(identity.namespace)
        if gate == WORKFLOW:
            refs = lock_refs(source, ctx.global_scope, identity.namespace) if source is not None else ()
    except (LockError, TemplateError) as error:
        _end(ctx, FAILED, f"{LOCK_FAILED} {error}")
        return
    if not refs:
        ctx.gates.pop(0)
        begin(ctx, roots)
        return
    ctx.locks.append(
        LockAsk(holder=gate, node=NodeName(""), sequence=-1, priority=ctx.plan.spec.priority or 0, locks=refs)
    )


def locks_answered(ctx: Context, roots: Roots, event: LocksAnswered) -> None:
    """The workflow has what it asked for, or waits for it."""
    if not ctx.gates or ctx.gates[0] != event.holder or ctx.workflow.phase in COMPLETED:
        return
    if event.error and event.passing:
        ctx.workflow.phase, ctx.workflow.message = PENDING, f"{LOCK_DELAYED} {event.error}"
    elif event.error:
        _end(ctx, FAILED, f"{LOCK_FAILED} {event.error}")
    elif event.held:
        ctx.gates.pop(0)
        begin(ctx, roots)
    else:
        ctx.workflow.phase = PENDING
        ctx.workflow.message = POSTPONED if event.holder == PLACE else waiting_message(event)


def give_up_waiting(ctx: Context) -> None:
    """End a workflow that somebody stops or terminates before it has begun."""
    if ctx.gates and ctx.workflow.shutdown:
        _end(ctx, FAILED, f"Stopped with strategy '{ctx.workflow.shutdown}'")


def refresh(ctx: Context, status: str) -> None:
    """Bring the variables that change while a workflow runs up to date."""
    ctx.global_values["workflow.status"] = status
    started = ctx.workflow.started_at
    seconds = between(started, ctx.now) / SECOND if started is not None else 0.0
    ctx.global_values["workflow.duration"] = f"{seconds:f}"


def decide(ctx: Context, roots: Roots) -> None:
    """Fire hooks, run the exit handler and end the workflow, as far as its nodes allow."""
    entry = roots.entry
    if ctx.workflow.phase in COMPLETED or entry is None or entry.node is None:
        return
    node = entry.node
    refresh(ctx, WORKFLOW_PHASE[node.phase])
    try:
        _hooks(ctx, roots)
    except TemplateError as error:
        roots.failure = str(error)
    if roots.failure:
        refresh(ctx, ERROR)
    if not entry.settled or (_hooks_run(roots) and naming.on_exit(ctx.plan.identity.name) not in ctx.known):
        return
    if node.refused:
        _end(ctx, ERROR, f"error in entry template execution: {node.message}")
        return
    # A restored run takes up an exit handler that has begun, whatever hooks run beside it.
    if not _exit_over(ctx, roots) or _hooks_run(roots):
        return
    _final(ctx, roots)


def _hooks_run(roots: Roots) -> bool:
    return any(not hook.settled for hook in roots.hooks.values())


def _hooks(ctx: Context, roots: Roots, *, anew: bool = True) -> None:
    """Start the hooks whose condition holds; without ``anew`` only those that were triggered before a restart."""
    node = roots.entry.node if roots.entry is not None else None
    over = bool(roots.failure) or (node is not None and node.refused)
    for plan in ctx.plan.hooks:
        name = naming.hook(ctx.plan.identity.name, plan.name)
        begun = name in ctx.known or (node is not None and plan.name in node.fired)
        if plan.name in roots.hooks or (over and not begun):
            continue
        if plan.condition is None:
            raise TemplateError(f"Expression required for hook {name}")
        if FAILURES in plan.condition.text:
            ctx.global_values[FAILURES] = failures(ctx)
        if roots.entry is not None and calls.triggered(ctx, roots.entry, name, plan, ctx.global_scope, anew=anew):
            ctx.global_values[FAILURES] = failures(ctx)
            call = _hook_call(ctx, name, plan)
            call.parents = ((False, NodeName(ctx.plan.identity.name)),)
            roots.hooks[plan.name] = call
            calls.start(ctx, call)


def _hook_call(ctx: Context, name: NodeName, plan: HookPlan) -> Call:
    own = plan.arguments if plan.arguments is not None else ctx.plan.arguments
    call = bindings.entry_call(ctx, name, plan.template or "", own)
    call.hooked = True
    if plan.template_ref is not None:
        call.ref = plan.template_ref
        call.template = ""
        bindings.find_target(ctx, call)
    return call


def _exit_over(ctx: Context, roots: Roots) -> bool:
    plan = ctx.plan.exit
    if plan is None or roots.exit_skipped:
        return True
    if roots.exit is not None:
        return roots.exit.settled
    name = naming.on_exit(ctx.plan.identity.name)
    if not ctx.may_execute(on_exit=True) and name not in ctx.known:
        return True
    ctx.global_values[FAILURES] = failures(ctx)
    try:
        if name not in ctx.known and plan.condition is not None and not plan.condition.evaluate(ctx.global_scope):
            roots.exit_skipped = True
            return True
        call = _hook_call(ctx, name, plan)
    except TemplateError as error:
        roots.exit_skipped = True
        _end(ctx, ERROR, f"{EXIT_PROBLEM}{error}")
        return False
    call.is_exit = True
    roots.exit = call
    calls.start(ctx, call)
    return call.settled


def failures(ctx: Context) -> str:
    """``workflow.failures``: a JSON array as a string of Go (``spec/engine.md`` 8)."""
    found = []
    for node in ctx.nodes.values():
        if node.unsuccessful:
            template = node.template_ref.template if node.template_ref is not None else node.template_name
            found.append(
                {
                    "displayName": node.display_name,
                    "message": node.message,
                    "templateName": node.template_name,
                    "phase": node.phase,
                    "podName": ctx.pod_name(node.name, template or ""),
                    "finishedAt": rfc3339((node.finished_at or ctx.now).astimezone(UTC)),
                }
            )
    return go_quote(go_json(found) if found else "null")


def _final(ctx: Context, roots: Roots) -> None:
    daemons.end_below(ctx, None)
    _end_unreached(ctx)
    entry = roots.entry.node if roots.entry is not None else None
    if entry is None:
        return
    phase = WORKFLOW_PHASE[entry.phase]
    message = entry.message
    shutdown = ctx.workflow.shutdown
    if shutdown and phase in {FAILED, ERROR}:
        message = f"Stopped with strategy '{shutdown}'"
    handler = roots.exit.node if roots.exit is not None else None
    if roots.failure:
        phase, message = ERROR, roots.failure
    elif handler is not None and handler.refused:
        phase, message = ERROR, f"{EXIT_PROBLEM}{handler.message}"
    elif phase == SUCCEEDED:
        failed = handler is not None and handler.unsuccessful
        phase, message = (handler.phase, handler.message) if handler is not None and failed else (phase, "")
    _end(ctx, phase, message)


def _end(ctx: Context, phase: str, message: str) -> None:
    if ctx.workflow.phase in COMPLETED:
        return
    ctx.workflow.phase = phase
    ctx.workflow.message = message
    ctx.workflow.started_at = ctx.workflow.started_at or ctx.now
    ctx.workflow.finished_at = ctx.now
    refresh(ctx, phase)
    metrics.of_workflow(ctx, ctx.nodes.get(NodeName(ctx.plan.identity.name)), over=True)


def _end_unreached(ctx: Context) -> None:
    """End what a retry of the workflow began anew and the run then did not come to.

    A daemon that failed after it was up is run again and what followed it is kept; it may fail before it is up now.
    """
    for node in list(ctx.known.values()):
        if node.phase not in FULFILLED:
            ctx.set_phase(node, FAILED, calls.NOT_REACHED)


def fail(ctx: Context, message: str) -> None:
    """End a workflow at once, with all that runs of it; no exit handler follows."""
    for node in list(ctx.nodes.values()):
        if node.phase not in FULFILLED and node.kind in LEAVES and node.begun:
            ctx.commands.append(KillPod(node_id=node.id))
    _end_daemons(ctx)
    _end_unfinished(ctx, message)


def _end_daemons(ctx: Context) -> None:
    for boundary in list(ctx.daemons):
        daemons.end_below(ctx, ctx.nodes[boundary] if boundary is not None else None)


def _end_unfinished(ctx: Context, message: str) -> None:
    for node in list(ctx.nodes.values()):
        if node.phase not in FULFILLED:
            ctx.set_phase(node, ERROR, message)
    _end(ctx, ERROR, message)


def fail_stalled(ctx: Context) -> None:
    """End a workflow that nothing can move any more, naming what it hangs on."""
    left = _left(ctx)
    _end_daemons(ctx)
    stuck = [node for node in ctx.nodes.values() if node.phase not in FULFILLED]
    leaf = max(stuck, key=lambda node: (node.depth, node.sequence), default=None)
    where = f"node {leaf.name} ({leaf.kind}) is {leaf.phase}" if leaf is not None else "no node is left to run"
    _end_unfinished(ctx, f"the workflow cannot make progress: {where} and nothing is running or awaited{left}")


def _left(ctx: Context) -> str:
    """Which daemons fill the places that something waits for; empty when it is not that."""
    up, waiters = daemons.pods(ctx), admission.waiting(ctx)
    if not up or not waiters:
        return ""
    names = naming.few([node.name for node in up])
    return f" but daemons ({names}), which fill the places of `parallelism` that {waiters[0].call.name} waits for"

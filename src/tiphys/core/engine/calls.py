"""From a call (step, task, hook, entry) to its node, and from the node's end back to the call's holder.

Nothing here knows the kinds of nodes: a node that is made is queued, and the run lets its kind decide about it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.core.engine import (
    admission,
    artifacts,
    bindings,
    body,
    daemons,
    failfast,
    metrics,
    naming,
    progress,
    refusals,
    resources,
    returns,
    shown,
)
from tiphys.core.engine.arguments import (
    StartError,
    input_variables,
    process_inputs,
)
from tiphys.core.engine.context import Context, Waiter
from tiphys.core.engine.node import GATED, Call, Node
from tiphys.core.engine.outputs import export_globals
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, PENDING, RUNNING, SUCCEEDED
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.plan.model import CallPlan, HookPlan, TemplatePlan
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeName

NOT_REACHED = "the retried workflow ended before it"


def start(ctx: Context, call: Call) -> None:
    """Start a bound call as soon as the limits allow it; a node that a restored run has already is taken up."""
    known = ctx.known.pop(call.name, None)
    if known is not None:
        adopt(ctx, call, known)
        return
    waiter = Waiter(call)
    if call.verdict is not None:
        ctx.admitted.append(waiter)
    else:
        admission.request(ctx, waiter)


def adopt(ctx: Context, call: Call, node: Node) -> None:
    """Take up a node of a restored run."""
    call.node = node
    node.call = call
    node.template = call.target
    node.holder = call.holder
    if node.anew:
        admission.request(ctx, Waiter(call, anew=node))
    elif node.phase not in FULFILLED:
        _go_on(ctx, call, node)
    if node.settled and not call.settled:
        _settle(ctx, call)
    elif node.fulfilled:
        proceed(ctx, call)


def begin_anew(ctx: Context, call: Call, node: Node) -> None:
    """Begin with a node that a retry of the workflow reset; its place is taken."""
    node.anew = False
    ctx.changed[node.name] = node
    if node.attempt is None and _too_late(ctx, call):
        admission.give_back(ctx, node)
        ctx.set_phase(node, FAILED, NOT_REACHED)
        _settle(ctx, call)
        return
    admission.born(ctx, node)
    if node.attempt is None:
        _go_on(ctx, call, node)
    else:
        ctx.enqueue(node)


def _go_on(ctx: Context, call: Call, node: Node) -> None:
    """Have a node of a restored run decided that is not over."""
    if node.kind != "Skipped" and call.target is not None:
        node.scope = body.body_scope(ctx, call, node, node.inputs or ())
        metrics.of_started_node(ctx, node)
        _lock_again(ctx, node, call.target)
    ctx.enqueue(node)
    if isinstance(call.plan, CallPlan):
        _fire_hooks(ctx, call, call.plan, anew=False)


def _lock_again(ctx: Context, node: Node, target: TemplatePlan) -> None:
    """Send a node that a retry of the workflow reset through its gate: its locks went back when it ended."""
    if target.synchronization is not None and not (node.locked or node.gate or node.begun or node.daemoned):
        node.gate = GATED
        ctx.gated += 1


def recall(ctx: Context, call: Call, node: Node) -> None:
    """Give a call that was over before the run was restored its node, and the template that its outputs come from."""
    call.node, call.settled = node, True
    node.call, node.holder = call, call.holder
    call.template, call.ref = node.template_name, node.template_ref
    call.base = call.boundary.template.key if call.boundary is not None and call.boundary.template else None
    plan = call.call_plan
    if plan is not None and plan.inline is not None:
        call.target = plan.inline
    elif call.target is None:
        bindings.find_target(ctx, call)
    node.template = call.target
    if node.phase not in FULFILLED:  # a daemon
        _go_on(ctx, call, node)


def launch(ctx: Context, call: Call) -> None:
    """Make the node of an admitted call; what forbids it becomes a Skipped or Error node."""
    if call.verdict is not None:
        skip(ctx, call, *call.verdict)
        return
    target = call.target
    if _too_late(ctx, call):
        _drop(ctx, call)
        return
    if target is None:
        found = ctx.plan.find(call.base or ctx.plan.base, call.template, call.ref)
        born_error(ctx, call, found if isinstance(found, str) else "template not found")
        return
    if ctx.plan.max_depth and call.depth >= ctx.plan.max_depth:
        born_error(ctx, call, refusals.DEPTH_MESSAGE)
        return
    if not target.kind:
        born_error(ctx, call, f"Template '{target.name}' missing specification")
        return
    try:
        inputs = process_inputs(_declared(target), call.arguments, ctx.global_scope, ctx.plan.config_maps)
        outer = call.extra_scope or ctx.global_scope
        inputs = body.filled_inputs(ctx, call, call.name, inputs, {}, pod=target.is_pod and target.retry is None)
        input_artifacts = artifacts.inputs(target, call.artifacts, Scope(input_variables(inputs), outer))
    except (StartError, TemplateError, ValueError) as error:
        born_error(ctx, call, str(error))
        return
    retried = target.retry is not None
    node = make_node(ctx, call, call.name, "Retry" if retried else target.kind, inputs, input_artifacts)
    node.holder = call.holder
    node.parents = call.parents
    if target.synchronization is not None or target.memoize is not None:
        node.gate = GATED
        ctx.gated += 1
        node.first = target.kind if retried else ""
        node.phase = PENDING
    call.node = node
    if not shown.apply(node):
        if retried and node.first:
            admission.lend(ctx, node)
        elif retried:
            admission.untake(ctx, target.kind, call.boundary)
        node.begun = True
        ctx.set_phase(node, ERROR, refusals.refuse(node, shown.PROBLEM))
        finished(ctx, node)
        return
    ctx.enqueue(node)
    observe(ctx, node)


def _drop(ctx: Context, call: Call) -> None:
    """Settle an admitted call without a node."""
    if call.target is not None and call.target.kind in admission.COUNTED:
        admission.untake(ctx, call.target.kind, call.boundary)
    call.settled = True
    if call.owner is not None:
        proceed(ctx, call.owner)
    elif call.holder is None:
        ctx.workflow_dirty = True


def _too_late(ctx: Context, call: Call) -> bool:
    """True when its boundary ended, or nothing more may start, while the call waited for its place or a suspension."""
    boundary = call.boundary
    if call.is_exit:
        return not ctx.may_execute(on_exit=True)
    if boundary is None:
        return False
    if call.hooked:
        return boundary.phase in FULFILLED
    return boundary.phase in FULFILLED or failfast.refuses(ctx, boundary)


def _declared(target: TemplatePlan) -> tuple[Parameter, ...]:
    inputs = target.template.inputs
    return (inputs.parameters or ()) if inputs is not None else ()


def make_node(
    ctx: Context,
    call: Call,
    name: NodeName,
    kind: str,
    inputs: tuple[Parameter, ...],
    input_artifacts: tuple[Artifact, ...],
    extra: Mapping[str, JsonValue] | None = None,
) -> Node:
    """Make an executable node of a call: the node of the call itself, or one attempt of it."""
    node = ctx.new_node(name, kind, PENDING if kind in _AWAITED else RUNNING, call.boundary)
    describe(node, call)
    admission.born(ctx, node)
    node.inputs = inputs
    node.input_artifacts = input_artifacts
    node.scope = body.body_scope(ctx, call, node, inputs, extra)
    if kind in progress.EXECUTABLE:
        progress.begin(ctx, node)
    metrics.of_started_node(ctx, node)
    return node


#: Kinds that wait for the world to begin with them.
_AWAITED = frozenset({"Pod", "HTTP", "Plugin"})


def describe(node: Node, call: Call) -> None:
    """Copy what a node shows of its call."""
    node.call = call
    node.template = call.target
    node.template_name = call.template
    node.template_ref = call.ref
    node.template_scope = call.base.base if call.base is not None else ""
    node.hooked = call.hooked
    node.depth = call.depth
    node.order = call.order
    node.on_exit = call.is_exit or (call.boundary is not None and call.boundary.on_exit)
    if isinstance(call.plan, CallPlan):
        node.call_step = call.plan.name


# -- nodes that never run ----------------------------------------------------------------------------------------


def skip(ctx: Context, call: Call, phase: str, message: str) -> None:
    """Give a call a node that never runs: Skipped, Omitted or Error."""
    known = ctx.known.pop(call.name, None)
    if known is not None:
        adopt(ctx, call, known)
        return
    node = ctx.new_node(call.name, "Skipped", phase, call.boundary)
    describe(node, call)
    node.plain_flag = not call.hooked
    node.message = message
    node.parents = call.parents
    node.holder = call.holder
    call.node = node
    proceed(ctx, call)


def born_error(ctx: Context, call: Call, message: str) -> None:
    """Give a call that cannot start its Error node and free its place."""
    kind = call.target.kind if call.target is not None else ""
    node = ctx.new_node(call.name, "Skipped", ERROR, call.boundary)
    describe(node, call)
    node.plain_flag = not call.hooked
    node.message = refusals.refuse(node, message)
    node.parents = call.parents
    node.holder = call.holder
    call.node = node
    if kind in admission.COUNTED:
        admission.untake(ctx, kind, call.boundary)
    proceed(ctx, call)


# -- the end of a node -------------------------------------------------------------------------------------------


def finished(ctx: Context, node: Node) -> None:
    """Tell everyone that a node has just become fulfilled."""
    admission.ended(ctx, node)
    admission.give_back(ctx, node)
    returns.give_back(ctx, node)
    if node.outputs is not None:
        export_globals(ctx, node)
    if node.phase == SUCCEEDED:
        progress.complete(ctx, node)
    resources.add(ctx.workflow.resources, node.resources_duration)
    metrics.of_ended_node(ctx, node)
    if node.kind in {"Steps", "DAG"}:
        daemons.end_below(ctx, node)
    if node.kind != "Retry":
        node.scope = None
    if node.attempt is not None:
        _tell_retry(ctx, node)
        return
    if node.call is not None:
        if node.call.settled and node.call.plan is None:
            # A daemon that was up: hooks of the workflow still see its end, as in a run that is restored.
            ctx.workflow_dirty = True
        proceed(ctx, node.call)


def daemon_up(ctx: Context, node: Node) -> None:
    """A daemon, or the Retry node of one, is up: whoever waited for it goes on."""
    if node.daemoned:
        return
    daemons.up(ctx, node)
    if node.attempt is not None:
        _tell_retry(ctx, node)
    elif node.call is not None:
        proceed(ctx, node.call)


def _tell_retry(ctx: Context, attempt: Node) -> None:
    """Have the Retry node of an attempt look at it, once it is taken up itself."""
    retry = attempt.holder
    if retry is not None and retry.call is not None and not retry.call.standing_in:
        ctx.enqueue(retry)


def begins(ctx: Context, node: Node) -> None:
    """A composite node begins; one that stood at a gate was Pending until now."""
    if node.phase != RUNNING:
        ctx.set_phase(node, RUNNING)
        observe(ctx, node)


def observe(ctx: Context, node: Node) -> None:
    """A node changed without ending: hooks of its call, or of the workflow, may fire."""
    call = node.call
    if call is None or call.node is not node:
        return
    if call.plan is None and not call.standing_in:
        ctx.workflow_dirty = True
    elif isinstance(call.plan, CallPlan) and call.plan.hooks:
        _fire_hooks(ctx, call, call.plan)


def proceed(ctx: Context, call: Call) -> None:
    """Run what belongs to a fulfilled call (hooks, exit handler), then settle it."""
    node = call.node
    if call.settled or node is None or not node.fulfilled:
        return
    plan = call.plan
    if call.standing_in:
        observe(ctx, node)
        _settle_daemon(ctx, ctx.nodes.get(node.parents[0][1], node) if node.hooked and node.parents else node)
        return
    if isinstance(plan, CallPlan):
        if plan.hooks:
            _fire_hooks(ctx, call, plan)
        if any(not hook.settled for hook in call.hook_calls.values()):
            return
        if plan.exit is not None and node.completed and not call.failure and not _exit_done(ctx, call, plan.exit):
            return
        if call.settled:  # a hook that was over already has settled its owner meanwhile
            return
    _settle(ctx, call)
    if node.daemoned:
        node.settled = True
        ctx.changed[node.name] = node


def _settle_daemon(ctx: Context, node: Node) -> None:
    """Note that the call of a daemon settles whose run is suspended and restored, as that of one that lives does."""
    hooks = [ctx.nodes.get(naming.hook(node.name, name)) for name in node.fired]
    if node.daemoned and not node.settled and all(hook is not None and hook.fulfilled for hook in hooks):
        node.settled = True
        ctx.changed[node.name] = node


def _settle(ctx: Context, call: Call) -> None:
    call.settled = True
    if call.owner is not None:
        proceed(ctx, call.owner)
    ctx.tell(call.holder, call)


def _fire_hooks(ctx: Context, call: Call, plan: CallPlan, *, anew: bool = True) -> None:
    """Start the hooks whose condition holds; the call fails when one cannot be decided about.

    Without ``anew`` only those that were triggered before the run was restored.
    """
    scope: Scope | None = None
    for hook in plan.hooks:
        if hook.name in call.hook_calls or call.failure or call.settled:
            continue
        name = naming.hook(call.name, hook.name)
        scope = scope or bindings.own_scope(ctx, call)
        try:
            if not triggered(ctx, call, name, hook, scope, anew=anew) or call.standing_in:
                continue
            hooked = bindings.hook_call(ctx, call, name, hook, scope)
        except TemplateError as error:
            if call.node is not None:
                ctx.fault(call.node, str(error))
            return
        call.hook_calls[hook.name] = hooked
        start(ctx, hooked)


def triggered(ctx: Context, call: Call, name: NodeName, hook: HookPlan, scope: Scope, *, anew: bool = True) -> bool:
    """Whether a hook runs: its condition holds, or has held before it had to wait for its place.

    Raises:
        TemplateError: the condition cannot be evaluated.
    """
    node = call.node
    if name in ctx.known or node is None or hook.name in node.fired:
        return node is not None
    if refusals.ends_group(node):
        return False
    in_dag = call.boundary is not None and call.boundary.kind == "DAG"
    if not anew or (in_dag and node.phase == PENDING) or hook.condition is None or not hook.condition.evaluate(scope):
        return False
    node.fired = (*node.fired, hook.name)
    ctx.changed[node.name] = node
    return True


def _exit_done(ctx: Context, call: Call, plan: HookPlan) -> bool:
    """Run the exit handler of a completed call; True when it is over, unwanted or forbidden."""
    if call.exit is not None:
        return call.exit.settled
    if call.node is not None and refusals.ends_group(call.node):
        return True
    name = naming.on_exit(call.name)
    if not ctx.may_execute(on_exit=True) and name not in ctx.known:
        return True
    scope = bindings.own_scope(ctx, call)
    try:
        if name not in ctx.known and plan.condition is not None and not plan.condition.evaluate(scope):
            return True
        hooked = bindings.hook_call(ctx, call, name, plan, scope)
    except TemplateError as error:
        if call.node is not None:
            ctx.fault(call.node, str(error))
        return True
    hooked.is_exit = True
    call.exit = hooked
    start(ctx, hooked)
    return hooked.settled

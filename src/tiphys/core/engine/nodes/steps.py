"""Steps nodes and their groups (``spec/engine.md`` 12)."""

from __future__ import annotations

from msgspec import Struct, field

from tiphys.core.engine import calls, composite, pending, refusals
from tiphys.core.engine.context import Context
from tiphys.core.engine.expand import label_of, prepare
from tiphys.core.engine.failfast import failed_fast
from tiphys.core.engine.loops import LoopError
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, RUNNING, SUCCEEDED
from tiphys.core.engine.siblings import AggregateError, Siblings, Values, aggregate_values, node_values
from tiphys.core.plan.model import CallPlan
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeName


class StepsState(Struct):
    """Where a Steps node is: its present group and what the steps so far offer."""

    index: int
    group: Node
    scope: Scope
    producers: dict[str, Values] = field(default_factory=dict)


class GroupState(Struct):
    """The calls of a group; ``by_step`` keeps those of a looping step together."""

    calls: list[Call]
    by_step: dict[str, list[Call]]
    open: int


def decide_steps(ctx: Context, node: Node) -> None:
    """Open the first group, or go on once the present one is over."""
    if not node.begun:
        node.begun = True
        producers: dict[str, Values] = {}
        scope = Scope(Siblings("steps", producers), node.scope)
        calls.begins(ctx, node)
        node.state = StepsState(-1, node, scope, producers)
        _advance(ctx, node, node.state)
        return
    state = node.state
    if not isinstance(state, StepsState) or node.phase in FULFILLED:
        return
    _after_group(ctx, node, state)


def _advance(ctx: Context, node: Node, state: StepsState) -> None:
    """Open the next group, or end the node after the last."""
    template = node.template
    groups = template.steps if template is not None else ()
    state.index += 1
    if state.index >= len(groups):
        composite.succeed(ctx, node, state.scope)
        return
    previous = state.group
    state.group = _open(ctx, node, previous, state, groups[state.index])
    if state.group.phase in FULFILLED:
        _after_group(ctx, node, state)


def _open(ctx: Context, node: Node, previous: Node, state: StepsState, plans: tuple[CallPlan, ...]) -> Node:
    name = NodeName(f"{node.name}[{state.index}]")
    group = ctx.known.pop(name, None)
    if group is None:
        group = ctx.new_node(name, "StepGroup", RUNNING, node)
        group.plain_flag = True
        group.template_scope = node.template.key.base if node.template is not None else ""
        group.parents = ((state.index > 0, previous.name),)
    group.holder, group.order = node, state.index
    group.template = node.template
    if group.phase in FULFILLED:
        group.state = _recall(ctx, group, plans, state.scope)
        return group
    group.begun = True
    try:
        prepared = [(plan, prepare(ctx, plan, state.scope, boundary=node, holder=group, base=name)) for plan in plans]
    except TemplateError as error:
        ctx.set_phase(group, ERROR, f"failed to resolve references: {error}")
        return group
    except LoopError as error:
        ctx.set_phase(group, ERROR, str(error))
        return group
    by_step = {label_of(plan, state.scope): found for plan, found in prepared}
    in_order = [call for found in by_step.values() for call in found]
    group.state = GroupState(in_order, by_step, len(in_order))
    for order, call in enumerate(in_order):
        call.order = order
        call.parents = ((False, group.name),)
        calls.start(ctx, call)
    if not in_order:
        ctx.set_phase(group, SUCCEEDED)
    return group


def _recall(ctx: Context, group: Node, plans: tuple[CallPlan, ...], scope: Scope) -> GroupState:
    """The calls of a group that ended before the run was restored."""
    calls_of: dict[str, list[Call]] = {plan.name: [] for plan in plans}
    plan_of = {plan.name: plan for plan in plans}
    for child in ctx.kin.pop(group.name, ()):
        if child.call_step in calls_of:
            call = Call(child.name, plan_of[child.call_step], boundary=child.boundary, holder=group)
            calls.recall(ctx, call, child)
            calls_of[child.call_step].append(call)
            ctx.known.pop(child.name, None)
    by_step = {label_of(plan, scope): calls_of[plan.name] for plan in plans}
    return GroupState([call for found in by_step.values() for call in found], by_step, 0)


def decide_group(ctx: Context, group: Node) -> None:
    """Count the calls that settled; end the group with the last of them."""
    state = group.state
    if not isinstance(state, GroupState):
        group.inbox.clear()
        return
    state.open -= sum(call.settled for call in group.take_inbox())
    if group.phase in FULFILLED:
        return
    boundary = group.holder
    if boundary is not None and failed_fast(ctx, boundary):
        ctx.set_phase(group, FAILED, "template has failed or errored children and failFast enabled")
    elif state.open == 0:
        _end(ctx, group, state)
    if group.phase in FULFILLED and boundary is not None:
        ctx.enqueue(boundary)


def _end(ctx: Context, group: Node, state: GroupState) -> None:
    refused = [call.node for call in state.calls if call.node is not None and call.node.refused]
    if any(node.message == pending.MESSAGE for node in refused):
        ctx.set_phase(group, FAILED, pending.MESSAGE)
        return
    for node in refused:
        if node.message != refusals.DEPTH_MESSAGE:
            ctx.set_phase(group, ERROR, f"step group deemed errored due to child {node.name} error: {node.message}")
            return
    failure = next((call.failure for call in state.calls if call.failure), "")
    if failure:
        ctx.set_phase(group, ERROR, failure)
        return
    for call in state.calls:
        if call.node is not None and call.node.unsuccessful and not _continues(call):
            if call.verdict is not None:
                ctx.set_phase(group, ERROR, call.node.message)
            else:
                ctx.set_phase(group, FAILED, f"child '{call.node.id}' failed")
            return
    ctx.set_phase(group, SUCCEEDED)


def _continues(call: Call) -> bool:
    plan, node = call.call_plan, call.node
    if plan is None or node is None or call.verdict is not None:
        return False
    return (plan.continue_failed and node.phase == FAILED) or (plan.continue_error and node.phase == ERROR)


def _after_group(ctx: Context, node: Node, state: StepsState) -> None:
    group = state.group
    if group.phase not in FULFILLED:
        return
    if group.unsuccessful:
        composite.finish(ctx, node, FAILED, group.message)
        return
    try:
        _collect(group, state)
    except AggregateError as error:
        composite.finish(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    _advance(ctx, node, state)


def _collect(group: Node, state: StepsState) -> None:
    """Let later groups see what the steps of a group produced."""
    group_state = group.state
    if not isinstance(group_state, GroupState):
        return
    for step, found in group_state.by_step.items():
        if len(found) == 1 and found[0].node is not None and found[0].name == _plain_name(group, step):
            state.producers[step] = node_values(found[0].node, steps=True)
        elif found:
            state.producers[step] = aggregate_values(found, group, steps=True)
    group.state = None


def _plain_name(group: Node, step: str) -> str:
    """The node of a step that does not loop."""
    return f"{group.name}.{step}"

"""What a call passes to which template: steps and tasks, hooks and exit handlers, the entry."""

from __future__ import annotations

import msgspec

from tiphys.core.engine import artifacts
from tiphys.core.engine.arguments import render_arguments
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Call
from tiphys.core.engine.siblings import Siblings, node_values
from tiphys.core.manifest.model.strategy import TemplateRef
from tiphys.core.plan.model import ArgumentsPlan, HookPlan, TemplatePlan
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeName


def bind(ctx: Context, call: Call, scope: Scope, mode: Mode) -> None:
    """Resolve what a step or task passes and which template it names.

    Raises:
        TemplateError: a tag cannot be resolved in this mode.
    """
    plan = call.call_plan
    if plan is None:
        raise TypeError("bind is for steps and tasks")
    if plan.hooks or plan.exit is not None:
        call.outer = scope
    call.arguments = render_arguments(plan.arguments, scope, mode)
    steps = call.boundary is not None and call.boundary.kind == "Steps"
    call.artifacts = artifacts.passed(plan.arguments.artifacts, scope, mode, steps=steps)
    if plan.inline is not None:
        call.target = plan.inline
        call.extra_scope = scope
        return
    if plan.template_ref is not None:
        call.ref = msgspec.convert(plan.template_ref.render(scope, mode), TemplateRef)
    elif plan.template is not None:
        call.template = plan.template.render(scope, mode)
    find_target(ctx, call)


def find_target(ctx: Context, call: Call) -> None:
    """Look the template of a call up; a call without one fails when it starts."""
    if call.base is not None:
        found = ctx.plan.find(call.base, call.template, call.ref)
        call.target = found if isinstance(found, TemplatePlan) else None


def own_scope(ctx: Context, call: Call) -> Scope:
    """What hooks of a call see: its own values, its siblings' and the globals."""
    outer = call.outer or ctx.global_scope
    if call.node is None or call.boundary is None:
        return outer
    steps = call.boundary.kind == "Steps"
    plan = call.call_plan
    names = {call.short_name, plan.name if plan is not None else call.short_name}
    values = node_values(call.node, steps=steps)
    values["status"] = call.node.phase
    return Scope(Siblings("steps" if steps else "tasks", dict.fromkeys(names, values)), outer)


def hook_call(ctx: Context, owner: Call, name: NodeName, plan: HookPlan, scope: Scope) -> Call:
    """The call of a hook or exit handler of a step or task.

    Raises:
        TemplateError: an argument cannot be resolved.
    """
    call = Call(name, plan, boundary=owner.boundary, holder=None)
    call.owner = owner
    call.hooked = True
    call.base = owner.base
    call.depth = owner.depth
    call.order = owner.order
    call.parents = ((False, owner.name),)
    call.template = plan.template or ""
    call.ref = plan.template_ref
    arguments = plan.arguments if plan.arguments is not None else ctx.plan.arguments
    call.arguments = render_arguments(arguments, scope, Mode.LENIENT)
    call.artifacts = artifacts.passed(arguments.artifacts, scope, Mode.SIBLINGS, steps=False)
    find_target(ctx, call)
    return call


def entry_call(ctx: Context, name: NodeName, template: str, arguments: ArgumentsPlan) -> Call:
    """A call from the workflow itself: the entry template, its exit handler, a workflow hook.

    Raises:
        TemplateError: an artifact that it passes cannot be resolved.
    """
    call = Call(name, None, boundary=None, holder=None)
    call.base = ctx.plan.base
    call.template = template
    call.arguments = render_arguments(arguments, ctx.global_scope, Mode.LENIENT)
    call.artifacts = artifacts.passed(arguments.artifacts, ctx.global_scope, Mode.SIBLINGS, steps=False)
    find_target(ctx, call)
    return call

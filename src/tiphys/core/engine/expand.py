"""A step or task becomes the calls that carry it out: one, one per item, or one that is skipped."""

from __future__ import annotations

from tiphys.core.engine import bindings, loops, naming
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import ERROR, SKIPPED
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.plan.model import CallPlan
from tiphys.core.template.errors import MissingVariableError, TemplateError, WhenError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.when import evaluate_when
from tiphys.ids import NodeName


def prepare(
    ctx: Context, plan: CallPlan, scope: Scope, *, boundary: Node, holder: Node | None, base: str
) -> list[Call]:
    """The calls of a step or task, bound to their arguments; ``verdict`` is set on those that must not run.

    Raises:
        TemplateError: a reference or the ``when`` of the step itself cannot be resolved.
        LoopError: its items cannot be made.
    """
    if plan.loop is None:
        label = label_of(plan, scope)
        call = _call(plan, NodeName(f"{base}.{label}"), label, boundary, holder)
        call.verdict = _verdict(ctx, call, plan, scope, Mode.SIBLINGS)
        if call.verdict is None:
            bindings.bind(ctx, call, scope, Mode.SIBLINGS)
        else:
            bind_leniently(ctx, call, scope)
        return [call]
    return _loop(ctx, plan, scope, boundary=boundary, holder=holder, base=base)


def label_of(plan: CallPlan, scope: Scope) -> str:
    """What the nodes of a step or task are named after.

    Raises:
        TemplateError: a tag in its name names nothing.
    """
    return plan.name if plan.label is None else plan.label.render(scope, Mode.SIBLINGS)


def _call(plan: CallPlan, name: NodeName, short: str, boundary: Node, holder: Node | None) -> Call:
    call = Call(name, plan, boundary=boundary, holder=holder)
    call.short_name = short
    call.depth = boundary.depth + 1
    template = boundary.template
    call.base = template.key if template is not None else None
    return call


def _verdict(ctx: Context, call: Call, plan: CallPlan, scope: Scope, mode: Mode) -> tuple[str, str] | None:
    """Phase and message of a call that must not run, None for one that must; of a known node as it was decided."""
    known = ctx.known.get(call.name)
    if known is not None:
        return (known.phase, known.message) if known.kind == "Skipped" else None
    if plan.when is None:
        return None
    text = plan.when.render(scope, mode)
    return None if evaluate_when(text) else (SKIPPED, f"when '{text}' evaluated false")


def _loop(ctx: Context, plan: CallPlan, scope: Scope, *, boundary: Node, holder: Node | None, base: str) -> list[Call]:
    if plan.loop is None:
        return []
    items = loops.expand(plan.loop, scope, enabled=_enabled(plan, scope))
    label = label_of(plan, scope)
    if not items:
        call = _call(plan, NodeName(f"{base}.{label}"), label, boundary, holder)
        call.verdict = (SKIPPED, "Skipped, empty params")
        bind_leniently(ctx, call, scope)
        return [call]
    return [
        _item_call(ctx, plan, scope, boundary, holder, (base, naming.expanded(label, index, item), item))
        for index, item in enumerate(items)
    ]


def _enabled(plan: CallPlan, scope: Scope) -> bool:
    """False when the step's ``when`` is certainly false before any item is known."""
    if plan.when is None:
        return True
    try:
        return evaluate_when(plan.when.render(scope, Mode.SIBLINGS))
    except TemplateError:
        return True


def _item_call(
    ctx: Context,
    plan: CallPlan,
    scope: Scope,
    boundary: Node,
    holder: Node | None,
    where: tuple[str, str, JsonValue],
) -> Call:
    base, short, item = where
    call = _call(plan, NodeName(f"{base}.{short}"), short, boundary, holder)
    own = Scope(loops.item_variables(item), scope)
    try:
        call.verdict = _verdict(ctx, call, plan, own, Mode.STRICT)
    except WhenError as error:
        call.verdict = (ERROR, str(error))
    except MissingVariableError as error:
        raise _lacking(error) from None
    if call.verdict is not None:
        bind_leniently(ctx, call, own)
        return call
    try:
        bindings.bind(ctx, call, own, Mode.STRICT)
    except MissingVariableError as error:
        raise _lacking(error) from None
    return call


def _lacking(error: MissingVariableError) -> Exception:
    """A key that an item lacks is a mistake of the loop, any other name one of the references."""
    return loops.LoopError(str(error)) if error.name.partition(".")[0] == "item" else error


def bind_leniently(ctx: Context, call: Call, scope: Scope) -> None:
    """Resolve what can be resolved of a call that will not run, for what its node shows."""
    try:
        bindings.bind(ctx, call, scope, Mode.LENIENT)
    except TemplateError:
        return

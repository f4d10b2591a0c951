"""Stand-ins for the calls of a suspended run that was restored.

No call takes its nodes up before the run goes on, but pods end meanwhile and people resume nodes.  What happens then
needs the templates of the nodes, and notes the hooks that it triggers; what waits for a lock or an entry goes on
waiting for it.  Everything else waits until a real call comes.
"""

from __future__ import annotations

from tiphys.core.engine import body, gates, naming
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import FULFILLED
from tiphys.core.plan.model import CallPlan, TemplatePlan

#: Kinds that something may happen to while the run is suspended, beside all that stands at a gate.
_LEAVES = frozenset({"Pod", "HTTP", "Plugin", "Suspend"})


def put(ctx: Context) -> None:
    """Give everything that lives, something may happen to and no call has taken up a stand-in."""
    for node in ctx.known.values():
        if (node.kind in _LEAVES or node.gate) and node.phase not in FULFILLED and node.call is None:
            _stand_in(ctx, node)
            gates.ask_again(ctx, node)


def _stand_in(ctx: Context, node: Node) -> None:
    node.template = _template(ctx, node)
    call = Call(node.name, _step(node), boundary=node.boundary, holder=None)
    call.standing_in = True
    call.target = node.template
    if node.boundary is not None:
        call.short_name = naming.display_name(node.name, node.boundary.name)
    if node.attempt is None:
        call.node = node
    node.call = call
    node.scope = body.body_scope(ctx, call, node, node.inputs or ())


def _template(ctx: Context, node: Node) -> TemplatePlan | None:
    """The template of a node, found from the top: inline templates have no name."""
    unknown: list[Node] = []
    boundary = node.boundary
    while boundary is not None and boundary.template is None:
        unknown.append(boundary)
        boundary = boundary.boundary
    for above in reversed(unknown):
        above.template = _below_known(ctx, above)
    return node.template or _below_known(ctx, node)


def _below_known(ctx: Context, node: Node) -> TemplatePlan | None:
    """The template of a node whose boundary has its own."""
    above = node.boundary.template if node.boundary is not None else None
    step = _step(node)
    if step is not None and step.inline is not None:
        return step.inline
    found = ctx.plan.find(above.key if above is not None else ctx.plan.base, node.template_name, node.template_ref)
    return found if isinstance(found, TemplatePlan) else None


def _step(node: Node) -> CallPlan | None:
    """The step or task that a node carries out; None for hooks and the entry."""
    template = node.boundary.template if node.boundary is not None else None
    if template is None or not node.call_step:
        return None
    if template.dag is not None:
        return template.dag.by_name.get(node.call_step)
    return next((step for group in template.steps for step in group if step.name == node.call_step), None)

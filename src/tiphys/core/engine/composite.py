"""How a node that is made of others ends: steps and DAGs (``spec/engine.md`` 7, 8)."""

from __future__ import annotations

from tiphys.core.engine import calls, refusals
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.outputs import composite_outputs
from tiphys.core.engine.phases import ERROR, SUCCEEDED
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.scope import Scope


def succeed(ctx: Context, node: Node, scope: Scope, broken: str = "") -> None:
    """End a node whose children went well; it is in error when its outputs cannot be computed, or are ``broken``."""
    try:
        if broken:
            raise TemplateError(broken)
        node.outputs = composite_outputs(node.template, scope) if node.template is not None else None
    except TemplateError as error:
        finish(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    finish(ctx, node, SUCCEEDED, "")


def finish(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End a node; what it knew of its children is forgotten."""
    node.state = None
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)

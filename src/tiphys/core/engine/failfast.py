"""``failFast`` of steps and DAG templates (``spec/engine.md`` 23.4)."""

from __future__ import annotations

from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node


def failed_fast(ctx: Context, boundary: Node) -> bool:
    """True when a child failed, the template ends at the first failure, and nothing of it runs any more."""
    template = boundary.template
    if template is None or not template.template.fail_fast:
        return False
    places = ctx.places
    return bool(places.failed.get(boundary.name)) and not places.live.get(boundary.name)

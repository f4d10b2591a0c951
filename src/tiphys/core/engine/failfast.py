"""``failFast`` of steps and DAG templates (``spec/engine.md`` 23.4)."""

from __future__ import annotations

from itertools import chain

from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node


def starts_none_after_failure(boundary: Node) -> bool:
    """True when the template starts nothing more after the first failure."""
    template = boundary.template
    return template is not None and bool(template.template.fail_fast)


def refuses(ctx: Context, boundary: Node) -> bool:
    """True when a child failed and the template starts nothing more after that."""
    return starts_none_after_failure(boundary) and bool(ctx.places.failed.get(boundary.name))


def failed_fast(ctx: Context, boundary: Node) -> bool:
    """True when a child failed, the template ends at the first failure, and nothing of it runs any more."""
    if not refuses(ctx, boundary) or ctx.places.live.get(boundary.name):
        return False
    places = ctx.places
    # Hooks and exit handlers of what ended already are not refused, they only have no place yet.
    waiting = chain(places.waiting, places.waiting_below.get(boundary.name, ()), ctx.admitted)
    return not any(waiter.call.hooked and waiter.call.boundary is boundary for waiter in waiting)

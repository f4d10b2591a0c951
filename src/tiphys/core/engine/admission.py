"""Who may start now: parallelism of the workflow and of templates (``spec/engine.md`` 23).

Only the start of something new is held back.  What waits is ordered by where it stands in the workflow, and places
are handed out only when nothing else is left to decide (``hand_out``).  So who gets one is a function of the state,
never of the order in which things were decided, and a restored run makes the same choice.
"""

from __future__ import annotations

import heapq

from tiphys.core.engine.context import Context, Waiter
from tiphys.core.engine.node import Node
from tiphys.core.engine.position import Position, position_of
from tiphys.ids import NodeName

#: Kinds that take a place of a template's ``parallelism``.
COUNTED = frozenset({"Pod", "Steps", "DAG"})
#: Stands for the workflow itself among the names of boundaries.
_WORKFLOW = NodeName("")


def request(ctx: Context, waiter: Waiter) -> bool:
    """Let a call or attempt that no limit concerns start now, have another one wait for its place; True if it waits."""
    if _is_limited(ctx, waiter):
        _wait(ctx, waiter)
        return True
    if _is_refused(ctx, waiter) and waiter.retry is not None and waiter.retry.children:
        forget(ctx, waiter.retry)
    else:
        _admit(ctx, waiter)
    return False


def _is_limited(ctx: Context, waiter: Waiter) -> bool:
    """True when a limit may keep a call from starting, now or at another moment."""
    if _is_refused(ctx, waiter):
        return False
    if ctx.plan.spec.parallelism and _needs_pod(waiter) and not _is_exit(waiter):
        return True
    return bool(_boundary_limit(waiter))


def _is_refused(ctx: Context, waiter: Waiter) -> bool:
    """True when a shutdown or the deadline forbids it: a call is refused by name, a further attempt is not made."""
    on_exit = _is_exit(waiter)
    return not ctx.may_execute(on_exit=on_exit) or (ctx.past_deadline and not on_exit)


def _needs_pod(waiter: Waiter) -> bool:
    """True for what takes a place of the workflow's ``parallelism``."""
    return waiter.anew is None and waiter.call.target is not None and waiter.call.target.is_pod


def _boundary_limit(waiter: Waiter) -> int:
    """How many children its boundary may have at once, 0 for any number."""
    boundary = waiter.call.boundary
    if boundary is None or boundary.template is None or waiter.call.is_exit or _keeps_child_place(waiter):
        return 0
    return boundary.template.parallelism or 0


def _admit(ctx: Context, waiter: Waiter) -> None:
    """Take the place at once, so that the next request sees it taken."""
    kind = waiter.call.target.kind if waiter.call.target is not None else ""
    if waiter.anew is not None:
        take_again(ctx, waiter.anew)
    elif _keeps_child_place(waiter):
        if kind == "Pod":
            _count_pod(ctx, waiter.call.boundary, 1)
    elif kind in COUNTED:
        boundary = waiter.call.boundary
        take(ctx, kind, boundary.name if boundary is not None else None)
    ctx.admitted.append(waiter)


def _admit_waiting(ctx: Context, waiter: Waiter) -> None:
    if waiter.retry is not None:  # that it waits is stored
        ctx.changed[waiter.retry.name] = waiter.retry
    _admit(ctx, waiter)


def _wait(ctx: Context, waiter: Waiter) -> None:
    """Have a waiter looked at among those of its boundary if that has a limit, else among those of the workflow."""
    boundary = waiter.call.boundary
    waiter.order = _position(waiter)
    if boundary is not None and _boundary_limit(waiter):
        heapq.heappush(ctx.places.waiting_below.setdefault(boundary.name, []), waiter)
    else:
        heapq.heappush(ctx.places.waiting, waiter)
    _freed(ctx, boundary)


def _below_limit(ctx: Context, waiter: Waiter) -> bool:
    limit = ctx.plan.spec.parallelism
    return not limit or not _needs_pod(waiter) or ctx.places.pods < limit or _is_exit(waiter)


def _within_boundary(ctx: Context, waiter: Waiter) -> bool:
    limit, boundary = _boundary_limit(waiter), waiter.call.boundary
    return not limit or boundary is None or ctx.places.children.get(boundary.name, 0) < limit


def _keeps_child_place(waiter: Waiter) -> bool:
    """True for what has its place among the children already, or needs none there."""
    if waiter.anew is not None:
        return not _has_child_place(waiter.anew)
    return waiter.resumed is not None or (waiter.retry is not None and keeps_place(waiter.retry))


def keeps_place(node: Node) -> bool:
    """True for a Retry node that keeps a place among the children of its template until it is over.

    That is one with locks or a cache entry.  If its next attempt had to find a place, all of them could be held by
    those that wait for what the Retry node has.
    """
    return node.first in COUNTED


def _has_child_place(node: Node) -> bool:
    """True for a node that has a place among the children of its boundary while it lives."""
    if keeps_place(node):
        return True
    retry = node.holder if node.attempt is not None else None
    return node.kind in COUNTED and not (retry is not None and keeps_place(retry))


def _position(waiter: Waiter) -> Position:
    if waiter.retry is not None:
        return position_of(waiter.call, len(waiter.retry.children))
    attempt = waiter.anew.attempt if waiter.anew is not None else None
    return position_of(waiter.call, attempt or 0)


def _count_pod(ctx: Context, boundary: Node | None, number: int) -> None:
    places = ctx.places
    places.pods += number
    if boundary is not None:
        places.child_pods[boundary.name] = places.child_pods.get(boundary.name, 0) + number


def lend(ctx: Context, node: Node) -> bool:
    """Give back the place of a pod that does not start yet; False when a node has none."""
    if (node.first or node.kind) != "Pod" or node.requested:
        return False
    _count_pod(ctx, node.boundary, -1)
    _freed(ctx, node.boundary)
    return True


def take(ctx: Context, kind: str, boundary: NodeName | None, *, aside: bool = False) -> None:
    """Count something of ``kind`` as running; what stands aside needs no place for its pod."""
    places = ctx.places
    if kind == "Pod" and not aside:
        places.pods += 1
    if boundary is not None:
        places.children[boundary] = places.children.get(boundary, 0) + 1
        if kind == "Pod" and not aside:
            places.child_pods[boundary] = places.child_pods.get(boundary, 0) + 1


def take_again(ctx: Context, node: Node) -> None:
    """Take what a living node of a restored run has."""
    boundary = node.boundary.name if node.boundary is not None else None
    retry = node.holder if node.attempt is not None else None
    if retry is not None and keeps_place(retry):
        if node.kind == "Pod":
            _count_pod(ctx, node.boundary, 1)
    elif keeps_place(node):
        waits = node.aside or node.requested or not node.gate
        take(ctx, node.first, boundary, aside=waits)
    elif node.kind in COUNTED:
        take(ctx, node.kind, boundary, aside=node.aside)


def born(ctx: Context, node: Node) -> None:
    """Count a node that was made as living below its boundary."""
    if node.boundary is not None:
        name = node.boundary.name
        ctx.places.live[name] = ctx.places.live.get(name, 0) + 1


def ended(ctx: Context, node: Node) -> None:
    """Count a node that was born as living no more, and as failed if its call is.

    Attempts and hooks do not count as failures: the one may be retried, the other never decides.
    """
    leave(ctx, node)
    fails(ctx, node)


def leave(ctx: Context, node: Node) -> None:
    """Count a node as living no more."""
    if node.boundary is not None:
        ctx.places.live[node.boundary.name] -= 1


def fails(ctx: Context, node: Node) -> None:
    """Count the failure of a call for ``failFast``."""
    counts = node.kind in COUNTED or node.kind == "Retry"
    if node.boundary is not None and counts and node.unsuccessful and not node.hooked and node.attempt is None:
        name = node.boundary.name
        ctx.places.failed[name] = ctx.places.failed.get(name, 0) + 1


def give_back(ctx: Context, node: Node) -> None:
    """Free the place of an ended node."""
    retry = node.holder if node.attempt is not None else None
    if retry is not None and keeps_place(retry):
        if node.kind == "Pod":
            _count_pod(ctx, node.boundary, -1)
    elif node.kind in COUNTED or keeps_place(node):
        _free(ctx, node.kind, node.boundary, aside=node.aside)
    else:
        return
    _freed(ctx, node.boundary)


def _freed(ctx: Context, boundary: Node | None) -> None:
    """Note where somebody waits or a place may have become free."""
    ctx.places.freed[boundary.name if boundary is not None else _WORKFLOW] = None


def _free(ctx: Context, kind: str, boundary: Node | None, *, aside: bool = False) -> None:
    if boundary is not None:
        ctx.places.children[boundary.name] -= 1
    if kind == "Pod" and not aside:
        _count_pod(ctx, boundary, -1)


def untake(ctx: Context, kind: str, boundary: Node | None) -> None:
    """Give back a place that was taken for something that never came to be."""
    if kind in COUNTED:
        _free(ctx, kind, boundary)
        _freed(ctx, boundary)


def hand_out(ctx: Context) -> None:
    """Give one free place away, to whoever stands first in the workflow, whichever limit it waited for.

    Called again once what that starts is decided: it may ask for a place itself and stand before those that wait.
    """
    places = ctx.places
    names = [name for name in {**places.freed, **places.blocked} if name in places.waiting_below]
    queue = _next(ctx, [places.waiting, *(places.waiting_below[name] for name in names)])
    if queue is not None:
        _admit_waiting(ctx, heapq.heappop(queue))
        return
    places.freed, places.blocked = {}, {}
    for name in names:
        if not places.waiting_below[name]:
            del places.waiting_below[name]
        elif _within_boundary(ctx, places.waiting_below[name][0]):
            places.blocked[name] = None


def _next(ctx: Context, queues: list[list[Waiter]]) -> list[Waiter] | None:
    """The queue whose first waiter starts next; None when nobody can."""
    able = [q for q in queues if q and _within_boundary(ctx, q[0]) and _below_limit(ctx, q[0])]
    if len(able) < 2:
        return able[0] if able else None
    return min(able, key=lambda queue: queue[0])


def waiting(ctx: Context) -> list[Waiter]:
    """Everybody who waits for a place, first whoever stands first in the workflow."""
    places = ctx.places
    return sorted([*places.waiting, *(waiter for queue in places.waiting_below.values() for waiter in queue)])


def release_all(ctx: Context, *, keep_exit: bool) -> None:
    """Let what waits start, for a shutdown or deadline: each is then refused by name, and no attempt is made any more.

    ``keep_exit`` leaves exit handlers waiting for their place, because those will really run.
    """
    places = ctx.places
    waiters = waiting(ctx)
    places.waiting.clear()
    places.waiting_below.clear()
    for waiter in waiters:
        if keep_exit and _is_exit(waiter):
            _wait(ctx, waiter)
        elif waiter.retry is not None and waiter.retry.children:
            forget(ctx, waiter.retry)
        else:
            _admit_waiting(ctx, waiter)


def drop_attempts(ctx: Context) -> None:
    """Have Retry nodes decided again whose next attempt waits, because the deadline forbids it by now."""
    places = ctx.places
    for queue in (places.waiting, *places.waiting_below.values()):
        dropped = [
            waiter for waiter in queue if waiter.retry is not None and waiter.retry.children and not _is_exit(waiter)
        ]
        for waiter in sorted(dropped):
            queue.remove(waiter)
            if waiter.retry is not None:
                forget(ctx, waiter.retry)
        heapq.heapify(queue)


def forget(ctx: Context, retry: Node) -> None:
    """Have a Retry node decided again that waits for no place any more."""
    retry.requested = False
    ctx.changed[retry.name] = retry
    ctx.enqueue(retry)


def _is_exit(waiter: Waiter) -> bool:
    boundary = waiter.call.boundary
    return waiter.call.is_exit or (boundary is not None and boundary.on_exit)

"""What a new node passes before it begins: its locks, the cache, a free place (``spec/engine.md`` 21, 22).

A node that stands at a gate is Pending.  While it waits it gives its pod's place back, so that what others run, and
what must run before it can go on, is not held up; its place among the children of its template it keeps.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import cast

import msgspec

from tiphys.core.engine import admission, calls, pending, refusals
from tiphys.core.engine.asks import CacheLookup, LockAsk
from tiphys.core.engine.context import Context, Waiter
from tiphys.core.engine.durations import add, parse_duration, parse_go_duration
from tiphys.core.engine.events import CacheAnswered, LocksAnswered
from tiphys.core.engine.node import GATED, Node
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, PENDING, SUCCEEDED
from tiphys.core.engine.position import position_of
from tiphys.core.locking.names import LockError, LockRef, locks_of, shown
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import MemoizationStatus, Synchronization
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Compiled, Mode
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeId

#: Gates of ``Node.gate``; a node without one has begun or may begin.
NEW, LOCKS, CACHE, PLACE = GATED, "locks", "cache", "place"
COMPUTED_ELSEWHERE = "Waiting for another node that computes the same cache entry"


def decide_gate(ctx: Context, node: Node) -> None:
    """Send a new node through its gates, or ask again for one of a restored run."""
    template = node.template
    if template is None or not ctx.may_execute(on_exit=node.on_exit) or (ctx.past_deadline and not node.on_exit):
        _open(ctx, node)
    elif _timed_out(ctx, node):
        _end(ctx, node, FAILED, refusals.refuse(node, pending.MESSAGE))
    elif node.gate in {NEW, LOCKS} and not node.locked and template.synchronization is not None:
        _ask(ctx, node, template.synchronization)
    elif node.gate == PLACE:
        _open(ctx, node)
    else:
        _look_up(ctx, node)


def ask_again(ctx: Context, node: Node) -> None:
    """Ask for what a node of a restored run has asked for and not been given, although the run is suspended."""
    template = node.template
    if template is None:
        return
    if node.gate == LOCKS and template.synchronization is not None:
        _ask(ctx, node, template.synchronization)
    elif node.gate == CACHE:
        _look_up(ctx, node)


def lock_refs(source: Compiled, scope: Scope, namespace: str) -> tuple[LockRef, ...]:
    """The locks of a ``synchronization`` whose tags are compiled.

    Raises:
        LockError: one names no lock.
        TemplateError: a tag cannot be resolved.
    """
    found = check(Synchronization, cast(JsonObject, source.render(scope, Mode.LENIENT)), strict=False)
    if found.record is None:
        raise LockError("; ".join(problem.message for problem in found.problems))
    return locks_of(found.record, namespace)


def _ask(ctx: Context, node: Node, source: Compiled) -> None:
    try:
        refs = lock_refs(source, node.scope or ctx.global_scope, ctx.plan.identity.namespace)
    except (LockError, TemplateError) as error:
        _end(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    if not refs:
        _look_up(ctx, node)
        return
    _stand(ctx, node, LOCKS)
    ctx.locks.append(
        LockAsk(
            holder=node.id,
            node=node.name,
            sequence=node.sequence,
            priority=ctx.plan.spec.priority or 0,
            locks=refs,
        )
    )


def _stand(ctx: Context, node: Node, gate: str) -> None:
    node.gate = gate
    ctx.changed[node.name] = node
    if node.phase not in FULFILLED:
        node.phase = PENDING


def locks_answered(ctx: Context, event: LocksAnswered) -> None:
    """A node has its locks, waits for one, or can never have them."""
    node = ctx.by_id.get(NodeId(event.holder))
    if node is None or node.gate != LOCKS:
        return
    if event.error and event.passing:
        _step_aside(ctx, node)
        _wait_for(ctx, node, "", event.error)
    elif event.error:
        _end(ctx, node, ERROR, refusals.refuse(node, event.error))
    elif event.held:
        node.locked = True
        _wait_for(ctx, node, "", "")
        _look_up(ctx, node)
    else:
        _step_aside(ctx, node)
        _wait_for(ctx, node, shown(event.lock), waiting_message(event))


def waiting_message(event: LocksAnswered) -> str:
    """What a node or workflow says while it waits (``spec/engine.md`` 22.3)."""
    lock = shown(event.lock)
    if event.capacity <= 0:
        return f"Failed to get semaphore limit for {lock}"
    return f"Waiting for {lock} lock. Lock status: {event.free}/{event.capacity}"


def _wait_for(ctx: Context, node: Node, lock: str, message: str) -> None:
    if node.waiting != lock:
        node.waiting = lock
        ctx.changed[node.name] = node
    ctx.set_message(node, message)


# -- the cache -----------------------------------------------------------------------------------------------------


def _look_up(ctx: Context, node: Node) -> None:
    """Ask the cache, unless the template keeps nothing there."""
    template = node.template
    if template is None or template.memoize is None:
        _open(ctx, node)
        return
    try:
        wanted = cast(JsonObject, template.memoize.render(node.scope or ctx.global_scope, Mode.LENIENT))
        max_age = _max_age(str(wanted.get("maxAge") or ""))
    except (TemplateError, ValueError) as error:
        _end(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    key, cache = str(wanted.get("key") or ""), _cache_name(wanted)
    node.memo = MemoizationStatus(hit=False, key=key, cache_name=cache)
    _stand(ctx, node, CACHE)
    ctx.lookups.append(
        CacheLookup(
            node_id=node.id,
            position=position_of(node.call) if node.call is not None else (),
            cache=cache,
            key=key,
            max_age=max_age,
            may_wait=not _holds(ctx, node),
        )
    )


def _max_age(text: str) -> int | None:
    try:
        return parse_go_duration(text) if text else None
    except ValueError as error:
        raise ValueError(f"invalid maxAge: {error}") from None


def _cache_name(wanted: JsonObject) -> str:
    cache = wanted.get("cache")
    config_map = cache.get("configMap") if isinstance(cache, dict) else None
    return str(config_map.get("name") or "") if isinstance(config_map, dict) else ""


def _holds(ctx: Context, node: Node) -> bool:
    """True when the node, or what it belongs to, holds a lock or computes an entry that somebody may wait for."""
    if ctx.plan.synchronization is not None or node.locked:
        return True
    above = node.boundary
    while above is not None:
        keeper = above.holder if above.attempt is not None and above.holder is not None else above
        if keeper.locked or above.locked or keeper.memo is not None or above.memo is not None:
            return True
        above = above.boundary
    return False


def cache_answered(ctx: Context, event: CacheAnswered) -> None:
    """A node takes the outputs that were found, computes them, or waits until somebody has."""
    node = ctx.by_id.get(event.node_id)
    if node is None or node.gate != CACHE or node.memo is None:
        return
    node.memo_reason = event.reason
    if event.error:
        node.memo = None
        _end(ctx, node, ERROR, refusals.refuse(node, event.error))
    elif event.found:
        node.memo = msgspec.structs.replace(node.memo, hit=True)
        node.outputs = event.outputs
        _end(ctx, node, SUCCEEDED, "")
    elif event.busy:
        _step_aside(ctx, node)
        ctx.set_message(node, COMPUTED_ELSEWHERE)
    else:
        ctx.set_message(node, "")
        _open(ctx, node)


# -- places, and the ends ------------------------------------------------------------------------------------------


def _step_aside(ctx: Context, node: Node) -> None:
    """Give back the place of the pod that does not start yet."""
    until, call = _time_limit(node), node.call
    if until is not None and not (call is not None and call.standing_in):
        ctx.wake(node, until)
    if not node.aside and admission.lend(ctx, node):
        node.aside = True
        ctx.changed[node.name] = node


def _time_limit(node: Node) -> datetime | None:
    """When the template's ``timeout`` or ``pendingTimeout`` ends a node that has not begun."""
    template = node.template.template if node.template is not None else None
    moments = []
    for text in (template.timeout, template.pending_timeout) if template is not None else ():
        with contextlib.suppress(ValueError):
            moments += [add(node.started_at, parse_duration(text))] if text else []
    return min(moments, default=None)


def _timed_out(ctx: Context, node: Node) -> bool:
    until = _time_limit(node)
    return until is not None and ctx.now >= until


def _open(ctx: Context, node: Node) -> None:
    """All gates are passed: begin, as soon as there is a place."""
    call = node.call
    if ctx.workflow.suspended:
        # It begins when the run goes on; until then its row tells that it has not.
        _stand(ctx, node, PLACE)
        if call is not None and not call.standing_in:
            ctx.enqueue(node)
        return
    if not node.aside or call is None:
        _pass(ctx, node)
        return
    _stand(ctx, node, PLACE)
    admission.request(ctx, Waiter(call, resumed=node))


def resume(ctx: Context, node: Node) -> None:
    """The place that a node waited for is taken."""
    if node.phase in FULFILLED:
        admission.lend(ctx, node)
        return
    node.aside = False
    _pass(ctx, node)


def _pass(ctx: Context, node: Node) -> None:
    if node.gate:
        node.gate = ""
        ctx.gated -= 1
        ctx.changed[node.name] = node
    ctx.enqueue(node)


def refuse(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End a node that stands at a gate."""
    _end(ctx, node, phase, message)


def _end(ctx: Context, node: Node, phase: str, message: str) -> None:
    if node.kind == "Retry" and not node.aside:
        # The place of the first attempt's pod, which will never be.
        admission.lend(ctx, node)
    node.state = None
    node.begun = True
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)

"""Retry nodes: whether, when and with what the next attempt starts (``spec/engine.md`` 15)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tiphys.core.engine import admission, body, calls, daemons, naming, refusals
from tiphys.core.engine.context import Context, Waiter
from tiphys.core.engine.durations import MAX_INT64, SECOND, add, between, humanize, parse_duration
from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, SUCCEEDED
from tiphys.core.engine.transient import is_transient
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.plan.model import RetryPlan
from tiphys.core.template.compile import CompiledText
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.expression import compile_condition
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope

#: What Go reads as an integer, and as a factor.
_INTEGER = r"(?a)[+-]?[0-9]{1,18}"
_NUMBER = r"(?a)[+-]?[0-9]{1,18}(\.[0-9]{1,18})?"

POLICIES = frozenset({"Always", "OnFailure", "OnError", "OnTransientError"})


class _StrategyError(Exception):
    """The strategy itself is wrong; the text becomes the node's message."""


def decide_retry(ctx: Context, node: Node) -> None:
    """Start the first attempt, or decide what follows the last one."""
    if node.phase in FULFILLED:
        return
    if not node.begun:
        node.begun = True
        calls.begins(ctx, node)
        _take_up(ctx, node)
        if node.requested:
            _request(ctx, node)
            return
        if not node.children:
            # Its place was taken with that of the call.
            start_attempt(ctx, node)
            return
    if node.requested:
        return
    last = next(reversed(node.children.values()))
    if last.daemoned:
        node.pod_ip = last.pod_ip
        calls.daemon_up(ctx, node)
        return
    daemons.down(ctx, node)
    if not last.fulfilled:
        return
    try:
        _after(ctx, node, last)
    except _StrategyError as error:
        _end(ctx, node, last, ERROR, refusals.refuse(node, str(error)))


def _take_up(ctx: Context, node: Node) -> None:
    """Find the attempts of a restored Retry node."""
    number = 0
    while (found := ctx.known.pop(naming.attempt(node.name, number), None)) is not None:
        found.holder, found.call, found.attempt = node, node.call, number
        found.template = node.template
        node.children[found.name] = found
        if not found.fulfilled:
            if node.call is not None:
                found.scope = body.body_scope(ctx, node.call, found, found.inputs or (), _variables(node, number))
            if node.call is not None and found.anew:
                admission.request(ctx, Waiter(node.call, anew=found))
            else:
                ctx.enqueue(found)
        number += 1


def start_attempt(ctx: Context, node: Node) -> None:
    """Make the next attempt; its place is taken already."""
    node.requested = False
    call, template = node.call, node.template
    if call is None or template is None:
        return
    number = len(node.children)
    name, variables = naming.attempt(node.name, number), _variables(node, number)
    inputs = body.filled_inputs(ctx, call, name, node.inputs or (), variables, pod=template.is_pod)
    made = calls.make_node(ctx, call, name, template.kind, inputs, node.input_artifacts, variables)
    made.attempt, made.retried, made.hooked = number, True, False
    made.holder = node
    made.memo = node.memo
    made.parents = ((False, node.name),)
    made.deadline = _last_moment(node) if node.children else None
    node.children[made.name] = made
    ctx.enqueue(made)


def _variables(node: Node, number: int) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = {
        "retries": str(number),
        "lastRetry.exitCode": "0",
        "lastRetry.duration": "0",
        "lastRetry.status": "",
        "lastRetry.message": "",
    }
    attempts = list(node.children.values())[:number]
    if attempts:
        values.update(_last(attempts[-1], default="0"))
    return values


def _last(attempt: Node, *, default: str) -> dict[str, JsonValue]:
    outputs = attempt.outputs
    code = outputs.exit_code if outputs is not None else None
    end = attempt.finished_at or attempt.started_at
    return {
        "lastRetry.exitCode": code if code is not None else default,
        "lastRetry.status": attempt.phase,
        "lastRetry.duration": str(between(_shown(attempt.started_at), _shown(end)) // SECOND),
        "lastRetry.message": attempt.message,
    }


def _shown(moment: datetime) -> datetime:
    """A moment as the status shows it: Argo takes durations from there, so ``asInt`` can read them."""
    return moment.replace(microsecond=0)


def _after(ctx: Context, node: Node, last: Node) -> None:
    """The table of ``spec/engine.md`` 15.3, row by row."""
    plan = node.template.retry if node.template is not None else None
    if not last.unsuccessful:
        _end(ctx, node, last, SUCCEEDED, "")
        return
    if plan is None:
        raise _StrategyError("the template has no retryStrategy")
    if ctx.workflow.shutdown:
        _end(ctx, node, last, last.phase, f"Stopped with strategy '{ctx.workflow.shutdown}'")
        return
    deadline = ctx.deadline
    if deadline is not None and ctx.past_deadline and not node.on_exit:
        _end(ctx, node, last, last.phase, f"retry exceeded workflow deadline {go_time(deadline)}")
        return
    limit = _limit(plan, node)
    if plan.backoff and not _waited(ctx, node, last, plan, limit):
        return
    if not _covers(plan, last, ctx.plan.passing):
        # What could not even begin is an error of the caller, unless the policy is about errors.
        refused = last.refused and last.phase == ERROR and plan.policy != "OnTransientError"
        _end(ctx, node, last, last.phase, refusals.refuse(node, last.message) if refused else last.message)
        return
    if limit is not None and len(node.children) > limit:
        _end(ctx, node, last, last.phase, "No more retries left")
        return
    if plan.expression is not None and not _holds(plan.expression, node, last):
        _end(ctx, node, last, last.phase, "retryStrategy.expression evaluated to false")
        return
    _request(ctx, node)


def _request(ctx: Context, node: Node) -> None:
    """Ask for a place for the next attempt."""
    if node.call is not None:
        known, node.requested = node.requested, True
        waits = admission.request(ctx, Waiter(node.call, node))
        if waits != known:
            ctx.changed[node.name] = node


def go_time(moment: datetime) -> str:
    """A moment in Go's default format."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def _text(text: CompiledText | None, node: Node) -> str | None:
    if text is None:
        return None
    try:
        return str(text.render(node.scope or Scope({}), Mode.LENIENT))
    except TemplateError as error:
        raise _StrategyError(str(error)) from None


def _limit(plan: RetryPlan, node: Node) -> int | None:
    text = _text(plan.limit, node)
    if text is None:
        return None
    if not re.fullmatch(_INTEGER, text):
        raise _StrategyError(f"value '{text}' cannot be resolved to an int")
    return int(text)


def _duration(text: CompiledText | None, node: Node) -> int | None:
    value = _text(text, node)
    if not value:
        return None
    try:
        return parse_duration(value)
    except ValueError as error:
        raise _StrategyError(str(error)) from None


def _waited(ctx: Context, node: Node, last: Node, plan: RetryPlan, limit: int | None) -> bool:
    """False when the backoff makes the node wait or ends it."""
    attempts = len(node.children)
    end = _last_moment(node)
    if end is not None and ctx.now > end:
        _end(ctx, node, last, last.phase, "Max duration limit exceeded")
        return False
    base = _duration(plan.duration, node)
    if base is None:
        raise _StrategyError("no base duration specified for retryStrategy")
    wait = _wait(base, _factor(plan, node), attempts, _duration(plan.cap, node))
    until = add(last.finished_at or ctx.now, wait)
    if end is not None and until > end:
        _end(ctx, node, last, last.phase, "Backoff would exceed max duration limit")
        return False
    if ctx.now < until and (limit is None or attempts <= limit):
        ctx.set_message(node, f"Backoff for {humanize(wait)}")
        ctx.wake(node, until)
        return False
    ctx.set_message(node, "")
    return True


def _last_moment(node: Node) -> datetime | None:
    """When ``backoff.maxDuration`` ends all attempts."""
    plan = node.template.retry if node.template is not None else None
    longest = _duration(plan.max_duration, node) if plan is not None and plan.backoff else None
    return add(next(iter(node.children.values())).started_at, longest) if longest is not None else None


def _factor(plan: RetryPlan, node: Node) -> float:
    text = _text(plan.factor, node)
    if text is None:
        return 0
    if not re.fullmatch(_NUMBER, text):
        raise _StrategyError(f"value '{text}' cannot be resolved to an int")
    return float(text)


def _wait(base: int, factor: float, attempts: int, cap: int | None) -> int:
    """Nanoseconds between attempt ``attempts`` and the next."""
    wait = base
    if factor > 0:
        try:
            wait = min(int(base * factor ** (attempts - 1)), MAX_INT64)
        except OverflowError:
            wait = MAX_INT64
    return min(wait, cap) if cap is not None else wait


def _covers(plan: RetryPlan, last: Node, passing: str) -> bool:
    policy = plan.policy or ("Always" if plan.expression is not None else "OnFailure")
    if policy not in POLICIES:
        raise _StrategyError(f"{policy} is not a valid RetryPolicy")
    if policy == "OnTransientError":
        return is_transient(last.message, passing)
    return policy == "Always" or (policy == "OnFailure") == (last.phase == FAILED)


def _holds(expression: CompiledText, node: Node, last: Node) -> bool:
    text = _text(expression, node) or ""
    values = {"retries": str(len(node.children) - 1), **_last(last, default="-1")}
    try:
        return compile_condition(text).evaluate(Scope(values))
    except TemplateError as error:
        raise _StrategyError(str(error)) from None


def _end(ctx: Context, node: Node, last: Node, phase: str, message: str) -> None:
    node.outputs = last.outputs
    node.scope = None
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)

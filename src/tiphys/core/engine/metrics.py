"""Metrics that a manifest declares, as data for whoever shows them (``spec/engine.md`` 28.1).

Problems never touch the workflow: they become the condition ``MetricsError``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from msgspec.structs import replace

from tiphys.core.engine.context import Context
from tiphys.core.engine.durations import SECOND, between
from tiphys.core.engine.measurement import Metric
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.model import MetricPlan
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.when import evaluate_when

#: What a gauge that is told all the time may show.
_REALTIME = {"{{duration}}", "{{workflow.duration}}"}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class MetricError(Exception):
    """A metric cannot be made; the text is Argo's."""


def of_started_node(ctx: Context, node: Node) -> None:
    """Tell the gauges of a node that has just begun."""
    if node.template is not None and node.template.metrics:
        _tell(ctx, node.template.metrics, _node_scope(ctx, node), since=node.started_at, node=node.id)


def of_ended_node(ctx: Context, node: Node) -> None:
    """Tell what a node is counted by, once it is over."""
    if node.template is not None and node.template.metrics and node.completed:
        _tell(ctx, node.template.metrics, _node_scope(ctx, node))


def of_workflow(ctx: Context, entry: Node | None, *, over: bool) -> None:
    """Tell the gauges of a workflow that begins, or what it is counted by at its end."""
    if not ctx.plan.metrics:
        return
    scope = _node_scope(ctx, entry) if entry is not None else ctx.global_scope
    _tell(ctx, ctx.plan.metrics, scope, since=None if over else ctx.workflow.started_at)


def _node_scope(ctx: Context, node: Node) -> Scope:
    end = node.finished_at or ctx.now
    values: dict[str, JsonValue] = {
        "duration": f"{between(node.started_at, end) / SECOND:f}",
        "status": node.phase,
        "resourcesDuration.cpu": "0",
        "resourcesDuration.memory": "0",
    }
    for name, seconds in (node.resources_duration or {}).items():
        values[f"resourcesDuration.{name}"] = str(seconds)
    if node.kind == "Retry":
        values["retries"] = str(max(0, len(node.children) - 1))
    outputs = node.outputs
    if outputs is not None:
        if outputs.exit_code is not None:
            values["exitCode"] = outputs.exit_code
        if outputs.result is not None:
            values["outputs.result"] = outputs.result
        values.update(
            {f"outputs.parameters.{p.name}": p.value for p in outputs.parameters or () if p.value is not None}
        )
    return Scope(values, node.scope or ctx.global_scope)


def _tell(
    ctx: Context, plans: Iterable[MetricPlan], scope: Scope, since: datetime | None = None, node: str = ""
) -> None:
    for plan in plans:
        if plan.realtime != (since is not None):
            continue
        try:
            metric = _metric(plan, scope, running=since is not None)
        except MetricError as error:
            if str(error) not in ctx.metric_errors:
                ctx.metric_errors.append(str(error))
                ctx.workflow_dirty = True
            continue
        if metric is not None:
            ctx.metrics.append(metric if since is None else replace(metric, since=since, node=node))


def _metric(plan: MetricPlan, scope: Scope, *, running: bool) -> Metric | None:
    """The metric, None when its condition is false."""
    try:
        data = cast(JsonObject, plan.frame.render(scope, Mode.STRICT))
    except TemplateError as error:
        raise MetricError(f"unable to substitute parameters for metric '{plan.name}': {error}") from None
    try:
        if data.get("when") and not evaluate_when(str(data["when"])):
            return None
    except TemplateError as error:
        raise MetricError(f"unable to compute 'when' clause for metric '{plan.name}': {error}") from None
    labels = tuple(
        (str(item.get("key")), str(item.get("value") or ""))
        for item in cast("list[JsonObject]", data.get("labels") or [])
    )
    _check(plan, data, labels)
    own = cast(JsonObject, data.get(plan.kind) or {})
    return Metric(
        name=str(data.get("name")),
        help=str(data.get("help") or ""),
        kind=plan.kind,
        labels=labels,
        value=0.0 if running else _value(plan, scope),
        operation=str(own.get("operation") or "Set"),
        buckets=tuple(float(str(bucket)) for bucket in cast("list[JsonValue]", own.get("buckets") or [])),
    )


def _check(plan: MetricPlan, data: JsonObject, labels: Iterable[tuple[str, str]]) -> None:
    start = f"could not construct metric '{plan.name}': "
    if not plan.kind:
        raise MetricError(f"{start}metric '{plan.name}' needs exactly one of gauge, histogram and counter")
    if not _sound(str(data.get("name") or "")):
        raise MetricError(f"{start}metric name is invalid: names may only contain alphanumeric characters or '_'")
    for key, _ in labels:
        if not _sound(key):
            raise MetricError(
                f"{start}metric label '{key}' is invalid: keys may only contain alphanumeric characters or '_'"
            )
    if not data.get("help"):
        raise MetricError(f"{start}metric '{plan.name}' must contain a help string under 'help: ' field")
    if plan.realtime and plan.value.text.replace(" ", "") not in _REALTIME:
        raise MetricError(f"{start}'{plan.value.text}' is not available as a real time metric")


def _sound(name: str) -> bool:
    return bool(name) and _LETTERS.issuperset(name) and not name[0].isdigit()


def _value(plan: MetricPlan, scope: Scope) -> float:
    try:
        text = plan.value.render(scope, Mode.STRICT)
    except TemplateError as error:
        raise MetricError(f"unable to substitute parameters for metric '{plan.name}': {error}") from None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise MetricError(
            f"could not construct metric '{plan.name}': strconv.ParseFloat: parsing \"{text}\": invalid syntax"
        )
    return value

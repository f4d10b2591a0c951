"""Attempts that avoid the machines on which earlier ones failed (``spec/engine.md`` 15.6)."""

from __future__ import annotations

import copy
from typing import cast

from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def avoid_failed_hosts(ctx: Context, node: Node, spec: JsonObject) -> JsonObject:
    """The spec of a pod below a Retry node that avoids the hosts of pods that failed."""
    retry = _retry_above(node)
    plan = retry.template.retry if retry is not None and retry.template is not None else None
    if retry is None or plan is None or not plan.spread:
        return spec
    prefix = f"{retry.name}("
    hosts = {
        other.host: None
        for other in ctx.nodes.values()
        if other.kind == "Pod" and other.host and other.unsuccessful and other.name.startswith(prefix)
    }
    return _with_rule(spec, ctx.plan.pods.host_label, [str(host) for host in hosts]) if hosts else spec


def _retry_above(node: Node) -> Node | None:
    at: Node | None = node
    while at is not None:
        if at.attempt is not None:
            return at.holder
        at = at.boundary
    return None


def _with_rule(spec: JsonObject, label: str, hosts: list[str]) -> JsonObject:
    affinity = cast(JsonObject, copy.deepcopy(spec.get("affinity") or {}))
    required = cast(JsonObject, cast(JsonObject, affinity.setdefault("nodeAffinity", {})).setdefault(_REQUIRED, {}))
    terms = cast("list[JsonObject]", required.setdefault("nodeSelectorTerms", []))
    for term in terms:
        for rule in cast("list[JsonObject]", term.get("matchExpressions") or []):
            if rule.get("key") == label and rule.get("operator") == "NotIn":
                values = cast("list[JsonValue]", rule.setdefault("values", []))
                values.extend(host for host in hosts if host not in values)
                return {**spec, "affinity": affinity}
    rule_: JsonObject = {"key": label, "operator": "NotIn", "values": cast(JsonValue, hosts)}
    if not terms:
        terms.append({})
    cast("list[JsonValue]", terms[0].setdefault("matchExpressions", [])).append(rule_)
    return {**spec, "affinity": affinity}

"""Suspend nodes (``spec/engine.md`` 18.1)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import msgspec

from tiphys.core.engine import calls, refusals
from tiphys.core.engine.context import Context
from tiphys.core.engine.durations import add, parse_duration
from tiphys.core.engine.naming import compact
from tiphys.core.engine.node import Node
from tiphys.core.engine.outputs import declared_outputs
from tiphys.core.engine.phases import ERROR, FAILED, FULFILLED, RUNNING, SUCCEEDED
from tiphys.core.manifest.model.arguments import Outputs, Parameter
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode


class _Choices(msgspec.Struct):
    """What a value may say of an input."""

    enum: tuple[str | int | float | bool, ...] = ()


def decide_suspend(ctx: Context, node: Node) -> None:
    """Begin to wait, or end once the duration is over."""
    if node.phase in FULFILLED:
        return
    if not node.begun:
        node.begun = True
        if not ctx.may_execute(on_exit=node.on_exit):
            end(ctx, node, FAILED, f"Stopped with strategy '{ctx.workflow.shutdown}'")
            return
        if ctx.past_deadline and not node.on_exit:
            end(ctx, node, FAILED, "Step exceeded its deadline")
            return
        ctx.set_phase(node, RUNNING)
        if node.outputs is None:
            node.outputs = _placeholders(node)
        node.inputs = tuple(_with_choices(parameter) for parameter in node.inputs or ()) or node.inputs
        calls.observe(ctx, node)
    try:
        until = _until(node)
    except (ValueError, TemplateError) as error:
        end(ctx, node, ERROR, refusals.refuse(node, str(error)))
        return
    if until is None:
        return
    if ctx.now >= until:
        resume(ctx, node, "")
    else:
        ctx.wake(node, until)


def _until(node: Node) -> datetime | None:
    """When the node resumes by itself; None when only a person resumes it."""
    template = node.template
    if template is None or node.scope is None:
        return None
    body = cast(JsonObject, template.body.render(node.scope, Mode.LENIENT))
    suspend = cast(JsonObject, body.get("suspend") or {})
    duration = suspend.get("duration")
    return add(node.started_at, parse_duration(str(duration))) if duration else None


def _placeholders(node: Node) -> Outputs | None:
    """The supplied outputs that wait for a value; an input of the same name lends its default."""
    outputs = declared_outputs(node)
    found = []
    for parameter in (outputs.parameters or ()) if outputs is not None else ():
        source = parameter.value_from
        if source is None or source.supplied is None:
            continue
        if source.default is None:
            default = next((p.default for p in node.inputs or () if p.name == parameter.name), None)
            source = msgspec.structs.replace(source, default=default)
        found.append(Parameter(name=parameter.name, value_from=source, global_name=parameter.global_name))
    return Outputs(parameters=tuple(found)) if found else None


def _with_choices(parameter: Parameter) -> Parameter:
    """An input whose value is a JSON object with ``enum`` offers those values to whoever resumes the node."""
    if parameter.value is None or '"enum"' not in parameter.value:
        return parameter
    try:
        found = msgspec.json.decode(parameter.value, type=_Choices).enum
    except msgspec.DecodeError:
        return parameter
    choices = tuple(value if isinstance(value, str) else compact(value) for value in found)
    if not choices:
        return parameter
    default = parameter.default if parameter.default is not None else choices[0]
    return msgspec.structs.replace(parameter, enum=choices, default=default)


def missing_value(node: Node) -> str | None:
    """The first supplied output that has neither a value nor a default."""
    for parameter in (node.outputs.parameters or ()) if node.outputs is not None else ():
        default = parameter.value_from.default if parameter.value_from is not None else None
        if parameter.value is None and default is None:
            return parameter.name
    return None


def missing_text(name: str) -> str:
    """Argo's message for an output that nobody supplied."""
    return f"raw output parameter '{name}' has not been set and does not have a default value"


def resume(ctx: Context, node: Node, message: str) -> None:
    """End a Suspend node well; outputs that nobody supplied take their defaults."""
    missing = missing_value(node)
    if missing is not None:
        end(ctx, node, ERROR, refusals.refuse(node, missing_text(missing)))
        return
    if node.outputs is not None:
        node.outputs = Outputs(parameters=tuple(_filled(p) for p in node.outputs.parameters or ()))
    end(ctx, node, SUCCEEDED, message)


def _filled(parameter: Parameter) -> Parameter:
    default = parameter.value_from.default if parameter.value_from is not None else None
    value = parameter.value if parameter.value is not None else default
    return msgspec.structs.replace(parameter, value=value, value_from=None)


def end(ctx: Context, node: Node, phase: str, message: str) -> None:
    """End a Suspend node."""
    ctx.set_phase(node, phase, message)
    calls.finished(ctx, node)

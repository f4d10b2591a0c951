"""What the body of a template sees: its inputs, and what it knows of the node that it is (``spec/engine.md`` 11.1)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from tiphys.core.engine import artifacts
from tiphys.core.engine.arguments import fill_inputs, input_list, input_variables
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Call, Node
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.plan.model import TemplatePlan
from tiphys.core.template.compile import compile_text
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeName


def filled_inputs(
    ctx: Context,
    call: Call,
    name: NodeName,
    inputs: tuple[Parameter, ...],
    extra: Mapping[str, JsonValue],
    *,
    pod: bool,
) -> tuple[Parameter, ...]:
    """The inputs of a node or attempt with the tags of their declarations resolved.

    Raises:
        TemplateError: an expression is malformed.
    """
    target = call.target
    if target is None or not target.input_texts:
        return inputs
    values = {**_own_variables(ctx, call, name, target, pod=pod), **extra}
    outer = ctx.global_scope if call.extra_scope is None else call.extra_scope
    return fill_inputs(target.input_texts, inputs, call.arguments, Scope(values, outer))


def _own_variables(
    ctx: Context, call: Call, name: NodeName, target: TemplatePlan | None, *, pod: bool
) -> dict[str, JsonValue]:
    """What a template knows of the node that it is; attempts see the name of their step."""
    values: dict[str, JsonValue] = {"node.name": call.name}
    # Argo carries the entry, hooks and exit handlers out as steps without a name.
    in_dag = bool(call.short_name) and call.boundary is not None and call.boundary.kind != "Steps"
    values["tasks.name" if in_dag else "steps.name"] = call.short_name
    if pod and target is not None:
        values["pod.name"] = ctx.pod_name(name, target.name)
        _paths(target, values)
    return values


def body_scope(
    ctx: Context,
    call: Call,
    node: Node,
    inputs: tuple[Parameter, ...],
    extra: Mapping[str, JsonValue] | None = None,
) -> Scope:
    """The variables that the body of a template sees."""
    target = call.target
    pod = target is not None and target.is_pod and node.kind == "Pod"
    values = _own_variables(ctx, call, node.name, target, pod=pod)
    if inputs:
        values.update(input_variables(inputs))
    if target is not None:
        if target.lists_inputs:
            values["inputs.parameters"] = input_list(inputs)
        if not pod and node.input_artifacts and node.kind in {"Steps", "DAG"}:
            values.update(artifacts.variables(node.input_artifacts, "inputs.artifacts"))
    if extra:
        values.update(extra)
    outer = call.extra_scope
    scope = Scope(values, ctx.global_scope if outer is None else outer)
    if pod:
        _resolve_paths(values, scope)
    return scope


def _resolve_paths(values: dict[str, JsonValue], scope: Scope) -> None:
    """Resolve the tags that paths have themselves: a body gets the path where the pod finds it.

    What cannot be evaluated stays; the body, where it stands too, says why.
    """
    for name, value in values.items():
        if name.endswith(".path") and isinstance(value, str) and "{{" in value and not name.startswith("inputs.p"):
            with contextlib.suppress(TemplateError):
                values[name] = compile_text(value).render(scope, Mode.LENIENT)


def _paths(target: TemplatePlan, values: dict[str, JsonValue]) -> None:
    inputs, outputs = target.template.inputs, target.template.outputs
    for artifact in (inputs.artifacts or ()) if inputs is not None else ():
        if artifact.path:
            values[f"inputs.artifacts.{artifact.name}.path"] = artifact.path
    if outputs is None:
        return
    for artifact in outputs.artifacts or ():
        if artifact.path:
            values[f"outputs.artifacts.{artifact.name}.path"] = artifact.path
    for parameter in outputs.parameters or ():
        if parameter.value_from is not None and parameter.value_from.path:
            values[f"outputs.parameters.{parameter.name}.path"] = parameter.value_from.path

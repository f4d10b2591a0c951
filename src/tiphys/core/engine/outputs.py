"""What a node produces: a pod, a Steps or DAG node, and for the whole workflow (``spec/engine.md`` 11.6, 12.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from tiphys.core.engine import artifacts
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.arguments import Outputs, Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.model import ArtifactArgument, TemplatePlan
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.expression import compile_value
from tiphys.core.template.gotext import go_quote
from tiphys.core.template.references import resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


def pod_outputs(
    declared: Outputs | None,
    parameters: Sequence[tuple[str, str]],
    result: str | None,
    exit_code: int | None,
    saved: tuple[Artifact, ...] = (),
    *,
    every: bool = False,
) -> Outputs | None:
    """The outputs of a pod's node from what its runtime collected; ``every`` takes undeclared parameters too."""
    values = dict(parameters)
    shown = tuple(
        msgspec.structs.replace(parameter, value=values.get(parameter.name, parameter.value))
        for parameter in ((declared.parameters or ()) if declared is not None else ())
        if parameter.name in values or parameter.value is not None
    )
    if every:
        known = {parameter.name for parameter in shown}
        shown += tuple(Parameter(name=name, value=value) for name, value in parameters if name not in known)
    if not shown and not saved and result is None and exit_code is None:
        return None
    return Outputs(
        parameters=shown or None,
        artifacts=saved or None,
        result=result,
        exit_code=str(exit_code) if exit_code is not None else None,
    )


def declared_outputs(node: Node) -> Outputs | None:
    """What the template of a pod or Suspend node says of its outputs, with their tags replaced."""
    template = node.template
    outputs = template.template.outputs if template is not None else None
    if outputs is None or template is None or node.scope is None or not any(map(_tagged, outputs.parameters or ())):
        return outputs
    body = cast(JsonObject, template.body.render(node.scope, Mode.LENIENT))
    return msgspec.convert(body["outputs"], Outputs, strict=False)


def _tagged(declared: Parameter) -> bool:
    source = declared.value_from
    texts = (declared.value, declared.global_name, *((source.path, source.default) if source is not None else ()))
    return any(text is not None and "{{" in text for text in texts)


def composite_outputs(template: TemplatePlan, scope: Scope) -> Outputs | None:
    """The outputs of a Steps or DAG node from its children.

    Raises:
        TemplateError: an output has no value and no default.
    """
    declared = template.template.outputs
    if declared is None:
        return None
    parameters = tuple(
        _parameter(parameter, scope) for parameter in _rendered(template, declared.parameters or (), scope)
    )
    found = [_artifact(artifact, scope) for artifact in template.output_artifacts]
    taken = artifacts.records(artifact for artifact in found if artifact is not None)
    if not parameters and not taken:
        return None
    return Outputs(parameters=parameters or None, artifacts=taken or None)


def _rendered(template: TemplatePlan, declared: tuple[Parameter, ...], scope: Scope) -> tuple[Parameter, ...]:
    """The declared parameters with all tags replaced but references."""
    if template.output_parameters is None:
        return declared
    data = template.output_parameters.render(scope, Mode.LENIENT)
    rendered = msgspec.convert(data, tuple[Parameter, ...], strict=False)
    return tuple(_with_reference(new, old) for new, old in zip(rendered, declared, strict=True))


def _with_reference(rendered: Parameter, declared: Parameter) -> Parameter:
    source, reference = rendered.value_from, declared.value_from.parameter if declared.value_from is not None else None
    if source is None or reference is None:
        return rendered
    return msgspec.structs.replace(rendered, value_from=msgspec.structs.replace(source, parameter=reference))


def _parameter(declared: Parameter, scope: Scope) -> Parameter:
    source = declared.value_from
    if source is None:
        raise TemplateError("output parameters must have a valueFrom specified")
    value: str | None = None
    failure: TemplateError | None = None
    reference = ""
    try:
        if source.parameter is not None:
            reference = source.parameter
            found = resolve_reference(source.parameter, scope)
            value = found if found is None or isinstance(found, str) else _text(found)
        elif source.expression is not None:
            value = _evaluated(source.expression, scope)
    except TemplateError as error:
        failure = error
    if value is None:
        value = source.default
    if value is None:
        if failure is not None:
            raise failure
        raise TemplateError(
            f'output parameter "{declared.name}": "{reference}" is an absent optional '
            "(skipped/omitted node output with no default)"
        )
    return msgspec.structs.replace(declared, value=value, value_from=None)


def _evaluated(expression: str, scope: Scope) -> str:
    """What an expression gives, as Go prints it (``spec/expressions.md`` 22).

    Raises:
        TemplateError: it cannot be evaluated, or gives nil.
    """
    found = compile_value(expression).evaluate(scope)
    if found is None:
        raise TemplateError(f"failed to evaluate expression {go_quote(expression)}")
    return _go_text(found)


def _text(value: object) -> str:
    from tiphys.core.engine.naming import compact

    return compact(cast(JsonValue, value))


def _go_text(value: object) -> str:
    from tiphys.core.expr.format import go_string

    return value if isinstance(value, str) else go_string(value)  # type: ignore[arg-type]  # any expression value


def _artifact(declared: ArtifactArgument, scope: Scope) -> JsonObject | None:
    """The artifact that ``from`` or ``fromExpression`` names, under the declared name; None for an optional one."""
    try:
        return artifacts.resolve(declared, scope, Mode.LENIENT)
    except TemplateError as error:
        if declared.optional and isinstance(error, MissingVariableError):
            return None
        raise TemplateError(f"unable to resolve outputs from scope: {error}") from None


def export_globals(ctx: Context, node: Node) -> None:
    """Export what a node produced under a ``globalName``; a later writer of the same name wins."""
    outputs = node.outputs
    if outputs is None:
        return
    for parameter in outputs.parameters or ():
        if parameter.global_name and parameter.value is not None:
            name = _global_name(ctx, node, parameter.global_name)
            ctx.global_parameters[name] = parameter.value
            ctx.global_values[f"workflow.outputs.parameters.{name}"] = parameter.value
            ctx.workflow_dirty = True
    for artifact in outputs.artifacts or ():
        if artifact.global_name:
            data = cast(JsonObject, msgspec.to_builtins(artifact))
            name = _global_name(ctx, node, artifact.global_name)
            data["name"] = name
            data.pop("globalName", None)
            data.pop("path", None)
            ctx.global_artifacts[name] = data
            ctx.global_values[f"workflow.outputs.artifacts.{name}"] = data
            ctx.workflow_dirty = True


def _global_name(ctx: Context, node: Node, text: str) -> str:
    if "{{" not in text:
        return text
    from tiphys.core.template.compile import compile_text

    return compile_text(text).render(node.scope or ctx.global_scope, Mode.LENIENT)

"""Advice on WorkflowEventBindings, whose expressions Argo reads when an event arrives."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.manifest.model.events import Submit, WorkflowEventBinding, WorkflowEventBindingSpec
from tiphys.core.manifest.source import Path
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site, near


def check_binding(context: Context) -> None:
    """Expressions that cannot be read, arguments without one, and a template that is not there."""
    binding = context.document.manifest
    if not isinstance(binding, WorkflowEventBinding):
        return
    spec = binding.spec or WorkflowEventBindingSpec()
    if not (spec.event and spec.event.selector):
        context.warn(Code.EVENT_BINDING, Site(path=("spec", "event")), "without a selector no event is taken")
    for path, text in _expressions(spec):
        problem = _problem(text)
        if problem is not None:
            message = f"the expression '{text.strip()}' cannot be read: {problem}"
            context.warn(Code.EXPRESSION_SYNTAX, Site(path=("spec", *path)), message)
    if spec.submit is not None:
        _submit(context, spec.submit)


def _submit(context: Context, submit: Submit) -> None:
    place = Site(path=("spec", "submit"))
    for at, parameter in enumerate((submit.arguments.parameters if submit.arguments else None) or ()):
        if parameter.value_from is None or not parameter.value_from.event:
            message = f'malformed workflow template parameter "{parameter.name}": valueFrom is nil'
            where = place.at("arguments", "parameters", at)
            context.warn(Code.EVENT_BINDING, where, message, "write valueFrom: {event: payload.name}")
    reference = submit.workflow_template_ref
    name, cluster = (reference.name or "", bool(reference.cluster_scope)) if reference else ("", False)
    library, metadata = context.library, context.document.manifest.metadata
    namespace = (metadata.namespace if metadata else None) or ""
    known = library.cluster_workflow_template(name) if cluster else library.workflow_template(namespace, name)
    if known is None:
        kind = "ClusterWorkflowTemplate" if cluster else "WorkflowTemplate"
        hint = near(name, library.names(cluster)) or "give its file too"
        message = f"{kind} '{name}' is not among the files given, so events may start nothing"
        context.warn(Code.RESOURCE_UNKNOWN, place.at("workflowTemplateRef"), message, hint)


def _expressions(spec: WorkflowEventBindingSpec) -> Iterator[tuple[Path, str]]:
    if spec.event and spec.event.selector:
        yield ("event", "selector"), spec.event.selector
    submit = spec.submit or Submit()
    for at, parameter in enumerate((submit.arguments.parameters if submit.arguments else None) or ()):
        if parameter.value_from and parameter.value_from.event:
            yield ("submit", "arguments", "parameters", at, "valueFrom", "event"), parameter.value_from.event
    meta = submit.metadata
    if meta is not None:
        texts = (("name", meta.name), ("generateName", meta.generate_name))
        yield from ((("submit", "metadata", field), text) for field, text in texts if text)
        for field, entries in (("labels", meta.labels), ("annotations", meta.annotations)):
            yield from ((("submit", "metadata", field, key), text) for key, text in (entries or {}).items())


def _problem(expression: str) -> str | None:
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.program import ExprError

    try:
        compile_expression(expression)
    except ExprError as error:
        return error.message.splitlines()[0] if error.phase == "parse" else None
    return None

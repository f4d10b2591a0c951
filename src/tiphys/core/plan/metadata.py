"""``spec.workflowMetadata`` becomes labels and annotations of the workflow (``spec/expressions.md`` 20.3)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.objects.labels import label_problems
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.scope import Scope


def with_metadata(workflow: Workflow, spec: WorkflowSpec, variables: Mapping[str, JsonValue]) -> Workflow:
    """The workflow with the labels and annotations that its spec asks for.

    Done once, before the workflow starts.  ``spec`` is the executed one, ``variables`` are the global ones without
    the labels that are computed here.  Labels that are computed win over fixed ones, both over those of the object.

    Raises:
        TemplateError: an expression fails or gives no text, or a value is not one that a label can have.
    """
    wanted = spec.workflow_metadata
    if wanted is None:
        return workflow
    scope = Scope(variables)
    labels = {key: _label(key, _filled(text, scope)) for key, text in (wanted.labels or {}).items()}
    for key, source in (wanted.labels_from or {}).items():
        labels[key] = _computed(key, _filled(source.expression or "", scope), scope)
    annotations = {key: _filled(text, scope) for key, text in (wanted.annotations or {}).items()}
    meta = workflow.metadata or ObjectMeta()
    meta = replace(
        meta,
        labels={**(meta.labels or {}), **labels} or meta.labels,
        annotations={**(meta.annotations or {}), **annotations} or meta.annotations,
    )
    return replace(workflow, metadata=meta)


def _filled(text: str, scope: Scope) -> str:
    """A text of the spec with the global variables in it."""
    if "{{" not in text:
        return text
    from tiphys.core.template.compile import compile_text
    from tiphys.core.template.render import Mode

    return str(compile_text(text).render(scope, Mode.LENIENT))


def _computed(key: str, expression: str, scope: Scope) -> str:
    from tiphys.core.expr.gotypes import go_type
    from tiphys.core.expr.program import ExprError
    from tiphys.core.template.expression import compile_program, run

    program = compile_program(expression, f'failed to compile function for expression "{expression}": ')
    where = f'failed to evaluate label "{key}" expression "{expression}"'
    try:
        value = run(program, scope)
    except ExprError as error:
        raise TemplateError(f"{where}: {error}") from error
    if not isinstance(value, str):
        raise TemplateError(f"{where} evaluted to {go_type(value)} but must be a string")
    return _label(key, value, f' and expression "{expression}"')


def _label(key: str, value: str, source: str = "") -> str:
    reasons = label_problems(value)
    if reasons:
        raise TemplateError(f'invalid label value "{value}" for label "{key}"{source}: {"; ".join(reasons)}')
    return value

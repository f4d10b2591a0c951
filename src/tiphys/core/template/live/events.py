"""Which events a WorkflowEventBinding takes, and what it makes of them (``spec/expressions.md`` 20.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from msgspec.structs import replace

from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.expression import evaluate_bool

if TYPE_CHECKING:
    from tiphys.core.expr.values import Value


class Event(Struct, frozen=True, kw_only=True):
    """What arrived: ``metadata`` are the request's headers that begin with ``x-``, ``payload`` its JSON body."""

    namespace: str
    discriminator: str
    metadata: Mapping[str, Sequence[str]]
    payload: JsonValue

    def environment(self) -> dict[str, Value]:
        """The names that expressions may use; all numbers are floats."""
        metadata = {name.lower(): list(values) for name, values in self.metadata.items()}
        found = {"namespace": self.namespace, "discriminator": self.discriminator, "metadata": metadata}
        return cast("dict[str, Value]", {**found, "payload": _floats(self.payload)})


def selects(selector: str, event: Event) -> bool:
    """Whether a binding's selector takes an event.

    Raises:
        TemplateError: the selector is malformed, fails or is not boolean.
    """
    try:
        return evaluate_bool(selector, event.environment(), Functions.BUILTIN)
    except TemplateError as error:
        raise TemplateError(f"failed to evaluate workflow template expression: {error}") from error


def event_parameters(parameters: Sequence[Parameter], event: Event) -> tuple[Parameter, ...]:
    """The arguments of a binding with the values that their expressions give: texts as they are, others as JSON.

    Raises:
        TemplateError: an argument has no ``valueFrom``, or its expression is malformed or fails.
    """
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.format import to_json

    made = []
    for parameter in parameters:
        if parameter.value_from is None:
            raise TemplateError(f'malformed workflow template parameter "{parameter.name}": valueFrom is nil')
        try:
            program = compile_expression(parameter.value_from.event or "", Functions.BUILTIN)
            value = program.run(event.environment())
        except ExprError as error:
            raise TemplateError(_parameter_error(parameter.name, error)) from error
        text = value if isinstance(value, str) else to_json(value)
        made.append(Parameter(name=parameter.name, value=text))
    return tuple(made)


def _parameter_error(name: str, error: ExprError) -> str:
    if error.phase == "run":
        return f'failed to evaluate workflow template parameter "{name}" expression: {error}'
    return f"failed to compile workflow template parameter {name} expression: {error}"


def event_metadata(metadata: ObjectMeta | None, event: Event) -> ObjectMeta:
    """The metadata of the workflow that a binding makes: every text of it is an expression that gives a text.

    Raises:
        TemplateError: an expression is malformed, fails or gives no text.
    """
    given = metadata or ObjectMeta()
    texts = {
        field: _text(getattr(given, field), f"workflow {what}", event)
        for field, what in (("name", "name"), ("generate_name", "generate name"))
        if getattr(given, field)
    }
    labels = {key: _text(text, f'workflow label "{key}"', event) for key, text in (given.labels or {}).items()}
    notes = {key: _text(text, f'workflow annotation "{key}"', event) for key, text in (given.annotations or {}).items()}
    return replace(given, **texts, labels=labels or None, annotations=notes or None)


def _text(expression: str, what: str, event: Event) -> str:
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.gotypes import go_type

    try:
        value = compile_expression(expression, Functions.ARGO).run(event.environment())
    except ExprError as error:
        raise TemplateError(f"failed to evaluate {what} expression: {error}") from error
    if not isinstance(value, str):
        raise TemplateError(f"{what} expression must evaluate to a string, not a {go_type(value)}")
    return value


def _floats(value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    return [_floats(item) for item in value] if isinstance(value, list) else float(value)

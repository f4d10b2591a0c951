"""References (``spec/expressions.md`` 22): ``{{steps.a.outputs.result}}``, with or without braces."""

from __future__ import annotations

from typing import cast

from tiphys.core.template.compile import compile_text
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.gotext import go_quote
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope, ScopeValue

_UNKNOWN = "\0unknown"


def reference_name(text: str) -> str:
    """The name or ``=expression`` that a reference stands for: without one pair of braces and outer spaces."""
    return text.removeprefix("{{").removesuffix("}}").strip()


def resolve_reference(text: str, scope: Scope) -> ScopeValue:
    """The value of a reference; None is an absent optional.

    A text that begins with ``=`` is an expression over the flat names (``$env["steps.a.outputs.result"]``) without
    Argo's functions.

    Raises:
        MissingVariableError: the name is not in scope.
        TemplateError: the expression is malformed, fails or gives nil.
    """
    name = reference_name(text)
    if "{{" in name:  # the name of a reference may hold tags of its own
        name = compile_text(name).render(scope, Mode.LENIENT)
    if name.startswith("="):
        return _expression(name[1:], scope)
    value = scope.get(name, _UNKNOWN)
    if value is _UNKNOWN:
        raise MissingVariableError(f"Unable to resolve: {go_quote(name)}", name)
    return value


def _expression(text: str, scope: Scope) -> ScopeValue:
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.program import ExprError, Functions
    from tiphys.core.expr.values import Value

    flat: dict[str, ScopeValue] = {}
    for values in scope.maps():
        flat = {**values, **flat}
    try:
        value = compile_expression(text, Functions.BUILTIN).run(cast("dict[str, Value]", flat))
    except ExprError as error:
        kind = "Invalid expression" if error.phase == "run" else "Unable to compile"
        raise TemplateError(f"{kind}: {go_quote(text)}") from error
    if value is None:
        raise TemplateError(f"Unable to resolve: {go_quote('=' + text)}")
    return cast(ScopeValue, value)

"""Bare expressions (``spec/expressions.md`` 1, dialect D3) over a scope, and what expression tags need of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.gotext import go_float
from tiphys.core.template.nested import ArtifactView, environment, exists
from tiphys.core.template.scope import Scope

if TYPE_CHECKING:
    from tiphys.core.expr.program import Program
    from tiphys.core.expr.values import Value


#: The top-level names that Argo adds (``spec/expressions.md`` 4.3).
_FUNCTIONS = frozenset(("asFloat", "asInt", "jsonpath", "sprig", "toJson"))


def compile_condition(text: str, functions: Functions = Functions.ARGO) -> Condition:
    """Prepare a condition; a mistake in it is raised by ``check`` and by ``evaluate``, not here."""
    return Condition(text, functions)


def compile_value(text: str, functions: Functions = Functions.ARGO) -> ValueExpression:
    """Prepare an expression that delivers a value; a mistake is raised by ``check`` and by ``evaluate``."""
    return ValueExpression(text, functions)


class ValueExpression:
    """An expression, compiled when it is first needed.  Immutable to its users."""

    __slots__ = ("_functions", "_program", "text")

    def __init__(self, text: str, functions: Functions = Functions.ARGO) -> None:
        self.text = text
        self._functions = functions
        self._program: Program | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def check(self) -> None:
        """Find syntax errors without a scope.

        Raises:
            TemplateError: the text is malformed.
        """
        self._compiled()

    @property
    def names(self) -> frozenset[str]:
        """The identifiers that it requires with all their prefixes; none when it is malformed."""
        try:
            return frozenset(required_names(self._compiled()))
        except TemplateError:
            return frozenset()

    def evaluate(self, scope: Scope) -> Value:
        """The value; nil is None and an artifact is its JSON object.

        Raises:
            MissingVariableError: it fails because a name is not in scope.
            TemplateError: it is malformed or fails for another reason.
        """
        program = self._compiled()
        try:
            value = run(program, scope)
            return cast("Value", value.artifact) if isinstance(value, ArtifactView) else value
        except ExprError as error:
            text = str(error) if error.phase != "run" else f"unable to evaluate expression '{self.text}': {error}"
            name = missing_name(error, program, scope)
            raise (TemplateError(text) if name is None else MissingVariableError(text, name)) from error

    def _compiled(self) -> Program:
        if self._program is None:
            self._program = compile_program(self.text, "", self._functions)
        return self._program


class Condition(ValueExpression):
    """An expression that must give a boolean."""

    __slots__ = ()

    def evaluate(self, scope: Scope) -> bool:
        """The truth value; errors as for values, and when the result is not a boolean.

        Raises:
            MissingVariableError: it fails because a name is not in scope.
            TemplateError: it is malformed, fails for another reason, or is not boolean.
        """
        return as_bool(super().evaluate(scope))


def evaluate_bool(text: str, env: Mapping[str, Value], functions: Functions) -> bool:
    """Compile and decide a condition over an environment that is nested already.

    Raises:
        TemplateError: as ``Condition.evaluate``.
    """
    program = compile_program(text, "", functions)
    try:
        return as_bool(program.run(env))
    except ExprError as error:
        prefix = f"unable to evaluate expression '{text}': " if error.phase == "run" else ""
        raise TemplateError(f"{prefix}{error}") from error


def compile_program(text: str, prefix: str, functions: Functions = Functions.ARGO) -> Program:
    """Compile; an error's text begins with ``prefix``.

    Raises:
        TemplateError: the text is malformed.
    """
    from tiphys.core.expr.compile import compile_expression

    try:
        return compile_expression(text, functions)
    except ExprError as error:
        raise TemplateError(f"{prefix}{error}") from error


def run(program: Program, scope: Scope) -> Value:
    """Evaluate over the nested form of a scope; raises ``ExprError``."""
    return program.run(environment(scope))


def rendered(value: Value) -> str:
    """A value as an expression tag inserts it (``spec/expressions.md`` 15.1); raises ``ExprError``."""
    if isinstance(value, str):
        return value
    from tiphys.core.expr.failure import Fault
    from tiphys.core.expr.format import render

    try:
        return render(value)
    except (ValueError, Fault) as error:
        raise ExprError(str(error), "run") from error


def missing_name(error: ExprError, program: Program, scope: Scope) -> str | None:
    """The name whose absence made an evaluation fail, if that is the reason."""
    if error.message.startswith("unknown name "):
        return error.message.split()[2]
    if error.phase == "run" and error.message.startswith("cannot fetch "):
        return next((name for name in required_names(program) if not exists(scope, name)), None)
    return None


def required_names(program: Program) -> tuple[str, ...]:
    """The variables that an expression requires with all their prefixes; Argo's functions are always there."""
    names = program.identifiers.required
    if _FUNCTIONS.isdisjoint(names):
        return names
    from tiphys.core.expr.builtins.catalogue import argo_functions

    functions = argo_functions()
    return tuple(name for name in names if not _leads_to(functions, name))


def _leads_to(value: object, name: str) -> bool:
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def as_bool(value: Value) -> bool:
    """A condition's result.

    Raises:
        TemplateError: it is not a boolean.
    """
    if value is True or value is False:
        return value
    raise TemplateError(f"unable to cast expression result '{_with_type(value)}' to bool")


def _with_type(value: Value) -> str:
    """``%s`` of Go: a string plainly, anything else with its type."""
    if isinstance(value, str):
        return value
    if value is None:
        return "%!s(<nil>)"
    if isinstance(value, int):
        return f"%!s(int={value})"
    if isinstance(value, float):
        return f"%!s(float64={go_float(value)})"
    if isinstance(value, list):
        return f"[{' '.join(_with_type(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{key}:{_with_type(value[key])}' for key in sorted(value))}]"
    return str(value)

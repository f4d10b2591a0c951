"""Text to program: parsed once, checked against the types of the variables it meets, run many times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tiphys.core.expr.builtins.catalogue import argo_functions, builtin_specs
from tiphys.core.expr.check import Checker
from tiphys.core.expr.emit import Emitter
from tiphys.core.expr.failure import failure
from tiphys.core.expr.frame import Frame, Run
from tiphys.core.expr.gotypes import Type, static_type
from tiphys.core.expr.identifiers import required_identifiers, top_level_names
from tiphys.core.expr.parser import parse
from tiphys.core.expr.program import ExprError, Functions, Identifiers, Limits, Program
from tiphys.core.expr.syntax import Node
from tiphys.core.expr.values import Value

_CACHED = 4096
_SIGNATURES = 32
_DEFAULT_LIMITS = Limits()
_MISSING: Any = object()
#: Classes whose values all have one static type.
_SIMPLE = frozenset({type(None), bool, int, float, str, bytes, list, dict})


@lru_cache(maxsize=_CACHED)
def compile_expression(text: str, functions: Functions = Functions.ARGO) -> Program:
    """Parse and check an expression; cached.

    What depends on the types of top-level variables is checked when it is first run with such variables, and raises
    then, with phase ``check``.

    Raises:
        ExprError: of phase ``parse`` or ``check``.
    """
    return Expression(text, functions)


class Expression:
    """A compiled expression; implements ``Program``.

    ``lenient`` takes any name as declared and of unknown type, so that nothing is checked before it is evaluated.
    """

    __slots__ = ("_constants", "_errors", "_last", "_names", "_run", "_slots", "_tree", "_types", "identifiers", "text")

    def __init__(self, text: str, functions: Functions = Functions.ARGO, lenient: bool = False) -> None:
        self.text = text
        specs = builtin_specs()
        self._tree: Node = parse(text, frozenset(specs))
        names = top_level_names(self._tree)
        with_sprig = "sprig" in names or "$env" in names
        self._constants = argo_functions(with_sprig) if functions is Functions.ARGO else {}
        self.identifiers: Identifiers = required_identifiers(self._tree)
        self._types = {name: static_type(value) for name, value in self._constants.items()}
        self._names = () if lenient else tuple(name for name in names if name not in self._constants)
        self._last: tuple[Any, ...] | None = () if lenient else None
        self._errors: dict[tuple[Any, ...], ExprError | None] = {}
        try:
            self._check(None)
            emitter = Emitter(text, specs, self._constants)
            self._run: Run = emitter.node(self._tree)
        except RecursionError:
            raise failure("expression is nested too deeply", "check", text, 0) from None
        self._slots = emitter.slots

    def run(self, env: Mapping[str, Value], limits: Limits = _DEFAULT_LIMITS) -> Value:
        """Evaluate; see ``Program.run``."""
        signature: list[Any] = []
        for name in self._names:
            value = env.get(name, _MISSING)
            kind = value.__class__
            signature.append(kind if kind in _SIMPLE or value is _MISSING else static_type(value))
        key = tuple(signature)
        if key != self._last:
            self._admit(key, env)
        try:
            result: Value = self._run(Frame(env, self._slots, limits))
        except RecursionError:
            raise failure("expression is nested too deeply", "run", self.text, 0) from None
        return result

    def _admit(self, key: tuple[Any, ...], env: Mapping[str, Value]) -> None:
        """Check against the variables' types, once for every combination of types."""
        if key not in self._errors:
            known = {name: static_type(env[name]) for name in self._names if name in env}
            error: ExprError | None = None
            try:
                self._check(known)
            except ExprError as found:
                error = found
            if len(self._errors) >= _SIGNATURES:
                self._errors.clear()
            self._errors[key] = error
        remembered = self._errors[key]
        if remembered is not None:
            raise ExprError(remembered.message, remembered.phase, remembered.line, remembered.column)
        self._last = key

    def _check(self, known: Mapping[str, Type] | None) -> None:
        """Check with the given variables; with ``None``, any name may exist."""
        if known is None:
            variables: Mapping[str, Type] | None = None
        else:
            variables = {**known, **self._types}
        Checker(self.text, builtin_specs(), variables).visit(self._tree)

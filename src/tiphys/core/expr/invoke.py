"""Call a value: what the language checks about functions that are data (variables, members, Argo's functions)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiphys.core.expr.clock_methods import ZERO_TIME
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gotypes import go_type
from tiphys.core.expr.operators import is_int
from tiphys.core.expr.structs import Function, NullList

_ZERO: dict[str, Any] = {"string": "", "int": 0, "bool": False, "float64": 0.0, "time.Time": ZERO_TIME}


def invoke(frame: Frame, function: Any, arguments: list[Any]) -> Any:
    """Call a function value with checked arguments.

    Raises:
        Fault: not a function, wrong number or types of arguments, or the function's own failure.
    """
    if isinstance(function, Function):
        arguments = match(function, arguments)
        for argument in arguments:
            frame.read(argument)
        result = function.call(frame, *arguments) if function.wants_frame else function.call(*arguments)
        if isinstance(result, str):
            frame.text(result)
        elif isinstance(result, list | Mapping) and len(result) > 64:
            frame.grow(len(result))
        return result
    if function is None:
        raise Fault("invalid operation: cannot call nil")
    if not callable(function):
        raise Fault(f"invalid operation: cannot call non-function of type {go_type(function)}")
    return function(*arguments)


def match(function: Function, arguments: list[Any]) -> list[Any]:
    """Check the arguments against the parameters; a nil becomes the zero value of a typed parameter."""
    wanted = function.parameters
    fixed = len(wanted) - 1 if function.variadic else len(wanted)
    if len(arguments) < fixed or (len(arguments) > fixed and not function.variadic):
        at_least = "at least " if function.variadic else ""
        raise Fault(f"invalid number of arguments: expected {at_least}{fixed}, got {len(arguments)}")
    types = (*wanted[:fixed], *[wanted[-1]] * (len(arguments) - fixed)) if function.variadic else wanted
    return [_argument(value, name) for value, name in zip(arguments, types, strict=True)]


def _argument(value: Any, wanted: str) -> Any:
    if wanted == "interface {}" or (value is not None and _fits(value, wanted)):
        return value
    if value is None:
        if wanted.startswith("map["):
            return {}
        return NullList() if wanted.startswith("[]") else _ZERO.get(wanted)
    raise Fault(f"reflect: Call using {go_type(value)} as type {wanted}")


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "string":
        return isinstance(value, str)
    if wanted == "int":
        return is_int(value)
    if wanted == "[]interface {}":
        return isinstance(value, list)
    if wanted.startswith("map["):
        return isinstance(value, Mapping) and go_type(value) == wanted
    return go_type(value) == wanted

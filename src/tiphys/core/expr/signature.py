"""What a builtin is: its code, and the static rules for its arguments (``spec/expressions.md`` 11)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gotypes import ANY, NIL, Type

#: Takes the static types of the arguments, returns the type of the result, raises ``Fault``.
Validate = Callable[[Sequence[Type]], Type]

VARIADIC = "func(...interface {}) (interface {}, error)"


class Overload(Struct, frozen=True):
    """One way to call a builtin; a variadic overload repeats its last parameter."""

    parameters: tuple[Type, ...]
    result: Type = ANY


class Spec(Struct, frozen=True, kw_only=True):
    """A builtin.

    ``call`` takes the frame and the arguments.  Exactly one of ``validate`` and ``overloads`` decides about static
    types.  ``least`` and ``most`` bound the number of arguments (``most`` None: no bound).
    """

    name: str
    call: Callable[..., Any]
    least: int = 1
    most: int | None = 1
    validate: Validate | None = None
    overloads: tuple[Overload, ...] = ()
    go_type: str = VARIADIC

    def run(self, frame: Frame, *arguments: Any) -> Any:
        """Call with accounting for what is read and made."""
        for argument in arguments:
            frame.read(argument)
        result = self.call(frame, *arguments)
        if isinstance(result, str):
            frame.text(result)
        elif isinstance(result, list | Mapping):
            frame.charge(len(result) // 8)
        return result

    def arity_error(self, count: int) -> str | None:
        """The message for a wrong number of arguments."""
        if self.validate is not None:
            return count_error(count, self.least, self.most, self.name)
        if count < self.least:
            return f"not enough arguments to call {self.name}"
        if self.most is not None and count > self.most:
            return f"too many arguments to call {self.name}"
        return None


def count_error(count: int, least: int, most: int | None, name: str) -> str | None:
    """The message of builtins that count their arguments themselves."""
    if least <= count and (most is None or count <= most):
        return None
    if most is None and name in ("max", "min", "mean", "median"):
        return f"not enough arguments to call {name}"
    if least == most:
        return f"invalid number of arguments (expected {least}, got {count})"
    if count < least:
        return f"invalid number of arguments (expected at least {least}, got {count})"
    return f"invalid number of arguments (expected at most {most}, got {count})"


def is_unknown(found: Type) -> bool:
    """Tell whether nothing is known about a type."""
    return found.kind == "unknown"


def shown(found: Type) -> str:
    """The name of an argument's type in the messages of builtins; nil prints the way Go's ``%s`` prints it."""
    return "%!s(<nil>)" if found.kind == NIL.kind else found.name


def one_of(*kinds: str, message: str, result: Type | Callable[[Type], Type]) -> Validate:
    """Require that the first argument is of one of the kinds or unknown.

    ``message`` is formatted with the type's name.
    """

    def validate(types: Sequence[Type]) -> Type:
        first = types[0]
        if first.kind not in kinds and not is_unknown(first):
            raise Fault(message.format(shown(first)))
        return result(first) if callable(result) else result

    return validate


def every(*kinds: str, message: str, result: Type) -> Validate:
    """Require that all arguments are of one of the kinds or unknown."""

    def validate(types: Sequence[Type]) -> Type:
        for found in types:
            if found.kind not in kinds and not is_unknown(found):
                raise Fault(message.format(shown(found)))
        return result

    return validate


def element_of(found: Type) -> Type:
    """The type of the elements of an array or map type."""
    return found.element or ANY

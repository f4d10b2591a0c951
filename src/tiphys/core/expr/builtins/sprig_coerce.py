"""How sprig turns anything into a number or a text, and how its functions are declared."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tiphys.core.expr.builtins.conversion import parse_float
from tiphys.core.expr.format import go_string
from tiphys.core.expr.int64 import float_to_int
from tiphys.core.expr.operators import is_int
from tiphys.core.expr.structs import Function, Struct
from tiphys.core.expr.utf8 import from_utf8
from tiphys.core.expr.values import Duration

ANY = "interface {}"
TEXT = "string"
INT = "int"
BOOL = "bool"
LIST = "[]interface {}"
MAP = "map[string]interface {}"

#: A sign and digits of any base; of a decimal only what stands before the point.
_INTEGER = re.compile(r"([+-]?)(\d\w*)(?:(?<=\d)\.\d*)?\Z", re.ASCII)


def fn(name: str, call: Callable[..., Any], *parameters: str, result: str = ANY) -> Function:
    """Declare a function with fixed parameters."""
    return Function(name, call, parameters, result)


def rest(name: str, call: Callable[..., Any], *parameters: str, result: str = ANY) -> Function:
    """Declare a function that repeats its last parameter."""
    return Function(name, call, parameters, result, variadic=True)


def framed(name: str, call: Callable[..., Any], *parameters: str, result: str = ANY) -> Function:
    """Declare a function that is handed the frame first."""
    return Function(name, call, parameters, result, wants_frame=True)


def framed_rest(name: str, call: Callable[..., Any], *parameters: str, result: str = ANY) -> Function:
    """Declare a variadic function that is handed the frame first."""
    return Function(name, call, parameters, result, variadic=True, wants_frame=True)


def to_int(value: Any) -> int:
    """A 64-bit integer from anything; 0 for what is none."""
    if isinstance(value, bool):
        return int(value)
    if is_int(value):
        return int(value)
    if isinstance(value, float):
        return float_to_int(value)
    if isinstance(value, Duration):
        return value.nanoseconds
    return _text_to_int(value) if isinstance(value, str) else 0


def _text_to_int(text: str) -> int:
    found = _INTEGER.match(text) if len(text) <= 100 else None
    if found is None:
        return 0
    sign, digits = found.groups()
    if digits[0] == "0" and digits[1:2].isdigit():
        digits = "0o" + digits[1:]
    try:
        number = int(sign + digits, 0)
    except ValueError:
        return 0
    return number if -(1 << 63) <= number < 1 << 63 else 0


def to_float(value: Any) -> float:
    """A float from anything; 0 for what is none."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        found = parse_float(value)
        return 0.0 if found is None else found
    return float(to_int(value))


def text(value: Any) -> str:
    """A text from anything; bytes are text too."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return from_utf8(value)
    return go_string(value)


def texts(value: Any) -> list[str]:
    """A list of texts: nulls of a list are dropped, a single value is a list of one."""
    if isinstance(value, list):
        return [text(item) for item in value if item is not None]
    return [] if value is None else [text(value)]


def empty(value: Any) -> bool:
    """What sprig calls empty: null, false, zero, and nothing inside."""
    if isinstance(value, Struct):
        return False
    if isinstance(value, str | bytes | list | Mapping):
        return not value
    if isinstance(value, bool | int | float):
        return not value
    if isinstance(value, Duration):
        return value.nanoseconds == 0
    return value is None

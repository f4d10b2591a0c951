"""Values as text: JSON as Go writes it, Go's default formatting, and what a tag inserts (section 15)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Any

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.gotypes import go_type
from tiphys.core.expr.structs import AnyMap, Location, NamedInt, NullList, Struct
from tiphys.core.expr.utf8 import utf8
from tiphys.core.expr.values import Duration, Time, Value

_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\u2028\u2029"}
_DEEPEST = 200


def to_json(value: Value) -> str:
    """Write a value as compact JSON: keys sorted, ``<``, ``>``, ``&`` escaped.

    Raises:
        ValueError: the value has no JSON form (infinity, NaN, a function); the text is Go's.
    """
    return _Json().text(value)


def to_json_indented(value: Value, indent: str = "  ") -> str:
    """Write JSON with line breaks."""
    return _Json(indent=indent).text(value)


def to_raw_json(value: Value) -> str:
    """Write compact JSON without escaping ``<``, ``>`` and ``&``."""
    return _Json(escaped=_LINE_ENDS).text(value)


def render(value: Value) -> str:
    """Write what ``{{= }}`` inserts: a string as it is, anything else as JSON.

    Raises:
        ValueError: as ``to_json``.
    """
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Time):
        return _time_text(value)
    return to_json(value)


def _clean(text: str) -> str:
    if text.isascii():
        return text
    return utf8(text).decode("utf-8", "replace")


def _time_text(value: Time) -> str:
    from tiphys.core.expr.gotime import RFC3339_NANO, format_time

    return format_time(value, RFC3339_NANO)


class _Json:
    """Writes one value."""

    def __init__(self, escaped: Mapping[int, str] = _ESCAPED, indent: str = "") -> None:
        self.escaped = escaped
        self.indent = indent

    def text(self, value: Any, level: int = 0) -> str:
        if value is None or isinstance(value, NullList):
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return json_float(value)
        if isinstance(value, str):
            return self.quoted(value)
        if level > _DEEPEST:
            raise ValueError("json: value is nested too deeply")
        if isinstance(value, list):
            return self.group("[", [self.text(item, level + 1) for item in value], "]", level)
        if isinstance(value, Mapping):
            return self.object(value, level)
        return self.other(value)

    def other(self, value: Any) -> str:
        if isinstance(value, bytes):
            return '"' + base64.b64encode(value).decode("ascii") + '"'
        if isinstance(value, Duration):
            return str(value.nanoseconds)
        if isinstance(value, Time):
            return f'"{_time_text(value)}"'
        if isinstance(value, Location):
            return "{}"
        raise ValueError(f"json: unsupported type: {go_type(value)}")

    def object(self, value: Mapping[Any, Any], level: int) -> str:
        if isinstance(value, Struct) and "MarshalJSON" in value.methods:
            return str(value.methods["MarshalJSON"]())
        if isinstance(value, Struct):
            entries: Iterable[tuple[str, Any]] = value.fields.items()
        elif isinstance(value, AnyMap):
            entries = sorted((go_string(key), value[key]) for key in value) if value else ()
        else:
            entries = sorted(value.items())
        colon = ": " if self.indent else ":"
        return self.group(
            "{", [f"{self.quoted(key)}{colon}{self.text(item, level + 1)}" for key, item in entries], "}", level
        )

    def group(self, opening: str, items: list[str], closing: str, level: int) -> str:
        if not items or not self.indent:
            return opening + ",".join(items) + closing
        inner, outer = "\n" + self.indent * (level + 1), "\n" + self.indent * level
        return opening + inner + ("," + inner).join(items) + outer + closing

    def quoted(self, text: str) -> str:
        quoted = encode_basestring(text).translate(self.escaped)
        if quoted.isascii():
            return quoted
        return "".join("\\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in quoted)


def _digits(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and the exponent of the first digit."""
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    shift = len(whole) - 1 + int(exponent or "0")
    leading = len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    return (sign, digits, shift - leading) if digits else (sign, "0", 0)


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return digits[: exponent + 1] + "." + digits[exponent + 1 :]


def _scientific(digits: str, exponent: int, width: int) -> str:
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):0{width}d}"


def json_float(value: float) -> str:
    """Write a float as Go's JSON encoder does.

    Raises:
        ValueError: infinity or NaN.
    """
    if math.isnan(value) or math.isinf(value):
        raise ValueError(f"json: unsupported value: {go_float(value)}")
    sign, digits, exponent = _digits(value)
    if value != 0 and (exponent < -6 or exponent >= 21):
        width = 1 if exponent < 0 else 2
        return sign + _scientific(digits, exponent, width)
    return sign + _plain(digits, exponent)


def go_float(value: float) -> str:
    """Write a float as Go's ``%v`` does."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = _digits(value)
    if exponent < -4 or exponent >= 6:
        return sign + _scientific(digits, exponent, 2)
    return sign + _plain(digits, exponent)


def go_string(value: Value) -> str:
    """Write a value as Go's ``%v`` does (section 15.3)."""
    return _go_text(value, 0)


def _go_text(value: Any, level: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, NamedInt):
        return value.word
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return go_float(value)
    if level > _DEEPEST:
        raise Fault("value is nested too deeply")
    if isinstance(value, list | bytes):
        return "[" + " ".join(_go_text(item, level + 1) for item in value) + "]"
    if isinstance(value, Struct):
        if "String" in value.methods:
            return str(value.methods["String"]())
        return "{" + " ".join(_go_text(item, level + 1) for item in value.fields.values()) + "}"
    if isinstance(value, Mapping):
        return _go_map(value, level)
    return _go_other(value)


def _go_map(value: Mapping[Any, Any], level: int) -> str:
    keys = sorted(value, key=lambda key: ("", key) if _numeric(key) else (key.__class__.__name__, str(key)))
    return "map[" + " ".join(f"{_go_text(key, level + 1)}:{_go_text(value[key], level + 1)}" for key in keys) + "]"


def _numeric(key: object) -> bool:
    return isinstance(key, int | float) and not isinstance(key, bool)


def _go_other(value: Any) -> str:
    from tiphys.core.expr.gotime import GO_STRING, duration_text, format_time

    if isinstance(value, Duration):
        return duration_text(value.nanoseconds)
    if isinstance(value, Time):
        return format_time(value, GO_STRING)
    if isinstance(value, Location):
        return value.name
    return go_type(value)

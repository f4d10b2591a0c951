"""Types and conversion (section 11.1)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from typing import Any

from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import go_string, to_json_indented
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.gojson import decode
from tiphys.core.expr.gotypes import ANY, FLOAT, INT, STRING, go_type, static_type
from tiphys.core.expr.int64 import float_to_int
from tiphys.core.expr.operators import is_int, to_str
from tiphys.core.expr.signature import Overload, Spec, one_of
from tiphys.core.expr.structs import Struct
from tiphys.core.expr.utf8 import from_utf8, utf8
from tiphys.core.expr.values import Duration

_INTEGER = re.compile(r"[+-]?[0-9]+\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)([eE][+-]?[0-9_]+)?\Z", re.ASCII)
_HEX_FLOAT = re.compile(r"[+-]?0[xX]_?[0-9a-fA-F_]*\.?[0-9a-fA-F_]*[pP][+-]?[0-9_]+\Z", re.ASCII)
_WORDS = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_LONGEST_NUMBER = 400


def length(frame: Frame, value: Any) -> int:
    """``len``: code points of a string, elements, entries."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | bytes) or (isinstance(value, Mapping) and not isinstance(value, Struct)):
        return len(value)
    raise Fault(f"invalid argument for len (type {go_type(value)})")


def type_name(frame: Frame, value: Any) -> str:
    """``type``."""
    if value is None:
        return "nil"
    static = static_type(value)
    names = {"array": "array", "map": "map", "bool": "bool", "string": "string", "float": "float", "func": "func"}
    if static.name == "int":
        return "int"
    return names.get(static.kind, static.name.lstrip("*"))


def integer(frame: Frame, value: Any) -> int:
    """``int``."""
    if is_int(value):
        return int(value)
    if isinstance(value, float):
        return float_to_int(value)
    if isinstance(value, Duration):
        return value.nanoseconds
    if isinstance(value, str):
        return parse_int(value)
    if value is None:
        raise Fault("reflect: call of reflect.Value.Type on zero Value")
    raise Fault(f"invalid operation: int({go_type(value)})")


def parse_int(text: str) -> int:
    """Read a plain decimal integer that fits 64 bits."""
    if len(text) < _LONGEST_NUMBER and _INTEGER.match(text):
        number = int(text)
        if -(1 << 63) <= number < 1 << 63:
            return number
    raise Fault(f"invalid operation: int({text})")


def floating(frame: Frame, value: Any) -> float:
    """``float``."""
    if is_int(value):
        return float(value)
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        found = parse_float(value)
        if found is None:
            raise Fault(f"invalid operation: float({value})")
        return found
    raise Fault(f"invalid operation: float({go_type(value)})")


def parse_float(text: str) -> float | None:
    """Read a float as Go's ParseFloat does; ``None`` when it is not one or too large."""
    word = _WORDS.get(text.lstrip("+-").lower()) if len(text) - len(text.lstrip("+-")) <= 1 else None
    if word is not None:
        return -word if text.startswith("-") else word
    if len(text) > 1 << 16:
        return None
    try:
        if _HEX_FLOAT.match(text):
            return float.fromhex(text.replace("_", ""))
        if not _FLOAT.match(text):
            return None
        number = float(text.replace("_", ""))
    except (ValueError, OverflowError):
        return None
    return None if math.isinf(number) else number


def text_of(frame: Frame, value: Any) -> str:
    """``string``."""
    return go_string(value)


def to_json_text(frame: Frame, value: Any) -> str:
    """``toJSON``: indented by two spaces."""
    try:
        return to_json_indented(value)
    except ValueError as error:
        raise Fault(str(error)) from None


def from_json(frame: Frame, text: Any) -> Any:
    """``fromJSON``: all numbers are floats."""
    return decode(to_str(text))


def to_base64(frame: Frame, text: Any) -> str:
    """``toBase64``."""
    return base64.b64encode(utf8(to_str(text))).decode("ascii")


def from_base64(frame: Frame, text: Any) -> str:
    """``fromBase64``."""
    return from_utf8(decode_base64(to_str(text)))


def decode_base64(text: str) -> bytes:
    """Decode standard base64, ignoring line ends.

    Raises:
        Fault: naming the offending byte as Go does.
    """
    data = utf8(text)
    try:
        return base64.b64decode(data.replace(b"\n", b"").replace(b"\r", b""), validate=True)
    except binascii.Error:
        raise Fault(f"illegal base64 data at input byte {_bad_byte(data)}") from None


def _bad_byte(data: bytes) -> int:
    """Where Go stops: the first foreign character, or the place where the quantum is wrong."""
    count = 0
    for index, byte in enumerate(data):
        if byte in b"\r\n":
            continue
        if byte == 0x3D:
            rest = data[index + 1 :].replace(b"\n", b"").replace(b"\r", b"")
            if count % 4 == 2:
                return index + 1 if rest[:1] == b"=" else len(data) if not rest else index + 1
            return index if count % 4 < 2 else index + 1
        if not (bytes([byte]).isalnum() or byte in b"+/"):
            return index
        count += 1
    return len(data) - count % 4 if count % 4 else len(data)


_NUMERIC = ("int", "float", "duration")

SPECS = (
    Spec(
        name="len",
        call=length,
        validate=one_of("string", "array", "map", message="invalid argument for len (type {})", result=INT),
    ),
    Spec(name="type", call=type_name, overloads=(Overload((ANY,), STRING),), go_type="func(interface {}) string"),
    Spec(
        name="int",
        call=integer,
        validate=one_of(*_NUMERIC, "string", message="invalid argument for int (type {})", result=INT),
    ),
    Spec(
        name="float",
        call=floating,
        validate=one_of(*_NUMERIC, "string", message="invalid argument for float (type {})", result=FLOAT),
    ),
    Spec(name="string", call=text_of, overloads=(Overload((ANY,), STRING),), go_type="func(interface {}) string"),
    Spec(name="toJSON", call=to_json_text, overloads=(Overload((ANY,), STRING),)),
    Spec(name="fromJSON", call=from_json, overloads=(Overload((STRING,), ANY),)),
    Spec(name="toBase64", call=to_base64, overloads=(Overload((STRING,), STRING),)),
    Spec(name="fromBase64", call=from_base64, overloads=(Overload((STRING,), STRING),)),
)

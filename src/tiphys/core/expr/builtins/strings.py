"""Strings (section 11.3).  Offsets count bytes, as in Go."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import MEMORY_BUDGET, Frame
from tiphys.core.expr.gotypes import ARRAY, BOOL, INT, STRING, STRINGS, Type
from tiphys.core.expr.signature import Overload, Spec
from tiphys.core.expr.structs import NullList
from tiphys.core.expr.utf8 import utf8

#: What Go calls white space.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def trim(frame: Frame, text: Any, characters: Any = SPACE) -> str:
    """``trim``."""
    return op.to_str(text).strip(op.to_str(characters)) if characters else op.to_str(text)


def trim_prefix(frame: Frame, text: Any, prefix: Any = " ") -> str:
    """``trimPrefix``."""
    return op.to_str(text).removeprefix(op.to_str(prefix))


def trim_suffix(frame: Frame, text: Any, suffix: Any = " ") -> str:
    """``trimSuffix``."""
    return op.to_str(text).removesuffix(op.to_str(suffix))


def upper(frame: Frame, text: Any) -> str:
    """``upper``: code point by code point."""
    return to_upper(op.to_str(text))


def lower(frame: Frame, text: Any) -> str:
    """``lower``: code point by code point."""
    return to_lower(op.to_str(text))


def to_upper(text: str) -> str:
    """Upper case without the one-to-many mappings, which Go does not apply."""
    if text.isascii():
        return text.upper()
    return "".join(next((found for found in (char.upper(), char.title()) if len(found) == 1), char) for char in text)


def to_lower(text: str) -> str:
    """Lower case without the one-to-many mappings."""
    if text.isascii():
        return text.lower()
    return "".join(char.lower()[0] for char in text)


def split_text(frame: Frame, text: str, separator: str, count: int) -> list[Any]:
    """Split as Go's SplitN: empty separators split code points, a count of 0 gives a null list."""
    if count == 0:
        return NullList()
    if separator:
        frame.grow(min(text.count(separator) + 1, count) if count > 0 else text.count(separator) + 1)
        return [*text.split(separator, count - 1 if count > 0 else -1)]
    frame.grow(len(text))
    if 0 < count < len(text):
        return [*text[: count - 1], text[count - 1 :]]
    return [*text]


def split(frame: Frame, text: Any, separator: Any, count: Any = -1) -> list[Any]:
    """``split``."""
    return split_text(frame, op.to_str(text), op.to_str(separator), op.to_int(count))


def split_after(frame: Frame, text: Any, separator: Any, count: Any = -1) -> list[Any]:
    """``splitAfter``: the separators stay at the ends."""
    parts = split_text(frame, op.to_str(text), op.to_str(separator), op.to_int(count))
    if isinstance(parts, NullList):
        return parts
    return [part + separator for part in parts[:-1]] + parts[-1:]


def replace(frame: Frame, text: Any, old: Any, new: Any, count: Any = -1) -> str:
    """``replace``."""
    source, before, after, most = op.to_str(text), op.to_str(old), op.to_str(new), op.to_int(count)
    found = source.count(before)
    times = found if most < 0 else min(found, most)
    frame.reserve(len(source) + times * max(len(after) - len(before), 0))
    return source.replace(before, after, times)


def repeat(frame: Frame, text: Any, count: Any) -> str:
    """``repeat``."""
    source, times = op.to_str(text), op.to_int(count)
    if times < 0:
        raise Fault(f"invalid argument for repeat (expected positive integer, got {times})")
    if times > MEMORY_BUDGET:
        raise Fault("memory budget exceeded")
    frame.grow(len(utf8(source)) * times)
    return source * times


def join(frame: Frame, values: Any, separator: Any = "") -> str:
    """``join``: all elements must be strings."""
    if not isinstance(values, list):
        raise op.conversion(values, "[]interface {}")
    parts = [op.to_str(value) for value in values]
    frame.reserve(sum(map(len, parts)) + len(op.to_str(separator)) * len(parts))
    return op.to_str(separator).join(parts)


def index_of(frame: Frame, text: Any, part: Any) -> int:
    """``indexOf``: a byte offset or -1."""
    return _bytes(text).find(_bytes(part))


def last_index_of(frame: Frame, text: Any, part: Any) -> int:
    """``lastIndexOf``: a byte offset or -1."""
    return _bytes(text).rfind(_bytes(part))


def _bytes(text: Any) -> bytes:
    return utf8(op.to_str(text))


def has_prefix(frame: Frame, text: Any, prefix: Any) -> bool:
    """``hasPrefix``."""
    return op.to_str(text).startswith(op.to_str(prefix))


def has_suffix(frame: Frame, text: Any, suffix: Any) -> bool:
    """``hasSuffix``."""
    return op.to_str(text).endswith(op.to_str(suffix))


def _spec(name: str, call: Any, result: Type, *overloads: tuple[Type, ...]) -> Spec:
    counts = [len(parameters) for parameters in overloads]
    made = tuple(Overload(parameters, result) for parameters in overloads)
    return Spec(name=name, call=call, least=min(counts), most=max(counts), overloads=made)


_TWO = (STRING, STRING)
_THREE = (STRING, STRING, STRING)

SPECS = (
    _spec("trim", trim, STRING, (STRING,), _TWO),
    _spec("trimPrefix", trim_prefix, STRING, (STRING,), _TWO),
    _spec("trimSuffix", trim_suffix, STRING, (STRING,), _TWO),
    _spec("upper", upper, STRING, (STRING,)),
    _spec("lower", lower, STRING, (STRING,)),
    _spec("split", split, STRINGS, _TWO, (STRING, STRING, INT)),
    _spec("splitAfter", split_after, STRINGS, _TWO, (STRING, STRING, INT)),
    _spec("replace", replace, STRING, _THREE, (STRING, STRING, STRING, INT)),
    _spec("repeat", repeat, STRING, (STRING, INT)),
    _spec("join", join, STRING, (ARRAY, STRING), (ARRAY,)),
    _spec("indexOf", index_of, INT, _TWO),
    _spec("lastIndexOf", last_index_of, INT, _TWO),
    _spec("hasPrefix", has_prefix, BOOL, _TWO),
    _spec("hasSuffix", has_suffix, BOOL, _TWO),
)

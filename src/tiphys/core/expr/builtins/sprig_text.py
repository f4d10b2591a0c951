"""sprig: strings.  Positions count bytes where Go's do."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.builtins.sprig_coerce import ANY, BOOL, INT, TEXT, fn, framed, rest, text
from tiphys.core.expr.builtins.strings import SPACE, split_text, to_lower, to_upper
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.lexer import quote
from tiphys.core.expr.utf8 import from_utf8, utf8


def _trunc(count: int, value: str) -> str:
    data = utf8(value)
    if count < 0:
        return from_utf8(data[count:]) if len(data) + count > 0 else value
    return from_utf8(data[:count])


def _substr(start: int, end: int, value: str) -> str:
    data = utf8(value)
    if start < 0:
        return from_utf8(_sliced(data, 0, end))
    return from_utf8(_sliced(data, start, len(data) if end < 0 or end > len(data) else end))


def _sliced(data: bytes, start: int, end: int) -> bytes:
    """Cut as Go does, which refuses what lies outside."""
    if not 0 <= end <= len(data):
        raise Fault(f"runtime error: slice bounds out of range [:{end}]" + f" with length {len(data)}" * (end > 0))
    if start > end:
        raise Fault(f"runtime error: slice bounds out of range [{start}:{end}]")
    return data[start:end]


def _quoted(values: tuple[Any, ...]) -> str:
    return " ".join(quote(text(value)) for value in values if value is not None)


def _squoted(values: tuple[Any, ...]) -> str:
    return " ".join(f"'{text(value)}'" for value in values if value is not None)


def _indent(frame: Frame, count: int, value: str) -> str:
    if count < 0:
        raise Fault("strings: negative Repeat count")
    lines = value.count("\n") + 1
    frame.reserve(len(value) + lines * count)
    pad = " " * count
    return pad + value.replace("\n", "\n" + pad)


def _repeat(frame: Frame, count: int, value: str) -> str:
    if count < 0:
        raise Fault("strings: negative Repeat count")
    frame.reserve(count * len(value))
    return value * count


def _replace(frame: Frame, old: str, new: str, value: str) -> str:
    frame.reserve(len(value) + value.count(old) * max(len(new) - len(old), 0))
    return value.replace(old, new)


def _numbered(parts: list[Any]) -> dict[str, Any]:
    return {f"_{number}": part for number, part in enumerate(parts)}


def _cat(*values: Any) -> str:
    return " ".join(text(value) for value in values if value is not None)


FUNCTIONS = (
    fn("trunc", _trunc, INT, TEXT, result=TEXT),
    fn("trim", lambda value: value.strip(SPACE), TEXT, result=TEXT),
    fn("upper", to_upper, TEXT, result=TEXT),
    fn("lower", to_lower, TEXT, result=TEXT),
    fn("substr", _substr, INT, INT, TEXT, result=TEXT),
    framed("repeat", _repeat, INT, TEXT, result=TEXT),
    fn("trimall", lambda characters, value: op.to_str(value).strip(characters), TEXT, TEXT, result=TEXT),
    fn("trimAll", lambda characters, value: op.to_str(value).strip(characters), TEXT, TEXT, result=TEXT),
    fn("trimSuffix", lambda suffix, value: value.removesuffix(suffix), TEXT, TEXT, result=TEXT),
    fn("trimPrefix", lambda prefix, value: value.removeprefix(prefix), TEXT, TEXT, result=TEXT),
    fn("contains", lambda part, value: part in value, TEXT, TEXT, result=BOOL),
    fn("hasPrefix", lambda prefix, value: value.startswith(prefix), TEXT, TEXT, result=BOOL),
    fn("hasSuffix", lambda suffix, value: value.endswith(suffix), TEXT, TEXT, result=BOOL),
    rest("quote", lambda *values: _quoted(values), ANY, result=TEXT),
    rest("squote", lambda *values: _squoted(values), ANY, result=TEXT),
    rest("cat", _cat, ANY, result=TEXT),
    framed("indent", _indent, INT, TEXT, result=TEXT),
    framed("nindent", lambda f, count, value: "\n" + _indent(f, count, value), INT, TEXT, result=TEXT),
    framed("replace", _replace, TEXT, TEXT, TEXT, result=TEXT),
    fn("plural", lambda one, many, count: one if count == 1 else many, TEXT, TEXT, INT, result=TEXT),
    fn("toString", text, ANY, result=TEXT),
    framed(
        "split",
        lambda f, separator, value: _numbered(split_text(f, value, separator, -1)),
        TEXT,
        TEXT,
        result="map[string]string",
    ),
    framed("splitList", lambda f, separator, value: split_text(f, value, separator, -1), TEXT, TEXT, result="[]string"),
    framed(
        "splitn",
        lambda f, separator, count, value: _numbered(split_text(f, value, separator, count)),
        TEXT,
        INT,
        TEXT,
        result="map[string]string",
    ),
)

"""sprig: strings.  Positions count bytes where Go's do."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from typing import Any

from tiphys.core.expr import operators as op
from tiphys.core.expr.builtins.sprig_coerce import ANY, BOOL, INT, TEXT, fn, framed, rest, text
from tiphys.core.expr.builtins.strings import SPACE, split_text, to_lower, to_upper
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.lexer import quote


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _abbreviate(value: str, width: int) -> str:
    if width < 4 or len(value) <= width:
        return value
    return value[: width - 3] + "..."


def _abbreviate_both(left: int, width: int, value: str) -> str:
    if width < 4 or (left > 0 and width < 7) or len(value) <= width:
        return value
    offset = min(left, len(value))
    if len(value) - offset < width - 3:
        offset = len(value) - (width - 3)
    if offset <= 4:
        return value[: width - 3] + "..."
    if offset + width - 3 < len(value):
        return "..." + _abbreviate(value[offset:], width - 3)
    return "..." + value[len(value) - (width - 3) :]


def _trunc(count: int, value: str) -> str:
    data = _bytes(value)
    if count < 0:
        return _text(data[count:]) if len(data) + count > 0 else value
    return _text(data[:count])


def _substr(start: int, end: int, value: str) -> str:
    data = _bytes(value)
    if start < 0:
        found = data[: max(end, 0)]
    elif end < 0 or end > len(data):
        found = data[start:]
    else:
        if start > end:
            raise Fault(f"runtime error: slice bounds out of range [{start}:{end}]")
        found = data[start:end]
    return _text(found)


def _title(value: str) -> str:
    out, before = [], " "
    for char in value:
        inside = before.isalnum() or before == "_" or not (before.isspace() or before.isascii())
        out.append(char if inside else to_upper(char))
        before = char
    return "".join(out)


def _each_word(value: str, change: Any) -> str:
    out, start = [], True
    for char in value:
        out.append(change(char) if start and not char.isspace() else char)
        start = char.isspace()
    return "".join(out)


def _initials(value: str) -> str:
    return "".join(word[0] for word in value.split())


def _swapcase(value: str) -> str:
    return "".join(to_lower(char) if char.isupper() else to_upper(char) for char in value)


def _words(value: str) -> list[str]:
    """Split at separators and where the case changes; digits stay with the letters before them."""
    found: list[str] = []
    for part in re.split(r"[\s_\-.]+", value):
        found.extend(re.findall(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[^A-Z\W_0-9]+[0-9]*|[0-9]+|[^\sA-Za-z0-9]+|[A-Z]", part))
    return found


def _separated(separator: str) -> Any:
    return lambda value: separator.join(to_lower(word) for word in _words(value))


def _camel(value: str) -> str:
    """Words separated by ``_``, ``-``, ``.`` or space start with a capital; the separators go, leading ones stay."""
    stripped = value.lstrip("_- ")
    lead = value[: len(value) - len(stripped)]
    parts = re.split(r"([_\-\s.]+)", stripped)
    out = [to_upper(word[:1]) + word[1:] for word in parts[::2]]
    return lead + "".join(out)


def _wrap(width: int, separator: str, value: str, break_long: bool) -> str:
    """Break lines at spaces; a width below 1 counts as 1."""
    if not value:
        return ""
    width = max(width, 1)
    rest_of, lines = value, []
    while len(rest_of) > width:
        if rest_of[0] == " ":
            rest_of = rest_of[1:]
            continue
        cut = rest_of.rfind(" ", 0, width + 1)
        if cut >= 0:
            lines.append(rest_of[:cut])
            rest_of = rest_of[cut + 1 :]
        elif break_long:
            lines.append(rest_of[:width])
            rest_of = rest_of[width:]
        else:
            cut = rest_of.find(" ", width)
            if cut < 0:
                break
            lines.append(rest_of[:cut])
            rest_of = rest_of[cut + 1 :]
    return separator.join([*lines, rest_of])


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
    return " ".join(text(value) for value in values if value is not None).strip(SPACE)


FUNCTIONS = (
    fn("abbrev", lambda width, value: _abbreviate(value, width), INT, TEXT, result=TEXT),
    fn("abbrevboth", _abbreviate_both, INT, INT, TEXT, result=TEXT),
    fn("trunc", _trunc, INT, TEXT, result=TEXT),
    fn("trim", lambda value: value.strip(SPACE), TEXT, result=TEXT),
    fn("upper", to_upper, TEXT, result=TEXT),
    fn("lower", to_lower, TEXT, result=TEXT),
    fn("title", _title, TEXT, result=TEXT),
    fn("untitle", lambda value: _each_word(value, to_lower), TEXT, result=TEXT),
    fn("substr", _substr, INT, INT, TEXT, result=TEXT),
    framed("repeat", _repeat, INT, TEXT, result=TEXT),
    fn("trimall", lambda characters, value: op.to_str(value).strip(characters), TEXT, TEXT, result=TEXT),
    fn("trimAll", lambda characters, value: op.to_str(value).strip(characters), TEXT, TEXT, result=TEXT),
    fn("trimSuffix", lambda suffix, value: value.removesuffix(suffix), TEXT, TEXT, result=TEXT),
    fn("trimPrefix", lambda prefix, value: value.removeprefix(prefix), TEXT, TEXT, result=TEXT),
    fn("nospace", lambda value: "".join(value.split()), TEXT, result=TEXT),
    fn("initials", _initials, TEXT, result=TEXT),
    fn("swapcase", _swapcase, TEXT, result=TEXT),
    fn("snakecase", _separated("_"), TEXT, result=TEXT),
    fn("camelcase", _camel, TEXT, result=TEXT),
    fn("kebabcase", _separated("-"), TEXT, result=TEXT),
    fn("wrap", lambda width, value: _wrap(width, "\n", value, False), INT, TEXT, result=TEXT),
    fn("wrapWith", lambda width, sep, value: _wrap(width, sep, value, True), INT, TEXT, TEXT, result=TEXT),
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

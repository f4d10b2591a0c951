"""sprig: encoding, hashes, regular expressions, paths and URLs."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from typing import Any

from tiphys.core.expr.builtins.conversion import decode_base64
from tiphys.core.expr.builtins.paths import base_name, clean_path, extension, folder
from tiphys.core.expr.builtins.sprig_coerce import BOOL, INT, MAP, TEXT, fn, framed
from tiphys.core.expr.builtins.urls import join_url, parse_url
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame
from tiphys.core.expr.lexer import quote
from tiphys.core.expr.regex import compile_pattern
from tiphys.core.expr.structs import Function, NullList
from tiphys.core.expr.utf8 import from_utf8, utf8

_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))", re.ASCII)


def _decode64(value: str) -> str:
    try:
        return from_utf8(decode_base64(value))
    except Fault as fault:
        return str(fault.args[0])


def _decode32(value: str) -> str:
    try:
        return from_utf8(base64.b32decode(utf8(value)))
    except binascii.Error:
        alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567="
        bad = next((index for index, byte in enumerate(utf8(value)) if byte not in alphabet), len(value))
        return f"illegal base32 data at input byte {bad}"


def matches(pattern: str, value: str, most: int) -> Iterator[Any]:
    """Successive matches as Go finds them: no empty match right after another one."""
    position, end = 0, -1
    # One walk: a search from each position would take the whole text every time.
    for match in compile_pattern(pattern).finditer(value):
        if most == 0:
            return
        accepted = True
        if match.end() == position:
            accepted = match.start() != end
            position += 1
        else:
            position = match.end()
        end = match.end()
        if accepted:
            yield match
            most -= 1


def _find_all(frame: Frame, pattern: str, value: str, most: int) -> list[Any]:
    found: list[Any] = [match.group() for match in matches(pattern, value, most)]
    frame.grow(len(found))
    return found or NullList()


def _find(pattern: str, value: str) -> str:
    match = compile_pattern(pattern).search(value)
    return match.group() if match is not None else ""


def _expand(match: Any, template: str) -> str:
    def group(reference: re.Match[str]) -> str:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return "$"
        try:
            return match.group(int(name) if name.isdigit() else name) or ""
        except (IndexError, KeyError):
            return ""

    return _REFERENCE.sub(group, template)


def _replace(frame: Frame, pattern: str, value: str, template: str, literal: bool = False) -> str:
    out, last = [], 0
    for match in matches(pattern, value, -1):
        replacement = template if literal else _expand(match, template)
        frame.reserve(len(replacement))
        frame.charge(1)
        out.append(value[last : match.start()] + replacement)
        last = match.end()
    return "".join(out) + value[last:]


def _replace_literal(frame: Frame, pattern: str, value: str, replacement: str) -> str:
    return _replace(frame, pattern, value, replacement, literal=True)


def _split(frame: Frame, pattern: str, value: str, most: int) -> list[Any]:
    if most == 0:
        return NullList()
    if pattern and not value:
        return [""]
    parts: list[Any] = []
    begin = end = 0
    for match in matches(pattern, value, most):
        if most > 0 and len(parts) == most - 1:
            break
        end = match.start()
        if match.end() != 0:
            parts.append(value[begin:end])
        begin = match.end()
    if end != len(value):
        parts.append(value[begin:])
    frame.grow(len(parts))
    return parts


def _quote_meta(value: str) -> str:
    return "".join("\\" + char if char in "\\.+*?()|[]{}^$" else char for char in value)


def _matched(pattern: str, value: str) -> bool:
    return compile_pattern(pattern).search(value) is not None


def _matched_or_false(pattern: str, value: str) -> bool:
    try:
        return _matched(pattern, value)
    except Fault:
        return False


def _digest(name: str, algorithm: str) -> Function:
    return fn(name, lambda value: hashlib.new(algorithm, utf8(value)).hexdigest(), TEXT, result=TEXT)


def _naming_pattern(call: Any) -> Any:
    """Name the bad pattern, as Go's ``MustCompile`` does."""

    def named(frame: Frame, pattern: str, *arguments: Any) -> Any:
        try:
            compile_pattern(pattern)
        except Fault as fault:
            shown = quote(pattern) if "`" in pattern or not pattern.isprintable() else f"`{pattern}`"
            raise Fault(f"regexp: Compile({shown}): {fault.args[0]}") from None
        return call(frame, pattern, *arguments)

    return named


def _must(name: str) -> str:
    return "must" + name[0].upper() + name[1:]


def _regex(name: str, call: Any, *parameters: str, result: str) -> tuple[Function, Function]:
    return (
        framed(name, _naming_pattern(call), *parameters, result=result),
        framed(_must(name), call, *parameters, result=result),
    )


FUNCTIONS = (
    fn("b64enc", lambda value: base64.b64encode(utf8(value)).decode("ascii"), TEXT, result=TEXT),
    fn("b64dec", _decode64, TEXT, result=TEXT),
    fn("b32enc", lambda value: base64.b32encode(utf8(value)).decode("ascii"), TEXT, result=TEXT),
    fn("b32dec", _decode32, TEXT, result=TEXT),
    _digest("sha1sum", "sha1"),
    _digest("sha256sum", "sha256"),
    _digest("sha512sum", "sha512"),
    fn("adler32sum", lambda value: str(zlib.adler32(utf8(value))), TEXT, result=TEXT),
    fn("regexMatch", _matched_or_false, TEXT, TEXT, result=BOOL),
    fn("mustRegexMatch", _matched, TEXT, TEXT, result=BOOL),
    *_regex("regexFindAll", _find_all, TEXT, TEXT, INT, result="[]string"),
    *_regex("regexFind", lambda f, pattern, value: _find(pattern, value), TEXT, TEXT, result=TEXT),
    *_regex("regexReplaceAll", _replace, TEXT, TEXT, TEXT, result=TEXT),
    *_regex("regexReplaceAllLiteral", _replace_literal, TEXT, TEXT, TEXT, result=TEXT),
    *_regex("regexSplit", _split, TEXT, TEXT, INT, result="[]string"),
    fn("regexQuoteMeta", _quote_meta, TEXT, result=TEXT),
    fn("base", base_name, TEXT, result=TEXT),
    fn("dir", folder, TEXT, result=TEXT),
    fn("clean", clean_path, TEXT, result=TEXT),
    fn("ext", extension, TEXT, result=TEXT),
    fn("isAbs", lambda path: path.startswith("/"), TEXT, result=BOOL),
    fn("osBase", base_name, TEXT, result=TEXT),
    fn("osDir", folder, TEXT, result=TEXT),
    fn("osClean", clean_path, TEXT, result=TEXT),
    fn("osExt", extension, TEXT, result=TEXT),
    fn("osIsAbs", lambda path: path.startswith("/"), TEXT, result=BOOL),
    fn("urlParse", parse_url, TEXT, result=MAP),
    fn("urlJoin", join_url, MAP, result=TEXT),
)

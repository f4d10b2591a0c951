"""The items of ``withSequence`` and their format, which is that of Go's ``fmt`` (``spec/engine.md`` 13.1)."""

from __future__ import annotations

import re

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

#: A larger sequence is refused: it could never be run and would exhaust the memory.
MAX_ITEMS = 1_000_000
_INTEGER = r"(?a)[+-]?[0-9]+"
_DIRECTIVE = r"(?s)%(?P<flags>[-+ #0]*)(?P<width>\d*)(?:\.(?P<digits>\d*))?(?P<index>\[1\])?(?P<verb>.?)"
_BASES = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
_PREFIXES = {"b": "0b", "x": "0x", "X": "0X"}
_INT64 = 1 << 63
#: No item is wider: its text becomes the name of a node.
_WIDEST = 1000


class SequenceError(Exception):
    """A sequence that has no items; the text becomes a node message."""


def expand_sequence(source: JsonObject) -> list[str]:
    """The items of a sequence whose tags are resolved.

    Raises:
        SequenceError: a bound is missing or no integer, or there are too many items.
    """
    start = _int(source.get("start"))
    if source.get("end") is not None:
        end = _int(source.get("end"))
    elif source.get("count") is not None:
        count = _int(source.get("count"))
        if count == 0:
            return []
        end = start + count - 1
    else:
        raise SequenceError("neither end nor count was specified in withSequence")
    if abs(end - start) >= MAX_ITEMS:
        raise SequenceError(f"withSequence has {abs(end - start) + 1} items, at most {MAX_ITEMS} are allowed")
    numbers = range(start, end + 1) if start <= end else range(start, end - 1, -1)
    pattern = source.get("format")
    if not pattern:
        return [str(number) for number in numbers]
    return [format_int(str(pattern), number) for number in numbers]


def _int(value: JsonValue) -> int:
    if value is None or value == "":
        return 0
    text = str(value)
    if not re.fullmatch(_INTEGER, text):
        raise SequenceError(f'strconv.Atoi: parsing "{text}": invalid syntax')
    # Counted before it is read: Python refuses to read very long numbers.
    if len(text) > len(str(_INT64)) + 1 or not -_INT64 <= int(text) < _INT64:
        raise SequenceError(f'strconv.Atoi: parsing "{text}": value out of range')
    return int(text)


def format_int(pattern: str, number: int) -> str:
    """One integer through a format of Go; what is wrong with the format is said in the text, as Go does.

    >>> format_int("testuser%02X", 10), format_int("%s", 1), format_int("plain", 1)
    ('testuser0A', '%!s(int=1)', 'plain%!(EXTRA int=1)')
    """
    used = False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        verb = match["verb"]
        if not verb:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if used and not match["index"]:
            return f"%!{verb}(MISSING)"
        used = True
        return _directive(match, verb, number)

    text = re.sub(_DIRECTIVE, replace, pattern)
    return text if used else f"{text}%!(EXTRA int={number})"


def _directive(match: re.Match[str], verb: str, number: int) -> str:
    flags, width = match["flags"], int(match["width"][:4] or 0)
    if width > _WIDEST:
        return f"%!(BADWIDTH)%!{verb}(int={number})"
    digits = None if match["digits"] is None else min(int(match["digits"][:4] or 0), _WIDEST)
    if verb == "T":
        return _pad("int", flags, width)
    if verb in "cqU":
        return _pad(_character(verb, flags, number), flags, width)
    if verb not in _BASES:
        return f"%!{verb}(int={_directive(match, 'v', number)})"
    sign = "-" if number < 0 else "+" if "+" in flags else " " if " " in flags else ""
    body = format(abs(number), _BASES[verb])
    prefix = "0o" if verb == "O" else _PREFIXES.get(verb, "") if "#" in flags else ""
    if digits is not None:
        body = "" if digits == 0 and number == 0 else body.rjust(digits, "0")
    elif "0" in flags and "-" not in flags:
        body = body.rjust(width - len(sign), "0")
    if verb == "o" and "#" in flags and not body.startswith("0"):
        prefix = "0"
    return _pad(sign + prefix + body, flags, width)


def _character(verb: str, flags: str, number: int) -> str:
    valid = 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    character = chr(number) if valid else "�"
    if verb == "c":
        return character
    if verb == "q":
        return "'" + {"'": "\\'", "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character, character) + "'"
    text = f"U+{abs(number):04X}"
    return f"{text} '{character}'" if "#" in flags and valid and character.isprintable() else text


def _pad(text: str, flags: str, width: int) -> str:
    return text.ljust(width) if "-" in flags else text.rjust(width)

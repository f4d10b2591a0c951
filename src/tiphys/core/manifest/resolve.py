"""What a plain (unquoted) YAML scalar means: YAML 1.1 as Argo's reader has it (``spec/data.md`` 11.1).

Numbers are those that JSON would carry on: a whole float becomes an integer, because Argo turns YAML to JSON first.
"""

from __future__ import annotations

import re

Scalar = None | bool | int | float | str

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
#: Text that begins otherwise is a string, which is decided without a closer look.
_MAY_MEAN_MORE = frozenset("+-.0123456789yYnNtTfFoO~")
# Texts, not compiled expressions: plain digits do without, and compiling takes a millisecond.
_INTEGER = r"[-+]?(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
#: Above this, the JSON text of a float has an exponent.
_EXPONENT_FROM = 1e21
_LONGEST_NUMBER = 400
#: Numbers of fewer digits fit in 64 bits.
_SURE = 19


def plain(text: str) -> Scalar:
    """The value of a plain scalar.

    >>> [plain(text) for text in ("yes", "012", "1e3", "~", "1.50", "1:30", "2020-01-01")]
    [True, 10, 1000, None, 1.5, '1:30', '2020-01-01']
    """
    if text and text[0] not in _MAY_MEAN_MORE:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or text[0] in "yYnNtTfFoO~":
        return text
    return number(text)


def number(text: str) -> int | float | str:
    """The number that a text stands for; the text itself when it stands for none."""
    if text.isascii() and text.isdigit() and len(text) < _SURE and text[0] != "0":
        return int(text)
    bare = text.replace("_", "")
    match = re.match(_INTEGER, bare)
    if match:
        value = _integer(match)
        if _SMALLEST <= value <= _LARGEST:
            return value
    if re.match(_FLOAT, bare):
        return whole(float(bare), text)
    return text


def whole(value: float, text: str) -> int | float | str:
    """A float as the JSON reader sees it: whole ones are integers, too large ones stay text."""
    if value in (float("inf"), float("-inf")):
        return text
    return int(value) if value.is_integer() and abs(value) < _EXPONENT_FROM else value


def _integer(match: re.Match[str]) -> int:
    hexadecimal, binary, octal, decimal = match.groups()
    if hexadecimal:
        value = int(hexadecimal, 16)
    elif binary:
        value = int(binary, 2)
    else:
        value = int(octal, 8) if octal else int(decimal)
    return -value if match.string[0] == "-" else value


def is_plain_string(text: str) -> bool:
    """Whether an unquoted text would be read back as this very string, by Argo's reader and by stricter ones."""
    if text in {"=", "<<"} or not isinstance(plain(text), str):
        return False
    return not (text[:1] in "+-0123456789" and re.match(_LOOKS_TIMED, text))


#: Base-60 numbers and timestamps: strings to Argo's reader, but not to every reader of YAML 1.1.
_LOOKS_TIMED = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"

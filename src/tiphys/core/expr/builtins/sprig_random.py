"""sprig: what depends on chance.  The environment gives it as ``$random``: a function returning 64-bit integers."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import base64
import string
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import INT, TEXT, framed
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.frame import Frame

_ASCII = "".join(map(chr, range(32, 127)))
_MASK = (1 << 64) - 1


def _bits(frame: Frame) -> int:
    source = frame.env.get("$random")
    if not callable(source):
        raise Fault("random values are not available here")
    frame.charge(1)
    value: Any = source()
    return int(value) & _MASK


def _below(frame: Frame, limit: int) -> int:
    return _bits(frame) % limit


def _text(alphabet: str) -> Any:
    def generate(frame: Frame, count: int) -> str:
        frame.reserve(max(count, 0))
        return "".join(alphabet[_below(frame, len(alphabet))] for _ in range(count))

    return generate


def _integer(frame: Frame, low: int, high: int) -> int:
    if high <= low:
        raise Fault("invalid argument to Intn")
    return low + _below(frame, high - low)


def _bytes(frame: Frame, count: int) -> str:
    if count < 0:
        raise Fault("runtime error: makeslice: len out of range")
    frame.reserve(count)
    return base64.b64encode(bytes(_below(frame, 256) for _ in range(count))).decode("ascii")


def _uuid(frame: Frame) -> str:
    number = (_bits(frame) << 64) | _bits(frame)
    number = (number & ~(0xF << 76) & ~(0x3 << 62)) | (4 << 76) | (2 << 62)
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _shuffle(frame: Frame, text: str) -> str:
    letters = list(text)
    for index in range(len(letters) - 1, 0, -1):
        other = _below(frame, index + 1)
        letters[index], letters[other] = letters[other], letters[index]
    return "".join(letters)


FUNCTIONS = (
    framed("randAlphaNum", _text(string.ascii_letters + string.digits), INT, result=TEXT),
    framed("randAlpha", _text(string.ascii_letters), INT, result=TEXT),
    framed("randAscii", _text(_ASCII), INT, result=TEXT),
    framed("randNumeric", _text(string.digits), INT, result=TEXT),
    framed("randInt", _integer, INT, INT, result=INT),
    framed("randBytes", _bytes, INT, result=TEXT),
    framed("uuidv4", _uuid, result=TEXT),
    framed("shuffle", _shuffle, TEXT, result=TEXT),
)

"""Split the text of an expression into tokens (``spec/expressions.md`` 5).

Positions are code-point indexes into the text.  The end marker stands on the last character, where the reference
implementation reports an unexpected end.
"""

from __future__ import annotations

import enum
from typing import NamedTuple, NoReturn

from tiphys.core.expr.failure import failure

WORD_OPERATORS = frozenset(
    {"not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"}
)
_SIMPLE_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_DIGITS = frozenset("0123456789_")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF_")
_OCTAL_DIGITS = frozenset("01234567_")
_BINARY_DIGITS = frozenset("01_")
_MAX_RUNE = 0x10FFFF


class Kind(enum.Enum):
    """What a token is; the value is the word that error texts use."""

    IDENTIFIER = "Identifier"
    NUMBER = "Number"
    STRING = "String"
    BYTES = "Bytes"
    OPERATOR = "Operator"
    BRACKET = "Bracket"
    EOF = "EOF"


class Token(NamedTuple):
    """One token; ``data`` holds the value of a byte string."""

    kind: Kind
    value: str
    position: int
    data: bytes = b""

    def __str__(self) -> str:
        if not self.value and not self.data:
            return self.kind.value
        return f"{self.kind.value}({quote(self.value)})"


def quote(text: str) -> str:
    """Write text as Go's ``%q`` does."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char in "\a\b\f\n\r\t\v":
            out.append("\\" + "abfnrtv"["\a\b\f\n\r\t\v".index(char)])
        elif char.isprintable():
            out.append(char)
        elif ord(char) < 0x80:
            out.append(f"\\x{ord(char):02x}")
        elif 0xDC80 <= ord(char) <= 0xDCFF:
            out.append(f"\\x{ord(char) - 0xDC00:02x}")
        elif ord(char) < 0x10000:
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(f"\\U{ord(char):08x}")
    return '"' + "".join(out) + '"'


def is_word_start(char: str) -> bool:
    """Tell whether an identifier can start with the character."""
    return char in ("_", "$") or char.isalpha()


def is_word(char: str) -> bool:
    """Tell whether an identifier can contain the character."""
    return char != "" and (char in ("_", "$") or char.isalpha() or char.isdecimal())


def tokenize(text: str) -> list[Token]:
    """Split a text into tokens, the last of which is the end marker.

    Raises:
        ExprError: of phase ``parse``.
    """
    return _Lexer(text).tokens()


class _Lexer:
    """A cursor over the text; ``start`` is where the current token begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)
        self.start = 0
        self.end = 0
        self.found: list[Token] = []

    def tokens(self) -> list[Token]:
        while self.end < self.size:
            self.start = self.end
            self._token(self.text[self.end])
        self.found.append(Token(Kind.EOF, "", self.size - 1))
        return self.found

    def _token(self, char: str) -> None:
        if char in " \t\r\n":
            self.end += 1
        elif char in "'\"":
            self._string(char)
        elif char == "`":
            self._raw_string()
        elif "0" <= char <= "9" or (char == "." and "0" <= self._at(self.end + 1) <= "9"):
            self._number()
        elif char == "/":
            self._slash()
        elif char == "#":
            self._pointer()
        elif char in "([{)]}":
            self._emit(Kind.BRACKET, 1)
        elif char == "b" and self._at(self.end + 1) in ("'", '"'):
            self._bytes()
        elif is_word_start(char):
            self._word()
        else:
            self._operator(char)

    def _operator(self, char: str) -> None:
        follow = {"?": ".?", "|": "|", ":": ":", ".": "."}.get(char, "&=*" if char in "&!=*<>" else "")
        if not follow and char not in ",;%+-^":
            self.end += 1
            self._fail(f"unrecognized character: U+{ord(char):04X} '{char}'")
        following = self._at(self.end + 1)
        self._emit(Kind.OPERATOR, 2 if following and following in follow else 1)

    def _at(self, index: int) -> str:
        return self.text[index] if index < self.size else ""

    def _emit(self, kind: Kind, length: int) -> None:
        self.end = self.start + length
        self.found.append(Token(kind, self.text[self.start : self.end], self.start))

    def _fail(self, message: str) -> NoReturn:
        """Report the last character read."""
        raise failure(message, "parse", self.text, self.end - 1)

    def _run(self, allowed: frozenset[str]) -> None:
        while self.end < self.size and self.text[self.end] in allowed:
            self.end += 1

    def _number(self) -> None:
        digits = _DIGITS
        if self.text[self.end] == ".":
            self.end += 1
        if self._at(self.end) == "0":
            self.end += 1
            prefix = self._at(self.end).lower()
            bases = {"x": _HEX_DIGITS, "o": _OCTAL_DIGITS, "b": _BINARY_DIGITS}
            if prefix in bases:
                digits = bases[prefix]
                self.end += 1
        self._run(digits)
        if self._at(self.end) == ".":
            if self._at(self.end + 1) == ".":
                return self._emit(Kind.NUMBER, self.end - self.start)
            self.end += 1
            self._run(digits)
        if self._at(self.end) in ("e", "E"):
            self.end += 1
            if self._at(self.end) in ("+", "-"):
                self.end += 1
            self._run(digits)
        if is_word(self._at(self.end)):
            self.end += 1
            self._fail(f"bad number syntax: {quote(self.text[self.start : self.end])}")
        return self._emit(Kind.NUMBER, self.end - self.start)

    def _slash(self) -> None:
        following = self._at(self.end + 1)
        if following == "/":
            line_end = self.text.find("\n", self.end)
            self.end = self.size if line_end < 0 else line_end
        elif following == "*":
            close = self.text.find("*/", self.end + 2)
            if close < 0:
                self.end = self.size + 1
                self._fail("unclosed comment")
            self.end = close + 2
        else:
            self._emit(Kind.OPERATOR, 1)

    def _pointer(self) -> None:
        self._emit(Kind.OPERATOR, 1)
        self.start = self.end
        while is_word(self._at(self.end)):
            self.end += 1
        if self.end > self.start:
            self._emit(Kind.IDENTIFIER, self.end - self.start)

    def _word(self) -> None:
        while is_word(self._at(self.end)):
            self.end += 1
        word = self.text[self.start : self.end]
        kind = Kind.OPERATOR if word in WORD_OPERATORS else Kind.IDENTIFIER
        self._emit(kind, self.end - self.start)

    def _raw_string(self) -> None:
        parts = []
        while True:
            close = self.text.find("`", self.end + 1)
            if close < 0:
                self.end = self.size + 1
                self._fail("literal not terminated")
            parts.append(self.text[self.end + 1 : close])
            self.end = close + 1
            if self._at(self.end) != "`":
                break
        self.found.append(Token(Kind.STRING, "`".join(parts), self.start))

    def _string(self, quote_char: str) -> None:
        self.end += 1
        parts: list[str] = []
        while True:
            plain = self.end
            while self.end < self.size and self.text[self.end] not in (quote_char, "\\", "\n"):
                self.end += 1
            parts.append(self.text[plain : self.end])
            self._check_terminated()
            if self.text[self.end] == quote_char:
                break
            parts.append(self._escape(quote_char))
        self.end += 1
        self.found.append(Token(Kind.STRING, "".join(parts), self.start))

    def _check_terminated(self) -> None:
        if self.end >= self.size or self.text[self.end] == "\n":
            self.end += 1
            self._fail("literal not terminated")

    def _escape(self, quote_char: str) -> str:
        """Read the escape at the cursor; leave the cursor behind it."""
        char = self._at(self.end + 1)
        if char in _SIMPLE_ESCAPES and char:
            self.end += 2
            return _SIMPLE_ESCAPES[char]
        if char == quote_char:
            self.end += 2
            return char
        if char == "x":
            return self._rune(self._digits(self.end + 2, 16, 2))
        if char == "u" and self._at(self.end + 2) == "{":
            return self._rune(self._braced())
        if char == "u":
            return self._rune(self._digits(self.end + 2, 16, 4))
        if char == "U":
            return self._rune(self._digits(self.end + 2, 16, 8))
        if char and char in "01234567":
            value = self._digits(self.end + 1, 8, 3)
            return self._rune(value if value <= 0xFF else -1)
        self.end += 2
        return self._fail("invalid char escape")

    def _digits(self, start: int, base: int, count: int) -> int:
        digits = ("0123456789abcdefABCDEF" if base == 16 else "01234567",)[0]
        for offset in range(count):
            char = self._at(start + offset)
            if not char or char not in digits:
                self.end = start + offset + 1
                self._fail("invalid char escape")
        self.end = start + count
        return int(self.text[start : start + count], base)

    def _braced(self) -> int:
        close = self.text.find("}", self.end)
        digits = self.text[self.end + 3 : close] if close > 0 else ""
        if not 1 <= len(digits) <= 6 or any(char not in _HEX_DIGITS or char == "_" for char in digits):
            self.end = self.end + 4
            self._fail("invalid char escape")
        self.end = close + 1
        return int(digits, 16)

    def _rune(self, value: int) -> str:
        if not 0 <= value <= _MAX_RUNE or 0xD800 <= value <= 0xDFFF:
            self._fail("unable to unescape string")
        return chr(value)

    def _bytes(self) -> None:
        quote_char = self.text[self.end + 1]
        self.end += 2
        data = bytearray()
        while True:
            self._check_terminated()
            char = self.text[self.end]
            if char == quote_char:
                break
            if char != "\\":
                data += char.encode("utf-8", "surrogateescape")
                self.end += 1
            elif self._at(self.end + 1) in ("u", "U"):
                self.end += 2
                self._fail("invalid char escape")
            else:
                data.append(ord(self._escape(quote_char)))
        self.end += 1
        self.found.append(Token(Kind.BYTES, data.decode("utf-8", "replace"), self.start, bytes(data)))

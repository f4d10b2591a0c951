"""Tokens of ``when`` (``spec/expressions.md`` 18.2)."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import NamedTuple

from tiphys.core.template.when.times import parse_time

_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+", re.ASCII)


class WhenSyntaxError(Exception):
    """The reason alone; ``when`` puts the sentence around it."""


class Kind(enum.Enum):
    """Kinds of tokens, by the names that error texts use."""

    UNKNOWN = "UNKNOWN"
    PREFIX = "PREFIX"
    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    STRING = "STRING"
    PATTERN = "PATTERN"
    TIME = "TIME"
    VARIABLE = "VARIABLE"
    SEPARATOR = "SEPARATOR"
    COMPARATOR = "COMPARATOR"
    LOGICALOP = "LOGICALOP"
    MODIFIER = "MODIFIER"
    CLAUSE = "CLAUSE"
    CLAUSE_CLOSE = "CLAUSE_CLOSE"
    TERNARY = "TERNARY"
    ACCESSOR = "ACCESSOR"


#: A number is always a float; a time is its Unix seconds; an accessor is its parts.
TokenValue = str | float | bool | tuple[str, ...]


class Token(NamedTuple):
    """One token and its value."""

    kind: Kind
    value: TokenValue


PREFIXES = frozenset("-!~")
_SYMBOLS = {
    **dict.fromkeys(("+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>"), Kind.MODIFIER),
    **dict.fromkeys(("&&", "||"), Kind.LOGICALOP),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "=~", "!~"), Kind.COMPARATOR),
    **dict.fromkeys(("?", ":", "??"), Kind.TERNARY),
}
#: After these a sign is a prefix, not an operator between two values.
BEFORE_PREFIX = frozenset(
    (Kind.UNKNOWN, Kind.CLAUSE, Kind.MODIFIER, Kind.COMPARATOR, Kind.LOGICALOP, Kind.TERNARY, Kind.SEPARATOR)
)


def tokenize(text: str) -> list[Token]:
    """Split a text into tokens.

    Raises:
        WhenSyntaxError: a token cannot be read.
    """
    scanner = _Scanner(text)
    tokens: list[Token] = []
    previous = Kind.UNKNOWN
    while scanner.skip_space():
        token = scanner.token(previous)
        tokens.append(token)
        previous = token.kind
    opened = sum(token.kind is Kind.CLAUSE for token in tokens)
    if opened != sum(token.kind is Kind.CLAUSE_CLOSE for token in tokens):
        raise WhenSyntaxError("Unbalanced parenthesis")
    return tokens


def _is_number(character: str) -> bool:
    return character == "." or character.isdecimal()


def _is_word(character: str) -> bool:
    return character in "_." or character.isalpha() or character.isdecimal()


def _is_symbol(character: str) -> bool:
    return not (character in "()[]'\"" or character.isalpha() or character.isdecimal())


class _Scanner:
    """A position in a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def skip_space(self) -> bool:
        """Go to the next character that is no white space; False at the end."""
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1
        return self.position < len(self.text)

    def token(self, previous: Kind) -> Token:
        character = self.text[self.position]
        if _is_number(character):
            return self.number()
        if character in ",()":
            self.position += 1
            return _PUNCTUATION[character]
        if character == "[":
            return Token(Kind.VARIABLE, self.enclosed("]", "Unclosed parameter bracket"))
        if character.isalpha():
            return _word(self.run(_is_word))
        if character in "'\"":
            return _literal(self.enclosed("'\"", "Unclosed string literal"))
        symbol = self.run(_is_symbol)
        if previous in BEFORE_PREFIX and symbol in PREFIXES:
            return Token(Kind.PREFIX, symbol)
        kind = _SYMBOLS.get(symbol)
        if kind is None:
            raise WhenSyntaxError(f"Invalid token: '{symbol}'")
        return Token(kind, symbol)

    def number(self) -> Token:
        if self.text.startswith("0x", self.position):
            self.position += 2
            digits = self.run(lambda character: character in "0123456789abcdefABCDEF")
            if not digits or int(digits, 16) >= 1 << 64:
                raise WhenSyntaxError(f"Unable to parse hex value '{digits}' to uint64")
            return Token(Kind.NUMERIC, float(int(digits, 16)))
        digits = self.run(_is_number)
        # A backslash may have let any character in.
        if not _NUMBER.fullmatch(digits):
            raise WhenSyntaxError(f"Unable to parse numeric value '{digits}' to float64")
        return Token(Kind.NUMERIC, float(digits))

    def run(self, accepted: Callable[[str], bool]) -> str:
        """Characters while they are accepted; a backslash takes the next one whatever it is, white space ends."""
        taken: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            if character == "\\":
                taken.append(self.text[self.position + 1 : self.position + 2])
                self.position += 2
                continue
            if character.isspace() or not accepted(character):
                break
            taken.append(character)
            self.position += 1
        return "".join(taken)

    def enclosed(self, ends: str, problem: str) -> str:
        """Characters up to one of ``ends``; the position is after it."""
        taken: list[str] = []
        self.position += 1
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character == "\\":
                taken.append(self.text[self.position : self.position + 1])
                self.position += 1
            elif character in ends:
                return "".join(taken)
            else:
                taken.append(character)
        raise WhenSyntaxError(problem)


_PUNCTUATION = {
    ",": Token(Kind.SEPARATOR, ","),
    "(": Token(Kind.CLAUSE, "40"),  # Go prints the character's number
    ")": Token(Kind.CLAUSE_CLOSE, "41"),
}


def _word(word: str) -> Token:
    if word in ("true", "false"):
        return Token(Kind.BOOLEAN, word == "true")
    if word in ("in", "IN"):
        return Token(Kind.COMPARATOR, "in")
    if word.find(".") <= 0:
        return Token(Kind.VARIABLE, word)
    if word.endswith("."):
        raise WhenSyntaxError(f"Hanging accessor on token '{word}'")
    parts = word.split(".")
    for part in parts[1:]:
        if part[:1] != part[:1].upper():
            raise WhenSyntaxError(f"Unable to access unexported field '{part}' in token '{word}'")
    return Token(Kind.ACCESSOR, tuple(parts))


def _literal(text: str) -> Token:
    seconds = parse_time(text)
    return Token(Kind.STRING, text) if seconds is None else Token(Kind.TIME, float(seconds))

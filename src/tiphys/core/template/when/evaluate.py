"""Evaluate ``when`` conditions: ``spec/expressions.md`` 18.

The language is govaluate's with Argo's rule on top: every bare word is a string.  Reading happens in two rounds with
different error texts, as in Argo: the text as written, then the same tokens with words as strings.
"""

from __future__ import annotations

import functools

from tiphys.core.template.errors import WhenError
from tiphys.core.template.gotext import go_value
from tiphys.core.template.when.grammar import Expression, parse
from tiphys.core.template.when.run import evaluate
from tiphys.core.template.when.tokens import Kind, Token, WhenSyntaxError, tokenize


def decide(text: str) -> bool:
    """Decide a text that is not empty.

    Raises:
        WhenError: the text cannot be read or evaluated, or its value is not a boolean.
    """
    expression = compile_when(text)
    try:
        value = evaluate(expression)
    except WhenSyntaxError as error:
        raise WhenError(f"Failed to evaluate 'when' expresion '{text}': {error}") from None
    if value is True or value is False:
        return value
    raise WhenError(f"Expected boolean evaluation for '{text}'. Got {go_value(value)}")


@functools.lru_cache(maxsize=1024)
def compile_when(text: str) -> Expression:
    """Parse a ``when`` text; the linter uses it to find mistakes early.

    Raises:
        WhenError: the text cannot be read.
    """
    try:
        tokens = tokenize(text)
        parse(tokens)
    except WhenSyntaxError as error:
        hint = ' (hint: try wrapping the affected expression in quotes ("))' if "Invalid token" in str(error) else ""
        raise WhenError(f"Invalid 'when' expression '{text}': {error}{hint}") from None
    try:
        return parse([_as_string(token) for token in tokens])
    except WhenSyntaxError as error:
        raise WhenError(f"Failed to parse 'when' expression '{text}': {error}") from None


def _as_string(token: Token) -> Token:
    return Token(Kind.STRING, token.value) if token.kind is Kind.VARIABLE else token

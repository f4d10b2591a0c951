"""Patterns of ``=~`` and ``!~``: RE2, with Go's error texts."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from tiphys.core.template.when.tokens import WhenSyntaxError


class _Searcher(Protocol):
    def search(self, text: str) -> object:
        """A match or None."""


class Pattern(Struct, frozen=True, eq=False):
    """A compiled pattern and its source."""

    text: str
    compiled: _Searcher

    def found_in(self, text: str) -> bool:
        """True when some part of the text matches."""
        return self.compiled.search(text) is not None

    def __str__(self) -> str:
        return self.text


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises:
        WhenSyntaxError: it is malformed; the text is Go's.
    """
    from tiphys.core.expr import regex
    from tiphys.core.expr.failure import Fault

    try:
        return Pattern(text, regex.compile_pattern(text))
    except Fault as fault:
        raise WhenSyntaxError(str(fault)) from None

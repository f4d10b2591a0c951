"""Patterns of ``=~`` and ``!~``: RE2, with Go's error texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tiphys.core.template.when.tokens import WhenSyntaxError


class _Searcher(Protocol):
    def search(self, text: str) -> object:
        """A match or None."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A compiled pattern and its source."""

    text: str
    compiled: _Searcher

    def found_in(self, text: str) -> bool:
        """True when some part of the text matches."""
        return self.compiled.search(text) is not None

    def __str__(self) -> str:
        return self.text


#: How the C++ library words what Go words differently; the offending part follows in both.
_TEXTS = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
    "trailing \\": "trailing backslash at end of expression",
}


def compile_pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises:
        WhenSyntaxError: it is malformed; the text is Go's.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return Pattern(text, re2.compile(text, options))
    except re2.error as error:
        reason = error.args[0]
        raise WhenSyntaxError(_go_text(reason.decode() if isinstance(reason, bytes) else str(reason), text)) from None


def _go_text(reason: str, pattern: str) -> str:
    kind, colon, part = reason.partition(": ")
    shown = part if colon else ""
    if kind == "missing )":
        shown = pattern
    return f"error parsing regexp: {_TEXTS.get(kind, kind)}: `{shown}`"

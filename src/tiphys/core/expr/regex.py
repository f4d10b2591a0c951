"""Regular expressions in RE2 syntax: linear time whatever the pattern is."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from functools import lru_cache
from typing import Any

from tiphys.core.expr.failure import Fault

#: Words of google-re2 (its C++ texts) that Go's parser says differently.
_REASONS = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "unexpected )": "unexpected )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid group name": "invalid named capture",
    "invalid named capture group": "invalid named capture",
    "invalid character class range": "invalid character class range",
    "invalid character class": "invalid character class",
    "invalid escape sequence": "invalid escape sequence",
}


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """Compile a pattern; the result has the methods of Python's pattern objects.

    Raises:
        Fault: with the text of Go's ``regexp`` package.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        detail = error.args[0]
        text = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    reason, _, argument = text.partition(": ")
    shown = _REASONS.get(reason, reason)
    if reason in ("missing )", "unexpected )", "missing ]") and not argument:
        argument = pattern
    if argument in ("(?<=", "(?<!"):
        # Go reads a look-behind as a group whose name is wrong, up to the ">" that would end the name.
        shown, rest = "invalid named capture", pattern[pattern.index(argument) :]
        name, ends, _ = rest.partition(">")
        argument = name + ends
    raise Fault(f"error parsing regexp: {shown}: `{argument}`")


def search(text: Any, pattern: Any) -> bool:
    """``matches``: an unanchored search; nil on a side gives false."""
    from tiphys.core.expr.operators import to_str

    if text is None or pattern is None:
        return False
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return compile_pattern(to_str(pattern)).search(to_str(text)) is not None

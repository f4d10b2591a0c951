"""Write errors the way the language prints them: message, place, source line, caret (``spec/expressions.md`` 16)."""

from __future__ import annotations

from tiphys.core.expr.program import ExprError


class Fault(Exception):  # noqa: N818 - the error that users see is ExprError
    """An operation failed; the node that asked for it adds the place.  ``args[0]`` is the bare message."""


def failure(message: str, phase: str, text: str, position: int) -> ExprError:
    """Make the error for a message about one character of the text.

    Args:
        message: One line without position.
        phase: ``parse``, ``check`` or ``run``.
        text: The whole expression.
        position: Code-point index; out of the text when there is no place to name.
    """
    if position < 0:
        return ExprError(message, phase, 1, 0)
    line = text.count("\n", 0, position) + 1
    line_start = text.rfind("\n", 0, position) + 1
    column = position - line_start
    line_end = text.find("\n", line_start)
    source = text[line_start:] if line_end < 0 else text[line_start:line_end]
    snippet = f"\n | {source}\n | {'.' * column}^" if source else ""
    return ExprError(f"{message} ({line}:{column + 1}){snippet}", phase, line, column)

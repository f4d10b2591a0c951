"""Advice on expressions, which Argo reads only when it runs them."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.manifest.source import Path
from tiphys.core.template.tagscan import tags
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site

#: Fields whose whole text is an expression.
_BARE = ("expression", "fromExpression")


def check_text(context: Context, site: Site, path: Path, text: str) -> None:
    """Warn about expressions in one string of a spec that cannot be read; ``path`` is its place below ``site``."""
    for expression in _expressions(path, text):
        problem = _problem(expression)
        if problem is not None:
            message = f"the expression '{expression.strip()}' cannot be read: {problem}"
            context.warn(Code.EXPRESSION_SYNTAX, site.at(*path), message)


def _expressions(path: Path, text: str) -> Iterator[str]:
    if "{{=" in text:
        yield from (tag.content for tag in tags(text) if tag.kind == "expression")
    elif path and path[-1] in _BARE and "{{" not in text and text.strip():
        yield text


def _problem(expression: str) -> str | None:
    """The first line of what the language says; unknown names and types wait until the values are there."""
    from tiphys.core.expr.compile import compile_expression
    from tiphys.core.expr.program import ExprError

    try:
        compile_expression(expression)
    except ExprError as error:
        return error.message.splitlines()[0] if error.phase == "parse" else None
    return None

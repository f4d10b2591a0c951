"""Advice on expressions, which Argo reads only when it runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiphys.core.manifest.source import Path
from tiphys.core.template.expression import compile_value
from tiphys.core.template.segments import LATE, mentions
from tiphys.core.template.tagscan import tags, unclosed
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.scope import CHECKED

#: Fields whose whole text is an expression.
_BARE = ("expression", "fromExpression")
_RETRY = ("retryStrategy", "expression")
_RETRY_NAMES = frozenset({"retries", "lastRetry", "asInt", "asFloat", "jsonpath", "toJson", "sprig"})
_LET = r"\blet\s+(\w+)\s*="


def check_text(context: Context, site: Site, path: Path, text: str) -> None:
    """Warn about expressions in one string of a spec that cannot be read; ``path`` is its place below ``site``."""
    for expression in _expressions(path, text):
        problem = _problem(expression)
        if problem is not None:
            message = f"the expression '{expression.strip()}' cannot be read: {problem}"
            context.warn(Code.EXPRESSION_SYNTAX, site.at(*path), message)
    start = unclosed(text)
    if start is not None and not text[start + 2 :].lstrip(" ").startswith(CHECKED):
        message = "a tag is opened with '{{' and never closed"
        context.warn(Code.EXPRESSION_SYNTAX, site.at(*path), message, "close it with '}}'")
    elif path[-2:] == _RETRY:
        _check_retry(context, site.at(*path), text)


def _check_retry(context: Context, site: Site, text: str) -> None:
    """Warn about a condition of a retryStrategy that is never what it seems: only two names exist in it."""
    late = [
        tag.content for tag in tags(text) if tag.kind == "expression" and any(mentions(tag.content, n) for n in LATE)
    ]
    if late:
        message = "the attempts are not over when a tag is replaced: '{{=' stays and the expression cannot be read"
        context.warn(Code.EXPRESSION_SYNTAX, site, message, f"write it without braces: {late[0].strip()}")
        return
    names = compile_value(re.sub(r"\{\{.*?\}\}", "0", text)).names
    own = {*_RETRY_NAMES, *re.findall(_LET, text)}
    unknown = max((name for name in names if name.partition(".")[0] not in own), key=len, default=None)
    if unknown is not None:
        message = f"a retryStrategy knows retries and lastRetry, not '{unknown}'"
        context.warn(Code.EXPRESSION_SYNTAX, site, message, f"tags are replaced before: '{{{{{unknown}}}}}'")


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

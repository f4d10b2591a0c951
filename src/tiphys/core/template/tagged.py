"""Conditions whose text may have tags: these are replaced first, then what stands there is evaluated.

``spec/expressions.md`` 1: an expression that lies in a template is part of the text that is substituted.
"""

from __future__ import annotations

from tiphys.core.template.compile import compile_text
from tiphys.core.template.expression import compile_condition
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


class TaggedCondition:
    """A condition of a hook.  Immutable to its users."""

    __slots__ = ("_condition", "_text")

    def __init__(self, text: str) -> None:
        self._text = compile_text(text)
        self._condition = compile_condition(text) if self._text.constant else None

    def __repr__(self) -> str:
        return f"TaggedCondition({self._text.text!r})"

    @property
    def text(self) -> str:
        """The condition as it is written."""
        return self._text.text

    def evaluate(self, scope: Scope) -> bool:
        """The truth value; tags that are not in scope stay, and are a mistake in the expression.

        Raises:
            TemplateError: as ``expression.Condition.evaluate``.
        """
        if self._condition is not None:
            return self._condition.evaluate(scope)
        return compile_condition(self._text.render(scope, Mode.LENIENT)).evaluate(scope)

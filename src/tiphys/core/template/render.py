"""Compile JSON data with tags once, render it many times.

The unit is a tree of plain JSON data (a template, a step, an argument).  Tags stand inside strings only.  What a
tag inserts is data: it is never scanned for tags again, whatever it contains.  Map keys are rendered too.

Implements ``spec/expressions.md`` 2 and 3 with the choices of ``design/compat.md`` (values as data).
"""

from __future__ import annotations

import enum
from typing import Protocol

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.scope import Scope


class Mode(enum.Enum):
    """How names that are not in scope are treated (``spec/expressions.md`` 2.7).

    LENIENT keeps the tag as text.  STRICT raises.  SIBLINGS raises for names below ``steps`` and ``tasks``
    (except ``.outputs.artifacts.``) and keeps all others.
    """

    LENIENT = "lenient"
    STRICT = "strict"
    SIBLINGS = "siblings"


class Compiled(Protocol):
    """A compiled tree.  Immutable; sub-trees without tags are shared between results, so never mutate a result."""

    @property
    def constant(self) -> bool:
        """True when there is no tag inside: ``render`` returns the source tree itself."""

    @property
    def names(self) -> frozenset[str]:
        """Every variable name that a tag may read: simple tag names and required identifiers of expressions."""

    def render(self, scope: Scope, mode: Mode) -> JsonValue:
        """The tree with its tags replaced.

        Raises:
            MissingVariableError: a name that the mode requires is not in scope.
            AbsentOptionalError: a simple tag names an absent optional.
            TemplateError: an expression is malformed or, where the mode is strict for it, fails.
        """

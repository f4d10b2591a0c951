"""The two conditions of a CronWorkflow (``spec/expressions.md`` 20.7): ``when`` and ``stopStrategy.expression``.

Both see the same facts.  ``when`` is text with tags, decided as the ``when`` of a step; the stop condition is an
expression with the builtins only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from tiphys.core.expr.program import Functions
from tiphys.core.template.compile import compile_text
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.expression import evaluate_bool
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope, ScopeValue
from tiphys.core.template.segments import UnclosedTagError
from tiphys.core.template.when import evaluate_when

if TYPE_CHECKING:
    from tiphys.core.expr.values import Time, Value


class _Words(dict[str, str]):
    """Go's map of strings to strings: what is not in it is the empty text."""

    def get(self, key: str, default: object = "") -> str:
        """The text of a key."""
        return super().get(key, "")


class CronFacts(Struct, frozen=True, kw_only=True):
    """What the conditions of a CronWorkflow may read; ``failed`` and ``succeeded`` count its ended workflows."""

    name: str
    namespace: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    failed: int
    succeeded: int
    last_scheduled: Time | None

    def values(self) -> dict[str, Value]:
        """The facts by their names after ``cronworkflow.``; maps are there a second time as JSON text."""
        from tiphys.core.expr.format import to_json

        labels, annotations = _Words(self.labels), _Words(self.annotations)
        return {
            "name": self.name,
            "namespace": self.namespace,
            "labels": cast("Value", labels),
            "annotations": cast("Value", annotations),
            "labels.json": to_json(cast("Value", labels)),
            "annotations.json": to_json(cast("Value", annotations)),
            "failed": self.failed,
            "succeeded": self.succeeded,
            "lastScheduledTime": self.last_scheduled,
        }


def cron_when(text: str, facts: CronFacts, clock: Mapping[str, Value]) -> bool:
    """Decide the ``when`` of a CronWorkflow.

    Single labels and annotations have names of their own, because ``labels.json`` hides the map of labels.
    ``clock`` holds what impure functions read (``$now``).

    Raises:
        TemplateError: a tag cannot be replaced, or the text that comes of it cannot be decided.
    """
    values = {f"cronworkflow.{name}": value for name, value in facts.values().items()}
    values |= {f"cronworkflow.labels.{name}": value for name, value in facts.labels.items()}
    values |= {f"cronworkflow.annotations.{name}": value for name, value in facts.annotations.items()}
    scope = Scope(cast("Mapping[str, ScopeValue]", {**values, **clock}))
    try:
        rendered = compile_text(text).render(scope, Mode.STRICT)
    except UnclosedTagError as error:
        raise TemplateError(error.raw) from None
    return evaluate_when(rendered)


def cron_stop(text: str, facts: CronFacts, clock: Mapping[str, Value]) -> bool:
    """Decide the ``stopStrategy.expression`` of a CronWorkflow; ``clock`` as for ``cron_when``.

    Raises:
        TemplateError: the expression is malformed, fails or is not boolean.
    """
    try:
        return evaluate_bool(text, {"cronworkflow": facts.values(), **clock}, Functions.BUILTIN)
    except TemplateError as error:
        raise TemplateError(f"failed to evaluate stop expression: {error}") from error

"""``successCondition`` and ``failureCondition`` of resource templates (``spec/expressions.md`` 21.1)."""

from __future__ import annotations

from functools import partial

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.template import ResourceTemplate
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.gjson import lookup
from tiphys.core.template.live.selector import Requirement, parse_selector

#: What is logged while neither condition holds.
UNDECIDED = "Neither success condition nor the failure condition has been matched. Retrying..."


class Verdict(Struct, frozen=True):
    """What conditions say of an object: it is done, or failed with a message, or neither yet."""

    done: bool
    message: str = ""

    @property
    def failed(self) -> bool:
        """Whether a failure condition holds."""
        return bool(self.message)


class Conditions(Struct, frozen=True):
    """Both conditions, parsed; ``absent`` when there are none, so that the first success of the action is enough."""

    success: tuple[Requirement, ...]
    failure: tuple[Requirement, ...]
    absent: bool

    def judge(self, data: JsonValue) -> Verdict:
        """Look at a live object: failure first; with a failure condition alone only that can decide."""
        value_of = partial(_value_of, data)
        for requirement in self.failure:
            if requirement.matches(value_of):
                return Verdict(done=True, message=f"failure condition '{requirement}' evaluated true")
        done = all(requirement.matches(value_of) for requirement in self.success)
        return Verdict(done=done and (self.absent or bool(self.success)))


def _value_of(data: JsonValue, key: str) -> str | None:
    return lookup(key, data)


def conditions_of(template: ResourceTemplate) -> Conditions:
    """Parse the conditions of a template.

    Raises:
        TemplateError: one cannot be parsed, with Argo's text.
    """
    success, failure = template.success_condition or "", template.failure_condition or ""
    return Conditions(
        success=_parse("success", success), failure=_parse("fail", failure), absent=not (success or failure)
    )


def _parse(which: str, text: str) -> tuple[Requirement, ...]:
    try:
        return parse_selector(text)
    except TemplateError as error:
        raise TemplateError(f"{which} condition '{text}' failed to parse: {error}") from None

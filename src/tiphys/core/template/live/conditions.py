"""``successCondition`` and ``failureCondition`` of resource templates (``spec/expressions.md`` 21.1)."""

from __future__ import annotations

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.template import ResourceTemplate
from tiphys.core.objects.selectors import Requirement, parse_selector
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.gjson import lookup
from tiphys.errors import UsageError

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
        for requirement in self.failure:
            if requirement.holds(lookup(requirement.key, data)):
                return Verdict(done=True, message=f"failure condition '{requirement}' evaluated true")
        done = all(requirement.holds(lookup(requirement.key, data)) for requirement in self.success)
        return Verdict(done=done and (self.absent or bool(self.success)))


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
        return parse_selector(text, paths=True)
    except UsageError as error:
        raise TemplateError(f"{which} condition '{text}' failed to parse: {error.message}") from None

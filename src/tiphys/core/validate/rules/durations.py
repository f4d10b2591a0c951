"""Advice on durations: Go's units end at hours, so ``1d`` fails when the workflow runs."""

from __future__ import annotations

import re

from tiphys.core.manifest.model.strategy import RetryStrategy
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.durations import is_go_duration

_DAYS = r"(?a)(\d+)d"
_Field = tuple[tuple[str, ...], str | None]


def check_template(context: Context, site: Site, template: Template) -> None:
    """The durations of a template."""
    fields: list[_Field] = [(("pendingTimeout",), template.pending_timeout), (("timeout",), template.timeout)]
    if template.suspend is not None:
        fields.append((("suspend", "duration"), template.suspend.duration))
    if template.memoize is not None:
        fields.append((("memoize", "maxAge"), template.memoize.max_age))
    if template.container_set is not None and template.container_set.retry_strategy is not None:
        fields.append((("containerSet", "retryStrategy", "duration"), template.container_set.retry_strategy.duration))
    _check(context, site, [*fields, *_backoff(template.retry_strategy)])


def check_spec(context: Context, site: Site, spec: WorkflowSpec) -> None:
    """The durations of a workflow."""
    fields = _backoff(spec.retry_strategy)
    if spec.pod_gc is not None:
        fields.append((("podGC", "deleteDelayDuration"), spec.pod_gc.delete_delay_duration))
    _check(context, site, fields)


def _backoff(strategy: RetryStrategy | None) -> list[_Field]:
    backoff = strategy.backoff if strategy else None
    if backoff is None:
        return []
    named = (("duration", backoff.duration), ("maxDuration", backoff.max_duration), ("cap", backoff.cap))
    return [(("retryStrategy", "backoff", name), value) for name, value in named]


def _check(context: Context, site: Site, fields: list[_Field]) -> None:
    for path, text in fields:
        if not text or "{{" in text or is_go_duration(text) or (text.isascii() and text.isdecimal()):
            continue
        days = re.fullmatch(_DAYS, text)
        hint = f"write {int(days[1]) * 24}h" if days else "units are ns, us, ms, s, m and h: 1h30m"
        context.warn(Code.DURATION_DAYS, site.at(*path), f"'{text}' is not a duration", hint)

"""Metrics of templates (``spec/data.md`` 17.4)."""

from __future__ import annotations

from tiphys.core.manifest.model.strategy import Prometheus
from tiphys.core.manifest.model.template import Template
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def check_metrics(context: Context, site: Site, template: Template) -> None:
    """Names, labels, help and values."""
    if template.metrics is None:
        return
    for at, metric in enumerate(template.metrics.prometheus or ()):
        _metric(context, site.at("metrics", "prometheus", at), f"templates.{template.name or ''}", metric)


def _metric(context: Context, site: Site, label: str, metric: Prometheus) -> None:
    if not _sound(metric.name):
        text = (
            f"{label} metric name '{metric.name}' is invalid. Metric names must contain alphanumeric characters or '_'"
        )
        context.error(Code.METRIC, site.at("name"), text)
    for at, pair in enumerate(metric.labels or ()):
        if not _sound(pair.key):
            text = f"metric label '{pair.key}' is invalid: keys may only contain alphanumeric characters or '_'"
            context.error(Code.METRIC, site.at("labels", at, "key"), text)
    if not metric.help:
        context.error(
            Code.METRIC, site, f"{label} metric '{metric.name}' must contain a help string under 'help: ' field"
        )
    for field, part in (("gauge", metric.gauge), ("histogram", metric.histogram), ("counter", metric.counter)):
        if part is not None and not part.value:
            context.error(Code.METRIC, site.at(field), f"{label} metric '{metric.name}' error: missing {field}.value")
    gauge = metric.gauge
    if gauge is not None and gauge.realtime and "resourcesDuration." in gauge.value:
        text = f"{label} metric '{metric.name}' error: 'resourcesDuration.*' metrics cannot be used in real-time"
        context.error(Code.METRIC, site.at("gauge", "value"), text)


def _sound(name: str) -> bool:
    return bool(name) and _LETTERS.issuperset(name) and not name[0].isdigit()

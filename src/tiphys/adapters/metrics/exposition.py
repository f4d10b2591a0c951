"""Measurements as Prometheus reads them; the only place that knows its library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

#: Argo shows every metric under this prefix.
PREFIX = "argo_workflows_"

_Key = tuple[tuple[str, str], ...]


class Shown(Struct):
    """One family: values of counters and gauges, buckets and sum of histograms, by their labels."""

    name: str
    kind: str
    help: str
    values: dict[_Key, float]
    histograms: dict[_Key, tuple[list[tuple[str, float]], float]]


def exposition(families: Mapping[str, Shown]) -> str:
    """The text of all families."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector([_family(family) for family in families.values()]))
    counters = [name for name, family in families.items() if family.kind == "counter"]
    return _plain_names(generate_latest(registry).decode(), counters)


class _Collector:
    """As the library wants one."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Family]:
        return iter(self._families)


def _family(family: Shown) -> Family:
    from prometheus_client.core import HistogramMetricFamily
    from prometheus_client.metrics_core import Metric

    name = PREFIX + family.name
    if family.kind == "histogram":
        labels = sorted({key for own in family.histograms for key, _ in own})
        shown = HistogramMetricFamily(name, family.help, labels=labels)
        for own, (buckets, total) in family.histograms.items():
            shown.add_metric([dict(own).get(key, "") for key in labels], buckets, total)
        return shown
    plain = Metric(name, family.help, family.kind)
    keys = sorted({key for own in family.values for key, _ in own})
    for own, value in family.values.items():
        plain.add_sample(name, {key: dict(own).get(key, "") for key in keys}, value)
    return plain


def _plain_names(text: str, counters: Iterable[str]) -> str:
    """Take away the ending that the library adds to the names of counters: Argo adds none to what a name says."""
    for name in counters:
        own = re.escape(PREFIX + name)
        text = re.sub(rf"^(# (?:HELP|TYPE) {own})_total ", r"\1 ", text, flags=re.MULTILINE)
    return text

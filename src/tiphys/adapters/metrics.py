"""The measurements of this process, and their text for Prometheus."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tiphys.core.engine.measurement import Metric

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

#: Argo shows every metric of a manifest under this prefix.
PREFIX = "argo_workflows_"
#: Where a histogram that names no buckets counts.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Labels = tuple[tuple[str, str], ...]


class _Series(Struct):
    """One set of labels: its value, or what a histogram saw."""

    value: float = 0.0
    since: datetime | None = None
    seen: list[int] = field(default_factory=list)
    count: int = 0


class _Family(Struct):
    """All series of one name."""

    help: str
    kind: str
    buckets: tuple[float, ...]
    series: dict[Labels, _Series] = field(default_factory=dict)


class MetricRegistry:
    """Implements ``ports.metrics.Metrics`` in memory; told by one thread, shown by another."""

    def __init__(self) -> None:
        self._families: dict[str, _Family] = {}
        self._lock = threading.Lock()

    def tell(self, metric: Metric) -> str:
        """Count, set or observe; a text when the name has another help or kind already."""
        with self._lock:
            buckets = tuple(sorted(metric.buckets)) or BUCKETS
            family = self._families.setdefault(metric.name, _Family(metric.help, metric.kind, buckets))
            for word, before, now in (("help", family.help, metric.help), ("type", family.kind, metric.kind)):
                if before != now:
                    return f"{word} for metric {metric.name} is already set to {before}, it cannot be changed"
            series = family.series.setdefault(tuple(sorted(metric.labels)), _Series(seen=[0] * len(family.buckets)))
            _take(family, series, metric)
        return ""

    def text(self, now: datetime) -> str:
        """All metrics in Prometheus' text format; gauges of what goes on show the seconds until ``now``."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Shown(self._shown(now)))
        return generate_latest(registry).decode()

    def _shown(self, now: datetime) -> list[Family]:
        with self._lock:
            return [_family(PREFIX + name, family, now) for name, family in sorted(self._families.items())]


class _Shown:
    """A collector, as the library wants one."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Family]:
        return iter(self._families)


def _take(family: _Family, series: _Series, metric: Metric) -> None:
    if family.kind == "histogram":
        series.count += 1
        series.value += metric.value
        for index, bound in enumerate(family.buckets):
            series.seen[index] += metric.value <= bound
    elif family.kind == "counter" or metric.operation == "Add":
        series.value += metric.value
    elif metric.operation == "Sub":
        series.value -= metric.value
    else:
        series.value, series.since = metric.value, metric.since


def _family(name: str, family: _Family, now: datetime) -> Family:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    labels = sorted({key for series in family.series for key, _ in series})
    kinds = {"counter": CounterMetricFamily, "histogram": HistogramMetricFamily}
    shown: Family = kinds.get(family.kind, GaugeMetricFamily)(name, family.help, labels=labels)
    for own, series in family.series.items():
        values = [dict(own).get(key, "") for key in labels]
        if isinstance(shown, HistogramMetricFamily):
            bounds = [(str(bound), float(seen)) for bound, seen in zip(family.buckets, series.seen, strict=True)]
            shown.add_metric(values, [*bounds, ("+Inf", float(series.count))], series.value)
        elif isinstance(shown, (CounterMetricFamily, GaugeMetricFamily)):
            value = series.value if series.since is None else (now - series.since).total_seconds()
            shown.add_metric(values, value)
    return shown

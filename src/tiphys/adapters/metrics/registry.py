"""The measurements of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct, field

from tiphys.adapters.metrics.exposition import Shown, exposition
from tiphys.core.engine.measurement import Metric
from tiphys.ports.clock import Clock
from tiphys.ports.instruments import HISTOGRAM, INSTRUMENTS, MetricsConfig, Modifier, Reading
from tiphys.ports.metrics import NONE, Labels

#: Where a histogram that names no buckets counts.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNCHANGED = Modifier()

_Key = tuple[tuple[str, str], ...]


class _Series(Struct):
    """One set of labels: its value, or what a histogram saw.  ``since`` is a gauge's that shows the time since then."""

    value: float = 0.0
    since: datetime | None = None
    seen: list[int] = field(default_factory=list)
    count: int = 0
    told: datetime | None = None


class _Family(Struct):
    """All series of one name; ``own`` ones are the controller's."""

    help: str
    kind: str
    buckets: tuple[float, ...]
    own: bool = False
    series: dict[_Key, _Series] = field(default_factory=dict)


class MetricRegistry:
    """Implements ``ports.metrics.Metrics`` in memory; told by some threads, shown by another."""

    def __init__(self, clock: Clock, config: MetricsConfig = MetricsConfig()) -> None:  # noqa: B008 - it is frozen
        self._clock = clock
        self._config = config
        self._lock = threading.Lock()
        self._going: dict[tuple[str, str], list[_Series]] = {}
        self._families = {
            name: _Family(item.help, item.kind, self._modifier(name).buckets or item.buckets, own=True)
            for name, item in INSTRUMENTS.items()
        }

    def tell(self, metric: Metric, run: str = "") -> str:
        """Count, set or observe; a text when the name has another help or kind already."""
        if not self._config.enabled:
            return ""
        with self._lock:
            buckets = tuple(sorted(metric.buckets)) or BUCKETS
            family = self._families.setdefault(metric.name, _Family(metric.help, metric.kind, buckets))
            for word, before, now in (("help", family.help, metric.help), ("type", family.kind, metric.kind)):
                if before != now:
                    return f"{word} for metric {metric.name} is already set to {before}, it cannot be changed"
            series = self._series(metric.name, family, metric.labels)
            series.told = self._clock.now()
            _take(family, series, metric)
            if metric.since is not None:
                self._going.setdefault((run, metric.node), []).append(series)
        return ""

    def stop(self, run: str, node: str, at: datetime) -> None:
        """Let gauges of what goes on stay as they are."""
        if (run, node) not in self._going:
            return
        with self._lock:
            for series in self._going.pop((run, node)):
                if series.since is not None:
                    series.value, series.since, series.told = (at - series.since).total_seconds(), None, at

    def count(self, name: str, labels: Labels = NONE, by: float = 1) -> None:
        """Add to a counter of our own."""
        if self._config.enabled:
            with self._lock:
                self._series(name, self._families[name], labels.items()).value += by

    def observe(self, name: str, value: float, labels: Labels = NONE) -> None:
        """Add an observation to a histogram of our own."""
        if self._config.enabled:
            with self._lock:
                family = self._families[name]
                _observe(family, self._series(name, family, labels.items()), value)

    def text(self, readings: Iterable[Reading] = ()) -> str:
        """All metrics in Prometheus' text format, with what the gauges of our own show now."""
        now = self._clock.now()
        with self._lock:
            self._forget(now)
            shown = {
                name: self._shown(name, family, now)
                for name, family in sorted(self._families.items())
                if not self._modifier(name).disabled
            }
        for reading in readings:
            if reading.name in shown:
                labels = _without(reading.labels, self._modifier(reading.name).without)
                values = shown[reading.name].values
                values[labels] = values.get(labels, 0.0) + reading.value
        return exposition(shown)

    def _modifier(self, name: str) -> Modifier:
        return self._config.modifiers.get(name, _UNCHANGED)

    def _series(self, name: str, family: _Family, labels: Iterable[tuple[str, str]]) -> _Series:
        key = _without(labels, self._modifier(name).without)
        series = family.series.get(key)
        if series is None:
            series = family.series[key] = _Series(seen=[0] * len(family.buckets))
        return series

    def _forget(self, now: datetime) -> None:
        """Drop what nobody has told for too long; what goes on is told by going on."""
        if not self._config.lifetime:
            return
        oldest = now - timedelta(seconds=self._config.lifetime)
        for name, family in list(self._families.items()):
            for key, series in list(family.series.items()):
                if series.told is not None and series.since is None and series.told < oldest:
                    del family.series[key]
            if not (family.own or family.series):
                del self._families[name]

    @staticmethod
    def _shown(name: str, family: _Family, now: datetime) -> Shown:
        values, histograms = {}, {}
        for key, series in family.series.items():
            if family.kind == HISTOGRAM:
                bounds = [(_go(bound), float(seen)) for bound, seen in zip(family.buckets, series.seen, strict=True)]
                histograms[key] = ([*bounds, ("+Inf", float(series.count))], series.value)
            else:
                values[key] = series.value if series.since is None else (now - series.since).total_seconds()
        return Shown(name, family.kind, family.help, values, histograms)


def _go(bound: float) -> str:
    """A bound as Go writes it: whole numbers have no fraction."""
    return str(int(bound)) if bound.is_integer() and abs(bound) < 1e6 else str(bound)


def _without(labels: Iterable[tuple[str, str]], left_out: frozenset[str]) -> _Key:
    return tuple(sorted((key, value) for key, value in labels if key not in left_out))


def _take(family: _Family, series: _Series, metric: Metric) -> None:
    if family.kind == HISTOGRAM:
        _observe(family, series, metric.value)
    elif family.kind == "counter" or metric.operation == "Add":
        series.value += metric.value
    elif metric.operation == "Sub":
        series.value -= metric.value
    else:
        series.value, series.since = metric.value, metric.since


def _observe(family: _Family, series: _Series, value: float) -> None:
    series.count += 1
    series.value += value
    for index, bound in enumerate(family.buckets):
        series.seen[index] += value <= bound

"""The registry of measurements and what Prometheus reads of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tiphys.adapters.metrics import MetricRegistry
from tiphys.core.engine.measurement import Metric

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def lines(registry: MetricRegistry) -> list[str]:
    return [line for line in registry.text(NOW).splitlines() if not line.startswith("#") and "_created" not in line]


def told(*metrics: Metric) -> list[str]:
    registry = MetricRegistry()
    assert [registry.tell(metric) for metric in metrics] == [""] * len(metrics)
    return lines(registry)


def test_counters_add_up_for_each_set_of_labels() -> None:
    one = Metric(name="done", help="h", kind="counter", labels=(("a", "x"),), value=1)
    two = Metric(name="done", help="h", kind="counter", labels=(("a", "y"),), value=2)
    assert told(one, two, one) == [
        'argo_workflows_done_total{a="x"} 2.0',
        'argo_workflows_done_total{a="y"} 2.0',
    ]


@pytest.mark.parametrize(("operation", "shown"), [("Set", "2.0"), ("Add", "7.0"), ("Sub", "3.0")])
def test_gauges_are_set_or_changed(operation: str, shown: str) -> None:
    first = Metric(name="g", help="h", kind="gauge", value=5)
    then = Metric(name="g", help="h", kind="gauge", value=2, operation=operation)
    assert told(first, then) == [f"argo_workflows_g {shown}"]


def test_a_gauge_of_what_goes_on_grows_until_it_has_a_value() -> None:
    running = Metric(name="g", help="h", kind="gauge", since=NOW - timedelta(seconds=90))
    assert told(running) == ["argo_workflows_g 90.0"]
    assert told(running, Metric(name="g", help="h", kind="gauge", value=4)) == ["argo_workflows_g 4.0"]


def test_histograms_count_in_their_buckets() -> None:
    seen = [Metric(name="d", help="h", kind="histogram", value=value, buckets=(1.0, 5.0)) for value in (0.5, 3, 9)]
    assert told(*seen) == [
        'argo_workflows_d_bucket{le="1.0"} 1.0',
        'argo_workflows_d_bucket{le="5.0"} 2.0',
        'argo_workflows_d_bucket{le="+Inf"} 3.0',
        "argo_workflows_d_count 3.0",
        "argo_workflows_d_sum 12.5",
    ]


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (
            Metric(name="g", help="other", kind="gauge", value=9),
            "help for metric g is already set to h, it cannot be changed",
        ),
        (
            Metric(name="g", help="h", kind="counter", value=9),
            "type for metric g is already set to gauge, it cannot be changed",
        ),
    ],
)
def test_help_and_kind_of_a_name_stay(other: Metric, text: str) -> None:
    registry = MetricRegistry()
    registry.tell(Metric(name="g", help="h", kind="gauge", value=1))
    assert registry.tell(other) == text
    assert lines(registry) == ["argo_workflows_g 1.0"]

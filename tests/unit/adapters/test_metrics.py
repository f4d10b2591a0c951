"""The registry of measurements and what Prometheus reads of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tiphys.adapters.metrics.registry import MetricRegistry
from tiphys.core.engine.measurement import Metric
from tiphys.ports.instruments import INSTRUMENTS, MetricsConfig, Reading
from tiphys.testing.clock import VirtualClock

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def registry_of(**config: object) -> MetricRegistry:
    return MetricRegistry(VirtualClock(NOW), msgspec.convert(config, MetricsConfig))


def lines(registry: MetricRegistry, *readings: Reading) -> list[str]:
    return [line for line in registry.text(readings).splitlines() if not line.startswith("#")]


def told(*metrics: Metric) -> list[str]:
    registry = registry_of()
    assert [registry.tell(metric) for metric in metrics] == [""] * len(metrics)
    return lines(registry)


def test_counters_add_up_for_each_set_of_labels() -> None:
    one = Metric(name="done", help="h", kind="counter", labels=(("a", "x"),), value=1)
    two = Metric(name="done", help="h", kind="counter", labels=(("a", "y"),), value=2)
    assert told(one, two, one) == [
        'argo_workflows_done{a="x"} 2.0',
        'argo_workflows_done{a="y"} 2.0',
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
        'argo_workflows_d_bucket{le="1"} 1.0',
        'argo_workflows_d_bucket{le="5"} 2.0',
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
    registry = registry_of()
    registry.tell(Metric(name="g", help="h", kind="gauge", value=1))
    assert registry.tell(other) == text
    assert lines(registry) == ["argo_workflows_g 1.0"]


def test_a_gauge_of_what_goes_on_stays_when_that_is_over() -> None:
    clock = VirtualClock(NOW)
    registry = MetricRegistry(clock)
    registry.tell(Metric(name="g", help="h", kind="gauge", since=NOW, node="a"), "run")
    clock.advance(5)
    registry.stop("run", "b", clock.now())
    registry.stop("run", "a", clock.now())
    clock.advance(60)
    registry.stop("run", "a", clock.now())
    assert lines(registry) == ["argo_workflows_g 5.0"]


def test_metrics_of_manifests_are_forgotten_after_their_time() -> None:
    clock = VirtualClock(NOW)
    registry = MetricRegistry(clock, MetricsConfig(lifetime=60))
    registry.tell(Metric(name="old", help="h", kind="counter", value=1))
    registry.tell(Metric(name="going", help="h", kind="gauge", since=NOW))
    registry.count("error_count", {"cause": "OperationPanic"})
    clock.advance(61)
    registry.tell(Metric(name="new", help="h", kind="counter", value=1))
    assert lines(registry) == [
        'argo_workflows_error_count{cause="OperationPanic"} 1.0',
        "argo_workflows_going 61.0",
        "argo_workflows_new 1.0",
    ]


def test_own_metrics_are_there_under_argos_names_before_anything_was_counted() -> None:
    text = registry_of().text()
    assert all(f"# TYPE argo_workflows_{name} {item.kind}\n" in text for name, item in INSTRUMENTS.items())


def test_the_configuration_disables_metrics_and_labels_and_chooses_buckets() -> None:
    registry = registry_of(
        modifiers={
            "log_messages": {"disabled": True},
            "total_count": {"without": ["namespace"]},
            "locks_held": {"without": ["lock_name"]},
            "operation_duration_seconds": {"buckets": [1.0]},
        }
    )
    registry.count("log_messages", {"level": "error"})
    registry.count("total_count", {"phase": "Failed", "namespace": "a"})
    registry.count("total_count", {"phase": "Failed", "namespace": "b"}, 2)
    registry.observe("operation_duration_seconds", 0.5)
    held = [Reading("locks_held", 1, (("lock_name", name), ("type", "mutex"))) for name in "ab"]
    assert lines(registry, *held) == [
        'argo_workflows_locks_held{type="mutex"} 2.0',
        'argo_workflows_operation_duration_seconds_bucket{le="1"} 1.0',
        'argo_workflows_operation_duration_seconds_bucket{le="+Inf"} 1.0',
        "argo_workflows_operation_duration_seconds_count 1.0",
        "argo_workflows_operation_duration_seconds_sum 0.5",
        'argo_workflows_total_count{phase="Failed"} 3.0',
    ]
    assert lines(registry_of(enabled=False)) == []


def test_a_manifest_cannot_take_a_name_of_our_own() -> None:
    registry = registry_of()
    refused = registry.tell(Metric(name="total_count", help="h", kind="counter", value=1))
    assert refused == (
        "help for metric total_count is already set to Workflows that came into a phase, it cannot be changed"
    )

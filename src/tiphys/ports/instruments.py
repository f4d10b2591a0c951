"""The controller's own metrics, under Argo's names (``spec/features.md`` M)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"


class Instrument(Struct, frozen=True):
    """What one name means: ``kind`` is counter, gauge or histogram; ``buckets`` are bounds in seconds."""

    kind: str
    help: str
    buckets: tuple[float, ...] = ()


_REQUEST = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0)
_LATENCY = (1.0, 5.0, 20.0, 60.0, 180.0)
_OPERATION = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0)
#: OpenTelemetry's, for instruments that choose none.
_USUAL = (0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10000.0)

INSTRUMENTS: Mapping[str, Instrument] = {
    "client_rate_limiter_latency": Instrument(
        HISTOGRAM, "How long requests waited for the client's rate limit", _USUAL
    ),
    "cronworkflows_concurrencypolicy_triggered": Instrument(COUNTER, "How often a concurrency policy decided"),
    "cronworkflows_triggered_total": Instrument(COUNTER, "How often a CronWorkflow fired"),
    "deprecated_feature": Instrument(COUNTER, "How often a deprecated feature was used"),
    "error_count": Instrument(COUNTER, "Errors of the controller by cause"),
    "gauge": Instrument(GAUGE, "Workflows by phase"),
    "is_leader": Instrument(GAUGE, "Whether this process drives workflows"),
    "k8s_request_duration": Instrument(HISTOGRAM, "How long requests for objects took", _REQUEST),
    "k8s_request_total": Instrument(COUNTER, "Requests for objects"),
    "locks_held": Instrument(GAUGE, "Holders of each lock"),
    "locks_pending": Instrument(GAUGE, "How many wait for each lock"),
    "locks_taken_total": Instrument(COUNTER, "How often each lock was taken"),
    "log_messages": Instrument(COUNTER, "Messages that were logged, by level"),
    "operation_duration_seconds": Instrument(HISTOGRAM, "How long it took to decide a step of a workflow", _OPERATION),
    "pod_missing": Instrument(COUNTER, "Pods of which nothing was left"),
    "pod_pending_count": Instrument(COUNTER, "Pods that had to wait, by reason"),
    "pod_restarts_total": Instrument(COUNTER, "Pods that were started anew because they never began"),
    "pods_gauge": Instrument(GAUGE, "Pods by phase"),
    "pods_total_count": Instrument(COUNTER, "Pods that came into a phase"),
    "queue_adds_count": Instrument(COUNTER, "What was put into a queue"),
    "queue_depth_gauge": Instrument(GAUGE, "How much is in a queue"),
    "queue_duration": Instrument(HISTOGRAM, "How long the items of a queue took", _REQUEST),
    "queue_latency": Instrument(HISTOGRAM, "How long items stayed in a queue", _LATENCY),
    "queue_longest_running": Instrument(GAUGE, "Seconds that the longest item has been worked on"),
    "queue_retries": Instrument(COUNTER, "What was put into a queue again"),
    "queue_unfinished_work": Instrument(GAUGE, "Seconds of work on items that are not done"),
    "resource_rate_limiter_latency": Instrument(HISTOGRAM, "How long pods waited for their place", _USUAL),
    "total_count": Instrument(COUNTER, "Workflows that came into a phase"),
    "version": Instrument(COUNTER, "What this process was built from"),
    "watches": Instrument(GAUGE, "Watches of clients that are open"),
    "workers_busy_count": Instrument(GAUGE, "Workers that are busy"),
    "workflow_condition": Instrument(GAUGE, "Workflows by condition"),
    "workflowtemplate_runtime": Instrument(HISTOGRAM, "How long workflows of a template ran", _USUAL),
    "workflowtemplate_triggered_total": Instrument(COUNTER, "Workflows of a template that came into a phase"),
}


class Reading(Struct, frozen=True):
    """What a gauge of ``INSTRUMENTS`` shows at this moment."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Modifier(Struct, frozen=True, kw_only=True):
    """What the configuration makes of one metric."""

    disabled: bool = False
    without: frozenset[str] = frozenset()
    buckets: tuple[float, ...] = ()


class MetricsConfig(Struct, frozen=True, kw_only=True):
    """``metricsConfig``.

    ``lifetime`` is for how many seconds a manifest's metric is shown after it was last told; 0: for ever.
    """

    enabled: bool = True
    lifetime: float = 0
    modifiers: Mapping[str, Modifier] = {}

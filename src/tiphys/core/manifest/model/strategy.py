"""Retry, time, garbage collection, locks, memoization, hooks and metrics."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Arguments
from tiphys.core.manifest.model.meta import LabelSelector, Metadata
from tiphys.core.manifest.model.pod import ConfigMapKeySelector, LocalObjectReference
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Amount, Int32, IntOrString


class Backoff(Record, frozen=True, kw_only=True):
    """``Backoff`` of the Argo API."""

    cap: str | None = None
    duration: str | None = None
    factor: IntOrString | None = None
    max_duration: str | None = None


class Cache(Record, frozen=True, kw_only=True):
    """``Cache`` of the Argo API."""

    config_map: LocalObjectReference | None = None


class Condition(Record, frozen=True, kw_only=True):
    """``Condition`` of the Argo API."""

    message: str | None = None
    status: str | None = None
    type: str | None = None


class ContainerSetRetryStrategy(Record, frozen=True, kw_only=True):
    """``ContainerSetRetryStrategy`` of the Argo API."""

    duration: str | None = None
    retries: IntOrString | None = None


class ContinueOn(Record, frozen=True, kw_only=True):
    """``ContinueOn`` of the Argo API."""

    error: bool | None = None
    failed: bool | None = None


class Counter(Record, frozen=True, kw_only=True):
    """``Counter`` of the Argo API."""

    value: str = ""


class ExecutorConfig(Record, frozen=True, kw_only=True):
    """``ExecutorConfig`` of the Argo API."""

    service_account_name: str | None = None


class Gauge(Record, frozen=True, kw_only=True):
    """``Gauge`` of the Argo API."""

    operation: str | None = None
    realtime: bool | None = None
    value: str = ""


class Histogram(Record, frozen=True, kw_only=True):
    """``Histogram`` of the Argo API."""

    buckets: tuple[Amount, ...] | None = None
    value: str = ""


class LabelValueFrom(Record, frozen=True, kw_only=True):
    """``LabelValueFrom`` of the Argo API."""

    expression: str = ""


class LifecycleHook(Record, frozen=True, kw_only=True):
    """``LifecycleHook`` of the Argo API."""

    arguments: Arguments | None = None
    expression: str | None = None
    template: str | None = None
    template_ref: TemplateRef | None = None


class MemoizationStatus(Record, frozen=True, kw_only=True):
    """``MemoizationStatus`` of the Argo API."""

    cache_name: str = ""
    hit: bool | None = None
    key: str = ""


class Memoize(Record, frozen=True, kw_only=True):
    """``Memoize`` of the Argo API."""

    cache: Cache | None = None
    key: str = ""
    max_age: str = ""


class MetricLabel(Record, frozen=True, kw_only=True):
    """``MetricLabel`` of the Argo API."""

    key: str = ""
    value: str = ""


class Metrics(Record, frozen=True, kw_only=True):
    """``Metrics`` of the Argo API."""

    prometheus: tuple[Prometheus, ...] | None = None


class Mutex(Record, frozen=True, kw_only=True):
    """``Mutex`` of the Argo API."""

    database: bool | None = None
    name: str | None = None
    namespace: str | None = None


class MutexHolding(Record, frozen=True, kw_only=True):
    """``MutexHolding`` of the Argo API."""

    holder: str | None = None
    mutex: str | None = None


class MutexStatus(Record, frozen=True, kw_only=True):
    """``MutexStatus`` of the Argo API."""

    holding: tuple[MutexHolding, ...] | None = None
    waiting: tuple[MutexHolding, ...] | None = None


class NodeFlag(Record, frozen=True, kw_only=True):
    """``NodeFlag`` of the Argo API."""

    hooked: bool | None = None
    retried: bool | None = None


class NodeSynchronizationStatus(Record, frozen=True, kw_only=True):
    """``NodeSynchronizationStatus`` of the Argo API."""

    waiting: str | None = None


class PodGC(Record, frozen=True, kw_only=True):
    """``PodGC`` of the Argo API."""

    delete_delay_duration: str | None = None
    label_selector: LabelSelector | None = None
    strategy: str | None = None


class Prometheus(Record, frozen=True, kw_only=True):
    """``Prometheus`` of the Argo API."""

    counter: Counter | None = None
    gauge: Gauge | None = None
    help: str = ""
    histogram: Histogram | None = None
    labels: tuple[MetricLabel, ...] | None = None
    name: str = ""
    when: str | None = None


class RetryAffinity(Record, frozen=True, kw_only=True):
    """``RetryAffinity`` of the Argo API."""

    node_anti_affinity: RetryNodeAntiAffinity | None = None


class RetryNodeAntiAffinity(Record, frozen=True, kw_only=True):
    """``RetryNodeAntiAffinity`` of the Argo API."""


class RetryStrategy(Record, frozen=True, kw_only=True):
    """``RetryStrategy`` of the Argo API."""

    affinity: RetryAffinity | None = None
    backoff: Backoff | None = None
    expression: str | None = None
    limit: IntOrString | None = None
    retry_policy: str | None = None


class SemaphoreHolding(Record, frozen=True, kw_only=True):
    """``SemaphoreHolding`` of the Argo API."""

    holders: tuple[str, ...] | None = None
    semaphore: str | None = None


class SemaphoreRef(Record, frozen=True, kw_only=True):
    """``SemaphoreRef`` of the Argo API."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    database: SyncDatabaseRef | None = None
    namespace: str | None = None


class SemaphoreStatus(Record, frozen=True, kw_only=True):
    """``SemaphoreStatus`` of the Argo API."""

    holding: tuple[SemaphoreHolding, ...] | None = None
    waiting: tuple[SemaphoreHolding, ...] | None = None


class SyncDatabaseRef(Record, frozen=True, kw_only=True):
    """``SyncDatabaseRef`` of the Argo API."""

    key: str = ""


class Synchronization(Record, frozen=True, kw_only=True):
    """``Synchronization`` of the Argo API."""

    mutexes: tuple[Mutex, ...] | None = None
    semaphores: tuple[SemaphoreRef, ...] | None = None


class SynchronizationStatus(Record, frozen=True, kw_only=True):
    """``SynchronizationStatus`` of the Argo API."""

    mutex: MutexStatus | None = None
    semaphore: SemaphoreStatus | None = None


class TTLStrategy(Record, frozen=True, kw_only=True):
    """``TTLStrategy`` of the Argo API."""

    seconds_after_completion: Int32 | None = None
    seconds_after_failure: Int32 | None = None
    seconds_after_success: Int32 | None = None


class TemplateRef(Record, frozen=True, kw_only=True):
    """``TemplateRef`` of the Argo API."""

    cluster_scope: bool | None = None
    name: str | None = None
    template: str | None = None


class VolumeClaimGC(Record, frozen=True, kw_only=True):
    """``VolumeClaimGC`` of the Argo API."""

    strategy: str | None = None


class WorkflowLevelArtifactGC(Record, frozen=True, kw_only=True):
    """``WorkflowLevelArtifactGC`` of the Argo API."""

    force_finalizer_removal: bool | None = None
    pod_metadata: Metadata | None = None
    pod_spec_patch: str | None = None
    service_account_name: str | None = None
    strategy: str | None = None


class WorkflowMetadata(Record, frozen=True, kw_only=True):
    """``WorkflowMetadata`` of the Argo API."""

    annotations: dict[str, str] | None = None
    labels: dict[str, str] | None = None
    labels_from: dict[str, LabelValueFrom] | None = None


class WorkflowTemplateRef(Record, frozen=True, kw_only=True):
    """``WorkflowTemplateRef`` of the Argo API."""

    cluster_scope: bool | None = None
    name: str | None = None

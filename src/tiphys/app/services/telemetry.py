"""What the controller tells of its own work (``spec/engine.md`` 28).

Told by the thread of the driver; ``readings`` may be asked for by any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tiphys.core.locking.names import INTERNAL, is_mutex, shown
from tiphys.ports.instruments import Reading
from tiphys.ports.metrics import Metrics, NoMetrics
from tiphys.ports.runtime import PodKey, PodReport

#: Argo's queues, as far as something here corresponds.
WORKFLOWS, CRONS, LIFETIMES, PODS = "workflow_queue", "cron_wf_queue", "workflow_ttl_queue", "pod_cleanup_queue"
#: Argo's ``RECENTLY_STARTED_POD_DURATION``.
RECENTLY = timedelta(seconds=10)
_CAUSES = ("OperationPanic", "CronWorkflowSubmissionError", "CronWorkflowSpecError")


class WorkQueue:
    """What waits to be done by one worker, and what is being done."""

    def __init__(self, name: str, metrics: Metrics) -> None:
        self._labels = {"queue_name": name}
        self._metrics = metrics
        self._waiting: dict[str, datetime] = {}
        self._started: datetime | None = None

    def add(self, item: str, now: datetime) -> None:
        """Something is to be done about an item; once is enough."""
        if item not in self._waiting:
            self._waiting[item] = now
            self._metrics.count("queue_adds_count", self._labels)

    def start(self, item: str, now: datetime) -> None:
        """Begin with an item, which may have been added or not."""
        self.add(item, now)
        self._metrics.observe("queue_latency", (now - self._waiting.pop(item)).total_seconds(), self._labels)
        self._started = now

    def done(self, now: datetime, *, again: bool = False) -> None:
        """The item is done with, for now or for good."""
        if self._started is not None:
            self._metrics.observe("queue_duration", (now - self._started).total_seconds(), self._labels)
        self._started = None
        if again:
            self.retry()

    def retry(self) -> None:
        """An item is to be done again, because it failed."""
        self._metrics.count("queue_retries", self._labels)

    def readings(self, now: datetime) -> Iterator[Reading]:
        """The queue at this moment."""
        labels = tuple(self._labels.items())
        seconds = (now - started).total_seconds() if (started := self._started) is not None else 0.0
        yield Reading("queue_depth_gauge", len(self._waiting), labels)
        yield Reading("queue_longest_running", seconds, labels)
        yield Reading("queue_unfinished_work", seconds, labels)
        yield Reading("workers_busy_count", float(started is not None), (("worker_type", self._labels["queue_name"]),))


class Telemetry:
    """Counts what the driver and the duties do, and remembers what there is now."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self.metrics: Metrics = metrics or NoMetrics()
        for cause in _CAUSES:
            self.metrics.count("error_count", {"cause": cause}, 0)
        self.queues = {name: WorkQueue(name, self.metrics) for name in (WORKFLOWS, CRONS, LIFETIMES, PODS)}
        self._pods: dict[PodKey, tuple[str, datetime]] = {}

    def decided(self, seconds: float) -> None:
        """A step of a run was decided and kept."""
        self.metrics.observe("operation_duration_seconds", seconds)

    def failed(self, cause: str) -> None:
        """The controller met an error: OperationPanic, CronWorkflowSubmissionError or CronWorkflowSpecError."""
        self.metrics.count("error_count", {"cause": cause})

    def took(self, lock: str) -> None:
        """A lock was taken; those of our own are not told of."""
        if not lock.startswith(INTERNAL):
            self.metrics.count("locks_taken_total", dict(lock_labels(lock)))

    def asked(self, key: PodKey, now: datetime) -> None:
        """A pod is to be started as soon as there is a place."""
        self._pods[key] = ("Pending", now)

    def started(self, key: PodKey, now: datetime) -> None:
        """A pod has its place."""
        _, since = self._pods.get(key, ("", now))
        self._pods[key] = ("Pending", now)
        self.metrics.observe("resource_rate_limiter_latency", (now - since).total_seconds())

    def dropped(self, key: PodKey) -> None:
        """A pod is not wanted any more before it got its place."""
        self._pods.pop(key, None)

    def killed(self, key: PodKey, now: datetime) -> None:
        """A pod is to be ended."""
        queue = self.queues[PODS]
        queue.start(f"{key.uid}/{key.node_id}", now)
        queue.done(now)

    def reported(self, report: PodReport, now: datetime) -> None:
        """A pod is in a phase, or gone."""
        phase, since = self._pods.pop(report.key, ("Pending", now))
        if report.lost:
            recently = str(now - since < RECENTLY).lower()
            self.metrics.count("pod_missing", {"node_phase": phase, "recently_started": recently})
        elif report.phase in {"Pending", "Running"}:
            self._pods[report.key] = (report.phase, since if report.phase == phase else now)

    @property
    def running(self) -> int:
        """How many workflows have a pod that runs."""
        return len({key.uid for key, (phase, _) in list(self._pods.items()) if phase == "Running"})

    def readings(self, now: datetime) -> Iterator[Reading]:
        """What the gauges show at this moment."""
        pods = list(self._pods.items())
        for phase in ("Pending", "Running"):
            number = sum(each == phase for _, (each, _) in pods)
            yield Reading("pods_gauge", number, (("phase", phase),))
        yield Reading("workflow_condition", self.running, (("type", "PodRunning"), ("status", "True")))
        for queue in self.queues.values():
            yield from queue.readings(now)


def lock_labels(lock: str) -> tuple[tuple[str, str], ...]:
    """The attributes of a lock, by its id."""
    name = shown(lock)
    return (
        ("type", "mutex" if is_mutex(lock) else "semaphore"),
        ("storage", "database" if name != lock else "configmap"),
        ("lock_name", name),
        ("namespace", name.partition("/")[0]),
    )

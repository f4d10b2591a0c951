"""What the server shows of its work: counts of what came into a phase, and what there is now."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tiphys.app.services.objects import COMPLETED, KIND, moment
from tiphys.app.services.telemetry import Telemetry, lock_labels
from tiphys.core.locking.names import INTERNAL
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.ports.clock import Clock
from tiphys.ports.instruments import Reading
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import ListOptions, Store

_UNFINISHED = ("", "Pending", "Running")


class Measures:
    """An observer of the controller that counts; ``watches`` says how many watch now."""

    def __init__(
        self, store: Store, clock: Clock, telemetry: Telemetry, watches: Callable[[], int] = lambda: 0
    ) -> None:
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._metrics = telemetry.metrics
        self._watches = watches
        self._lock = threading.Lock()
        #: The phase of each workflow that is not over, and when it was first seen.
        self._known: dict[str, tuple[str, datetime]] = {}
        self._nodes: dict[str, dict[str, str]] = {}

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Count what came into another phase."""
        meta, status = workflow.metadata, workflow.status
        uid, namespace = (meta.uid if meta else "") or "", (meta.namespace if meta else "") or ""
        phase = (status.phase if status else "") or ""
        with self._lock:
            known, since = self._known.get(uid, ("", None))
            if phase and known != phase:
                self._of_template(workflow, namespace, phase, since)
                self._known[uid] = phase, since or self._clock.now()
                self._metrics.count("total_count", {"phase": phase, "namespace": namespace})
            seen = self._nodes.setdefault(uid, {})
            for node in nodes:
                if node.type == "Pod":
                    self._of_pod(node, seen, namespace)
            if status is not None and status.finished_at:
                self._known.pop(uid, None)
                self._nodes.pop(uid, None)

    def _of_pod(self, node: NodeStatus, seen: dict[str, str], namespace: str) -> None:
        phase = node.phase or ""
        if phase and seen.get(node.id, "").partition(" ")[0] != phase:
            self._metrics.count("pods_total_count", {"phase": phase, "namespace": namespace})
        reason = (node.message or "").partition(":")[0] if phase == "Pending" else ""
        if reason and seen.get(node.id) != f"{phase} {reason}":
            self._metrics.count("pod_pending_count", {"reason": reason, "namespace": namespace})
        seen[node.id] = f"{phase} {reason}".strip()

    def _of_template(self, workflow: Workflow, namespace: str, phase: str, since: datetime | None) -> None:
        """Count a workflow that is made of a template, and how long it ran: what its status says has no fractions."""
        reference = workflow.spec.workflow_template_ref if workflow.spec is not None else None
        if reference is None:
            return
        labels = {
            "name": reference.name or "",
            "namespace": namespace,
            "cluster_scope": str(bool(reference.cluster_scope)).lower(),
        }
        for each in (phase,) if since else ("New", phase):
            self._metrics.count("workflowtemplate_triggered_total", {**labels, "phase": each})
        started = since or (workflow.status and moment(workflow.status.started_at))
        if phase in COMPLETED and started:
            seconds = (self._clock.now() - started).total_seconds()
            self._metrics.observe("workflowtemplate_runtime", seconds, labels)

    def tick(self) -> None:
        """Nothing."""

    def log(self, line: LogLine) -> None:
        """Nothing."""

    def text(self) -> str:
        """All metrics as Prometheus reads them."""
        return self._metrics.text([*self._readings(), *self._telemetry.readings(self._clock.now())])

    def _readings(self) -> Iterator[Reading]:
        phases = Counter({"Pending": 0, "Running": 0, **self._store.phases(KIND)})
        phases["Pending"] += phases.pop("", 0)
        for phase, number in phases.items():
            yield Reading("gauge", number, (("phase", phase),))
        begun = sum(phases[phase] for phase in ("Running", *COMPLETED))
        idle = max(0, begun - self._telemetry.running)
        yield Reading("workflow_condition", idle, (("type", "PodRunning"), ("status", "False")))
        yield Reading("is_leader", 1)
        yield Reading("watches", self._watches())
        yield from self._locks()

    def _locks(self) -> Iterator[Reading]:
        """How many hold each lock and wait for it; a row of one run also tells of the runs that it waits for."""
        rows = {
            (row.key, row.lock, row.held)
            for phase in _UNFINISHED
            for stored in self._store.list(ListOptions(kind=KIND, phases=(phase,), limit=10_000)).items
            for row in self._store.locks.rows(stored.uid)
            if not row.lock.startswith(INTERNAL)
        }
        held = Counter(lock for _, lock, is_held in rows if is_held)
        waiting = Counter(lock for _, lock, is_held in rows if not is_held)
        for lock in sorted({*held, *waiting}):
            yield Reading("locks_held", held[lock], lock_labels(lock))
            yield Reading("locks_pending", waiting[lock], lock_labels(lock))

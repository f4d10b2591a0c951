"""What an observer that sends spans makes of what it is told."""

from __future__ import annotations

from datetime import UTC, datetime

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tiphys.adapters.tracing import Tracing
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.strategy import NodeSynchronizationStatus
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.testing.clock import VirtualClock

BEGIN = "2026-01-01T00:00:00Z"
LOCK = "default/Mutex/one"


def lasted(span: ReadableSpan) -> float:
    assert span.start_time is not None and span.end_time is not None
    return (span.end_time - span.start_time) / 1e9


def test_phases_and_waiting_for_a_lock_are_spans_below_their_node() -> None:
    clock, exporter = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC)), InMemorySpanExporter()
    tracing = Tracing("v1", clock, exporter)

    def tell(phase: str, *, waits: bool = False, end: str | None = None) -> None:
        lock = NodeSynchronizationStatus(waiting=LOCK) if waits else None
        node = NodeStatus(id="n", name="n", phase=phase, started_at=BEGIN, finished_at=end, synchronization_status=lock)
        meta = ObjectMeta(name="w", namespace="default", uid="u")
        tracing.changed(Workflow(metadata=meta, status=WorkflowStatus(phase="Running", started_at=BEGIN)), [node])
        clock.advance(5)

    tell("Pending", waits=True)
    tell("Pending", waits=True)
    tell("Pending")
    tell("Running")
    tell("Succeeded", end="2026-01-01T00:00:20Z")
    tell("Succeeded", end="2026-01-01T00:00:20Z")
    tracing.close()
    spans = {(span.name, value_of(span)): span for span in exporter.get_finished_spans()}
    lengths = {key: lasted(span) for key, span in spans.items()}
    assert lengths == {
        ("try_acquire_lock", LOCK): 10,
        ("node_phase", "Pending"): 15,
        ("node_phase", "Running"): 5,
        ("node", "Succeeded"): 20,
    }
    above = spans["node", "Succeeded"].context
    assert above is not None
    assert {span.parent.span_id for span in spans.values() if span.parent and span.name != "node"} == {above.span_id}


def value_of(span: ReadableSpan) -> str:
    found = span.attributes or {}
    return str(found.get("argo.lock.name") or found.get("argo.node.phase"))

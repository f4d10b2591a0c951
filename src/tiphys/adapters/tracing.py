"""Traces of runs for OpenTelemetry: a trace for each workflow, a span for each node (extra ``otel``).

A span is sent when its node is over, with the times of the node's status.  Ids come from the uid and from the id of
the node: a server that takes a run over goes on with the same trace, and what is told twice is one span.  Below it are
spans of its phases and of the time that it waited for a lock: they begin and end when they are told, so a phase that
a restart interrupts begins with the restart.  The names of spans are Argo's; what Argo tells of executors and of its
talks with Kubernetes is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context

from tiphys.core.engine.traceids import span_id, trace_id
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import LogLine

_FAILED = frozenset({"Failed", "Error"})
#: Spans of something that a node or the workflow stays in, and the attribute that says in what.
_STAYS = {
    "node_phase": "argo.node.phase",
    "workflow_phase": "argo.workflow.phase",
    "try_acquire_lock": "argo.lock.name",
}


class Stay(Struct, frozen=True):
    """What a node, or the workflow where there is none, is in now: the name of the span, and a phase or a lock."""

    span: str
    node: str
    value: str


class _Told(Struct):
    """What is known of a run: the nodes that were sent, and since when what stays as it is."""

    sent: set[str] = field(default_factory=set)
    stays: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


class Tracing:
    """An observer of the controller that sends spans; the exporter is told where by ``OTEL_EXPORTER_OTLP_…``.

    Sending is another thread's work and never holds a run up; what the collector does not take is lost.
    """

    def __init__(self, version: str, clock: Clock, exporter: SpanExporter | None = None) -> None:
        self._ids = _Ids()
        resource = Resource.create({"service.name": "tiphys", "service.version": version})
        self._provider = TracerProvider(resource=resource, id_generator=self._ids)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("tiphys", version)
        self._clock = clock
        self._runs: dict[str, _Told] = {}

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Send the spans of what is over now."""
        meta, status = workflow.metadata or ObjectMeta(), workflow.status or WorkflowStatus()
        uid = meta.uid or ""
        told = self._runs.setdefault(uid, _Told())
        now = self._clock.now().isoformat()
        for node in nodes:
            if node.id in told.sent:
                continue
            over = bool(node.started_at and node.finished_at)
            waiting = node.synchronization_status.waiting if node.synchronization_status else None
            self._stay(told, meta, Stay("node_phase", node.id, node.phase or ""), now, over=over)
            self._stay(told, meta, Stay("try_acquire_lock", node.id, waiting or ""), now, over=over)
            if over:
                told.sent.add(node.id)
                self._node(uid, meta, node)
        over = bool(status.finished_at)
        self._stay(told, meta, Stay("workflow_phase", "", status.phase or ""), now, over=over)
        if over:
            self._runs.pop(uid, None)
            if status.started_at:
                self._workflow(uid, meta, status)

    def tick(self) -> None:
        """Nothing."""

    def log(self, line: LogLine) -> None:
        """Nothing: logs are no traces."""

    def close(self) -> None:
        """Send what is left, within a few seconds."""
        self._provider.shutdown()

    def _stay(self, told: _Told, meta: ObjectMeta, stay: Stay, now: str, *, over: bool) -> None:
        """Send what a node or the workflow stayed in until now, when that has changed or is over."""
        place = (stay.span, stay.node)
        before, since = told.stays.get(place, (None, ""))
        if before == stay.value and not over:
            return
        uid = meta.uid or ""
        if before:
            self._ids.span = span_id(uid, f"{stay.node}/{stay.span}/{before}/{since}")
            attributes = {**_names(uid, meta), _STAYS[stay.span]: before, "argo.node.id": stay.node}
            self._send(uid, stay.span, span_id(uid, stay.node), (since, now), attributes, (None, None))
        if over:
            told.stays.pop(place, None)
        else:
            told.stays[place] = (stay.value, now)

    def _node(self, uid: str, meta: ObjectMeta, node: NodeStatus) -> None:
        parent = span_id(uid, node.boundary_id or "")
        attributes = {
            **_names(uid, meta),
            "argo.node.id": node.id or "",
            "argo.node.name": node.name or "",
            "argo.node.displayName": node.display_name or "",
            "argo.node.type": node.type or "",
            "argo.node.phase": node.phase or "",
            "argo.template.name": node.template_name or "",
        }
        self._ids.span = span_id(uid, node.id or "")
        times = (node.started_at or "", node.finished_at or "")
        self._send(uid, "node", parent, times, attributes, (node.phase, node.message))

    def _workflow(self, uid: str, meta: ObjectMeta, status: WorkflowStatus) -> None:
        attributes = {**_names(uid, meta), "argo.workflow.phase": status.phase or ""}
        self._ids.span = span_id(uid, "")
        times = (status.started_at or "", status.finished_at or "")
        self._send(uid, "workflow", None, times, attributes, (status.phase, status.message))

    def _send(
        self,
        uid: str,
        name: str,
        parent: int | None,
        times: tuple[str, str],
        attributes: Mapping[str, str],
        outcome: tuple[str | None, str | None],
    ) -> None:
        self._ids.trace = trace_id(uid)
        context = Context()
        if parent is not None:
            above = SpanContext(self._ids.trace, parent, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
            context = set_span_in_context(NonRecordingSpan(above), context)
        start, end = (_nanoseconds(time) for time in times)
        span = self._tracer.start_span(name, context, attributes=dict(attributes), start_time=start)
        phase, message = outcome
        if phase in _FAILED:
            span.set_status(Status(StatusCode.ERROR, message))
        span.end(end)


class _Ids(IdGenerator):
    """Gives out the ids that were put there for the next span."""

    def __init__(self) -> None:
        self.trace = 0
        self.span = 0

    def generate_span_id(self) -> int:
        """The id of the next span."""
        return self.span

    def generate_trace_id(self) -> int:
        """The id of its trace."""
        return self.trace


def _names(uid: str, meta: ObjectMeta) -> dict[str, str]:
    names = {"name": meta.name, "namespace": meta.namespace, "uid": uid}
    return {f"argo.workflow.{key}": value or "" for key, value in names.items()}


def _nanoseconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp() * 1_000_000) * 1_000

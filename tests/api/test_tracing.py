"""Traces of runs, as a collector of OpenTelemetry gets them from a server."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.conftest import running
from tests.serving import Quiet, serving
from tests.waiting import PATIENCE

STEPS = {
    "entrypoint": "main",
    "templates": [
        {"name": "main", "steps": [[{"name": "good", "template": "good"}], [{"name": "bad", "template": "bad"}]]},
        {"name": "good", "container": {"image": "x", "command": ["sh", "-c", "echo $TRACEPARENT"]}},
        {"name": "bad", "container": {"image": "x", "command": ["sh", "-c", "exit 3"]}},
    ],
}


@contextmanager
def collector() -> Iterator[tuple[str, list[Any]]]:
    """A collector: its address, and the spans that came."""
    spans: list[Any] = []

    class Handler(Quiet):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.answer(200)

    with serving(Handler) as url:
        yield url, spans


def attributes(span: Any) -> dict[str, str]:
    return {item.key: item.value.string_value for item in span.attributes}


def test_a_workflow_is_a_trace_and_its_nodes_are_spans(tmp_path: Path) -> None:
    with (
        collector() as (url, spans),
        running(tmp_path / "home", environment={"OTEL_EXPORTER_OTLP_ENDPOINT": url}) as server,
        server.client() as client,
    ):
        body = {"workflow": {"metadata": {"name": "traced"}, "spec": STEPS}}
        uid = client.post("/api/v1/workflows/default", json=body).json()["metadata"]["uid"]
        nodes = server.finished("traced")["status"]["nodes"]
        log = client.get("/api/v1/workflows/default/traced/log", params={"logOptions.container": "main"}).text
        server.process.terminate()
        server.process.wait(PATIENCE)
    kept = {span.span_id: attributes(span) for span in spans}
    assert len(kept) == len(spans)
    by_name = {kept[span.span_id]["argo.node.displayName"]: span for span in spans if span.name == "node"}
    assert len(by_name) == len(nodes)
    assert {span.name for span in spans} == {"workflow", "workflow_phase", "node", "node_phase"}
    assert {span.trace_id.hex() for span in spans} == {uid.replace("-", "")}
    [workflow] = [span for span in spans if not span.parent_span_id]
    assert workflow.name == "workflow"
    assert kept[workflow.span_id]["argo.workflow.name"] == "traced"
    [root] = [span for span in spans if span.parent_span_id == workflow.span_id and span.name == "node"]
    [phase] = [span for span in spans if span.name == "workflow_phase"]
    assert (phase.parent_span_id, attributes(phase)["argo.workflow.phase"]) == (workflow.span_id, "Running")
    phases = [attributes(span) for span in spans if span.parent_span_id == by_name["good"].span_id]
    assert {each["argo.node.phase"] for each in phases} <= {"Pending", "Running"}
    assert phases
    below = {name for name, span in by_name.items() if span.parent_span_id == root.span_id}
    assert below == {"[0]", "[1]", "good", "bad"}
    good = by_name["good"]
    assert f"00-{good.trace_id.hex()}-{good.span_id.hex()}-01" in log
    assert good.status.code == 0
    assert by_name["bad"].status.code == 2
    assert "exit code 3" in by_name["bad"].status.message
    assert kept[by_name["bad"].span_id]["argo.workflow.uid"] == uid
    assert kept[by_name["bad"].span_id]["argo.node.type"] == "Pod"
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano > 0 for span in spans)

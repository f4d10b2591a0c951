"""What Prometheus reads, under Argo's names (``spec/features.md`` M)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tiphys.app.services.measures import Measures
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.routing import Right, Route

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_PREFIX = "argo_workflows"


def metrics(parts: Parts, _call: Call) -> Answer:
    """All metrics as text."""
    text = exposition(parts.measures, parts.options.version)
    return Answer(body=text, headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"})


def exposition(measures: Measures, version: str) -> bytes:
    """The text of the metrics as they are now."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Now(measures, version))
    return generate_latest(registry)


class _Now:
    """Collects what there is at the moment of asking."""

    def __init__(self, measures: Measures, version: str) -> None:
        self._measures = measures
        self._version = version

    def collect(self) -> Iterator[Metric]:
        now = self._measures.now()
        phases: dict[tuple[tuple[str, str], ...], int] = {
            (("phase", phase),): count for phase, count in now.unfinished.items()
        }
        yield _metric(f"{_PREFIX}_gauge", "Workflows that are not over, by phase", "gauge", phases)
        yield _metric(f"{_PREFIX}_is_leader", "Whether this server drives workflows", "gauge", {(): 1})
        yield _metric(f"{_PREFIX}_version", "The version, as a label", "gauge", {(("version", self._version),): 1})
        # Counters whose names do not end in "_total", which the library would add.
        yield _metric(f"{_PREFIX}_total_count", "Workflows that came into a phase", "unknown", _labelled(now.phases))
        yield _metric(f"{_PREFIX}_pods_total_count", "Pods that came into a phase", "unknown", _labelled(now.pods))
        yield _metric("tiphys_watches", "Watches that are open now", "gauge", {(): now.watches})


def _labelled(counts: Mapping[tuple[str, str], int]) -> dict[tuple[tuple[str, str], ...], int]:
    return {(("phase", phase), ("namespace", namespace)): count for (phase, namespace), count in counts.items()}


def _metric(name: str, text: str, kind: str, values: Mapping[tuple[tuple[str, str], ...], int]) -> Metric:
    from prometheus_client.core import Metric

    metric = Metric(name, text, kind)
    for labels, value in values.items():
        metric.add_sample(name, dict(labels), value)
    return metric


ROUTES = (Route("GET", "/metrics", Right("list", "workflows"), metrics),)

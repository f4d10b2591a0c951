"""Where measurements go: those that manifests declare, and the controller's own (``spec/engine.md`` 28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from tiphys.core.engine.measurement import Metric
from tiphys.ports.instruments import Reading

Labels = Mapping[str, str]
NONE: Labels = {}


class Metrics(Protocol):
    """Keeps measurements for whoever shows them.  Never raises and never blocks: it is called between steps."""

    def tell(self, metric: Metric, run: str = "") -> str:
        """Count, set or observe what the manifest of a run declares; why it is refused, empty when it was taken.

        A name keeps the kind and the help that it had first: another one is refused, and nothing changes.  ``run`` is
        the uid of the workflow.
        """

    def stop(self, run: str, node: str, at: datetime) -> None:
        """Let gauges of what goes on stay as they are at a moment: those of a node of a run, or of the run itself."""

    def count(self, name: str, labels: Labels = NONE, by: float = 1) -> None:
        """Add to one of the counters of ``ports.instruments``; a name that is not there is a programming error."""

    def observe(self, name: str, value: float, labels: Labels = NONE) -> None:
        """Add an observation to one of the histograms of ``ports.instruments``, in seconds."""

    def text(self, readings: Iterable[Reading] = ()) -> str:
        """All that is kept, in Prometheus' text format, with what gauges of ``ports.instruments`` show now."""


class NoMetrics:
    """Keeps nothing: nobody would show it."""

    def tell(self, metric: Metric, run: str = "") -> str:
        """Take it and forget it."""
        return ""

    def stop(self, run: str, node: str, at: datetime) -> None:
        """Nothing."""

    def count(self, name: str, labels: Labels = NONE, by: float = 1) -> None:
        """Nothing."""

    def observe(self, name: str, value: float, labels: Labels = NONE) -> None:
        """Nothing."""

    def text(self, readings: Iterable[Reading] = ()) -> str:
        """Nothing."""
        return ""

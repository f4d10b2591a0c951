"""One measurement that a run tells (``spec/engine.md`` 28.1)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Metric(Struct, frozen=True, kw_only=True):
    """One thing to count, set or observe.

    ``kind`` is counter, gauge or histogram; ``operation`` (Set, Add, Sub) belongs to gauges, ``buckets`` to
    histograms.  ``since`` marks a gauge that shows the seconds since then, until ``node`` (the run, if it is empty) is
    over.
    """

    name: str
    help: str
    kind: str
    labels: tuple[tuple[str, str], ...] = ()
    value: float = 0.0
    operation: str = "Set"
    buckets: tuple[float, ...] = ()
    since: datetime | None = None
    node: str = ""

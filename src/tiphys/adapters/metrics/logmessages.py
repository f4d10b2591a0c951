"""Counts what is logged, by level."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tiphys.ports.metrics import Metrics

#: Go's words for Python's levels.
_LEVELS: Mapping[str, str] = {"WARNING": "warn", "CRITICAL": "error"}


class _Counter(logging.Handler):
    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        level = _LEVELS.get(record.levelname, record.levelname.lower())
        self._metrics.count("log_messages", {"level": level})


@contextmanager
def counted_logs(metrics: Metrics) -> Iterator[None]:
    """Count all messages of this process while the body runs."""
    handler = _Counter(metrics)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)

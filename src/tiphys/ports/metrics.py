"""Where the measurements go that manifests declare (``spec/engine.md`` 28.1)."""

from __future__ import annotations

from typing import Protocol

from tiphys.core.engine.measurement import Metric


class Metrics(Protocol):
    """Keeps what runs measure, for whoever shows it.  Never raises and never blocks: it is called between steps."""

    def tell(self, metric: Metric) -> str:
        """Count, set or observe; why it is refused, empty when it was taken.

        A name keeps the kind and the help that it had first: another one is refused, and nothing changes.
        """


class NoMetrics:
    """Keeps nothing: nobody would show it."""

    def tell(self, metric: Metric) -> str:
        """Take it and forget it."""
        return ""

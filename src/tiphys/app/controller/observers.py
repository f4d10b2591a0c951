"""Several observers as one."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.ports.api import RunObserver
from tiphys.ports.runtime import LogLine


class Observers:
    """Tells each of several observers, in their order."""

    def __init__(self, observers: Sequence[RunObserver]) -> None:
        self._observers = observers

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """A step was committed."""
        for observer in self._observers:
            observer.changed(workflow, nodes)

    def tick(self) -> None:
        """Time passes."""
        for observer in self._observers:
            observer.tick()

    def log(self, line: LogLine) -> None:
        """A line of a log."""
        for observer in self._observers:
            observer.log(line)

"""An observer for runs that nobody watches."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.ports.runtime import LogLine


class Silence:
    """Shows nothing."""

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Nothing."""

    def tick(self) -> None:
        """Nothing."""

    def log(self, line: LogLine) -> None:
        """Nothing."""

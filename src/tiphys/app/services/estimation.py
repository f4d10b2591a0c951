"""How long a run will probably take: as long as the last one of its kind that succeeded (``spec/engine.md`` 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct, field

from tiphys.app.services.objects import KIND, moment, node_changes, workflow_of
from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.resolve import CLUSTER_TEMPLATE_LABEL, CRON_LABEL, TEMPLATE_LABEL
from tiphys.ports.store import ListOptions, Store

#: The first of these that a workflow has tells what is of its kind.
_LABELS = (TEMPLATE_LABEL, CLUSTER_TEMPLATE_LABEL, CRON_LABEL)


class Estimate(Struct, frozen=True):
    """Whole seconds; ``nodes`` has them by what follows the workflow's name in a node's.  0 is not known."""

    seconds: int = 0
    nodes: Mapping[str, int] = field(default_factory=dict)

    def of_workflow(self, workflow: Workflow) -> Workflow:
        """The workflow with its estimate, which is set once, when it has started."""
        status = workflow.status
        if not self.seconds or status is None or not status.started_at or status.estimated_duration is not None:
            return workflow
        return msgspec.structs.replace(
            workflow, status=msgspec.structs.replace(status, estimated_duration=self.seconds)
        )

    def of_nodes(self, changes: tuple[NodeChange, ...], workflow: str) -> tuple[NodeChange, ...]:
        """The nodes with their estimates."""
        return tuple(self._of_node(change, workflow) for change in changes) if self.nodes else changes

    def _of_node(self, change: NodeChange, workflow: str) -> NodeChange:
        seconds = self.nodes.get((change.status.name or "").removeprefix(workflow))
        if not seconds:
            return change
        status = msgspec.structs.replace(change.status, estimated_duration=seconds)
        return msgspec.structs.replace(change, status=status)


def estimate(store: Store, workflow: Workflow) -> Estimate:
    """Look for the newest run of the same namespace and the same template or schedule that succeeded.

    Raises:
        StoreError: its rows cannot be read.
    """
    meta = workflow.metadata
    labels = (meta.labels if meta is not None else None) or {}
    label = next((name for name in _LABELS if labels.get(name)), None)
    if meta is None or label is None:
        return Estimate()
    options = ListOptions(
        kind=KIND, namespace=meta.namespace, labels={label: labels[label]}, phases=("Succeeded",), limit=1
    )
    found = store.list(options).items
    if not found:
        return Estimate()
    earlier = workflow_of(found[0])
    status = earlier.status
    nodes = {
        (change.status.name or "").removeprefix(found[0].key.name): _seconds(
            change.status.started_at, change.status.finished_at
        )
        for change in node_changes(list(store.nodes(found[0].uid)))
    }
    return Estimate(_seconds(status.started_at, status.finished_at) if status is not None else 0, nodes)


def _seconds(started: str | None, finished: str | None) -> int:
    begin, end = moment(started), moment(finished)
    return _whole(begin, end) if begin is not None and end is not None else 0


def _whole(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))

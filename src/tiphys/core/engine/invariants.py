"""What must always hold of the rows of a run; tests and debug mode check it after every step."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.engine.phases import COMPLETED, FULFILLED, TRANSITIONS
from tiphys.core.engine.rerun import COMPOSITE
from tiphys.core.engine.step import NodeChange, WorkflowChange


def violations(rows: Sequence[NodeChange], workflow: WorkflowChange) -> list[str]:
    """Everything that is impossible; empty when all is well."""
    found: list[str] = []
    names: set[str | None] = {row.status.name for row in rows}
    ids: set[str | None] = {row.status.id for row in rows}
    if len(ids) != len(rows):
        found.append("two nodes share an id")
    if len({row.internal.sequence for row in rows}) != len(rows):
        found.append("two nodes share a sequence number")
    for row in rows:
        found.extend(_of_node(row, names, ids))
    if workflow.phase in COMPLETED:
        running = [row.status.name for row in rows if row.status.phase not in FULFILLED]
        if running:
            found.append(f"the workflow is {workflow.phase} but {running} are not over")
        if workflow.finished_at is None:
            found.append("a completed workflow has no finishedAt")
    return found


def _of_node(row: NodeChange, names: set[str | None], ids: set[str | None]) -> list[str]:
    found: list[str] = []
    status = row.status
    if status.phase not in TRANSITIONS or not status.phase:
        found.append(f"{status.name} has the phase {status.phase!r}")
    if (status.phase in FULFILLED) != (status.finished_at is not None):
        found.append(f"{status.name} is {status.phase} with finishedAt {status.finished_at}")
    if status.boundary_id is not None and status.boundary_id not in ids:
        found.append(f"{status.name} has an unknown boundary {status.boundary_id}")
    for _, parent in row.internal.parents:
        # A retry of the workflow keeps what followed a daemon, which is only made anew once there is a place for it;
        # composite nodes among it may have been reset.
        if parent not in names and status.phase not in FULFILLED and status.type not in COMPOSITE:
            found.append(f"{status.name} hangs below {parent}, which does not exist")
    if status.display_name is None:
        found.append(f"{status.name} has no display name")
    return found

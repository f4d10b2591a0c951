"""The nodes that a memoized resubmission takes over from the workflow that failed (``spec/engine.md`` 24.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from tiphys.core.engine.assemble import assemble
from tiphys.core.engine.naming import node_id, on_exit
from tiphys.core.engine.phases import RUNNING, SKIPPED, SUCCEEDED, UNSUCCESSFUL
from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.objects.moments import rfc3339

#: Begins the message of a node that was taken over.
ORIGINAL = "original pod: "
_COMPOSITE = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})


def memoized_rows(rows: Sequence[NodeChange], old: str, new: str, now: datetime) -> tuple[NodeChange, ...]:
    """The rows that the new run begins with.

    Pods that did not fail become Skipped with their outputs; composite nodes are decided again; everything else, and
    whatever hangs below something that runs again, is made anew.
    """
    ordered = sorted(rows, key=lambda row: row.internal.sequence)
    shown = assemble(ordered)
    names = {row.status.id: row.status.name for row in ordered}
    rename = _Renamed(old, new, names)
    kept: set[str] = set()
    found: dict[str, NodeChange] = {}
    for row in ordered:
        status, internal = row.status, row.internal
        above = [name for name in (internal.holder, names.get(status.boundary_id or "")) if name is not None]
        if status.name.startswith(on_exit(old)) or internal.attempt is not None or not kept.issuperset(above):
            continue
        finished = _finished(status, shown)
        if finished is None:
            continue
        taken = rename.row(row, now, finished=finished)
        if taken.status.id not in found:  # two names with one hash: the engine gives the second another id
            kept.add(status.name)
            found[taken.status.id] = taken
    return tuple(found.values())


def _finished(status: NodeStatus, shown: dict[str, NodeStatus]) -> bool | None:
    """True for a node that is over in the new run, False for one that is decided again, None for one made anew."""
    failed = status.phase in UNSUCCESSFUL
    if status.type in _COMPOSITE:
        return status.type == "Retry" and not failed
    if status.type == "Skipped":
        taken_over = (status.message or "").startswith(ORIGINAL)
        return True if taken_over or (not failed and _succeeded_below(shown, status.id)) else None
    return None if failed or status.type in {"Suspend", "Container"} else True


def _succeeded_below(shown: dict[str, NodeStatus], start: str) -> bool:
    seen = {start}
    stack = [start]
    while stack:
        for child in shown[stack.pop()].children or ():
            if child not in seen:
                if shown[child].phase == SUCCEEDED:
                    return True
                seen.add(child)
                stack.append(child)
    return False


class _Renamed(Struct, frozen=True):
    """From rows of the old run to rows of the new one."""

    old: str
    new: str
    names: dict[str, str]

    def name(self, name: str) -> str:
        """The name of a node in the new run."""
        return self.new + name.removeprefix(self.old)

    def message(self, status: NodeStatus) -> str | None:
        """The message of a node that is over: where its outputs come from."""
        return status.message if status.type == "Skipped" else f"{ORIGINAL}{status.id}"

    def row(self, row: NodeChange, now: datetime, *, finished: bool) -> NodeChange:
        """The row that stands for an old one."""
        status, internal = row.status, row.internal
        at = rfc3339(now)
        boundary = self.names.get(status.boundary_id or "")
        status = msgspec.structs.replace(
            status,
            name=self.name(status.name),
            id=node_id(self.new, self.name(status.name)),
            boundary_id=node_id(self.new, self.name(boundary)) if boundary is not None else None,
            display_name=self.name(status.name) if status.display_name == status.name else status.display_name,
            type=SKIPPED if finished else status.type,
            phase=SKIPPED if finished else RUNNING,
            message=self.message(status) if finished else None,
            outputs=status.outputs if finished else None,
            started_at=at,
            finished_at=at if finished else None,
            progress=None,
            pod_ip=None,
            daemoned=None,
            host_node_name=None,
            resources_duration=None,
            task_result_synced=None,
        )
        internal = msgspec.structs.replace(
            internal,
            started=now,
            finished=now if finished else None,
            holder=self.name(internal.holder) if internal.holder is not None else None,
            parents=tuple((after, self.name(parent)) for after, parent in internal.parents),
            targets=(),
        )
        return NodeChange(status, internal)

"""The state behind the live view: nodes as they change, with counts, at a cost that does not grow with the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from tiphys.core.engine.phases import FULFILLED
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.entrypoints.cli.output import times

#: Nodes that hold the nodes they list as children.
GROUPS = ("StepGroup", "TaskGroup", "Retry")


class Row(Struct, eq=False):
    """A node on the board; ``active`` and ``bad`` are its children that run and that failed, in order of arrival."""

    node: NodeStatus
    begun: float
    ended: float | None = None
    parent: Row | None = None
    children: dict[str, Row] = field(default_factory=dict)
    active: dict[str, Row] = field(default_factory=dict)
    bad: dict[str, Row] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def phase(self) -> str:
        """The node's phase; empty before its first one."""
        return self.node.phase or ""

    @property
    def finished(self) -> bool:
        """Whether nothing will change any more."""
        return self.phase in FULFILLED

    def seconds(self, now: float) -> float:
        """How long the node took, or takes so far."""
        return max(0.0, (self.ended if self.ended is not None else now) - self.begun)


class Board:
    """All nodes of one run.  ``update`` costs O(1) per node and new child; nothing ever looks at all nodes."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.counts: Counter[str] = Counter()
        """Pod nodes by phase."""
        self._top = Row(NodeStatus(), 0.0)
        self._group_of: dict[str, str] = {}
        self._listed: dict[str, int] = {}
        self._waiting: dict[str, list[Row]] = {}

    def update(self, node: NodeStatus, now: float) -> str | None:
        """Take in a node as it is now; answers with its former phase, None for a new node."""
        row = self.rows.get(node.id)
        if row is None:
            row = self.rows[node.id] = Row(node, now - _age(node))
            row.ended = now if row.finished else None
            self._join(row)
            self._adopt(row)
            former = None
        else:
            former = row.phase
            if former != (node.phase or ""):
                self._leave(row)
                row.node = node
                row.ended = now if row.finished else None
                self._join(row)
            row.node = node
        if node.type in GROUPS:
            self._claim(row)
        return former

    def roots(self) -> Iterable[Row]:
        """Rows without a parent: the entry node, exit handlers and workflow hooks."""
        return self._top.children.values()

    def _place(self, row: Row) -> Row:
        """Where a node hangs: below the group that lists it, else below its boundary."""
        group = self._group_of.get(row.node.id)
        if group:
            return self.rows[group]
        boundary = row.node.boundary_id
        if boundary and boundary not in self.rows:
            self._waiting.setdefault(boundary, []).append(row)
        return self.rows.get(boundary, self._top) if boundary else self._top

    def _join(self, row: Row) -> None:
        place = row.parent = self._place(row)
        key, phase = row.node.id, row.phase
        place.children[key] = row
        place.counts[phase] += 1
        if row.node.type == "Pod":
            self.counts[phase] += 1
        if phase in ("Failed", "Error"):
            place.bad[key] = row
        elif phase == "Running":
            place.active[key] = row

    def _leave(self, row: Row) -> None:
        """Take a row out of the counts; it keeps its place among its siblings."""
        place = row.parent or self._top
        place.counts[row.phase] -= 1
        if row.node.type == "Pod":
            self.counts[row.phase] -= 1
        place.active.pop(row.node.id, None)
        place.bad.pop(row.node.id, None)

    def _move(self, row: Row) -> None:
        self._leave(row)
        (row.parent or self._top).children.pop(row.node.id, None)
        self._join(row)

    def _adopt(self, boundary: Row) -> None:
        """Children may be told of before the node that holds them."""
        for row in self._waiting.pop(boundary.node.id, ()):
            self._move(row)

    def _claim(self, group: Row) -> None:
        """A group lists its children; those that hang elsewhere move below it.  Lists only grow."""
        listed = group.node.children or ()
        for key in listed[self._listed.get(group.node.id, 0) :]:
            self._group_of[key] = group.node.id
            child = self.rows.get(key)
            if child is not None and child.parent is not group:
                self._move(child)
        self._listed[group.node.id] = len(listed)


def _age(node: NodeStatus) -> float:
    """Seconds from start to end of a node that was finished when it was first seen, else 0."""
    started, finished = times.parse(node.started_at), times.parse(node.finished_at)
    return max(0.0, (finished - started).total_seconds()) if started and finished else 0.0

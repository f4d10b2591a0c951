"""``status.nodes`` as Argo's API shows it, from the rows of a run.

Children, outbound nodes and the progress of groups follow from all nodes together; they are worked out here, when
somebody asks, in time proportional to the nodes (``spec/engine.md`` 2.5, 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.workflow import NodeStatus

_EXECUTABLE = frozenset({"Pod", "HTTP", "Plugin", "Container", "Suspend"})


def assemble(changes: Sequence[NodeChange]) -> dict[str, NodeStatus]:
    """All nodes by id, in the order in which they were made."""
    rows = sorted(changes, key=lambda change: change.internal.sequence)
    graph = _Graph(rows)
    for row in rows:
        graph.link(row)
    graph.number()
    shown: dict[str, NodeStatus] = {}
    for row in rows:
        name = row.status.name or ""
        shown[row.status.id or ""] = msgspec.structs.replace(
            row.status,
            children=tuple(graph.ids[child] for child in graph.children[name]) or None,
            outbound_nodes=graph.shown_outbound(row),
            progress=row.status.progress if row.status.type in _EXECUTABLE else graph.progress(name),
            resources_duration=graph.resources(row),
        )
    return shown


class _Graph:
    """The nodes of a run by name, linked as Argo links them."""

    def __init__(self, rows: Sequence[NodeChange]) -> None:
        self.rows = {row.status.name or "": row for row in rows}
        self.names = {row.status.id or "": row.status.name or "" for row in rows}
        self.ids = {row.status.name or "": row.status.id or "" for row in rows}
        self.children: dict[str, dict[str, None]] = {name: {} for name in self.rows}
        self._outbound: dict[str, tuple[str, ...]] = {}
        self.bits: dict[str, int] = {}
        self.done = 0
        self.partial: list[tuple[int, int, int]] = []
        #: Resource → for each binary digit of an amount the executable nodes that have it.
        self.amounts: dict[str, list[int]] = {}
        #: Resource → the executable nodes that have an amount of it, be it 0.
        self.counted: dict[str, int] = {}
        self._below: dict[tuple[str, ...], int] = {(): 0}
        self.groups: dict[str, list[str]] = {}
        for row in rows:
            if row.status.type == "StepGroup" and row.internal.holder is not None:
                self.groups.setdefault(row.internal.holder, []).append(row.status.name or "")

    def link(self, row: NodeChange) -> None:
        """Hang a node below its parents."""
        name = row.status.name or ""
        for after, parent in row.internal.parents:
            if parent not in self.rows:
                # A daemon that is not made anew yet after a retry: nothing hangs in the air meanwhile.
                above = self.names.get(row.status.boundary_id or "")
                if above is not None:
                    self.children[above][name] = None
                continue
            for target in self.outbound(parent) if after else (parent,):
                self.children[target][name] = None

    def outbound(self, name: str) -> tuple[str, ...]:
        """The nodes that followers of a node hang below; complete once the node is fulfilled."""
        stack = [name]
        while stack:
            top = stack[-1]
            if top not in self._outbound:
                ends, parts = self._ends(top)
                missing = [part for part in parts if part in self.rows and part not in self._outbound]
                if missing:
                    stack += missing
                    continue
                self._outbound[top] = ends or self._union(parts)
            stack.pop()
        return self._outbound[name]

    def _ends(self, name: str) -> tuple[tuple[str, ...], Sequence[str]]:
        """The outbound nodes themselves, or else of which nodes the outbound nodes are meant."""
        row, own = self.rows[name], (name,)
        kind = row.status.type
        memo = row.status.memoization_status
        if memo is not None and memo.hit:
            return own, ()
        members = list(self.children[name])
        if kind in {"StepGroup", "TaskGroup"} and members:
            return (), members
        if kind == "Steps":
            return (), self.groups.get(name, [])[-1:]
        if kind == "DAG":
            return (), row.internal.targets
        if kind == "Retry":
            return tuple(members[-1:]), ()
        if kind in {"Pod", "Container"}:
            containers = [member for member in members if self.rows[member].status.type == "Container"]
            return ((), containers) if containers else (own, ())
        return own, ()

    def _union(self, names: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in names:
            if name in self.rows:
                found.update(dict.fromkeys(self._outbound[name]))
        return tuple(found)

    def shown_outbound(self, row: NodeChange) -> tuple[str, ...] | None:
        """``outboundNodes``: of ended Steps and DAG nodes."""
        memo = row.status.memoization_status
        if row.status.type not in {"Steps", "DAG"} or row.status.finished_at is None or (memo is not None and memo.hit):
            return None
        return tuple(self.ids[name] for name in self.outbound(row.status.name or "")) or None

    def progress(self, name: str) -> str | None:
        """The sum over all executable descendants, each counted once; None when there are none."""
        below = self._below_set(name)
        total = below.bit_count()
        if not total:
            return None
        done = (below & self.done).bit_count()
        for bit, extra_done, extra_total in self.partial:
            if below >> bit & 1:
                done, total = done + extra_done, total + extra_total
        return f"{done}/{total}"

    def resources(self, row: NodeChange) -> dict[str, int] | None:
        """``resourcesDuration``: a pod's own, of a group that ended the sum over its pods."""
        status = row.status
        if status.type in _EXECUTABLE or status.finished_at is None:
            return status.resources_duration
        below = self._below_set(status.name or "")
        sums = {
            name: sum((below & digit).bit_count() << place for place, digit in enumerate(digits))
            for name, digits in self.amounts.items()
            if below & self.counted[name]
        }
        return sums or None

    def _note_amounts(self, bit: int, amounts: dict[str, int] | None) -> None:
        for name, amount in (amounts or {}).items():
            digits = self.amounts.setdefault(name, [])
            digits.extend([0] * (amount.bit_length() - len(digits)))
            for place in range(amount.bit_length()):
                if amount >> place & 1:
                    digits[place] |= 1 << bit

    def number(self) -> None:
        """Give every executable node a bit; sets of descendants are integers."""
        done = bytearray(len(self.rows) // 8 + 1)
        counted: dict[str, bytearray] = {}
        for bit, (name, row) in enumerate(self.rows.items()):
            if row.status.type not in _EXECUTABLE or not row.status.progress:
                continue
            self.bits[name] = bit
            self._note_amounts(bit, row.status.resources_duration)
            for resource in row.status.resources_duration or ():
                counted.setdefault(resource, bytearray(len(done)))[bit >> 3] |= 1 << (bit & 7)
            part, _, whole = row.status.progress.partition("/")
            if part == whole == "1":
                done[bit >> 3] |= 1 << (bit & 7)
            elif (part, whole) != ("0", "1"):
                self.partial.append((bit, int(part), int(whole) - 1))
        self.done = int.from_bytes(done, "little")
        self.counted = {resource: int.from_bytes(marks, "little") for resource, marks in counted.items()}

    def _below_set(self, name: str) -> int:
        """The executable descendants of a node.  Nodes with the same children share one set."""
        stack = [name]
        while stack:
            children = tuple(self.children[stack[-1]])
            if children in self._below:
                stack.pop()
                continue
            missing = [child for child in children if tuple(self.children[child]) not in self._below]
            if missing:
                stack.extend(missing)
                continue
            self._below[children] = self._union_below(children)
            stack.pop()
        return self._below[tuple(self.children[name])]

    def _union_below(self, children: tuple[str, ...]) -> int:
        own = bytearray(len(self.rows) // 8 + 1)
        deeper: dict[int, int] = {}
        for child in children:
            bit = self.bits.get(child)
            if bit is not None:
                own[bit >> 3] |= 1 << (bit & 7)
            below = self._below[tuple(self.children[child])]
            deeper[id(below)] = below
        result = int.from_bytes(own, "little")
        for below in deeper.values():
            result |= below
        return result

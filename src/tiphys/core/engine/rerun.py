"""Which nodes of a finished run run again, as a plan that can be shown first (``spec/engine.md`` 24.2).

Pure.  What is removed is made anew by the engine when the run goes on; composite nodes above it are reset and decided
again; everything else stays as it is.  ``docs/decisions/0020`` says where this differs from Argo and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from tiphys.core.engine.assemble import assemble
from tiphys.core.engine.naming import on_exit
from tiphys.core.engine.phases import RUNNING, SUCCEEDED, UNSUCCESSFUL
from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.objects.moments import rfc3339

#: Kinds whose nodes are decided from other nodes.
COMPOSITE = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})
GROUPS = frozenset({"StepGroup", "TaskGroup"})
#: Composite kinds that may need a place before they begin.
BOUNDED = COMPOSITE - GROUPS


class RerunPlan(Struct, frozen=True, kw_only=True):
    """What becomes of each node; every row stands in exactly one of the three, in the order of the nodes' making.

    ``reset`` are rows as they are to be stored; ``kept`` and ``removed`` are rows as they were.
    """

    kept: tuple[NodeChange, ...]
    reset: tuple[NodeChange, ...]
    removed: tuple[NodeChange, ...]


def plan_retry(
    rows: Sequence[NodeChange],
    workflow: str,
    now: datetime,
    *,
    chosen: Callable[[NodeStatus], bool] | None = None,
    failed: bool = True,
    expand: bool = False,
    daemon: Callable[[NodeStatus], bool] = lambda status: False,
) -> RerunPlan:
    """Plan to run nodes of a finished run again.

    Args:
        rows: All nodes of the run.
        workflow: Its name.
        now: When reset nodes begin anew.
        chosen: Nodes that run again although they may have succeeded, with all that followed them.
        failed: Whether failed nodes run again, unless what followed them succeeded.
        expand: Loops whose group is reset expand anew, because parameters changed.
        daemon: Tells daemons: they are down by now and run again with whatever needs them.
    """
    work = _Work(rows)
    for name in work.below(str(on_exit(workflow))):
        work.removed.add(name)
    picked = {name for name, row in work.rows.items() if chosen is not None and chosen(row.status)}
    for name in picked:
        work.again(name)
    if failed:
        for name in work.failed_leaves(picked):
            work.again(name)
        for name in work.failed_by_themselves():
            work.decide_again(name)
    if expand:
        work.expand_again()
    work.restart_daemons(daemon)
    work.forget_handlers()
    return work.plan(now)


class _Work:
    """The graph of a run while it is taken apart."""

    def __init__(self, rows: Sequence[NodeChange]) -> None:
        ordered = sorted(rows, key=lambda row: row.internal.sequence)
        self.rows = {row.status.name: row for row in ordered}
        names = {row.status.id: row.status.name for row in ordered}
        self.children = {
            status.name: [names[child] for child in status.children or ()] for status in assemble(ordered).values()
        }
        self.members: dict[str, list[str]] = {}
        self.followers: dict[str, list[str]] = {}
        for name, row in self.rows.items():
            if row.internal.holder is not None:
                self.members.setdefault(row.internal.holder, []).append(name)
            for after, parent in row.internal.parents:
                if after:
                    self.followers.setdefault(parent, []).append(name)
        self.names = names
        self.removed: set[str] = set()
        self.reset: set[str] = set()

    # -- who ------------------------------------------------------------------------------------------------

    def failed_leaves(self, picked: set[str]) -> list[str]:
        """Nodes that failed by themselves and that nothing went on from (``spec/engine.md`` 24.2, rule 1b)."""
        found = []
        for name, row in self.rows.items():
            status = row.status
            if status.type in COMPOSITE or status.phase not in UNSUCCESSFUL:
                continue
            judged = row.internal.holder if row.internal.attempt is not None and row.internal.holder else name
            if not self._made_good(name) and not self._went_on(self._start(judged), picked):
                found.append(name)
        return found

    def _made_good(self, name: str) -> bool:
        """Whether a later attempt of a Retry node above succeeded."""
        above: str | None = name
        while above is not None:
            holder = self.rows[above].internal.holder
            attempt = self.rows[above].internal.attempt is not None
            if attempt and holder is not None and self.rows[holder].status.phase not in UNSUCCESSFUL:
                return True
            above = holder
        return False

    def _start(self, name: str) -> str:
        """The Pod of a container, any other node itself."""
        status = self.rows[name].status
        return self.names.get(status.boundary_id or "", name) if status.type == "Container" else name

    def _went_on(self, name: str, picked: set[str]) -> bool:
        """Whether something that followed a node succeeded; its own hooks and exit handlers do not count."""
        for below in self.below(name, hooks=False):
            row = self.rows[below]
            if below == name or below in picked or row.internal.holder == name or row.status.type == "Container":
                continue
            if row.status.phase == SUCCEEDED:
                return True
        return any(self._succeeded(follower) for above in self._failed_above(name) for follower in above)

    def _failed_above(self, name: str) -> Iterator[Sequence[str]]:
        """The followers of each composite node above a node that failed with it."""
        above = None if self._is_hook(name) else self._above(name)
        while above is not None and self.rows[above].status.phase in UNSUCCESSFUL:
            yield self.followers.get(above, ())
            above = None if self._is_hook(above) else self._above(above)

    def failed_by_themselves(self) -> list[str]:
        """Composite nodes whose failure no member explains: bad outputs, a deadline, a strategy that is wrong."""
        return [
            name
            for name, row in self.rows.items()
            if row.status.type in COMPOSITE
            and row.status.phase in UNSUCCESSFUL
            and name not in self.removed
            and not any(self.rows[member].status.phase in UNSUCCESSFUL for member in self.members.get(name, ()))
            and not any(self._succeeded(follower) for follower in self.followers.get(name, ()))
        ]

    def _succeeded(self, name: str) -> bool:
        return any(self.rows[below].status.phase == SUCCEEDED for below in self.below(name))

    # -- what -----------------------------------------------------------------------------------------------

    def below(self, name: str, *, hooks: bool = True) -> Iterable[str]:
        """A node and all that hangs below it, also across boundaries."""
        if name not in self.rows:
            return ()
        seen = {name: None}
        stack = [name]
        while stack:
            for child in self.children[stack.pop()]:
                flag = self.rows[child].status.node_flag
                if child not in seen and (hooks or flag is None or not flag.hooked):
                    seen[child] = None
                    stack.append(child)
        return seen

    def again(self, name: str) -> None:
        """Have a node run again: it and all below it go, what stands above is decided again."""
        name = self._start(name)
        if name in self.removed:
            return
        row = self.rows[name]
        for each in (name, *self.inside(name)):
            self._remove(each)
        holder = row.internal.holder
        if row.internal.attempt is not None and holder is not None:
            self._restart_attempts(holder, row.internal.attempt)
        self._raise(name)

    def inside(self, name: str) -> list[str]:
        """The members of a composite node and their members."""
        found = []
        stack = list(self.members.get(name, ()))
        while stack:
            member = stack.pop()
            found.append(member)
            stack.extend(self.members.get(member, ()))
        return found

    def _remove(self, name: str) -> None:
        stack = [name]
        while stack:
            next_ = stack.pop()
            self.removed.add(next_)
            for below in (*self.children[next_], *self.followers.get(next_, ())):
                if below not in self.removed:
                    stack.append(below)

    def _restart_attempts(self, retry: str, number: int) -> None:
        """Attempts are numbered without gaps; those of a node that failed for good begin again at 0."""
        for_good = self.rows[retry].status.phase in UNSUCCESSFUL
        for member in self.members.get(retry, ()):
            if for_good or (self.rows[member].internal.attempt or 0) >= number:
                for each in (member, *self.inside(member)):
                    self._remove(each)

    def _raise(self, name: str, *, matters: bool = True) -> None:
        """Reset every composite node above a node; if the node ``matters`` to them, what followed them goes.

        Mostly it is below the node anyway; not if the composite node failed before it knew its outbound nodes.
        """
        above: str | None = name
        while above is not None:
            matters = matters and not self._is_hook(above)
            above = self._above(above)
            if above is None:
                return
            row = self.rows[above]
            if matters:
                for follower in self.followers.get(above, ()):
                    self._remove(follower)
            if above not in self.removed and row.status.type in COMPOSITE:
                if row.status.type == "Retry" and row.status.phase in UNSUCCESSFUL and above not in self.reset:
                    self.reset.add(above)
                    self._restart_attempts(above, 0)
                self.reset.add(above)
            holder, attempt = row.internal.holder, row.internal.attempt
            if attempt is not None and holder is not None:
                self._restart_attempts(holder, attempt + 1)

    def _above(self, name: str) -> str | None:
        """The node that is decided from a node; for hooks that of their owner."""
        row = self.rows[name]
        if row.internal.holder is not None:
            return row.internal.holder
        flag = row.status.node_flag
        if flag is not None and flag.hooked and row.internal.parents:
            return self._above(row.internal.parents[0][1])
        return None

    def decide_again(self, name: str) -> None:
        """Reset a composite node that failed by itself, without what it is made of; what followed it goes."""
        if name in self.removed:
            return
        for follower in self.followers.get(name, ()):
            self._remove(follower)
        self.reset.add(name)
        self._raise(name)

    def expand_again(self) -> None:
        """Remove the members of every group that is reset, until nothing more is reset."""
        done: set[str] = set()
        while True:
            open_ = [name for name in self.reset - self.removed - done if self.rows[name].status.type in GROUPS]
            if not open_:
                return
            for name in open_:
                done.add(name)
                for member in self.members.get(name, ()):
                    self.again(member)

    def restart_daemons(self, daemon: Callable[[NodeStatus], bool]) -> None:
        """Have the daemons of every boundary that goes on run again, without what followed them."""
        boundaries = {self.rows[name].status.id for name in self.reset - self.removed}
        for name, row in self.rows.items():
            if row.status.boundary_id in boundaries and name not in self.removed and daemon(row.status):
                self.removed.add(name)
                self._remove_hooks(name)
                self._raise(name, matters=False)

    def _remove_hooks(self, name: str) -> None:
        """Remove the hooks and the exit handler of a node with all that they are made of, but not what followed it."""
        stack = [name]
        while stack:
            next_ = stack.pop()
            for hook in [child for child in self.children[next_] if self._is_hook(child) and child not in self.removed]:
                inside = (hook, *self.inside(hook))
                self.removed.update(inside)
                stack.extend(inside)

    def forget_handlers(self) -> None:
        """Remove hooks and exit handlers that would be decided again, of nodes that are decided again themselves.

        Whether and when they run follows from how the node ends now; it may end without them.
        """
        for name in [name for name in self.reset - self.removed if self._is_hook(name)]:
            parents = self.rows[name].internal.parents
            if parents and parents[0][1] in self.reset:
                for each in (name, *self.inside(name)):
                    self._remove(each)

    def _is_hook(self, name: str) -> bool:
        flag = self.rows[name].status.node_flag
        return flag is not None and bool(flag.hooked)

    def plan(self, now: datetime) -> RerunPlan:
        """The three lists."""
        reset = self.reset - self.removed
        return RerunPlan(
            kept=tuple(row for name, row in self.rows.items() if name not in reset and name not in self.removed),
            reset=tuple(self._begun_anew(row, now) for name, row in self.rows.items() if name in reset),
            removed=tuple(row for name, row in self.rows.items() if name in self.removed),
        )

    def _begun_anew(self, row: NodeChange, now: datetime) -> NodeChange:
        attempts = self.members.get(row.status.name or "", ())
        waits = row.status.type == "Retry" and all(attempt in self.removed for attempt in attempts)
        return _reset(row, now, requested=waits)


def _reset(row: NodeChange, now: datetime, *, requested: bool) -> NodeChange:
    """A composite node as if it had just begun."""
    status = msgspec.structs.replace(
        row.status,
        phase=row.status.phase if row.status.phase == "Skipped" else RUNNING,
        message=None,
        started_at=rfc3339(now),
        finished_at=None,
        outputs=None,
        outbound_nodes=None,
    )
    internal = msgspec.structs.replace(
        row.internal, started=now, finished=None, targets=(), fired=(), refused=False, failure="", settled=False,
        requested=requested, anew=row.status.type in BOUNDED and row.status.phase != "Skipped",
    )  # fmt: skip
    return NodeChange(status, internal)

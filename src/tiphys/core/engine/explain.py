"""Why a workflow or node is as it is: what it waits for, why it was skipped, what its failure began with.

Pure, over the rows of a run; nothing is remembered for it.  The engine's messages are the facts, this module puts
them into an order: the beginning of a failure first, then what hangs on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tiphys.core.engine.naming import few
from tiphys.core.engine.phases import COMPLETED, FULFILLED, OMITTED, PENDING, RUNNING, SKIPPED, UNSUCCESSFUL
from tiphys.core.engine.step import NodeChange
from tiphys.core.engine.unstarted import Templates, Unstarted
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.executed import executed_spec

COMPOSITE = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})
#: What ends programs, by the exit code that a container then has.
_SIGNALS = {
    128 + number: f"SIG{name}"
    for number, name in ((1, "HUP"), (2, "INT"), (3, "QUIT"), (4, "ILL"), (6, "ABRT"), (7, "BUS"), (8, "FPE"),
                         (9, "KILL"), (11, "SEGV"), (13, "PIPE"), (14, "ALRM"), (15, "TERM"))
}  # fmt: skip


def with_signal(message: str) -> str:
    """The message of a failed container; one that a signal has ended, with the signal."""
    found = re.search(r"\(exit code (\d+)\)$", message)
    name = _SIGNALS.get(int(found[1])) if found is not None else None
    return f"{message}, as after {name}" if name is not None else message


class Reason(Struct, frozen=True):
    """One sentence about one node; ``below`` is what it rests on.

    ``log`` is the full name of the node whose pod's log may say more: of what failed, the last attempt.
    """

    node: str
    phase: str
    text: str
    below: tuple[Reason, ...] = ()
    log: str = ""


class Explanation(Struct, frozen=True):
    """What is to be said of a workflow or node, the most important first."""

    subject: str
    phase: str
    text: str
    reasons: tuple[Reason, ...] = ()


class UnknownNodeError(LookupError):
    """No node is called so, and none that may still start; ``many`` are the full names if several are."""

    def __init__(self, name: str, many: tuple[str, ...] = ()) -> None:
        super().__init__(name, many)
        self.name = name
        self.many = many


def explain(
    workflow: Workflow,
    rows: Sequence[NodeChange],
    node: str | None = None,
    *,
    holders: Mapping[str, Sequence[str]] | None = None,
) -> Explanation:
    """Explain a workflow, or one node of it by display name, full name or id.

    ``holders`` are those of the locks that it waits for, by the names of the locks.

    Raises:
        UnknownNodeError: there is no such node, or there are several.
    """
    graph = _Graph(workflow, rows, holders or {})
    return graph.of_workflow() if node is None else graph.of_node(node)


def memoized(row: NodeChange) -> str:
    """Whether a memoized node found its outputs and why; empty for other nodes and before the answer."""
    memo, reason = row.status.memoization_status, row.internal.memo
    if memo is None or not (memo.hit or reason):
        return ""
    what = "hit" if memo.hit else "miss"
    return f"{what} for the key {memo.key!r} in the cache {memo.cache_name!r}: {reason or 'its outputs were kept'}"


class _Graph:
    """The rows of a run by name, and who is decided from whom."""

    def __init__(self, workflow: Workflow, rows: Sequence[NodeChange], holders: Mapping[str, Sequence[str]]) -> None:
        self.workflow = workflow
        self.holders = holders
        self.name = (workflow.metadata and workflow.metadata.name) or ""
        self.spec = executed_spec(workflow)
        ordered = sorted(rows, key=lambda row: row.internal.sequence)
        self.rows = {row.status.name: row for row in ordered}
        self.members: dict[str, list[NodeChange]] = {}
        for row in ordered:
            if row.internal.holder is not None:
                self.members.setdefault(row.internal.holder, []).append(row)
        self.templates = Templates(workflow, ordered)

    # -- the workflow -----------------------------------------------------------------------------------------

    def of_workflow(self) -> Explanation:
        """Why the workflow is in its phase."""
        status = self.workflow.status
        phase = (status and status.phase) or ""
        message = (status and status.message) or ""
        if phase in UNSUCCESSFUL:
            return Explanation(self.name, phase, message or "it failed", tuple(self._beginnings()))
        if phase in COMPLETED:
            return Explanation(self.name, phase, "all that had to run has run", tuple(self._odd()))
        if not phase and not self.rows:
            return Explanation(self.name, PENDING, "no process has begun to run it: `tiphys wait` sees to it")
        if phase == PENDING and message and not self.rows:
            return Explanation(self.name, phase, self._waits_for(message))
        return Explanation(self.name, phase or PENDING, self._state(), tuple(self._waiting()))

    def _waits_for(self, message: str) -> str:
        """A message about a lock with those who hold it; any other one as it is."""
        found = next((names for lock, names in self.holders.items() if f" {lock} " in f"{message} "), ())
        return f"{message}; held by {few(found)}" if found else message

    def _state(self) -> str:
        spec = self.workflow.spec
        if spec is not None and spec.shutdown:
            return f"it is ended with strategy {spec.shutdown}: what still runs is being killed or is an exit handler"
        if spec is not None and spec.suspend:
            return f"it is suspended: nothing new starts until `tiphys resume {self.name}`"
        running = sum(1 for row in self.rows.values() if row.status.type == "Pod" and row.status.phase == RUNNING)
        limit = self.spec.parallelism
        if limit and running >= limit:
            return f"{running} pods run, and spec.parallelism allows {limit}: others wait for a place"
        return f"{running} pods run" if running != 1 else "1 pod runs"

    def _waiting(self) -> Iterator[Reason]:
        """What is not over and has nothing below it that is not over."""
        for name, row in self.rows.items():
            status = row.status
            if status.phase in FULFILLED or status.daemoned:
                continue
            if any(member.status.phase not in FULFILLED for member in self.members.get(name, ())):
                held = self._held_back(row)
                if held:
                    yield Reason(status.name, status.phase or "", held)
                continue
            yield Reason(status.name, status.phase or "", self._now(row))

    def _held_back(self, row: NodeChange) -> str:
        """Whether a template's ``parallelism`` lets members of a group wait."""
        template = self.templates.of(row)
        limit = template.parallelism if template is not None else None
        inside = [each for each in self.rows.values() if each.status.boundary_id == row.status.id]
        busy = sum(1 for each in inside if each.status.type in {"Pod", "Steps", "DAG"} and each.status.phase in _LIVE)
        return f"its parallelism allows {limit} at once: others wait for a place" if limit and busy >= limit else ""

    def _beginnings(self) -> Iterator[Reason]:
        """What the failure of the workflow began with."""
        entry = self.rows.get(self.name)
        found = list(self._causes(entry)) if entry is not None and entry.status.phase in UNSUCCESSFUL else []
        handler = self.rows.get(f"{self.name}.onExit")
        if not found and handler is not None and handler.status.phase in UNSUCCESSFUL:
            found = list(self._causes(handler))
        yield from sorted(found, key=lambda reason: self._ended(reason.node))

    def _ended(self, node: str) -> tuple[str, int]:
        row = next((row for row in self.rows.values() if row.status.name == node), None)
        if row is None:
            return ("", 0)
        finished = row.internal.finished
        return (finished.isoformat() if finished is not None else "", row.internal.sequence)

    def _causes(self, row: NodeChange) -> Iterator[Reason]:
        """The leaves whose failure made a node fail; the node itself where no member did."""
        status = row.status
        failed = [member for member in self.members.get(status.name, ()) if member.status.phase in UNSUCCESSFUL]
        if status.type == "Retry" and failed:
            last = failed[-1]
            for cause in self._causes(last):
                text = f"{cause.text}; {status.message}" if status.message else cause.text
                times = f" ({len(failed)} attempts)" if len(failed) > 1 else ""
                yield Reason(status.name, status.phase or "", text + times, cause.below, cause.log)
        elif failed and status.type in COMPOSITE:
            for member in failed:
                yield from self._causes(member)
        else:
            log = status.name if status.type == "Pod" else ""
            text = with_signal(status.message or "it failed")
            yield Reason(status.name, status.phase or "", text, self._followers(row), log)

    def _followers(self, row: NodeChange) -> tuple[Reason, ...]:
        """Nodes that never ran because of a node."""
        name = row.status.name
        return tuple(
            Reason(other.status.name, other.status.phase or "", other.status.message or "")
            for other in self.rows.values()
            if other.status.phase == OMITTED and any(parent == name for _, parent in other.internal.parents)
        )

    def _odd(self) -> Iterator[Reason]:
        """What did not run, or failed and was forgiven, in a workflow that succeeded."""
        for row in self.rows.values():
            status = row.status
            if status.phase in {SKIPPED, OMITTED} or (status.phase in UNSUCCESSFUL and status.type not in COMPOSITE):
                forgiven = "; the workflow went on" if status.phase in UNSUCCESSFUL else ""
                yield Reason(status.name, status.phase or "", (status.message or "") + forgiven)

    # -- one node ---------------------------------------------------------------------------------------------

    def of_node(self, wanted: str) -> Explanation:
        """Why a node is in its phase, or what one that has not started waits for."""
        row = self._find(wanted)
        if row is None:
            return self._not_there(wanted)
        status = row.status
        subject, phase = status.name, status.phase or ""
        if phase in UNSUCCESSFUL:
            causes = tuple(
                cause for cause in self._causes(row) if cause.node != status.name or cause.below or cause.log
            )
            text = with_signal(status.message or self._failed(row))
            return Explanation(subject, phase, text, (*causes, *self._attempts(row)))
        if phase in {SKIPPED, OMITTED}:
            return Explanation(subject, phase, status.message or "it never ran", tuple(self._needs(row)))
        if phase in COMPLETED:
            return Explanation(subject, phase, self._well(row), tuple(self._attempts(row)))
        return Explanation(subject, phase, self._now(row), (*self._inside(row), *self._attempts(row)))

    def _find(self, wanted: str) -> NodeChange | None:
        if wanted in self.rows:
            return self.rows[wanted]
        found = [row for row in self.rows.values() if row.status.id == wanted]
        found = found or [row for row in self.rows.values() if row.status.display_name == wanted]
        if len(found) > 1:
            raise UnknownNodeError(wanted, tuple(row.status.name for row in found))
        return found[0] if found else None

    def _failed(self, row: NodeChange) -> str:
        members = [member for member in self.members.get(row.status.name, ()) if member.status.phase in UNSUCCESSFUL]
        names = ", ".join(member.status.name for member in members)
        return f"failed below it: {names}" if names else "it failed"

    def _well(self, row: NodeChange) -> str:
        return memoized(row) or row.status.message or "it succeeded"

    def _needs(self, row: NodeChange) -> Iterator[Reason]:
        """The state of what a node depends on."""
        for after, parent in row.internal.parents:
            other = self.rows.get(parent)
            if after and other is not None and other.status.type != "StepGroup":
                text = other.status.message or ""
                yield Reason(other.status.name, other.status.phase or "", text)

    def _attempts(self, row: NodeChange) -> Iterator[Reason]:
        if row.status.type != "Retry":
            return
        for attempt in self.members.get(row.status.name, ()):
            text = attempt.status.message or ("runs" if attempt.status.phase == RUNNING else "")
            yield Reason(attempt.status.name, attempt.status.phase or "", text)

    def _inside(self, row: NodeChange) -> Iterator[Reason]:
        for member in self.members.get(row.status.name, ()):
            if member.status.phase not in FULFILLED and row.status.type != "Retry":
                yield Reason(member.status.name, member.status.phase or "", self._now(member))

    def _now(self, row: NodeChange) -> str:
        """What a node that is not over is doing or waiting for."""
        status = row.status
        lock = status.synchronization_status
        if lock is not None and lock.waiting:
            return self._waits_for(status.message or f"waits for the lock {lock.waiting}")
        if status.type == "Suspend":
            return self._gate(row)
        if row.internal.paused is not None:
            return f"{status.message}; it waits until somebody lets it go on: `tiphys resume {self.name}`"
        if status.message:
            return status.message
        if status.type in COMPOSITE:
            return self._held_back(row) or "waits for what is below it"
        return "runs" if status.phase == RUNNING else "its pod has not started yet"

    def _gate(self, row: NodeChange) -> str:
        status, template = row.status, self.templates.of(row)
        duration = template.suspend.duration if template is not None and template.suspend is not None else None
        parameters = (status.outputs.parameters if status.outputs is not None else None) or ()
        open_ = [
            p.name for p in parameters if p.value is None and (p.value_from is None or p.value_from.default is None)
        ]
        if duration:
            text = f"goes on by itself {duration}{'s' if str(duration).isdigit() else ''} after {status.started_at}"
        else:
            text = f"waits until somebody resumes it: `tiphys resume {self.name}`"
        return f"{text}; it needs a value for {', '.join(open_)}: `tiphys node set`" if open_ else text

    # -- a node that is not there -------------------------------------------------------------------------------

    def _not_there(self, wanted: str) -> Explanation:
        found = self.templates.unstarted(wanted)
        if found is None:
            raise UnknownNodeError(wanted)
        reasons = tuple(self._dependency(found, name) for name in found.needs)
        phase = self.rows[found.boundary].status.phase
        if phase in FULFILLED:
            text = f"it never started: {found.boundary} is over ({phase})"
        elif found.needs:
            text = f"it has not started: depends on {found.depends}"
        else:
            text = "it has not started: earlier steps are not over, or it waits for a place"
        return Explanation(f"{found.boundary}.{wanted}", "not started", text, reasons)

    def _dependency(self, found: Unstarted, name: str) -> Reason:
        row = self.rows.get(f"{found.boundary}.{name}")
        if row is None:
            return Reason(name, "not started", "")
        return Reason(row.status.name, row.status.phase or "", row.status.message or "")


_LIVE = frozenset({PENDING, RUNNING})

"""What runtimes of templates without containers have in common: records, reports, deadlines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from threading import Event

from tiphys.adapters.executor.leafrecords import ASKED, ENDED, LogEntry, Record, Records
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import (
    ContainerStatus,
    LogLine,
    PodKey,
    PodOutputs,
    PodReport,
    PodRequest,
    Refusal,
)

#: How often a poll that waits looks for what has changed.
_LOOK_SECONDS = 0.05


class LeafRuntime:
    """Implements ``ports.runtime.PodRuntime`` but for the work itself: ``begin``, ``resume`` and ``turn``."""

    name = "leaf"

    def __init__(self, directory: str, clock: Clock) -> None:
        self._records = Records(directory)
        self._clock = clock
        self._woken = Event()
        self._reports: dict[PodKey, PodReport] = {}
        self._active: dict[PodKey, Record] = {}

    def begin(self, record: Record, request: PodRequest) -> None:
        """Do what a new record asks for, or begin to; what is not kept yet is begun again after a crash."""
        raise NotImplementedError

    def resume(self, record: Record) -> None:
        """Go on with a record of an earlier process that has not ended."""
        raise NotImplementedError

    def turn(self) -> None:
        """Look whether anything that is active has come further."""

    def cancel(self, record: Record) -> None:
        """Stop the work for a record that was killed or whose deadline is over."""

    def warnings(self) -> Sequence[str]:
        """Nothing: these templates need nothing of the machine."""
        return ()

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """Nothing is refused: there are no containers."""
        return ()

    def start(self, request: PodRequest) -> None:
        """Begin a node unless it was begun before."""
        if request.key in self._active and self._active[request.key].state == ASKED:
            return
        known = self._active.get(request.key) or self._records.get(request.key)
        if known is not None:
            self._take_over(known)
            return
        record = Record(
            uid=request.key.uid,
            node_id=request.key.node_id,
            node_name=request.node_name,
            pod_name=request.pod_name,
            workflow=request.workflow,
            namespace=request.namespace,
            template=request.template,
            service_account=request.service_account or "default",
            deadline=request.deadline,
            deadline_message=request.deadline_message,
            started_at=self._clock.now(),
        )
        self._active[record.key] = record
        self.begin(record, request)
        if record.state not in (ASKED, ENDED):
            self.report(record)

    def attach(self, uid: WorkflowUid) -> None:
        """Take over what an earlier process began."""
        for record in self._records.of(uid):
            self._take_over(self._active.get(record.key) or record)

    def _take_over(self, record: Record) -> None:
        if record.state != ENDED and record.key not in self._active:
            self._active[record.key] = record
            self.resume(record)
        self.report(record)

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """End a node; it shows the signal that would have ended its container."""
        record = self._active.get(key)
        if record is not None:
            self.cancel(record)
            self.end(record, "Failed", exit_code=137 if grace_seconds is not None and grace_seconds <= 0 else 143)

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """Wait for reports."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            self._expire()
            self.turn()
            if self._reports:
                found, self._reports = list(self._reports.values()), {}
                self._woken.clear()
                return found
            if self._woken.is_set():
                self._woken.clear()
                return ()
            left = _LOOK_SECONDS if end is None else min(end - time.monotonic(), _LOOK_SECONDS)
            if left <= 0:
                return ()
            self._woken.wait(left)

    def wake(self) -> None:
        """Make a waiting poll return."""
        self._woken.set()

    def logs(
        self, uid: WorkflowUid, node_id: NodeId, container: str, *, offset: int = 0
    ) -> Iterator[tuple[int, LogLine]]:
        """The lines that were written for a node; offsets count lines."""
        record = self._records.get(PodKey(uid, node_id))
        if record is None or container != "main":
            return
        for number, entry in enumerate(record.log[offset:], offset + 1):
            yield (
                number,
                LogLine(pod_name=record.pod_name, container="main", stream="stdout", time=entry.time, text=entry.text),
            )

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Forget one node or all of a run; what runs is ended first."""
        for key in [key for key in self._active if key.uid == uid and node_id in (None, key.node_id)]:
            self.cancel(self._active.pop(key))
        for key in [key for key in self._reports if key.uid == uid and node_id in (None, key.node_id)]:
            del self._reports[key]
        self._records.remove(uid, node_id)

    def close(self) -> None:
        """Let go of everything."""

    def keep(self, record: Record, state: str) -> None:
        """Write down how far a record is."""
        record.state = state
        self._records.put(record)

    def say(self, record: Record, text: str) -> None:
        """Add lines to the log of a node."""
        now = self._clock.now()
        record.log += [LogEntry(now, line) for line in text.splitlines()]

    def end(
        self,
        record: Record,
        phase: str,
        message: str = "",
        *,
        reason: str = "",
        exit_code: int | None = None,
        exit_message: str = "",
    ) -> None:
        """Write down and report the end of a node."""
        record.phase, record.message, record.reason = phase, message, reason
        record.exit_code, record.exit_message = exit_code, exit_message
        record.finished_at = self._clock.now()
        self.keep(record, ENDED)
        self._active.pop(record.key, None)
        self.report(record)

    def report(self, record: Record) -> None:
        """Let the next poll tell the present state of a record."""
        self._reports[record.key] = _report(record)

    def _expire(self) -> None:
        now = self._clock.now()
        for record in [item for item in self._active.values() if item.deadline is not None and item.deadline <= now]:
            self.cancel(record)
            self.end(record, "Failed", record.deadline_message, reason="DeadlineExceeded")


def _report(record: Record) -> PodReport:
    ended = record.state == ENDED
    main = ContainerStatus(
        name="main",
        state="terminated" if ended else "running",
        reason=("Error" if record.exit_code else "Completed") if ended else "",
        message=record.exit_message,
        exit_code=record.exit_code,
        started_at=record.started_at,
        finished_at=record.finished_at,
        ready=not ended,
    )
    shown = record.container and (not ended or record.exit_code is not None)
    return PodReport(
        key=record.key,
        phase=record.phase,
        message=record.message,
        reason=record.reason,
        containers=(main,) if shown else (),
        outputs=PodOutputs(result=record.result, parameters=record.parameters, artifacts=record.artifacts)
        if ended
        else None,
        progress=record.progress,
    )

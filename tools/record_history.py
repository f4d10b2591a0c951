"""Record histories for ``tests/replay``: run manifests with made-up pods and write down what is decided.

Usage: python tools/record_history.py tests/replay/manifests/NAME.yaml [...]

A Workflow is run by the engine.  Its annotations say what happens: ``tiphys.dev/pods`` what becomes of its pods, a JSON
map from node name to exit code, to ``lost``, or to a list of them, one for each start; daemons are up at once, the
others end well.  ``tiphys.dev/shutdown`` names a strategy that is asked for after the first pod ended,
``tiphys.dev/asked`` is a list of further requests ``{"after": pods that ended, "kind": "NodesResumed", …}``.
``tiphys.dev/limits`` has limits of semaphores in the database; ``tiphys.dev/retry`` lists nodes that a retry of the finished
run chooses besides those that failed.  A CronWorkflow is fired for a while, see ``tiphys.testing.cronhistory``.
Existing histories are never written again: they are what earlier versions decided.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.capacities import Capacities, WorkflowLimits
from tiphys.app.controller.memo import Memo
from tiphys.app.controller.waits import Waits
from tiphys.core.engine.commands import KillPod, StartPod
from tiphys.core.engine.events import Container, Event, PodChanged, ShutdownRequested
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import NodeChange, Step, WorkflowChange
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ports.store import RunCommit
from tiphys.testing import cronhistory
from tiphys.testing.clock import VirtualClock
from tiphys.testing.history import EVENTS, History, Moment, begun_anew, moment, retried, retry
from tiphys.testing.playbook import keep

STARTED = datetime(2026, 1, 1, 12, tzinfo=UTC)
LONGEST = 400


def main(files: list[str]) -> int:
    """Record every manifest that has no history yet."""
    for file in map(Path, files):
        target = file.parents[1] / "histories" / f"{file.stem}.json"
        if target.exists():
            print(f"{target} exists")
            continue
        loaded = load(file.read_text(), file.name)
        manifest = loaded.documents[0].manifest if loaded.documents else None
        if isinstance(manifest, CronWorkflow):
            target = file.parents[1] / "crons" / f"{file.stem}.json"
            history: History | cronhistory.CronHistory = cronhistory.record(manifest, STARTED)
        elif isinstance(manifest, Workflow):
            history = _recorded(manifest)
        else:
            print(f"{file} is no Workflow: {loaded.diagnostics}", file=sys.stderr)
            return 1
        text = msgspec.json.format(msgspec.json.encode(history), indent=1)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(text + b"\n")
        print(f"{target}: {len(history.moments)} moments, {len(text):,} bytes")
    return 0


def _recorded(manifest: Workflow) -> History:
    empty = History(workflow=msgspec.json.decode(msgspec.json.encode(manifest)), started=STARTED, moments=())
    return msgspec.structs.replace(empty, moments=tuple(_Recording(empty, manifest).moments()))


class _Recording:
    """A run, what answers its questions, and what its manifest says will happen to it."""

    def __init__(self, history: History, manifest: Workflow) -> None:
        told = (manifest.metadata.annotations if manifest.metadata is not None else None) or {}
        self._fates: dict[str, Any] = json.loads(told.get("tiphys.dev/pods", "{}"))
        self._requests: list[dict[str, Any]] = json.loads(told.get("tiphys.dev/asked", "[]"))
        if "tiphys.dev/shutdown" in told:
            self._requests.append({"after": 1, "kind": "ShutdownRequested", "strategy": told["tiphys.dev/shutdown"]})
        self._retry: list[str] | None = json.loads(told.get("tiphys.dev/retry", "null"))
        self._plan = history.plan()
        self._store = MemoryStore(VirtualClock(STARTED))
        for name, limit in json.loads(told.get("tiphys.dev/limits", "{}")).items():
            self._store.locks.set_limit(name, limit)
        keep(self._store, self._plan.identity)
        self._begin(Run.start(self._plan, STARTED))
        self._now = STARTED
        self._ended = 0
        self._rows: dict[str, NodeChange] = {}
        self._state: WorkflowChange | None = None

    def _begin(self, run: Run) -> None:
        uid, namespace = self._plan.identity.uid, self._plan.identity.namespace
        capacities = Capacities(self._store, self._plan.config_maps, WorkflowLimits)
        self._run, self._running = run, dict[str, StartPod]()
        self._waits = Waits(uid, self._store.locks, capacities, Memo(uid, namespace, self._store))

    def moments(self) -> Iterator[Moment]:
        """One pod is told of at a time: that it runs, then that it ended; without pods time passes."""
        events: list[Event] = []
        for _ in range(LONGEST):
            step = self._advance(events)
            yield moment(self._now, events, step)
            events = self._waits.answers(self._now)
            if step.finished and self._retry is None:
                return
            if step.finished:
                yield self._retried()
                events = self._waits.answers(self._now)
            if not events:
                events = [*self._happens(step), *self._waits.poll(self._now)]
        raise SystemExit(f"the run does not end within {LONGEST} steps")

    def _advance(self, events: Sequence[Event]) -> Step:
        step = self._run.advance(events, self._now)
        asked = self._waits.take_in(step, self._now)
        self._store.commit(
            RunCommit(
                uid=self._plan.identity.uid,
                lock_requests=asked.lock_requests,
                unlocks=asked.unlocks,
                cached=asked.cached,
                ended=step.finished,
            )
        )
        self._rows |= {change.status.name: change for change in step.changes}
        self._state = step.workflow or self._state
        for command in step.commands:
            if isinstance(command, StartPod):
                self._running[command.node_id] = command
            elif isinstance(command, KillPod):
                self._running.pop(command.node_id, None)
        return step

    def _retried(self) -> Moment:
        """The first moment of the run after it was retried."""
        if self._state is None or self._retry is None:
            raise SystemExit("nothing can be retried")
        chosen, self._retry = self._retry, None
        self._now += timedelta(minutes=5)
        plan = retry(list(self._rows.values()), self._plan.identity.name, self._now, chosen)
        self._rows = {row.status.name: row for row in (*plan.kept, *plan.reset)}
        self._state = begun_anew(self._state, self._now)
        self._begin(Run.restore(self._plan, self._state, list(self._rows.values()), self._now))
        step = self._advance([])
        return msgspec.structs.replace(moment(self._now, [], step), retried=retried(plan, chosen))

    def _happens(self, step: Step) -> list[Event]:
        waiting = [command for command in self._running.values() if not _is_up(command, self._rows)]
        if waiting:
            return self._pod(waiting[0])
        asked = self._asked(every=step.wake_at is None)
        if not asked and step.wake_at is not None:
            self._now = step.wake_at
        return asked

    def _pod(self, command: StartPod) -> list[Event]:
        self._now += timedelta(seconds=2)
        if command.template.get("daemon"):
            return [_up(command)]
        del self._running[command.node_id]
        self._ended += 1
        began = PodChanged(node_id=command.node_id, phase="Running")
        return [began, _end(command, self._fate(command), self._now), *self._asked()]

    def _fate(self, command: StartPod) -> object:
        fate = self._fates.get(command.node_name, 0)
        return (fate.pop(0) if len(fate) > 1 else fate[0]) if isinstance(fate, list) else fate

    def _asked(self, *, every: bool = False) -> list[Event]:
        """What somebody asks by now; where nothing else happens the next request comes at once."""
        due = [item for item in self._requests if item["after"] <= self._ended] or self._requests[: int(every)]
        self._requests = [item for item in self._requests if item not in due]
        return [_request(item) for item in due]


def _request(item: Mapping[str, Any]) -> Event:
    fields = {key: value for key, value in item.items() if key not in {"after", "kind"}}
    if item["kind"] == "ShutdownRequested":
        return ShutdownRequested(**fields)
    return msgspec.convert(fields, EVENTS[item["kind"]])


def _is_up(command: StartPod, rows: Mapping[str, NodeChange]) -> bool:
    """Whether a daemon is up: nothing more happens to it until it is ended."""
    return bool(command.template.get("daemon") and rows[command.node_name].status.daemoned)


def _up(command: StartPod) -> PodChanged:
    """A daemon runs until it is ended."""
    main = Container(name="main", state="running", ready=True)
    return PodChanged(node_id=command.node_id, phase="Running", containers=(main,), pod_ip="10.0.0.7")


def _end(command: StartPod, fate: object, now: datetime) -> PodChanged:
    if fate == "lost":
        return PodChanged(node_id=command.node_id, phase="Failed", lost=True)
    code = int(str(fate))
    main = Container(name="main", exit_code=code, reason="Error" if code else "Completed", finished_at=now)
    parameters = tuple((item.name, f"{item.name} of {command.node_name}") for item in command.output_parameters)
    phase = "Failed" if code else "Succeeded"
    result = json.dumps(command.node_name) if command.capture_result else None
    return PodChanged(node_id=command.node_id, phase=phase, containers=(main,), parameters=parameters, result=result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

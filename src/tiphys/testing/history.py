"""Recorded histories: a manifest, what happened, and what the engine decided then.

A later version must decide the same: ``replay`` gives the events in again and tells what differs.  New fields in rows
are no difference, missing or changed ones are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.engine.events import Event, PodChanged, ShutdownRequested, SuspendChanged
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import Internal, NodeChange, Step, WorkflowChange
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import Identity, Plan
from tiphys.ids import WorkflowUid

#: Kinds of events by the name under which they are recorded.
EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind for kind in (PodChanged, ShutdownRequested, SuspendChanged)
}  # fmt: skip


class Moment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One advance: when, what had happened, and what was decided, all as JSON."""

    now: datetime
    events: tuple[JsonObject, ...] = ()
    rows: tuple[JsonObject, ...] = ()
    workflow: JsonObject | None = None
    commands: tuple[str, ...] = ()
    wake_at: datetime | None = None
    finished: bool = False


class History(Struct, frozen=True, kw_only=True):
    """A run from its begin to its end."""

    workflow: JsonObject
    started: datetime
    moments: tuple[Moment, ...]

    def plan(self) -> Plan:
        """The plan of the recorded manifest."""
        workflow = msgspec.convert(self.workflow, Workflow, strict=False)
        name = (workflow.metadata.name if workflow.metadata is not None else None) or "wf"
        identity = Identity(uid=WorkflowUid("recorded"), name=name, namespace="default", created_at=self.started)
        return compile_plan(workflow, identity)


def moment(now: datetime, events: Sequence[Event], step: Step) -> Moment:
    """Record one advance."""
    return Moment(
        now=now,
        events=tuple({"kind": type(event).__name__, **_json(event)} for event in events),
        rows=tuple({"status": _json(row.status), "internal": _json(row.internal)} for row in step.changes),
        workflow=_json(step.workflow) if step.workflow is not None else None,
        commands=tuple(command.key for command in step.commands),
        wake_at=step.wake_at,
        finished=step.finished,
    )


def replay(history: History, *, restarting: bool = False) -> list[str]:
    """Advance by the recorded events and tell what differs; ``restarting`` restores the run before each advance."""
    plan = history.plan()
    run = Run.start(plan, history.started)
    rows: dict[str, NodeChange] = {}
    shown: WorkflowChange | None = None
    found: list[str] = []
    for number, recorded in enumerate(history.moments):
        if restarting and shown is not None:
            run = Run.restore(plan, shown, list(rows.values()), recorded.now)
        step = run.advance([_event(event) for event in recorded.events], recorded.now)
        found += [f"moment {number}: {text}" for text in _differences(recorded, step, restarting=restarting)]
        # The next moment goes on from what was recorded: that is what a store of the old version holds.
        for row in recorded.rows:
            change = NodeChange(msgspec.convert(row["status"], NodeStatus), msgspec.convert(row["internal"], Internal))
            rows[change.status.name or ""] = change
        if recorded.workflow is not None:
            shown = msgspec.convert(recorded.workflow, WorkflowChange)
    return found


def _event(data: JsonObject) -> Event:
    kind = EVENTS[str(data["kind"])]
    return msgspec.convert({key: value for key, value in data.items() if key != "kind"}, kind)


def _differences(recorded: Moment, step: Step, *, restarting: bool) -> list[str]:
    present = {row.status.name: {"status": _json(row.status), "internal": _json(row.internal)} for row in step.changes}
    found = []
    for row in recorded.rows:
        name = cast(JsonObject, row["status"])["name"]
        if name not in present:
            found.append(f"{name} did not change")
        else:
            found += [f"{name}: {text}" for text in _lost(row, cast(JsonValue, present.pop(str(name))), "")]
    if present and not restarting:
        found.append(f"{', '.join(map(str, present))} changed too")
    if recorded.workflow is not None and step.workflow is not None:
        found += [f"workflow: {text}" for text in _lost(recorded.workflow, _json(step.workflow), "")]
    commands = tuple(command.key for command in step.commands)
    if commands != recorded.commands:
        found.append(f"commands {commands} instead of {recorded.commands}")
    if step.finished != recorded.finished or (step.wake_at != recorded.wake_at):
        found.append(f"finished {step.finished}, wakes at {step.wake_at} instead of {recorded.wake_at}")
    return found


def _lost(old: JsonValue, new: JsonValue, path: str) -> list[str]:
    """What is in the old value and not in the new one."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [text for key, value in old.items() for text in _lost(value, new.get(key), f"{path}.{key}")]
    return [] if old == new else [f"{path} is {new!r}, was {old!r}"]


def _json(record: Struct) -> JsonObject:
    return cast(JsonObject, msgspec.json.decode(msgspec.json.encode(record)))

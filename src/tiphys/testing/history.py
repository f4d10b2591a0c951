"""Recorded histories: a manifest, what happened, and what the engine decided then.

A later version must decide the same: ``replay`` gives the events in again and tells what differs.  New fields in rows
are no difference, missing or changed ones are.  Answers about locks and memoized outputs are events like any other, and
what the engine asked for is recorded with its decisions; a finished run may be retried and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.engine.events import (
    CacheAnswered,
    Event,
    LocksAnswered,
    NodesResumed,
    NodesSet,
    NodesStopped,
    PodChanged,
    Refused,
    ShutdownRequested,
    SuspendChanged,
)
from tiphys.core.engine.rerun import RerunPlan, plan_retry
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import Internal, NodeChange, Step, WorkflowChange
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import Identity, Plan
from tiphys.ids import WorkflowUid

#: Kinds of events by the name under which they are recorded.
EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        PodChanged, ShutdownRequested, SuspendChanged, NodesResumed, NodesStopped, NodesSet, Refused, LocksAnswered,
        CacheAnswered,
    )
}  # fmt: skip


class Retried(Struct, frozen=True, kw_only=True):
    """What a retry of a finished run made of its nodes: names of those kept and removed, rows of those that go on."""

    chosen: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    reset: tuple[JsonObject, ...]


class Moment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One advance: when, what had happened, and what was decided, all as JSON.

    ``asked`` are the questions about locks and memoized outputs, and what was given back.  ``retried`` is what happened
    to the finished run before the advance.
    """

    now: datetime
    events: tuple[JsonObject, ...] = ()
    rows: tuple[JsonObject, ...] = ()
    workflow: JsonObject | None = None
    commands: tuple[str, ...] = ()
    asked: JsonObject = msgspec.field(default_factory=dict)
    retried: Retried | None = None
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
        asked=asked(step),
        wake_at=step.wake_at,
        finished=step.finished,
    )


def asked(step: Step) -> JsonObject:
    """What a step asks for and gives back; nothing where it does neither."""
    found: JsonObject = {
        "locks": {ask.holder: [ref.id for ref in ask.locks] for ask in step.locks},
        "unlocks": list(step.unlocks),
        "lookups": {lookup.node_id: [lookup.cache, lookup.key] for lookup in step.lookups},
        "cached": {end.node_id: [end.made_by, end.cache, end.key, end.succeeded] for end in step.cached},
    }
    return {key: value for key, value in found.items() if value}


def retry(rows: Sequence[NodeChange], workflow: str, now: datetime, chosen: Sequence[str]) -> RerunPlan:
    """Plan a retry of what failed, and of the nodes that are named."""
    return plan_retry(rows, workflow, now, chosen=lambda status: status.name in chosen)


def retried(plan: RerunPlan, chosen: Sequence[str]) -> Retried:
    """Record a retry."""
    return Retried(
        chosen=tuple(chosen),
        kept=tuple(row.status.name for row in plan.kept),
        removed=tuple(row.status.name for row in plan.removed),
        reset=tuple({"status": _json(row.status), "internal": _json(row.internal)} for row in plan.reset),
    )


def begun_anew(state: WorkflowChange, now: datetime) -> WorkflowChange:
    """A finished workflow that is retried."""
    return msgspec.structs.replace(
        state, phase="", message="", started_at=now, finished_at=None, shutdown="", suspended=False
    )


def replay(history: History, *, restarting: bool = False) -> list[str]:
    """Advance by the recorded events and tell what differs; ``restarting`` restores the run before each advance."""
    plan = history.plan()
    run = Run.start(plan, history.started)
    rows: dict[str, NodeChange] = {}
    shown: WorkflowChange | None = None
    found: list[str] = []
    for number, recorded in enumerate(history.moments):
        if recorded.retried is not None and shown is not None:
            again = retry(list(rows.values()), plan.identity.name, recorded.now, recorded.retried.chosen)
            found += [f"moment {number}: retry: {text}" for text in _retry_differs(recorded.retried, again)]
            rows = {name: rows[name] for name in recorded.retried.kept}
            rows |= {change.status.name: change for change in map(_row, recorded.retried.reset)}
            shown = begun_anew(shown, recorded.now)
            run = Run.restore(plan, shown, list(rows.values()), recorded.now)
        elif restarting and shown is not None:
            run = Run.restore(plan, shown, list(rows.values()), recorded.now)
        step = run.advance([_event(event) for event in recorded.events], recorded.now)
        found += [f"moment {number}: {text}" for text in _differences(recorded, step, restarting=restarting)]
        # The next moment goes on from what was recorded: that is what a store of the old version holds.
        for change in map(_row, recorded.rows):
            rows[change.status.name or ""] = change
        if recorded.workflow is not None:
            shown = msgspec.convert(recorded.workflow, WorkflowChange)
    return found


def _row(row: JsonObject) -> NodeChange:
    return NodeChange(msgspec.convert(row["status"], NodeStatus), msgspec.convert(row["internal"], Internal))


def _retry_differs(old: Retried, plan: RerunPlan) -> list[str]:
    new = retried(plan, old.chosen)
    return _lost(_json(old), _json(new), "")


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
    # A restored run asks again for what it waits for.
    if not restarting and asked(step) != recorded.asked:
        found.append(f"asks {asked(step)} instead of {recorded.asked}")
    if step.finished != recorded.finished or (step.wake_at != recorded.wake_at):
        found.append(f"finished {step.finished}, wakes at {step.wake_at} instead of {recorded.wake_at}")
    return found


def _lost(old: JsonValue, new: JsonValue, path: str) -> list[str]:
    """What is in the old value and not in the new one."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [text for key, value in old.items() for text in _lost(value, new.get(key), f"{path}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [text for number, (was, is_) in pairs for text in _lost(was, is_, f"{path}[{number}]")]
    return [] if old == new else [f"{path} is {new!r}, was {old!r}"]


def _json(record: Struct) -> JsonObject:
    return cast(JsonObject, msgspec.json.decode(msgspec.json.encode(record)))

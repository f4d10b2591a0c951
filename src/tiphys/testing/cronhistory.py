"""Recorded histories of schedules: a CronWorkflow, when its children ended, and what came of it.

``record`` fires it for a while in virtual time; ``replay`` lets the same happen again and tells what differs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.cron import KIND, CronController
from tiphys.app.services.asking import request_of
from tiphys.app.services.objects import key_of, new_object, workflow_of
from tiphys.app.services.submit import identify
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow, WorkflowStatus
from tiphys.core.objects.moments import rfc3339
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ListOptions, ObjectKey, StoredObject
from tiphys.testing.clock import VirtualClock

#: Annotation: a JSON list of the phases in which the children end, in their order; the last one holds for all others.
CHILDREN = "tiphys.dev/children"
#: Annotation: how many seconds a child takes.
SECONDS = "tiphys.dev/child-seconds"
#: Annotation: how many minutes are recorded.
MINUTES = "tiphys.dev/minutes"
#: Annotation: JSON list of two minutes between which no controller runs.
AWAY = "tiphys.dev/away"
_STEP = timedelta(seconds=15)


class CronMoment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look at which something changed: what was made, removed and asked to stop, and the CronWorkflow then."""

    now: datetime
    made: tuple[JsonObject, ...] = ()
    removed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    cron: JsonObject = msgspec.field(default_factory=dict)


class CronHistory(Struct, frozen=True, kw_only=True):
    """A schedule over a span of time."""

    cron: JsonObject
    started: datetime
    moments: tuple[CronMoment, ...] = ()


def record(cron: CronWorkflow, started: datetime) -> CronHistory:
    """Fire a CronWorkflow from a moment on, and write down what comes of it."""
    history = CronHistory(cron=_json(cron), started=started)
    return replace(history, moments=tuple(_World(history).moments()))


def replay(history: CronHistory) -> list[str]:
    """Let the same happen again; what differs."""
    found = _World(history).moments()
    texts = [f"{len(found)} moments instead of {len(history.moments)}"] if len(found) != len(history.moments) else []
    for number, (old, new) in enumerate(zip(history.moments, found, strict=False)):
        differ = (name for name in CronMoment.__struct_fields__ if _field(old, name) != _field(new, name))
        texts += [f"moment {number}: {name}" for name in differ]
    return texts


def _field(moment: CronMoment, name: str) -> object:
    return getattr(moment, name)


class _World:
    """A store with one CronWorkflow, a controller, and children that end by themselves."""

    def __init__(self, history: CronHistory) -> None:
        self._clock = VirtualClock(history.started)
        self._store = MemoryStore(self._clock)
        cron = msgspec.convert(history.cron, CronWorkflow, strict=False)
        meta = cron.metadata or ObjectMeta()
        told = meta.annotations or {}
        self._phases: list[str] = json.loads(told.get(CHILDREN, '["Succeeded"]'))
        self._lasts = timedelta(seconds=int(told.get(SECONDS, "30")))
        self._end = history.started + timedelta(minutes=int(told.get(MINUTES, "10")))
        self._away = [history.started + timedelta(minutes=item) for item in json.loads(told.get(AWAY, "[]"))]
        self._made: list[JsonObject] = []
        self._removed: list[str] = []
        self._key = ObjectKey(KIND, "default", meta.name or "cron")
        meta = replace(meta, creation_timestamp=rfc3339(history.started))
        row = StoredObject(
            key=self._key,
            uid=WorkflowUid("cron"),
            resource_version=0,
            created_at=history.started,
            labels={},
            phase="",
            data=msgspec.json.encode(replace(cron, metadata=meta)),
        )
        self._store.create(row)
        self._begin()

    def _begin(self) -> None:
        self._controller = CronController(
            self._store, self._submit, self._delete, lambda _cron: None, zone=UTC, zones=ZoneInfo
        )

    def _submit(self, wanted: Workflow, once: str) -> Workflow:
        number = len(self._store.list(ListOptions(kind="Workflow", limit=10_000)).items) + len(self._removed)
        workflow = identify(wanted, self._clock, "default")
        workflow = replace(workflow, metadata=replace(workflow.metadata or ObjectMeta(), uid=f"child-{number}"))
        self._store.create(new_object(workflow, self._clock.now()), once=once)
        self._made.append(_json(wanted))
        return workflow

    def _delete(self, namespace: str, name: str) -> None:
        self._store.delete(key_of(namespace, name))
        self._removed.append(name)

    def moments(self) -> Sequence[CronMoment]:
        """Look every few seconds; what changed is a moment."""
        found: list[CronMoment] = []
        while self._clock.now() < self._end:
            now = self._clock.now()
            self._finish(now)
            if self._away and self._away[0] <= now < self._away[1]:
                self._begin()
            else:
                moment = self._look(now)
                if not found or moment != replace(found[-1], now=now, made=(), removed=(), asked=()):
                    found.append(moment)
            self._clock.advance(_STEP.total_seconds())
        return found

    def _look(self, now: datetime) -> CronMoment:
        self._made, gone = [], len(self._removed)
        self._controller.perform(now)
        asked = []
        for row in self._store.requests():
            child = self._store.find(row.uid)
            if child is not None and not child.phase:
                asked.append(f"{child.key.name}: {request_of(row.body)}")
                self._end_child(row.uid, "Failed", now)
        stored = self._store.get(self._key)
        data: JsonObject = msgspec.json.decode(stored.data) if stored is not None else {}
        metadata = cast(JsonObject, data.get("metadata") or {})
        shown: JsonObject = {key: metadata[key] for key in ("labels", "annotations") if metadata.get(key)}
        return CronMoment(
            now=now,
            made=tuple(self._made),
            removed=tuple(self._removed[gone:]),
            asked=tuple(asked),
            cron={**shown, "status": data.get("status") or {}},
        )

    def _finish(self, now: datetime) -> None:
        """Let children end that have lasted long enough."""
        for item in self._store.list(ListOptions(kind="Workflow", limit=10_000)).items:
            number = int(item.uid.removeprefix("child-"))
            phase = self._phases[min(number, len(self._phases) - 1)]
            if item.phase == "" and item.created_at + self._lasts <= now and phase != "stays":
                self._end_child(item.uid, phase, now)

    def _end_child(self, uid: WorkflowUid, phase: str, now: datetime) -> None:
        stored = self._store.find(uid)
        if stored is None or stored.phase:
            return
        status = WorkflowStatus(phase=phase, finished_at=rfc3339(now))
        data = msgspec.json.encode(replace(workflow_of(stored), status=status))
        self._store.update(replace(stored, phase=phase, data=data))


def _json(record: Struct) -> JsonObject:
    return cast(JsonObject, msgspec.json.decode(msgspec.json.encode(record)))

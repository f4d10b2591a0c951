"""What one advance of a run decided: data to store and commands to perform."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from tiphys.core.engine.asks import CacheEnd, CacheLookup, LockAsk
from tiphys.core.engine.commands import Command
from tiphys.core.engine.facts import Fact
from tiphys.core.engine.measurement import Metric
from tiphys.core.engine.node import Paused
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus


class Internal(msgspec.Struct, frozen=True, omit_defaults=True):
    """What only the engine needs of a node to take a run up again; times are exact, unlike those of the status."""

    sequence: int
    started: datetime
    finished: datetime | None = None
    holder: str | None = None
    step: str = ""
    order: int = 0
    attempt: int | None = None
    parents: tuple[tuple[bool, str], ...] = ()
    targets: tuple[str, ...] = ()
    on_exit: bool = False
    ip: str | None = None
    depth: int = 0
    fired: tuple[str, ...] = ()
    gate: str = ""
    aside: bool = False
    locked: bool = False
    first: str = ""
    requested: bool = False
    anew: bool = False
    paused: Paused | None = None
    memo: str = ""
    refused: bool = False
    failure: str = ""
    settled: bool = False


class NodeChange(Struct, frozen=True):
    """The present state of a node that the step changed.

    ``status`` has no ``children``, no ``outboundNodes`` and no progress of groups: those are worked out from all
    nodes when somebody asks for them (``assemble``), so that a change never costs more than its own row.
    """

    status: NodeStatus
    internal: Internal


class WorkflowChange(Struct, frozen=True, kw_only=True):
    """The present state of the workflow itself."""

    phase: str
    message: str
    started_at: datetime | None
    finished_at: datetime | None
    progress: str
    shutdown: str
    suspended: bool
    parameters: tuple[tuple[str, str], ...]
    artifacts: tuple[JsonObject, ...] = ()
    resources_duration: tuple[tuple[str, int], ...] = ()
    metric_errors: tuple[str, ...] = ()


class Step(Struct, frozen=True, kw_only=True):
    """The decision of one advance.

    ``locks`` and ``lookups`` are questions: each is answered by an event once the step is kept.  ``unlocks`` are
    holders whose locks are given back, ``cached`` nodes that looked something up and have ended.
    ``workflow`` is None when nothing of it changed.  ``wake_at`` is the latest moment at which ``advance`` must be
    called again even if nothing happens.  ``events`` and ``metrics`` are to be told, oldest
    first; metrics are not kept with the step.
    """

    changes: tuple[NodeChange, ...] = ()
    workflow: WorkflowChange | None = None
    commands: tuple[Command, ...] = ()
    wake_at: datetime | None = None
    finished: bool = False
    events: tuple[Fact, ...] = ()
    metrics: tuple[Metric, ...] = ()
    locks: tuple[LockAsk, ...] = ()
    unlocks: tuple[str, ...] = ()
    lookups: tuple[CacheLookup, ...] = ()
    cached: tuple[CacheEnd, ...] = ()

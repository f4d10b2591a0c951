"""What every part of a run shares: the plan, the moment, the nodes, the work that is left and what is to be done."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from msgspec import Struct, field

from tiphys.core.engine import naming
from tiphys.core.engine.asks import CacheEnd, CacheLookup, LockAsk
from tiphys.core.engine.commands import Command
from tiphys.core.engine.measurement import Metric
from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import FULFILLED
from tiphys.core.engine.position import Position
from tiphys.core.locking.names import WORKFLOW
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.model import Plan
from tiphys.core.template import ambient
from tiphys.core.template.scope import Scope
from tiphys.errors import InvariantError
from tiphys.ids import NodeId, NodeName


class WorkflowState(Struct):
    """The part of ``status`` that is not nodes; ``begun``: it has come to run, if only within one step."""

    phase: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    shutdown: str = ""
    suspended: bool = False
    begun: bool = False
    pods_done: int = 0
    pods_total: int = 0
    resources: dict[str, int] = field(default_factory=dict)


class Waiter(Struct, eq=False):
    """A call, or the next attempt of a Retry node, that asks for a place; those that wait start in their order.

    ``resumed`` is the call's node when it stood at a gate and gave its place back meanwhile, ``anew`` one that a retry
    of the workflow reset and nobody has taken up yet: a call's own, or an attempt.
    """

    call: Call
    retry: Node | None = None
    resumed: Node | None = None
    anew: Node | None = None
    #: Where it stands in the workflow; worked out when it must wait.
    order: Position = ()

    def __lt__(self, other: Waiter) -> bool:
        return self.order < other.order


class Places(Struct):
    """Who runs and who waits, for the limits of ``spec/engine.md`` 23."""

    pods: int = 0
    children: dict[NodeName, int] = field(default_factory=dict)
    child_pods: dict[NodeName, int] = field(default_factory=dict)
    live: dict[NodeName, int] = field(default_factory=dict)
    failed: dict[NodeName, int] = field(default_factory=dict)
    waiting: list[Waiter] = field(default_factory=list)
    waiting_below: dict[NodeName, list[Waiter]] = field(default_factory=dict)
    #: Boundaries in which somebody waits anew or a place may have become free; those that only wait for the workflow.
    freed: dict[NodeName, None] = field(default_factory=dict)
    blocked: dict[NodeName, None] = field(default_factory=dict)


class Context:
    """The mutable heart of a run; only the engine's own modules touch it."""

    def __init__(self, plan: Plan, now: datetime, uid: Callable[[], str] | None = None) -> None:
        self.plan = plan
        #: The latest moment that the rows of a restored run know of.
        self.stored_at: datetime | None = None
        self.workflow = WorkflowState(suspended=bool(plan.spec.suspend), shutdown=plan.spec.shutdown or "")
        self.nodes: dict[NodeName, Node] = {}
        self.by_id: dict[NodeId, Node] = {}
        self.known: dict[NodeName, Node] = {}
        self.queue: deque[Node] = deque()
        #: DAGs with tasks that start once nothing else is left to decide, the innermost first.
        self.put_off: list[tuple[int, int, Node]] = []
        self.changed: dict[NodeName, Node] = {}
        self.commands: list[Command] = []
        self.locks: list[LockAsk] = []
        self.unlocks: list[str] = []
        self.lookups: list[CacheLookup] = []
        self.cached: list[CacheEnd] = []
        #: What the workflow waits for before it begins: holders' names of ``locking.names``, in this order.
        self.gates: list[str] = [WORKFLOW] if plan.synchronization is not None else []
        self.asked: str | None = None
        #: How many nodes stand at a gate.
        self.gated = 0
        self.timers: list[tuple[datetime, int, Node]] = []
        self.admitted: deque[Waiter] = deque()
        self.places = Places()
        self.daemons: dict[NodeName | None, list[Node]] = {}
        self.kin: dict[NodeName, list[Node]] = {}
        self.global_values: dict[str, JsonValue] = dict(plan.variables)
        self.global_scope = Scope(self.global_values)
        self.global_values[ambient.RANDOM] = cast(JsonValue, ambient.chance(uid))
        self.pass_time(now)
        self.global_parameters: dict[str, str] = {}
        self.global_artifacts: dict[str, JsonObject] = {}
        self.metrics: list[Metric] = []
        self.metric_errors: list[str] = []
        self.workflow_dirty = True
        self._sequence = 0

    def pass_time(self, now: datetime) -> None:
        """Set the moment, for expressions too."""
        self.now = now
        self.global_values[ambient.NOW] = cast(JsonValue, ambient.moment(now))

    # -- nodes ---------------------------------------------------------------------------------------------

    def new_node(self, name: NodeName, kind: str, phase: str, boundary: Node | None) -> Node:
        """Make a node that does not exist yet; born fulfilled when the phase is."""
        if name in self.nodes:
            raise InvariantError(f"node {name} already initialized")
        id_ = self._fresh_id(name)
        node = Node(name, id_, kind, phase, self._sequence, self.now)
        self._sequence += 1
        node.boundary = boundary
        node.display_name = naming.display_name(name, boundary.name if boundary else None)
        if phase in FULFILLED:
            node.finished_at = self.now
        self.keep(node)
        self.changed[name] = node
        return node

    def keep(self, node: Node) -> None:
        """Make a node part of the run."""
        self.nodes[node.name] = node
        self.by_id[node.id] = node

    def resume_sequence(self, last: int) -> None:
        """Go on numbering nodes behind ``last``."""
        self._sequence = max(self._sequence, last + 1)

    def _fresh_id(self, name: NodeName) -> NodeId:
        """The identifier that Argo's clients see; two names with one hash get different identifiers."""
        id_ = naming.node_id(self.plan.identity.name, name)
        salt = 0
        while id_ in self.by_id:
            salt += 1
            id_ = naming.node_id(self.plan.identity.name, f"{name}#{salt}")
        return id_

    def pod_name(self, node: str, template: str) -> str:
        """The name of the pod of a node."""
        return naming.pod_name(self.plan.identity.name, node, template, self.plan.pod_names)

    def set_phase(self, node: Node, phase: str, message: str | None = None) -> None:
        """Give a node a phase; ``message`` None keeps the present one."""
        if node.phase == phase and (message is None or message == node.message):
            return
        if message is not None:
            node.message = message
        if node.phase != phase:
            node.phase = phase
            if phase in FULFILLED and node.finished_at is None:
                node.finished_at = self.now
        self.changed[node.name] = node

    def fault(self, node: Node, reason: str) -> None:
        """Note why a hook or the exit handler of a node's call cannot be decided about."""
        node.failure = reason
        self.changed[node.name] = node

    def set_message(self, node: Node, message: str) -> None:
        """Give a node a message."""
        if node.message != message:
            node.message = message
            self.changed[node.name] = node

    # -- work ----------------------------------------------------------------------------------------------

    def enqueue(self, node: Node) -> None:
        """Have a node decided again."""
        if not node.queued:
            node.queued = True
            self.queue.append(node)

    def put_in_order(self) -> None:
        """Have what happened to a suspended run decided as a restored run decides it: older nodes first."""
        self.queue = deque(sorted(self.queue, key=lambda node: node.sequence))

    def tell(self, holder: Node | None, call: Call) -> None:
        """Have the holder of a call look at it."""
        if holder is None:
            self.workflow_dirty = True
            return
        holder.inbox.append(call)
        self.enqueue(holder)

    def wake(self, node: Node, moment: datetime) -> None:
        """Have a node decided again once the moment has come."""
        heapq.heappush(self.timers, (moment, node.sequence, node))

    @property
    def next_timer(self) -> datetime | None:
        """The earliest moment that something waits for."""
        while self.timers and self.timers[0][2].phase in FULFILLED:
            heapq.heappop(self.timers)
        return self.timers[0][0] if self.timers else None

    def due(self) -> list[Node]:
        """Nodes whose moment has come."""
        nodes = []
        while self.timers and self.timers[0][0] <= self.now:
            node = heapq.heappop(self.timers)[2]
            if node.phase not in FULFILLED:
                nodes.append(node)
        return nodes

    # -- time ----------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> datetime | None:
        """When the workflow's ``activeDeadlineSeconds`` end."""
        seconds = self.plan.spec.active_deadline_seconds
        started = self.workflow.started_at
        if seconds is None or started is None:
            return None
        return started.replace(microsecond=0) + timedelta(seconds=seconds)

    @property
    def past_deadline(self) -> bool:
        """True once the workflow's deadline has come."""
        deadline = self.deadline
        return deadline is not None and self.now >= deadline

    def may_execute(self, *, on_exit: bool) -> bool:
        """False when a shutdown forbids new work (``spec/engine.md`` 16.3)."""
        shutdown = self.workflow.shutdown
        return not shutdown or (shutdown == "Stop" and on_exit)

"""The engine's own view of a node, and of the call (step, task, hook, entry) that it carries out.

Both are mutable and belong to one ``Run``; what leaves the engine are frozen ``NodeStatus`` records.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from tiphys.core.engine.phases import COMPLETED, FULFILLED, PENDING, UNSUCCESSFUL
from tiphys.core.manifest.model.arguments import Outputs, Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.strategy import MemoizationStatus, TemplateRef
from tiphys.core.plan.model import CallPlan, HookPlan, TemplateKey, TemplatePlan
from tiphys.core.template.scope import Scope
from tiphys.ids import NodeId, NodeName

#: The gate of a node that has not asked for anything yet (``gates``).
GATED = "new"


class Paused(Struct, frozen=True):
    """What a node that waits after a failure will be when somebody lets it go on."""

    phase: str
    message: str
    resources_duration: dict[str, int] | None = None


class Node:
    """One entry of ``status.nodes``.

    ``holder`` is the composite node that is decided from this one (a StepGroup, TaskGroup, DAG or Retry node);
    ``boundary`` is the Steps or DAG node whose template contains the call.  ``parents`` say below which nodes it
    hangs: ``(False, X)`` directly below X, ``(True, X)`` below the outbound nodes of X.
    """

    __slots__ = (
        "anew", "announced", "aside", "attempt", "begun", "boundary", "call", "call_step", "children", "daemoned",
        "deadline", "depth", "display_name", "fail_message", "failure", "finished_at", "fired", "first", "gate",
        "holder", "hooked", "host", "id", "inbox", "input_artifacts", "inputs", "kind", "locked", "memo",
        "memo_reason", "message", "name", "on_exit", "order", "outputs", "parents", "paused", "phase", "plain_flag",
        "pod_ip", "progress", "queued", "refused", "requested", "resources_duration", "retried", "scope", "sequence",
        "settled", "started_at", "state", "targets", "template", "template_name", "template_ref", "template_scope",
        "waiting",
    )  # fmt: skip

    def __init__(self, name: NodeName, id_: NodeId, kind: str, phase: str, sequence: int, started_at: datetime) -> None:
        self.name = name
        self.id = id_
        self.kind = kind
        self.phase = phase
        self.sequence = sequence
        self.started_at = started_at
        self.finished_at: datetime | None = None
        self.display_name = str(name)
        self.announced = ""
        self.message = ""
        self.template_ref: TemplateRef | None = None
        self.template_name = self.template_scope = ""
        self.boundary: Node | None = None
        self.holder: Node | None = None
        self.call: Call | None = None
        self.template: TemplatePlan | None = None
        self.attempt: int | None = None
        self.call_step = ""
        self.order = 0
        self.on_exit = self.hooked = self.retried = self.plain_flag = False
        self.inputs: tuple[Parameter, ...] | None = None
        self.input_artifacts: tuple[Artifact, ...] = ()
        self.outputs: Outputs | None = None
        self.parents: tuple[tuple[bool, NodeName], ...] = ()
        self.targets: tuple[NodeName, ...] = ()
        self.pod_ip: str | None = None
        self.host: str | None = None
        self.daemoned = False
        #: Its call settled while it was a daemon that was up: what becomes of it later changes nothing.
        self.settled = False
        self.progress: str | None = None
        self.resources_duration: dict[str, int] | None = None
        self.deadline: datetime | None = None
        self.fail_message = ""
        #: The engine itself could not carry it out: whoever called it errs with its message (``refusals.refuse``); why
        #: a hook or the exit handler of its call cannot be decided about.
        self.refused, self.failure = False, ""
        #: Of a Retry node: it decided on its next attempt, which has no place yet.
        self.requested = False
        #: A retry of the workflow reset it, and it has not begun again: it has no place, and nobody waits for it.
        self.anew = False
        #: Names of the hooks that were triggered: they run even if their condition holds no more.
        self.fired: tuple[str, ...] = ()
        #: What it will be once somebody lets it go on (``pausing.py``).
        self.paused: Paused | None = None
        self.depth = 0
        self.scope: Scope | None = None
        self.state: object = None
        #: Calls of this holder that are to be looked at.  A list: an empty deque is a fifth of a node's memory.
        self.inbox: list[Call] = []
        self.queued = False
        self.begun = False
        self.children: dict[str, Node] = {}
        #: Which gate it stands at (``gates``), the lock that it waits for, and of a Retry node with locks or a cache
        #: entry the kind of its attempts (``admission.keeps_place``).
        self.gate = self.waiting = self.first = ""
        #: It has given its pod's place back while it waits; it has the locks of its template.
        self.aside = self.locked = False
        self.memo: MemoizationStatus | None = None
        self.memo_reason = ""

    def take_inbox(self) -> list[Call]:
        """The calls that are to be looked at, oldest first; they are looked at once."""
        taken, self.inbox = self.inbox, []
        return taken

    @property
    def fulfilled(self) -> bool:
        """Ended, skipped, omitted, or a daemon that is up."""
        return self.phase in FULFILLED or (self.daemoned and self.phase != PENDING)

    @property
    def completed(self) -> bool:
        """Ended after it ran."""
        return self.phase in COMPLETED

    @property
    def unsuccessful(self) -> bool:
        """Failed or Error."""
        return self.phase in UNSUCCESSFUL

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {self.phase}>"


class Call:
    """One carrying-out of a step, task, hook or of the entry template.

    ``settled`` is true once its node is fulfilled and its hooks and exit handler are over: only then does the
    group or DAG that holds it go on.
    """

    __slots__ = (
        "arguments", "artifacts", "base", "boundary", "depth", "exit", "extra_scope", "holder",
        "hook_calls", "hooked", "is_exit", "item", "name", "node", "order", "outer", "owner", "parents", "plan",
        "ref", "settled", "short_name", "standing_in", "target", "template", "verdict",
    )  # fmt: skip

    def __init__(
        self, name: NodeName, plan: CallPlan | HookPlan | None, *, boundary: Node | None, holder: Node | None
    ) -> None:
        self.name = name
        self.plan = plan
        self.boundary = boundary
        self.holder = holder
        self.node: Node | None = None
        self.item: JsonValue = None
        self.order = 0
        self.short_name = ""
        self.arguments: dict[str, Argument] = {}
        self.artifacts: tuple[JsonObject, ...] = ()
        self.base: TemplateKey | None = None
        self.template = ""
        self.ref: TemplateRef | None = None
        self.target: TemplatePlan | None = None
        self.extra_scope: Scope | None = None
        self.outer: Scope | None = None
        self.parents: tuple[tuple[bool, NodeName], ...] = ()
        self.hooked = False
        self.is_exit = False
        self.owner: Call | None = None
        self.hook_calls: dict[str, Call] = {}
        self.exit: Call | None = None
        self.settled = False
        #: It stands in for a call that is not there yet (``standins.py``).
        self.standing_in = False
        self.verdict: tuple[str, str] | None = None
        self.depth = 0

    @property
    def call_plan(self) -> CallPlan | None:
        """The step or task, None for hooks and the entry."""
        return self.plan if isinstance(self.plan, CallPlan) else None

    @property
    def failure(self) -> str:
        """Why a hook or the exit handler cannot be decided about; empty when they can."""
        return self.node.failure if self.node is not None else ""

    def __repr__(self) -> str:
        return f"<call {self.name} {self.node!r}>"


class Argument:
    """What a caller passes for one parameter; ``absent`` marks an absent optional."""

    __slots__ = ("absent", "value", "value_from")

    def __init__(self, value: str | None = None, *, absent: bool = False, value_from: JsonObject | None = None) -> None:
        self.value = value
        self.absent = absent
        self.value_from = value_from

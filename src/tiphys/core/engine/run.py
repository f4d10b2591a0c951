"""One run of a workflow: events and the moment in, a step out.

Pure and deterministic: the same run given the same events at the same moments decides the same.  An event costs
the chain of its ancestors and what it starts, never the whole workflow.  Read ``docs/engine.md`` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from tiphys.core.engine import admission, calls, daemons, facts, gates, pausing, requests, shutdown, standins, workflow
from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.context import Context, WorkflowState
from tiphys.core.engine.events import CacheAnswered, Event, LocksAnswered, PodChanged, Refused, Request
from tiphys.core.engine.facts import Fact
from tiphys.core.engine.node import Node
from tiphys.core.engine.nodes.dag import decide_put_off
from tiphys.core.engine.nodes.pod import pod_changed, ran_unseen
from tiphys.core.engine.nodes.retry import start_attempt
from tiphys.core.engine.phases import COMPLETED, FULFILLED, PENDING, RUNNING
from tiphys.core.engine.pods import start_pod
from tiphys.core.engine.records import node_change, workflow_change
from tiphys.core.engine.registry import KINDS
from tiphys.core.engine.revive import revive
from tiphys.core.engine.step import NodeChange, Step, WorkflowChange
from tiphys.core.locking.names import PLACE, WORKFLOW
from tiphys.core.plan.model import Plan
from tiphys.ids import NodeName

#: Kinds whose nodes are decided from other nodes.
COMPOSITE = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})


class Run:
    """The state machine of one workflow.  Mutable inside; nothing outside it is touched.

    Make one with ``start`` or ``restore``; both return a run that has decided nothing yet: call ``advance``.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._roots = workflow.Roots()
        #: Of a restored run that is not taken up yet the moment of what is stored.
        self._stored = ctx.stored_at
        self._shown: WorkflowChange | None = None
        self._deadline_passed = False
        self._phase = ctx.workflow.phase
        self._facts: list[Fact] = []

    @classmethod
    def start(cls, plan: Plan, now: datetime, *, throttled: bool = False, uid: Callable[[], str] | None = None) -> Run:
        """A run that has not begun; ``throttled`` makes it ask for a place among the workflows first.

        ``uid`` is where expressions have their chance from, as in ``template.ambient``.
        """
        ctx = Context(plan, now, uid)
        if throttled:
            ctx.gates.insert(0, PLACE)
        return cls(ctx)

    @classmethod
    def restore(
        cls,
        plan: Plan,
        state: WorkflowChange,
        nodes: Iterable[NodeChange],
        now: datetime,
        *,
        throttled: bool = False,
        uid: Callable[[], str] | None = None,
    ) -> Run:
        """A run as it was last stored; the first ``advance`` looks at every unfinished node once.

        Pods that were asked for are not asked for again: the caller performs commands that are still stored.
        """
        ctx = Context(plan, now, uid)
        ctx.workflow = WorkflowState(
            phase=state.phase,
            message=state.message,
            started_at=state.started_at,
            finished_at=state.finished_at,
            shutdown=state.shutdown,
            suspended=state.suspended,
        )
        for name, value in state.parameters:
            ctx.global_parameters[name] = value
            ctx.global_values[f"workflow.outputs.parameters.{name}"] = value
        ctx.metric_errors.extend(state.metric_errors)
        for artifact in state.artifacts:
            ctx.global_artifacts[str(artifact["name"])] = artifact
            ctx.global_values[f"workflow.outputs.artifacts.{artifact['name']}"] = artifact
        revive(ctx, nodes)
        if state.phase not in {"", PENDING}:
            ctx.gates.clear()
        elif throttled:
            ctx.gates.insert(0, PLACE)
        return cls(ctx)

    @property
    def finished(self) -> bool:
        """True once the workflow has its final phase."""
        return self._ctx.workflow.phase in COMPLETED

    @property
    def resting(self) -> bool:
        """True while only a person can move the run: nothing runs, is timed or waits for a place."""
        ctx = self._ctx
        if self.finished or ctx.deadline is not None or ctx.next_timer is not None:
            return False
        if ctx.places.pods > len(pausing.paused(ctx)):
            return False
        waits = [node for node in ctx.nodes.values() if node.phase not in FULFILLED and node.kind not in COMPOSITE]
        if any((node.kind != "Suspend" and node.paused is None) or node.phase != RUNNING for node in waits):
            return False
        return ctx.workflow.suspended or bool(waits)

    def refusal(self, request: Request) -> str | None:
        """Why the run, as it is now, refuses what a person asks; None when ``advance`` may be given it."""
        return requests.refusal(self._ctx, request)

    def pod_of(self, name: str) -> StartPod:
        """The command that starts the pod of a node that is not over.

        Raises:
            ValueError: there is no such node, or its pod cannot be made.
            TemplateError: a tag of its template cannot be resolved.
        """
        node = self._ctx.nodes.get(NodeName(name))
        if node is None or node.phase in FULFILLED:
            raise ValueError(f"{name} is not under way")
        return start_pod(self._ctx, node)

    def metrics_refused(self, step: Step, errors: Sequence[str]) -> Step:
        """The step that was just decided, with problems of its metrics that only who measures could find."""
        if not errors:
            return step
        self._ctx.metric_errors.extend(errors)
        self._shown = workflow_change(self._ctx)
        return replace(step, workflow=self._shown)

    def advance(self, events: Sequence[Event], now: datetime) -> Step:
        """Take in what happened and decide what follows.

        Args:
            events: What happened since the last call, oldest first.  Events about ended nodes and events after
                the end of the run change nothing.
            now: The present moment with its time zone; never earlier than in the last call.

        Returns:
            What changed and what must be done.  Store both in one transaction, then do it.
        """
        ctx = self._ctx
        if now.tzinfo is None:
            raise ValueError("now has no time zone")
        ctx.pass_time(now)
        if not self.finished:
            self._decide(events)
        return self._step()

    def _decide(self, events: Sequence[Event]) -> None:
        ctx = self._ctx
        refused = next((event for event in events if isinstance(event, Refused)), None)
        if refused is not None:
            # Nothing of a spec that must not be followed is decided any more.
            self._apply(refused)
            return
        if self._roots.entry is None:
            self._take_up()
        workflow.refresh(ctx, ctx.workflow.phase)
        for node in ctx.due():
            ctx.enqueue(node)
        for event in events:
            self._apply(event)
        if ctx.past_deadline and not self._deadline_passed:
            admission.drop_attempts(ctx)
            self._settle()
            self._deadline_passed = True
            self._facts.append(facts.timed_out(ctx.now))
            shutdown.past_deadline(ctx)
        self._settle()
        if not self.finished and self._stalled():
            workflow.fail_stalled(ctx)

    def _take_up(self) -> None:
        """Begin, or bring a restored run to where it was: as if the moment were still that of what is stored.

        So nothing is decided that the run did not decide while it lived, and what time has brought since comes to
        the whole run together.
        """
        ctx = self._ctx
        now = ctx.now
        ctx.pass_time(min(self._stored or now, now))
        self._stored = None
        workflow.begin(ctx, self._roots)
        if ctx.workflow.suspended:
            standins.put(ctx)
        self._settle()
        ctx.pass_time(now)
        if ctx.workflow.shutdown:
            shutdown.enforce(ctx)

    def _apply(self, event: Event) -> None:
        ctx = self._ctx
        if isinstance(event, Refused):
            ctx.workflow.begun |= event.begun
            workflow.fail(ctx, event.message)
        elif isinstance(event, PodChanged):
            node = ctx.by_id.get(event.node_id)
            if node is not None:
                if ran_unseen(ctx, node, event):
                    # Hooks that wait for Running must not depend on how often somebody looks.
                    pod_changed(ctx, node, PodChanged(node_id=event.node_id, phase=RUNNING))
                    self._settle()
                pod_changed(ctx, node, event)
        elif isinstance(event, LocksAnswered):
            if event.holder in {WORKFLOW, PLACE}:
                workflow.locks_answered(ctx, self._roots, event)
            else:
                gates.locks_answered(ctx, event)
        elif isinstance(event, CacheAnswered):
            gates.cache_answered(ctx, event)
        else:
            self._settle()
            requests.apply(ctx, event)
            workflow.give_up_waiting(ctx)

    def _settle(self) -> None:
        """Decide until nothing is left to decide."""
        ctx = self._ctx
        while not ctx.workflow.suspended and not self.finished:
            if ctx.admitted:
                waiter = ctx.admitted.popleft()
                if waiter.retry is not None:
                    start_attempt(ctx, waiter.retry)
                elif waiter.resumed is not None:
                    gates.resume(ctx, waiter.resumed)
                elif waiter.anew is not None:
                    calls.begin_anew(ctx, waiter.call, waiter.anew)
                else:
                    calls.launch(ctx, waiter.call)
            elif ctx.queue:
                node = ctx.queue.popleft()
                node.queued = False
                decide = gates.decide_gate if node.gate else KINDS.get(node.kind)
                if decide is not None:
                    decide(ctx, node)
            elif ctx.put_off:
                decide_put_off(ctx)
            elif ctx.places.freed:
                admission.hand_out(ctx)
            elif ctx.workflow_dirty:
                ctx.workflow_dirty = False
                workflow.decide(ctx, self._roots)
            else:
                return

    def _stalled(self) -> bool:
        """True when nothing runs, nothing is timed and nobody can resume anything."""
        ctx = self._ctx
        working = ctx.places.pods - daemons.running(ctx)
        if ctx.workflow.suspended or working or ctx.next_timer is not None or ctx.gates or ctx.gated:
            return False
        return not any(self._awaited(node) for node in ctx.nodes.values())

    @staticmethod
    def _awaited(node: Node) -> bool:
        return node.kind in {"Suspend", "HTTP", "Plugin"} and node.phase not in FULFILLED

    def _step(self) -> Step:
        ctx = self._ctx
        change = workflow_change(ctx)
        changes = tuple(node_change(ctx, node) for node in ctx.changed.values())
        # A node may have asked and ended at once, when a run is taken up and an answer is waiting already.
        ended = {*ctx.unlocks, *(end.node_id for end in ctx.cached)}
        step = Step(
            changes=changes,
            workflow=change if change != self._shown else None,
            commands=tuple(ctx.commands),
            wake_at=self._wake_at(),
            finished=self.finished,
            events=self._told(),
            metrics=tuple(ctx.metrics),
            locks=tuple(ask for ask in ctx.locks if ask.holder not in ended),
            unlocks=tuple(ctx.unlocks),
            lookups=tuple(lookup for lookup in ctx.lookups if lookup.node_id not in ended),
            # The last of two with one key stays, whichever of them was decided first.
            cached=tuple(sorted(ctx.cached, key=lambda end: ctx.by_id[end.node_id].sequence)),
        )
        self._shown = change
        ctx.changed = {}
        ctx.commands = []
        ctx.metrics = []
        ctx.locks, ctx.unlocks, ctx.lookups, ctx.cached = [], [], [], []
        return step

    def _told(self) -> tuple[Fact, ...]:
        """The events of this step: the deadline, nodes, the workflow; its start comes first."""
        ctx = self._ctx
        told, self._facts = self._facts, []
        for node in ctx.changed.values():
            told.extend(facts.of_node(node, ctx.now))
        phase, self._phase = self._phase, ctx.workflow.phase
        if phase in {"", PENDING} and self._phase in COMPLETED and ctx.workflow.begun:
            told.insert(0, facts.running(ctx.now))
        if phase != self._phase:
            fact = facts.of_workflow(self._phase, ctx.workflow.message, ctx.now)
            if fact is not None:
                told.insert(0 if self._phase == RUNNING else len(told), fact)
        return tuple(told)

    def _wake_at(self) -> datetime | None:
        ctx = self._ctx
        if self.finished:
            return None
        moments = [ctx.next_timer]
        if not self._deadline_passed:
            moments.append(ctx.deadline)
        return min((moment for moment in moments if moment is not None), default=None)

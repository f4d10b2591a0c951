"""Retry and resubmit (``spec/engine.md`` 24): plans of the engine carried out in the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from tiphys.app.services.finding import find
from tiphys.app.services.objects import (
    COMPLETED,
    node_changes,
    node_row,
    row_labels,
    times_of,
    workflow_of,
)
from tiphys.app.services.objects import new_object as object_of
from tiphys.app.services.renewal import renewed, resubmitted
from tiphys.core.engine.facts import Fact
from tiphys.core.engine.memoized import memoized_rows
from tiphys.core.engine.rerun import COMPOSITE, RerunPlan, plan_retry
from tiphys.core.engine.selector import SelectorError, parse_selector
from tiphys.core.engine.step import NodeChange
from tiphys.core.engine.unstarted import Templates
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan.executed import executed_spec, stored_templates
from tiphys.errors import ConflictError, UsageError
from tiphys.ids import NodeId, NodeName
from tiphys.ports.api import PlannedNode, ResubmitOptions, RetryOptions
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import NodeRow, RunCommit, Store, StoredObject

NEEDS_SELECTOR = "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector"
NOT_FAILED = "workflow must be Failed/Error to resubmit in memoized mode"
#: How long, and how often, in seconds, a claim is waited for.
_PATIENCE_SECONDS, _LOOK_SECONDS = 5.0, 0.02
#: Kinds that have something in the runtime.
_WITH_POD = frozenset({"Pod", "HTTP", "Plugin"})


class Rerun:
    """Makes finished workflows of one store run again; whoever drives them next carries it on."""

    def __init__(self, store: Store, runtime: PodRuntime, clock: Clock) -> None:
        self._store = store
        self._runtime = runtime
        self._clock = clock

    def plan_retry(self, namespace: str, name: str, options: RetryOptions) -> Sequence[PlannedNode]:
        """What ``retry`` would do, node by node, in the order of the nodes' making."""
        stored = find(self._store, namespace, name)
        return planned_retry(stored, list(self._store.nodes(stored.uid)), options, self._clock.now())

    def retry(self, namespace: str, name: str, options: RetryOptions) -> Workflow:
        """Reset a finished workflow.

        What is left of the pods goes first: a crash before the commit leaves the workflow finished and the retry to
        be repeated, never a pod that is taken for the new one.
        """
        stored = find(self._store, namespace, name)
        if stored.phase not in COMPLETED:
            self._plan(stored, options)  # says why not
        self._claim(stored)
        try:
            workflow, plan = self._plan(find(self._store, stored.key.namespace, stored.key.name), options)
            for row in plan.removed:
                if row.status.type in _WITH_POD:
                    self._runtime.remove(stored.uid, NodeId(row.status.id))
            new = renewed(workflow, self._clock.now(), options.parameters)
            self._store.commit(
                RunCommit(
                    uid=stored.uid,
                    nodes=[node_row(row) for row in plan.reset],
                    removed=[NodeName(row.status.name) for row in plan.removed],
                    forget_commands=True,
                    data=msgspec.json.encode(new),
                    phase="",
                    labels=row_labels(new),
                    times=times_of(new),
                    events=[self._told(plan)],
                )
            )
            return new
        finally:
            self._store.release(stored.uid)

    def _claim(self, stored: StoredObject) -> None:
        """Become the one who changes a finished run; whoever drove it lets go of it a moment after its end."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._store.claim(stored.uid):
            if time.monotonic() > until:
                raise ConflictError(f"another process is running the workflow {stored.key.name}", where=stored.key.name)
            time.sleep(_LOOK_SECONDS)

    def resubmit(self, namespace: str, name: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of an old one."""
        stored = find(self._store, namespace, name)
        old = workflow_of(stored)
        if options.memoized and stored.phase not in {"Failed", "Error"}:
            raise UsageError(NOT_FAILED)
        new = resubmitted(old, self._clock, options)
        rows: tuple[NodeChange, ...] = ()
        if options.memoized:
            changes = node_changes(list(self._store.nodes(stored.uid)))
            meta = new.metadata
            rows = memoized_rows(changes, stored.key.name, (meta and meta.name) or "", self._clock.now())
        kept = self._store.create(object_of(new, self._clock.now()))
        if rows:
            self._store.commit(RunCommit(uid=kept.uid, nodes=[node_row(row) for row in rows]))
        return workflow_of(kept)

    def _plan(self, stored: StoredObject, options: RetryOptions) -> tuple[Workflow, RerunPlan]:
        return _plan(stored, list(self._store.nodes(stored.uid)), options, self._clock.now())

    def _told(self, plan: RerunPlan) -> bytes:
        names = ", ".join(node.name for node in _shown(plan) if node.action == "rerun")
        text = f"Workflow retried: {names}" if names else "Workflow retried"
        return msgspec.json.encode(Fact(reason="WorkflowRetried", message=text[:1000], time=self._clock.now()))


def planned_retry(
    stored: StoredObject, nodes: Sequence[NodeRow], options: RetryOptions, now: datetime
) -> Sequence[PlannedNode]:
    """What a retry of a finished workflow with these nodes would do; nothing is changed.

    Raises:
        UsageError: it cannot be retried.
    """
    workflow, plan = _plan(stored, nodes, options, now)
    return [*_shown(plan), *_new(workflow, plan)]


def _plan(
    stored: StoredObject, nodes: Sequence[NodeRow], options: RetryOptions, now: datetime
) -> tuple[Workflow, RerunPlan]:
    _check_phase(stored.phase, options)
    workflow = workflow_of(stored)
    rows = node_changes(nodes)
    plan = plan_retry(
        rows,
        stored.key.name,
        now,
        chosen=_chosen(rows, options),
        failed=not options.nodes,
        expand=bool(options.parameters),
        daemon=_daemons(workflow),
    )
    return workflow, plan


def _check_phase(phase: str, options: RetryOptions) -> None:
    if phase not in COMPLETED:
        raise UsageError(f"Cannot retry a workflow in phase {phase or 'Pending'}")
    if phase == "Succeeded" and not options.nodes and not (options.restart_successful and options.selector):
        raise UsageError(NEEDS_SELECTOR)


def _chosen(rows: Sequence[NodeChange], options: RetryOptions) -> Callable[[NodeStatus], bool] | None:
    """Which nodes the call names; a selector without ``restart_successful`` is ignored, as in Argo."""
    if options.nodes:
        return _named(rows, options.nodes)
    if not (options.restart_successful and options.selector):
        return None
    try:
        return parse_selector(options.selector).matches
    except SelectorError as error:
        raise UsageError(str(error)) from None


def _named(rows: Sequence[NodeChange], wanted: Sequence[str]) -> Callable[[NodeStatus], bool]:
    ids: set[str] = set()
    for text in wanted:
        exact = [row.status.id for row in rows if text in {row.status.id, row.status.name}]
        found = exact or [row.status.id for row in rows if row.status.display_name == text]
        if not found:
            raise UsageError(f"no node is called {text!r}", "`tiphys get NAME -o json` shows all names")
        if len(found) > 1:
            raise UsageError(f"{len(found)} nodes are called {text!r}", f"give the id, such as {found[0]}")
        ids.update(found)
    return lambda status: status.id in ids


def _daemons(workflow: Workflow) -> Callable[[NodeStatus], bool]:
    """Tells the nodes of daemons: they show nothing of it once they are over."""
    templates = (*(executed_spec(workflow).templates or ()), *stored_templates(workflow).values())
    names = {template.name for template in templates if template.daemon}

    def is_daemon(status: NodeStatus) -> bool:
        ref = status.template_ref
        name = ref.template if ref is not None else status.template_name
        return status.type in {"Pod", "Retry"} and bool(name) and name in names

    return is_daemon


def _shown(plan: RerunPlan) -> list[PlannedNode]:
    rows = [*((row, "keep") for row in plan.kept), *((row, "reset") for row in plan.reset)]
    rows += [(row, _removal(row.status)) for row in plan.removed]
    rows.sort(key=lambda found: found[0].internal.sequence)
    return [
        PlannedNode(
            action=action,
            name=row.status.name,
            display_name=row.status.display_name or row.status.name,
            type=row.status.type,
            phase=row.status.phase or "",
        )
        for row, action in rows
    ]


def _new(workflow: Workflow, plan: RerunPlan) -> list[PlannedNode]:
    """Steps and tasks that may run for the first time, because what kept them from it is decided again."""
    templates = Templates(workflow, [*plan.kept, *plan.reset, *plan.removed])
    names = [name for row in plan.reset if row.status.type in {"Steps", "DAG"} for name in templates.never_started(row)]
    return [
        PlannedNode(action="new", name=name, display_name=name.rpartition(".")[2], type="", phase="") for name in names
    ]


def _removal(status: NodeStatus) -> str:
    return "remove" if status.type == "Skipped" or status.type in COMPOSITE else "rerun"

"""Removing the artifacts of workflows: a durable queue with a deadline and an answer for each artifact.

When a workflow is over, what is to be removed becomes tasks in the store (``collectiontasks.py``): some for what goes
at once, some for what goes when the workflow is deleted.  While there are any, a finalizer keeps the workflow, as in
Argo; a workflow that is deleted before it is over has none, and leaves its tasks behind.  A task is tried again with
growing pauses until its deadline; what is left then stays in the task, with the reason, for a person to see, and
keeps the workflow no longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from tiphys.app.services.artifacts import mark_deleted, repository_location, secrets_of
from tiphys.app.services.collectiontasks import (
    GIVEN_UP,
    STRATEGIES,
    TASK,
    Item,
    Task,
    group_name,
    stored_task,
    task_of,
)
from tiphys.app.services.objects import (
    COMPLETED,
    COMPLETED_LABEL,
    GC_LABEL,
    KIND,
    LEAVING_LABEL,
    moment,
    node_changes,
    row_labels,
    workflow_of,
)
from tiphys.app.services.paging import rows
from tiphys.core.engine import artifactgc
from tiphys.core.engine.facts import WARNING, Fact
from tiphys.core.manifest.model.artifact import ArtGCStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowStatus
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.executed import executed_spec
from tiphys.errors import ArtifactError, ConflictError, NotFoundError, reason_of
from tiphys.ids import WorkflowUid
from tiphys.ports.artifacts import ArtifactStorage, SecretLookup
from tiphys.ports.store import ListOptions, ObjectKey, RunCommit, Store, StoredObject

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)
#: How long a storage may refuse before its artifacts are left where they are.
DEADLINE = timedelta(hours=1)


class Collector:
    """Makes tasks and works on them; several processes may do so at once: removing twice does no harm."""

    def __init__(
        self, store: Store, storage: ArtifactStorage, *, deadline: timedelta = DEADLINE, on: bool = True
    ) -> None:
        self._on = on
        self._store = store
        self._storage = storage
        self._deadline = deadline

    def plan(self, now: datetime) -> int:
        """Make the tasks of every workflow that is over and has none yet; the number of such workflows.

        Costs next to nothing while there are none.
        """
        count = 0
        for stored in self._rows(KIND, {GC_LABEL: "true", COMPLETED_LABEL: "true"}):
            self._plan_one(stored, now)
            count += 1
        return count

    def before_deletion(self, stored: StoredObject, now: datetime) -> None:
        """Make the tasks of a workflow that goes now, whether it is over or not."""
        workflow = workflow_of(stored)
        if artifactgc.is_wanted(executed_spec(workflow), workflow):
            self._make_tasks(stored, workflow, now)

    def collect(self, now: datetime) -> list[str]:
        """Work on every task that is due; answers with what could not be removed and why, one text each."""
        said: list[str] = []
        touched: dict[str, StoredObject] = {row.uid: row for row in self._rows(KIND, {LEAVING_LABEL: "true"})}
        for stored in self._rows(TASK, {}):
            task = task_of(stored)
            if GIVEN_UP not in stored.labels and self._is_due(task, now):
                said += self._work(stored, task, now)
                found = self._store.find(WorkflowUid(task.uid))
                if found is not None:
                    touched[found.uid] = found
        for row in touched.values():
            self._let_go(row)
        return said

    def free(self) -> list[StoredObject]:
        """Workflows whose deletion was asked for and that nothing keeps any more: to be removed by the caller."""
        return [row for row in self._rows(KIND, {LEAVING_LABEL: "true"}) if not _meta(workflow_of(row)).finalizers]

    def _rows(self, kind: str, labels: Mapping[str, str]) -> Iterator[StoredObject]:
        return rows(self._store, ListOptions(kind=kind, labels=labels))

    def _plan_one(self, stored: StoredObject, now: datetime) -> None:
        workflow = workflow_of(stored)
        kept = self._make_tasks(stored, workflow, now)
        status, meta = workflow.status or WorkflowStatus(), _meta(workflow)
        done = ArtGCStatus(strategies_processed={artifactgc.COMPLETION: True})
        finalizers = tuple(item for item in meta.finalizers or () if item != artifactgc.FINALIZER)
        if kept:
            finalizers += (artifactgc.FINALIZER,)
        self._write(
            stored,
            replace(
                workflow,
                metadata=replace(meta, finalizers=finalizers or None),
                status=replace(status, artifact_gc_status=done),
            ),
        )

    def _write(self, stored: StoredObject, workflow: Workflow, *events: Fact) -> None:
        told = [msgspec.json.encode(event) for event in events]
        data = msgspec.json.encode(workflow)
        self._store.commit(RunCommit(uid=stored.uid, data=data, labels=row_labels(workflow), events=told))

    def _make_tasks(self, stored: StoredObject, workflow: Workflow, now: datetime) -> bool:
        """Keep the tasks of a workflow; False when it has nothing to be removed."""
        nodes = [change.status for change in node_changes(list(self._store.nodes(stored.uid)))]
        if not self._on:
            return False
        spec, base = executed_spec(workflow), repository_location(workflow)
        yields = bool(spec.artifact_gc is not None and spec.artifact_gc.force_finalizer_removal)
        groups: dict[tuple[str, artifactgc.Remover], list[Item]] = {}
        for strategy in STRATEGIES:
            for item in artifactgc.doomed(spec, nodes, base, frozenset({strategy})):
                made = Item(node_id=item.node_id, name=item.name, artifact=item.artifact)
                groups.setdefault((strategy, item.remover), []).append(made)
        for (strategy, remover), items in groups.items():
            task = Task(
                workflow=stored.key.name,
                namespace=stored.key.namespace,
                uid=stored.uid,
                strategy=strategy,
                items=tuple(items),
                remover=remover,
                yields=yields,
            )
            self._keep_task(stored, task, now)
        return bool(groups)

    def _keep_task(self, stored: StoredObject, task: Task, now: datetime) -> None:
        """Keep a task, or add to the one that the same run has already (a retried workflow ends twice)."""
        group = group_name(stored.key.name, task.strategy, task.remover)
        for number in range(1000):
            key = ObjectKey(TASK, stored.key.namespace, f"{group}-{number}")
            old = self._store.get(key)
            if old is None:
                self._store.create(stored_task(key, task, now))
                return
            known = task_of(old)
            if known.uid == stored.uid:
                fresh = {(item.node_id, item.name): item for item in (*known.items, *task.items)}
                self._store.update(stored_task(key, replace(known, items=tuple(fresh.values())), old.created_at))
                return

    def _is_due(self, task: Task, now: datetime) -> bool:
        pause = moment(task.next)
        if pause is not None and pause > now:
            return False
        if task.strategy != artifactgc.DELETION:
            return True
        found = self._store.find(WorkflowUid(task.uid))
        return found is None or LEAVING_LABEL in found.labels

    def _work(self, stored: StoredObject, task: Task, now: datetime) -> list[str]:
        """Try to remove every artifact of a task once."""
        secrets = secrets_of(self._store, task.namespace)
        left: list[Item] = []
        gone: dict[str, set[str]] = {}
        for item in task.items:
            error = self._remove(item, secrets)
            if error:
                left.append(replace(item, error=error))
            else:
                gone.setdefault(item.node_id, set()).add(item.name)
        if gone:
            self._mark(task, {node: frozenset(names) for node, names in gone.items()})
        try:
            if not left:
                self._store.delete(stored.key, expected=stored.resource_version)
            else:
                self._put_off(stored, replace(task, items=tuple(left)), now)
        except (ConflictError, NotFoundError):  # somebody else works on it too
            return []
        return [f"{stored.key.name}: artifact {item.name!r}: {item.error}" for item in left]

    def _remove(self, item: Item, secrets: SecretLookup) -> str:
        try:
            driver, place = self._storage.find(item.artifact, secrets)
            driver.delete(place)
        except ArtifactError as error:
            return error.message
        except OSError as error:
            return reason_of(error)
        return ""

    def _put_off(self, stored: StoredObject, task: Task, now: datetime) -> None:
        since = moment(task.since) or now
        pause = min(_FIRST_PAUSE * 2**task.attempts, _LONGEST_PAUSE)
        changed = replace(task, attempts=task.attempts + 1, since=rfc3339(since), next=rfc3339(now + pause))
        row = stored_task(stored.key, changed, stored.created_at)
        if now - since >= self._deadline:
            row = replace(row, labels={**row.labels, GIVEN_UP: "true"})
        self._store.update(replace(row, resource_version=stored.resource_version))
        self._complain(task, stored.key.name, now)

    def _mark(self, task: Task, names: Mapping[str, frozenset[str]]) -> None:
        found = self._store.find(WorkflowUid(task.uid))
        if found is not None and found.phase in COMPLETED:
            mark_deleted(self._store, task.namespace, task.workflow, dict(names))

    def _complain(self, task: Task, name: str, now: datetime) -> None:
        """Tell of a failure in the conditions and events of a workflow that is still there."""
        found = self._store.find(WorkflowUid(task.uid))
        if found is None or found.phase not in COMPLETED:
            return
        workflow, error = workflow_of(found), task.items[-1].error
        status = workflow.status or WorkflowStatus()
        conditions = artifactgc.failure(status.conditions, f"{error} (artifactGCTask: {name})")
        text = f"Artifact Garbage Collection failed for strategy {task.strategy}, err:{error}"
        event = Fact(reason="ArtifactGCFailed", message=text, time=now, type=WARNING)
        self._write(found, replace(workflow, status=replace(status, conditions=conditions)), event)

    def _let_go(self, row: StoredObject) -> None:
        """Take the finalizer from a workflow that no task keeps any more."""
        stored = self._store.find(row.uid)
        if stored is None:
            return
        workflow = workflow_of(stored)
        meta = _meta(workflow)
        if artifactgc.FINALIZER not in (meta.finalizers or ()) or any(map(_keeps, self._tasks_of(stored))):
            return
        rest = tuple(item for item in meta.finalizers or () if item != artifactgc.FINALIZER)
        status = workflow.status or WorkflowStatus()
        if LEAVING_LABEL in stored.labels:
            processed = dict.fromkeys(STRATEGIES, True)
            status = replace(status, artifact_gc_status=ArtGCStatus(strategies_processed=processed))
        self._write(stored, replace(workflow, metadata=replace(meta, finalizers=rest or None), status=status))

    def _tasks_of(self, stored: StoredObject) -> Iterator[StoredObject]:
        rows = self._rows(TASK, {"workflows.argoproj.io/workflow": stored.key.name})
        return (row for row in rows if task_of(row).uid == stored.uid)


def _keeps(stored: StoredObject) -> bool:
    """Whether a task keeps its workflow from going."""
    task = task_of(stored)
    return GIVEN_UP not in stored.labels and not (task.yields and task.attempts > 0)


def _meta(workflow: Workflow) -> ObjectMeta:
    return workflow.metadata or ObjectMeta()

"""Removing the artifacts of workflows: a durable queue with a deadline and an answer for each artifact.

When a workflow is over, what is to be removed becomes tasks in the store, as Argo's ``WorkflowArtifactGCTask``
objects: one for what goes at once, one for what goes when the workflow is deleted.  The latter waits until the
workflow is gone, however it went, so no deletion ever waits for a storage.  A task is tried again with growing
pauses until its deadline; what is left then stays in the task, with the reason, for a person to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.artifacts import mark_deleted, repository_location, secrets_of
from tiphys.app.services.objects import (
    COMPLETED,
    COMPLETED_LABEL,
    GC_LABEL,
    KIND,
    moment,
    node_changes,
    row_labels,
    workflow_of,
)
from tiphys.core.engine import artifactgc
from tiphys.core.engine.naming import fnv1a
from tiphys.core.engine.siblings import rfc3339
from tiphys.core.manifest.model.artifact import ArtGCStatus
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow, WorkflowStatus
from tiphys.core.plan.executed import executed_spec
from tiphys.errors import ArtifactError, ConflictError, NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.artifacts import ArtifactStorage, SecretLookup
from tiphys.ports.store import ListOptions, ObjectKey, RunCommit, Store, StoredObject

TASK = "WorkflowArtifactGCTask"
#: On tasks that are tried no more.
GIVEN_UP = "tiphys.dev/given-up"
_SHORT = {artifactgc.COMPLETION: "wfcomp", artifactgc.DELETION: "wfdel"}
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)
#: How long a storage may refuse before its artifacts are left where they are.
DEADLINE = timedelta(hours=1)


class Item(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One artifact of a task; ``error`` is why it could not be removed the last time."""

    node_id: str
    name: str
    artifact: JsonObject
    error: str = ""


class Task(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is to be removed of one workflow; ``since`` is when it was first tried, ``next`` when it is tried again."""

    workflow: str
    namespace: str
    uid: str
    strategy: str
    items: tuple[Item, ...]
    attempts: int = 0
    since: str = ""
    next: str = ""


class _Row(Struct, frozen=True, kw_only=True, rename="camel"):
    """A task as an object."""

    api_version: str = "argoproj.io/v1alpha1"
    kind: str = TASK
    metadata: JsonObject = field(default_factory=dict)
    spec: Task


class Collector:
    """Makes tasks and works on them; several processes may do so at once: removing twice does no harm."""

    def __init__(self, store: Store, storage: ArtifactStorage, *, deadline: timedelta = DEADLINE) -> None:
        self._store = store
        self._storage = storage
        self._deadline = deadline

    def plan(self, now: datetime) -> int:
        """Make the tasks of every workflow that is over and has none yet; the number of such workflows.

        Costs next to nothing while there are none.
        """
        count = 0
        labels = {GC_LABEL: "true", COMPLETED_LABEL: "true"}
        while True:
            page = self._store.list(ListOptions(kind=KIND, labels=labels, limit=50))
            for stored in page.items:
                self._plan_one(stored, now)
            count += len(page.items)
            if page.next is None:
                return count

    def before_deletion(self, stored: StoredObject, now: datetime) -> None:
        """Make the tasks of a workflow that is to be deleted, whether it is over or not."""
        workflow = workflow_of(stored)
        if artifactgc.is_wanted(executed_spec(workflow), workflow):
            self._make_tasks(stored, workflow, now)

    def collect(self, now: datetime) -> list[str]:
        """Work on every task that is due; answers with what could not be removed and why, one text each."""
        said: list[str] = []
        after: str | None = None
        while True:
            page = self._store.list(ListOptions(kind=TASK, after=after))
            for stored in page.items:
                task = msgspec.json.decode(stored.data, type=_Row).spec
                if GIVEN_UP not in stored.labels and self._is_due(task, now):
                    said += self._work(stored, task, now)
            after = page.next
            if after is None:
                return said

    def _plan_one(self, stored: StoredObject, now: datetime) -> None:
        workflow = workflow_of(stored)
        self._make_tasks(stored, workflow, now)
        status = workflow.status or WorkflowStatus()
        done = ArtGCStatus(strategies_processed={artifactgc.COMPLETION: True, artifactgc.DELETION: True})
        planned = replace(workflow, status=replace(status, artifact_gc_status=done))
        self._store.commit(RunCommit(uid=stored.uid, data=msgspec.json.encode(planned), labels=row_labels(planned)))

    def _make_tasks(self, stored: StoredObject, workflow: Workflow, now: datetime) -> None:
        nodes = [change.status for change in node_changes(list(self._store.nodes(stored.uid)))]
        spec, base = executed_spec(workflow), repository_location(workflow)
        for strategy in _SHORT:
            found = artifactgc.doomed(spec, nodes, base, frozenset({strategy}))
            if found:
                items = tuple(Item(node_id=item.node_id, name=item.name, artifact=item.artifact) for item in found)
                self._keep_task(stored, strategy, items, now)

    def _keep_task(self, stored: StoredObject, strategy: str, items: tuple[Item, ...], now: datetime) -> None:
        """Keep a task, or add to the one that the same run has already (a retried workflow ends twice)."""
        account = fnv1a("")
        for number in range(1000):
            name = f"{stored.key.name}-artgc-{_SHORT[strategy]}-{account}-{number}"
            key = ObjectKey(TASK, stored.key.namespace, name)
            old = self._store.get(key)
            task = Task(
                workflow=stored.key.name, namespace=stored.key.namespace, uid=stored.uid, strategy=strategy, items=items
            )
            if old is None:
                self._store.create(_stored(key, task, now))
                return
            known = msgspec.json.decode(old.data, type=_Row).spec
            if known.uid == stored.uid:
                fresh = {(item.node_id, item.name): item for item in (*known.items, *items)}
                self._store.update(_stored(key, replace(known, items=tuple(fresh.values())), old.created_at))
                return

    def _is_due(self, task: Task, now: datetime) -> bool:
        pause = moment(task.next)
        if pause is not None and pause > now:
            return False
        return task.strategy != artifactgc.DELETION or self._store.find(WorkflowUid(task.uid)) is None

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
            return (error.strerror or str(error)).lower()
        return ""

    def _put_off(self, stored: StoredObject, task: Task, now: datetime) -> None:
        since = moment(task.since) or now
        pause = min(_FIRST_PAUSE * 2**task.attempts, _LONGEST_PAUSE)
        changed = replace(task, attempts=task.attempts + 1, since=rfc3339(since), next=rfc3339(now + pause))
        row = _stored(stored.key, changed, stored.created_at)
        if now - since >= self._deadline:
            row = replace(row, labels={**row.labels, GIVEN_UP: "true"})
        self._store.update(replace(row, resource_version=stored.resource_version))
        self._complain(task, f"{task.items[-1].error} (artifactGCTask: {stored.key.name})")

    def _mark(self, task: Task, names: Mapping[str, frozenset[str]]) -> None:
        found = self._store.find(WorkflowUid(task.uid))
        if found is not None and found.phase in COMPLETED:
            mark_deleted(self._store, task.namespace, task.workflow, dict(names))

    def _complain(self, task: Task, message: str) -> None:
        """Tell of a failure in the conditions of a workflow that is still there."""
        found = self._store.find(WorkflowUid(task.uid))
        if found is None or found.phase not in COMPLETED:
            return
        workflow = workflow_of(found)
        status = workflow.status or WorkflowStatus()
        told = replace(workflow, status=replace(status, conditions=artifactgc.failure(status.conditions, message)))
        self._store.commit(RunCommit(uid=found.uid, data=msgspec.json.encode(told)))


def _stored(key: ObjectKey, task: Task, created_at: datetime) -> StoredObject:
    uid = WorkflowUid(f"{task.uid}-{_SHORT[task.strategy]}")
    labels = {"workflows.argoproj.io/workflow": task.workflow}
    metadata: JsonObject = cast(
        JsonObject,
        msgspec.to_builtins(
            ObjectMeta(
                name=key.name, namespace=key.namespace, uid=uid, labels=labels, creation_timestamp=rfc3339(created_at)
            )
        ),
    )
    return StoredObject(
        key=key, uid=uid, resource_version=0, created_at=created_at, labels=labels, phase="",
        data=msgspec.json.encode(_Row(metadata=metadata, spec=task)),
    )  # fmt: skip

"""Finished workflows that outlive their deletion (``spec/api.md`` 14).

"Archived" is a state of the one store: while the archive is on, every finished workflow is in it.  When such a
workflow is deleted, its row and its nodes become one ``ArchivedWorkflow`` object, from which it can be read, listed,
retried and resubmitted as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.objects import COMPLETED, KIND, key_of, row_labels, workflow_of
from tiphys.app.services.paging import rows
from tiphys.app.services.renewal import ARCHIVING_LABEL
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import metadata_of
from tiphys.core.objects.selectors import Requirement, matches
from tiphys.errors import AlreadyExistsError, ConflictError, NotFoundError, StoreError, TiphysError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.api import PlannedNode, RerunApi, ResubmitOptions, RetryOptions
from tiphys.ports.store import ListOptions, NodeRow, ObjectKey, RunCommit, Store, StoredObject

ARCHIVED = "ArchivedWorkflow"
#: Only on the rows of copies: the workflow's name, by which they are found.
NAME_LABEL = "tiphys.dev/workflow"
GROUP = "tiphys.dev"
OFF = "getting archived workflows not supported"


class _Node(Struct, frozen=True, kw_only=True):
    """A node row inside an archived workflow."""

    name: str
    sequence: int
    status: msgspec.Raw
    internal: msgspec.Raw


class _Archived(Struct, frozen=True, kw_only=True):
    """An archived workflow as it is kept."""

    workflow: msgspec.Raw
    nodes: tuple[_Node, ...] = ()
    kind: str = ARCHIVED
    apiVersion: str = f"{GROUP}/v1"  # noqa: N815 - as every object has it
    metadata: JsonObject = field(default_factory=dict)


class _Held(Struct):
    status: msgspec.Raw


class _Holding(Struct):
    nodes: tuple[_Held, ...] = ()


class Archive:
    """The archive of a store; ``on`` says whether workflows come into it, ``selector`` which ones."""

    def __init__(self, store: Store, *, on: bool, selector: Sequence[Requirement] = ()) -> None:
        self._store = store
        self.on = on
        self.selector = selector

    def takes(self, stored: StoredObject) -> bool:
        """Whether a workflow that is still there counts as archived."""
        return stored.phase in COMPLETED and self.wants(stored.labels)

    def wants(self, labels: Mapping[str, str]) -> bool:
        """Whether a workflow with such labels counts as archived once it is over."""
        return self.on and matches(self.selector, labels)

    def keep(self, stored: StoredObject) -> None:
        """Make the copy of a workflow that is about to be deleted, if it is over and the archive is on."""
        if not self.takes(stored):
            return
        nodes = tuple(
            _Node(
                name=row.name, sequence=row.sequence, status=msgspec.Raw(row.status), internal=msgspec.Raw(row.internal)
            )
            for row in self._store.nodes(stored.uid)
        )
        key = ObjectKey(ARCHIVED, stored.key.namespace, stored.uid, GROUP)
        body = _Archived(workflow=msgspec.Raw(_living(stored.data)), nodes=nodes)
        labels = {name: text for name, text in stored.labels.items() if not name.startswith("tiphys.dev/")}
        copy = StoredObject(
            key=key,
            uid=WorkflowUid(f"archived-{stored.uid}"),
            resource_version=0,
            created_at=stored.created_at,
            labels={**labels, NAME_LABEL: stored.key.name},
            phase=stored.phase,
            data=msgspec.json.encode(body),
            times=stored.times,
        )
        try:
            self._store.create(copy)
        except ConflictError:  # a deletion that was interrupted after the copy was made
            self._store.update(copy)

    def copies(self, options: ListOptions) -> ListOptions:
        """The options that list the copies of deleted workflows as ``options`` would list the workflows."""
        labels, names = dict(options.labels), []
        for match in options.names:
            if match.how == "Exact" and NAME_LABEL not in labels:
                labels[NAME_LABEL] = match.text  # the one that an index answers
            else:
                names.append(match)
        return replace(options, kind=ARCHIVED, group=GROUP, labels=labels, names=names, name_label=NAME_LABEL)

    def named(self, namespace: str, name: str) -> Iterator[StoredObject]:
        """The copies of deleted workflows of a name, newest first, each as the workflow's row."""
        return self._copies(ListOptions(kind=ARCHIVED, group=GROUP, namespace=namespace, labels={NAME_LABEL: name}))

    def _copies(self, options: ListOptions) -> Iterator[StoredObject]:
        return map(row_of, rows(self._store, options))

    def find(self, uid: str, namespace: str = "", name: str = "") -> StoredObject:
        """The row of an archived workflow, by uid, or by namespace and name.

        Raises:
            NotFoundError: the archive has none.
            StoreError: the archive is off.
        """
        self.check()
        if name and namespace:
            live = self._store.get(key_of(namespace, name))
            found = live if live is not None and self.takes(live) else None
            if found is None:
                found = next(self.named(namespace, name), None)
        else:
            live = self._store.find(WorkflowUid(uid))
            known = live is not None and live.key.kind == KIND and self.takes(live)
            found = live if known else self._copy(uid)
        if found is None:
            raise NotFoundError("not found")
        return found

    def lookup(self, namespace: str, name: str, uid: str = "") -> StoredObject | None:
        """The copy of a deleted workflow of a name, and of a uid where one is given; None when there is none."""
        if not self.on:
            return None
        return next((item for item in self.named(namespace, name) if uid in ("", item.uid)), None)

    def whole(self, row: StoredObject) -> tuple[Workflow, list[NodeRow]]:
        """A row's workflow and its nodes, wherever they are."""
        nodes = list(self._store.nodes(row.uid))
        stored = self._store.find(WorkflowUid(f"archived-{row.uid}"))
        if stored is not None:
            nodes = _nodes(_decoded(stored))
        workflow = workflow_of(row)
        meta = workflow.metadata or ObjectMeta()
        labels = {**(meta.labels or {}), ARCHIVING_LABEL: "Persisted"}
        return replace(workflow, metadata=replace(meta, labels=labels)), nodes

    def delete(self, row: StoredObject) -> None:
        """Remove the copy, or take a live workflow out of the archive by nothing: it goes when it is deleted."""
        self._store.delete(ObjectKey(ARCHIVED, row.key.namespace, row.uid, GROUP))

    def restore(self, row: StoredObject) -> None:
        """Make the copy of a deleted workflow live again, as it was, so that it can be retried.

        Raises:
            AlreadyExistsError: a workflow of its name is there.
        """
        if self._store.get(row.key) is not None:
            raise AlreadyExistsError(f"Workflow already exists on cluster, use argo retry {row.key.name} instead")
        workflow, nodes = self.whole(row)
        kept = replace(row, labels=row_labels(workflow), resource_version=0)
        self._store.create(kept)
        self._store.commit(RunCommit(uid=row.uid, nodes=nodes))
        self.delete(row)

    def resubmit(self, row: StoredObject, rerun: RerunApi, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of an archived one, whether it is live or only a copy is left."""
        if self._store.get(row.key) is not None:
            return rerun.resubmit(row.key.namespace, row.key.name, options)
        self.restore(row)
        try:
            return rerun.resubmit(row.key.namespace, row.key.name, options)
        finally:
            self.keep(row)
            self._store.delete(row.key)

    def retry(self, row: StoredObject, rerun: RerunApi, options: RetryOptions) -> Workflow:
        """Make an archived workflow live again, and run what failed in it; one that cannot goes back.

        Raises:
            AlreadyExistsError: a workflow of its name is there.
        """
        self.restore(row)
        try:
            return rerun.retry(row.key.namespace, row.key.name, options)
        except TiphysError:
            self.keep(row)
            self._store.delete(row.key)
            raise

    def plan_retry(self, row: StoredObject, options: RetryOptions, now: datetime) -> Sequence[PlannedNode]:
        """What ``retry`` would do at a moment, node by node; nothing is changed."""
        from tiphys.app.services.rerun import planned_retry

        return planned_retry(row, self.whole(row)[1], options, now)

    def expire(self, before: datetime) -> int:
        """Remove the copies of workflows that finished before a moment; how many there were."""
        expired = [*self._copies(ListOptions(kind=ARCHIVED, group=GROUP, finished_before=before))]
        for row in expired:
            self.delete(row)
        return len(expired)

    def _copy(self, uid: str) -> StoredObject | None:
        stored = self._store.find(WorkflowUid(f"archived-{uid}"))
        return row_of(stored) if stored is not None else None

    def check(self) -> None:
        """Refuse where there is no archive."""
        if not self.on:
            raise StoreError(OFF, "set persistence.archive in the configuration")


def row_of(copy: StoredObject) -> StoredObject:
    """The row of the workflow of which ``copy`` was made, as it was when it was live."""
    return replace(
        copy,
        key=key_of(copy.key.namespace, copy.labels[NAME_LABEL]),
        uid=WorkflowUid(copy.key.name),
        data=bytes(_decoded(copy).workflow),
        labels={name: text for name, text in copy.labels.items() if name != NAME_LABEL},
    )


def _decoded(copy: StoredObject) -> _Archived:
    try:
        return msgspec.json.decode(copy.data, type=_Archived)
    except msgspec.DecodeError as error:
        raise StoreError(f"the archived workflow cannot be read: {error}", where=copy.key.name) from None


def _nodes(body: _Archived) -> list[NodeRow]:
    return [
        NodeRow(
            name=NodeName(node.name), sequence=node.sequence, status=bytes(node.status), internal=bytes(node.internal)
        )
        for node in body.nodes
    ]


def _living(data: bytes) -> bytes:
    """A workflow as it was before its deletion was asked for."""
    workflow: JsonObject = msgspec.json.decode(data)
    metadata = metadata_of(workflow)
    if "deletionTimestamp" not in metadata:
        return data
    leaving = ("deletionTimestamp", "deletionGracePeriodSeconds")
    kept: JsonObject = {key: value for key, value in metadata.items() if key not in leaving}
    return msgspec.json.encode({**workflow, "metadata": kept})


def statuses_of(copy: StoredObject) -> list[msgspec.Raw]:
    """The statuses of a copy's nodes in the order in which they began, undecoded: the rest of it is not read."""
    return [node.status for node in msgspec.json.decode(copy.data, type=_Holding).nodes]

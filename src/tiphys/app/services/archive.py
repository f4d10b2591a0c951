"""Finished workflows that outlive their deletion (``spec/api.md`` 14).

"Archived" is a state of the one store: while the archive is on, every finished workflow is in it.  When such a
workflow is deleted, its row and its nodes become one ``ArchivedWorkflow`` object, from which it can be read, listed,
retried and resubmitted as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.objects import COMPLETED, KIND, key_of, moment, row_labels, workflow_of
from tiphys.app.services.renewal import ARCHIVING_LABEL
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import metadata_of
from tiphys.core.objects.selectors import Requirement, matches
from tiphys.errors import AlreadyExistsError, ConflictError, NotFoundError, StoreError, TiphysError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.api import RerunApi, ResubmitOptions, RetryOptions
from tiphys.ports.store import ListOptions, NodeRow, ObjectKey, RunCommit, Store, StoredObject

ARCHIVED = "ArchivedWorkflow"
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


class Archive:
    """The archive of a store; ``on`` says whether workflows come into it, ``selector`` which ones."""

    def __init__(self, store: Store, *, on: bool, selector: Sequence[Requirement] = ()) -> None:
        self._store = store
        self.on = on
        self._selector = selector

    def takes(self, stored: StoredObject) -> bool:
        """Whether a workflow that is still there counts as archived."""
        return self.on and stored.phase in COMPLETED and matches(self._selector, stored.labels)

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
            labels=labels,
            phase=stored.phase,
            data=msgspec.json.encode(body),
        )
        try:
            self._store.create(copy)
        except ConflictError:  # a deletion that was interrupted after the copy was made
            self._store.update(copy)

    def copies(self, namespace: str, selector: Sequence[Requirement] = ()) -> Iterator[StoredObject]:
        """The copies of deleted workflows, newest first, each as the workflow's row."""
        after: str | None = None
        while True:
            page = self._store.list(
                ListOptions(kind=ARCHIVED, group=GROUP, namespace=namespace or None, selector=selector, after=after)
            )
            yield from (_row(item) for item in page.items)
            after = page.next
            if after is None:
                return

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
                found = next((item for item in self.copies(namespace) if item.key.name == name), None)
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
        return next((item for item in self.copies(namespace) if item.key.name == name and uid in ("", item.uid)), None)

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
        self._store.commit(RunCommit(uid=row.uid, nodes=nodes, phase=row.phase, data=row.data))
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

    def expire(self, before: datetime) -> int:
        """Remove the copies of workflows that finished before a moment; how many there were."""
        count = 0
        for row in list(self.copies("")):
            status = workflow_of(row).status
            finished = moment(status.finished_at) if status is not None else None
            if finished is not None and finished < before:
                self.delete(row)
                count += 1
        return count

    def _copy(self, uid: str) -> StoredObject | None:
        stored = self._store.find(WorkflowUid(f"archived-{uid}"))
        return _row(stored) if stored is not None else None

    def check(self) -> None:
        """Refuse where there is no archive."""
        if not self.on:
            raise StoreError(OFF, "set persistence.archive in the configuration")


def _row(copy: StoredObject) -> StoredObject:
    """The workflow's row, as it was when it was live."""
    body = _decoded(copy)
    data = bytes(body.workflow)
    metadata = cast(JsonObject, cast(JsonObject, msgspec.json.decode(data)).get("metadata") or {})
    return replace(
        copy,
        key=key_of(copy.key.namespace, str(metadata.get("name") or "")),
        uid=WorkflowUid(copy.key.name),
        data=data,
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

"""Where objects and runs are kept.

An object is (kind, namespace, name) with a uid and a resource version, as in Kubernetes.  A node of a run is a row
of its own.  One commit holds everything that one step of the engine decided: node rows, the workflow's status and
the commands to perform; a crash before it loses the whole step, a crash after it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from tiphys.ids import NodeName, WorkflowUid


class ObjectKey(Struct, frozen=True):
    """Names one object.  ``namespace`` is empty for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str


class StoredObject(Struct, frozen=True, kw_only=True):
    """An object as kept: ``data`` is its JSON without ``status.nodes``."""

    key: ObjectKey
    uid: WorkflowUid
    resource_version: int
    created_at: datetime
    labels: Mapping[str, str]
    phase: str
    data: bytes


class NodeRow(Struct, frozen=True, kw_only=True):
    """One node of a run: ``status`` is the JSON of its ``NodeStatus``, ``internal`` what only the engine needs."""

    name: NodeName
    sequence: int
    status: bytes
    internal: bytes


class CommandRow(Struct, frozen=True, kw_only=True):
    """A command to perform: ``key`` makes it idempotent within its run, ``body`` is its JSON."""

    key: str
    body: bytes


class RunCommit(Struct, frozen=True, kw_only=True):
    """All that one step changes, in one transaction.

    ``data``, ``phase`` and ``labels`` replace the workflow object (None = unchanged).  ``performed`` are keys of
    earlier commands that need not be performed again.
    """

    uid: WorkflowUid
    nodes: Sequence[NodeRow] = ()
    commands: Sequence[CommandRow] = ()
    performed: Sequence[str] = ()
    data: bytes | None = None
    phase: str | None = None
    labels: Mapping[str, str] | None = None


class ListOptions(Struct, frozen=True, kw_only=True):
    """What to list.  ``labels`` must all be equal; ``after`` is the cursor of an earlier page."""

    kind: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    phases: Sequence[str] = ()
    limit: int = 500
    after: str | None = None


class Page(Struct, frozen=True):
    """One page, newest first, and the cursor of the next (None at the end)."""

    items: Sequence[StoredObject]
    next: str | None


class Store(Protocol):
    """Keeps objects and runs.  Safe to use from several processes on one data directory."""

    def create(self, item: StoredObject) -> StoredObject:
        """Keep a new object; its resource version is given by the store.

        Raises:
            ConflictError: an object of that key exists.
        """

    def get(self, key: ObjectKey) -> StoredObject | None:
        """The object, or None."""

    def find(self, uid: WorkflowUid) -> StoredObject | None:
        """The object of a uid, or None."""

    def list(self, options: ListOptions) -> Page:
        """One page of objects, newest first; never loads nodes; cost independent of the total."""

    def delete(self, key: ObjectKey) -> bool:
        """Remove an object with its nodes and commands; False when there is none."""

    def commit(self, commit: RunCommit) -> int:
        """Apply one step of a run in one transaction and return the new resource version.

        Rows written do not depend on the size of the run.

        Raises:
            NotFoundError: the workflow was deleted; nothing is written.
            StoreError: the disk is full or the file is damaged; nothing is written.
        """

    def nodes(self, uid: WorkflowUid) -> Iterator[NodeRow]:
        """All nodes of a run by sequence."""

    def commands(self, uid: WorkflowUid) -> Sequence[CommandRow]:
        """Commands not yet performed, oldest first."""

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one controller of a run; False when another living process is.

        The claim ends with ``release`` or with the process, however it dies.
        """

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back; unknown claims are ignored."""

    def close(self) -> None:
        """Close the files; claims end."""

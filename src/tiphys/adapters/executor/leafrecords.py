"""Records on disk of nodes without containers: one file for each, nothing in it is secret.

A record is written before anything is done for it and after each thing that was done, so that whoever comes after a
killed process knows what there is to do.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import PodRuntimeError
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.runtime import PodKey

#: The states before anything was kept, and after all.
ASKED, ENDED = "asked", "ended"


class LogEntry(Struct, frozen=True):
    """One line that the runtime wrote for a node."""

    time: datetime
    text: str


class Record(Struct, kw_only=True):
    """One node: what was asked, how far it is, and how it ended.

    ``state`` is the runtime's own word, ``ended`` at the end; ``detail`` is what it needs to go on.  ``container``:
    Argo runs such a template as a pod, so a container is shown while it runs, and at its end if it has an exit code.
    """

    uid: WorkflowUid
    node_id: NodeId
    node_name: NodeName
    pod_name: str
    workflow: str
    namespace: str
    template: JsonObject
    service_account: str
    deadline: datetime | None
    deadline_message: str
    started_at: datetime
    state: str = ASKED
    detail: JsonObject = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)
    container: bool = True
    phase: str = "Running"
    message: str = ""
    reason: str = ""
    exit_code: int | None = None
    exit_message: str = ""
    finished_at: datetime | None = None
    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[JsonObject, ...] = ()
    progress: str | None = None

    @property
    def key(self) -> PodKey:
        """Whose record this is."""
        return PodKey(self.uid, self.node_id)


class Records:
    """The records of a runtime in a directory: ``<uid>/<node id>.json``."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def get(self, key: PodKey) -> Record | None:
        """The record of a key; None when it was never asked for."""
        return _read(self._path(key))

    def put(self, record: Record) -> None:
        """Keep a record; a crash leaves the old or the new one, never half of it.

        Raises:
            PodRuntimeError: the disk is full or not writable.
        """
        path = self._path(record.key)
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            descriptor = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:
                file.write(msgspec.json.encode(record))
            os.replace(f"{path}.new", path)
        except OSError as error:
            raise PodRuntimeError(f"the record of a node cannot be written: {error.strerror}", where=path) from error

    def of(self, uid: WorkflowUid) -> list[Record]:
        """All records of a run, oldest first."""
        directory = os.path.join(self._directory, _plain(uid))
        try:
            names = [name for name in os.listdir(directory) if name.endswith(".json")]
        except FileNotFoundError:
            return []
        found = [_read(os.path.join(directory, name)) for name in names]
        return sorted((record for record in found if record is not None), key=lambda record: record.started_at)

    def remove(self, uid: WorkflowUid, node_id: NodeId | None) -> None:
        """Forget one node, or all of a run."""
        for record in self.of(uid):
            if node_id in (None, record.node_id):
                os.unlink(self._path(record.key))
        directory = os.path.join(self._directory, _plain(uid))
        if node_id is None and os.path.isdir(directory):
            from tiphys.adapters.executor.removal import remove_tree

            remove_tree(directory)

    def _path(self, key: PodKey) -> str:
        return os.path.join(self._directory, _plain(key.uid), f"{_plain(key.node_id)}.json")


def _plain(text: str) -> str:
    """A file name for an identifier, whatever is in it."""
    good = text.replace("-", "").replace("_", "").isalnum() and text.isascii() and len(text) < 200
    return text if good else f"sha256-{sha256(text.encode()).hexdigest()}"


def _read(path: str) -> Record | None:
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(), type=Record)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise PodRuntimeError(f"the record of a node is damaged: {error}", where=path) from error

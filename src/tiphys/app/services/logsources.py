"""Where the lines of a workflow's pods come from: the runtime that ran them, else the logs that were archived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from tiphys.app.services.artifactfiles import ArtifactFiles
from tiphys.app.services.objects import COMPLETED, moment, workflow_of
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.errors import ArtifactError, NotFoundError
from tiphys.ids import NodeId
from tiphys.ports.runtime import LogLine, PodRuntime
from tiphys.ports.store import NodeRow, Store, StoredObject

#: Archived lines of a node that does not know when it ended.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class LogSource(Protocol):
    """Gives the nodes of one workflow and the lines of their containers."""

    @property
    def workflow(self) -> Workflow:
        """The workflow, without its nodes."""

    def over(self) -> bool:
        """Whether nothing more will come."""

    def nodes(self) -> Sequence[NodeRow]:
        """The nodes as they are now."""

    def lines(self, status: NodeStatus, pod: str, container: str, offset: int) -> Iterator[tuple[int, LogLine]]:
        """The lines of a container from an offset, each with the offset behind it."""


class ArchivedLogs:
    """The logs that were saved as artifacts (``archiveLogs``), of a workflow that may be gone."""

    def __init__(self, files: ArtifactFiles, workflow: Workflow, rows: Sequence[NodeRow]) -> None:
        self._files = files
        self._workflow = workflow
        self._rows = rows

    @property
    def workflow(self) -> Workflow:
        """The workflow, without its nodes."""
        return self._workflow

    def over(self) -> bool:
        """Nothing more will come."""
        return True

    def nodes(self) -> Sequence[NodeRow]:
        """The nodes that the archive keeps."""
        return self._rows

    def lines(self, status: NodeStatus, pod: str, container: str, offset: int) -> Iterator[tuple[int, LogLine]]:
        """The lines of a log, all at the end of the node: an archived log has no times.  None where it is not kept."""
        try:
            file = self._files.of_node(self._workflow, self._rows, status.id or "", f"{container}-logs")
            stream = self._files.open(file)
        except (NotFoundError, ArtifactError):
            return
        time = moment(status.finished_at) or moment(status.started_at) or _LONG_AGO
        with stream:
            stream.read(offset)
            for raw in stream:
                offset += len(raw)
                text = raw.decode(errors="replace").rstrip("\n")
                yield offset, LogLine(pod_name=pod, container=container, stream="stdout", time=time, text=text)


class LiveLogs:
    """The logs of a workflow that is there; those that its runtime has no longer may have been archived."""

    def __init__(self, store: Store, runtime: PodRuntime, stored: StoredObject, files: ArtifactFiles | None) -> None:
        self._store = store
        self._runtime = runtime
        self._run = stored
        self._workflow = workflow_of(stored)
        self._files = files

    @property
    def workflow(self) -> Workflow:
        """The workflow, without its nodes."""
        return self._workflow

    def over(self) -> bool:
        """Whether the workflow is over or gone."""
        current = self._store.get(self._run.key)
        return current is None or current.uid != self._run.uid or current.phase in COMPLETED

    def nodes(self) -> Sequence[NodeRow]:
        """The nodes of the run."""
        return list(self._store.nodes(self._run.uid))

    def lines(self, status: NodeStatus, pod: str, container: str, offset: int) -> Iterator[tuple[int, LogLine]]:
        """The lines of a container."""
        known = False
        for found in self._runtime.logs(self._run.uid, NodeId(status.id or ""), container, offset=offset):
            known = True
            yield found
        if not known and not offset and status.finished_at and self._files is not None:
            archived = ArchivedLogs(self._files, self._workflow, self.nodes())
            yield from archived.lines(status, pod, container, offset)

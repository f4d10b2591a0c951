"""Reading and removing workflows of this machine: the local half of ``ports.api.Api``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tiphys.app.services.contention import despite_others
from tiphys.app.services.finding import find
from tiphys.app.services.objects import COMPLETED_LABEL, FEW, GC_LABEL, PHASE_LABEL, node_changes, workflow_of
from tiphys.app.services.wholes import whole_workflow
from tiphys.core.engine.facts import Fact
from tiphys.core.locking.status import holders_by_name
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.selectors import EQUALS, IN, NOT_EQUALS, Requirement
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.api import ListFilter, LogFilter
from tiphys.ports.runtime import LogLine, PodRuntime
from tiphys.ports.store import Store, StoredObject

if TYPE_CHECKING:
    from tiphys.app.services.artifactfiles import ArtifactFiles
    from tiphys.core.engine.explain import Explanation

#: How often a follower looks for new lines, in seconds.
_FOLLOW_SECONDS = 0.2


class LocalApi:
    """Answers from the store and the runtime of this machine.

    ``before_deletion`` is told of a workflow whose artifacts are to be removed and nobody has planned it yet;
    ``remove`` removes a workflow with all that it owns, and is told by itself.  ``files`` makes
    what reads logs that were archived.
    """

    def __init__(
        self,
        store: Store,
        runtime: PodRuntime,
        before_deletion: Callable[[StoredObject], None] | None = None,
        remove: Callable[[StoredObject], None] | None = None,
        files: Callable[[], ArtifactFiles] | None = None,
    ) -> None:
        self._store = store
        self._runtime = runtime
        self._before_deletion = before_deletion
        self._remove = remove or self._remove_alone
        self._files = files

    def get(self, namespace: str, name: str) -> Workflow:
        """The workflow with ``status.nodes`` as Argo's API shows it."""
        return whole_workflow(self._store, find(self._store, namespace, name))

    def glance(self, namespace: str, name: str) -> Workflow:
        """The workflow without its nodes."""
        return workflow_of(find(self._store, namespace, name))

    def events(self, namespace: str, name: str) -> Sequence[Fact]:
        """The newest events of a workflow and its nodes, oldest first."""
        bodies = self._store.events(find(self._store, namespace, name).uid)
        decoder = msgspec.json.Decoder(Fact)
        return [decoder.decode(body) for body in bodies]

    def memoized(self, namespace: str, name: str) -> Mapping[str, str]:
        """Of memoized nodes, by id: whether they found their outputs and why."""
        from tiphys.core.engine.explain import memoized

        rows = node_changes(list(self._store.nodes(find(self._store, namespace, name).uid)))
        return {row.status.id: text for row in rows if (text := memoized(row))}

    def explain(self, namespace: str, name: str, node: str | None = None) -> Explanation:
        """Why a workflow or node is as it is."""
        from tiphys.core.engine.explain import UnknownNodeError, explain

        stored = find(self._store, namespace, name)
        try:
            rows = node_changes(list(self._store.nodes(stored.uid)))
            return explain(workflow_of(stored), rows, node, holders=holders_by_name(self._store.locks.rows(stored.uid)))
        except UnknownNodeError as error:
            if error.many:
                hint = f"give the full name, such as {error.many[0]}"
                raise UsageError(f"{len(error.many)} nodes are called {error.name!r}", hint, stored.key.name) from None
            hint = f"`tiphys get {stored.key.name}` shows the nodes"
            raise NotFoundError(f"no node is called {error.name!r}", hint, stored.key.name) from None

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Workflows, without their nodes unless they are wanted."""
        from tiphys.app.services.archive import Archive
        from tiphys.app.services.fieldselector import name_filter, parse_field_selector, target_namespace
        from tiphys.app.services.listing import Listing, Wanted

        selected = parse_field_selector(wanted.fields)
        page = Listing(self._store, Archive(self._store, on=False)).page(
            Wanted(
                namespace=target_namespace(wanted.namespace or "", selected),
                not_namespace=selected.not_namespace,
                labels=(*wanted.labels, *_conditions(wanted)),
                names=msgspec.structs.replace(name_filter(selected, ""), prefix=wanted.prefix or ""),
                started_after=selected.started_after,
                started_before=selected.started_before,
                created_after=wanted.since,
                finished_before=wanted.before,
                limit=wanted.limit or 0,
                archived=False,
            )
        )
        many = len(page.rows) > FEW
        if not wanted.nodes:
            return [workflow_of(row.stored, many=many) for row in page.rows]
        return [whole_workflow(self._store, row.stored, many=many) for row in page.rows]

    def logs(self, namespace: str, name: str, wanted: LogFilter) -> Iterator[LogLine]:
        """Log lines of the run's pods in the order of their times."""
        from tiphys.app.services.loglines import LogOptions, LogReader
        from tiphys.app.services.logsources import LiveLogs

        stored = find(self._store, namespace, name)
        options = LogOptions(
            pod=wanted.pod_name or "",
            container=wanted.container or "main",
            tail=wanted.tail,
            since=wanted.since,
            grep=wanted.grep,
            labels=wanted.labels,
            previous=wanted.previous,
        )
        files = self._files() if self._files is not None else None
        reader = LogReader(LiveLogs(self._store, self._runtime, stored, files), options)
        while True:
            yield from reader.read()
            if reader.over or not wanted.follow:
                return
            time.sleep(_FOLLOW_SECONDS)

    def delete(self, namespace: str, name: str, *, force: bool = False) -> None:
        """Remove a workflow, its nodes, logs and files; running pods are killed first.

        Tried again while its controller changes it at the same moment.
        """

        def remove() -> None:
            stored = find(self._store, namespace, name)
            self._remove(self._freed(stored) if force else stored)

        despite_others(remove)

    def _freed(self, stored: StoredObject) -> StoredObject:
        """A workflow that no finalizer keeps any more."""
        workflow = workflow_of(stored)
        if workflow.metadata is None:
            return stored
        freed = msgspec.structs.replace(workflow.metadata, finalizers=None)
        data = msgspec.json.encode(msgspec.structs.replace(workflow, metadata=freed))
        return self._store.update(msgspec.structs.replace(stored, data=data))

    def _remove_alone(self, stored: StoredObject) -> None:
        self._runtime.remove(stored.uid)
        if self._before_deletion is not None and GC_LABEL in stored.labels:
            self._before_deletion(stored)
        self._store.delete(stored.key)


def _conditions(wanted: ListFilter) -> Iterator[Requirement]:
    """Phases and completion as requirements on labels, as Argo's command has them."""
    if wanted.phases:
        yield Requirement(PHASE_LABEL, IN, tuple(sorted(wanted.phases)))
    if wanted.completed is not None:
        yield Requirement(COMPLETED_LABEL, EQUALS if wanted.completed else NOT_EQUALS, ("true",))

"""The archive of this machine as people use it: ``ports.archive``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tiphys.app.services.archive import Archive
from tiphys.app.services.fieldselector import name_filter, parse_field_selector, target_namespace
from tiphys.app.services.listing import Listing, Wanted
from tiphys.app.services.objects import workflow_of
from tiphys.app.services.wholes import with_nodes
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ports.api import ListFilter, RerunApi, ResubmitOptions, RetryOptions
from tiphys.ports.store import Store, StoredObject


class ArchivedWorkflows:
    """Implements ``ArchiveApi`` over the store."""

    def __init__(self, store: Store, archive: Archive, rerun: RerunApi) -> None:
        self._archive = archive
        self._rerun = rerun
        self._listing = Listing(store, archive)

    def list(self, wanted: ListFilter) -> Sequence[Workflow]:
        """Archived workflows without their nodes."""
        selected = parse_field_selector(wanted.fields)
        return self._found(
            Wanted(
                namespace=target_namespace(wanted.namespace or "", selected),
                not_namespace=selected.not_namespace,
                labels=wanted.labels,
                names=name_filter(selected, ""),
                started_after=selected.started_after,
                started_before=selected.started_before,
                live=False,
            )
        )

    def named(self, namespace: str, name: str) -> Sequence[Workflow]:
        """The archived workflows of a name."""
        names = name_filter(parse_field_selector(f"metadata.name={name}"), "")
        return self._found(Wanted(namespace=namespace, names=names, live=False))

    def get(self, uid: str) -> Workflow:
        """One with its nodes."""
        return with_nodes(*self._archive.whole(self._archive.find(uid)))

    def delete(self, uid: str) -> None:
        """Take one out of the archive."""
        self._archive.delete(self._archive.find(uid))

    def retry(self, uid: str, options: RetryOptions) -> Workflow:
        """Make one live again and run what failed in it."""
        return self._archive.retry(self._archive.find(uid), self._rerun, options)

    def resubmit(self, uid: str, options: ResubmitOptions) -> Workflow:
        """Make a new workflow of one."""
        return self._archive.resubmit(self._archive.find(uid), self._rerun, options)

    def label_keys(self, namespace: str) -> Sequence[str]:
        """The keys of labels of archived workflows."""
        return sorted({key for row in self._rows(Wanted(namespace=namespace, live=False)) for key in row.labels})

    def label_values(self, namespace: str, key: str) -> Sequence[str]:
        """The values of one label."""
        rows = self._rows(Wanted(namespace=namespace, live=False))
        return sorted({row.labels[key] for row in rows if key in row.labels})

    def _found(self, wanted: Wanted) -> Sequence[Workflow]:
        return [workflow_of(row) for row in self._rows(wanted)]

    def _rows(self, wanted: Wanted) -> Iterator[StoredObject]:
        self._archive.check()
        for row in self._listing.page(wanted).rows:
            labels = {key: value for key, value in row.stored.labels.items() if not key.startswith("tiphys.dev/")}
            yield replace(row.stored, labels=labels)

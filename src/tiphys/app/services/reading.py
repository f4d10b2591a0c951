"""Workflows as Argo's API writes them: from the store, and from the archive where the store has no more."""

from __future__ import annotations

from collections.abc import Iterable

from tiphys.app.services.archive import Archive
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.finding import find
from tiphys.app.services.listing import Row
from tiphys.app.services.renewal import ARCHIVING_LABEL
from tiphys.app.services.wholes import whole_workflow, with_nodes
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import metadata_of
from tiphys.errors import NotFoundError
from tiphys.ports.store import Store, StoredObject

#: What an archived workflow keeps in a list.
_LISTED_SPEC = ("arguments", "suspend")
_LISTED_STATUS = ("phase", "startedAt", "finishedAt", "progress", "message", "estimatedDuration", "resourcesDuration")


class Reading:
    """Reads workflows of a store and its archive as JSON."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self._store = store
        self._archive = archive

    def get(self, namespace: str, name: str, *, uid: str = "", nodes: bool = True) -> JsonObject:
        """A workflow: the live one, or the archive's when there is none, or it is not the one of ``uid``.

        Raises:
            NotFoundError: there is none.
        """
        missing = None
        try:
            stored = find(self._store, namespace, name)
            if uid in ("", stored.uid):
                return self.shown(stored, nodes=nodes)
        except NotFoundError as error:
            missing = error
        copy = self._archive.lookup(namespace, name, uid)
        if copy is not None:
            return self.archived(copy, nodes=nodes)
        raise missing or NotFoundError(f'workflows.argoproj.io "{name}" not found')

    def shown(self, stored: StoredObject, *, nodes: bool = True) -> JsonObject:
        """The workflow of a row."""
        if not nodes:
            return complete(_current(manifest_of(stored), stored.progress))
        return _shown(whole_workflow(self._store, stored))

    def archived(self, row: StoredObject, *, nodes: bool = True) -> JsonObject:
        """A workflow of the archive."""
        workflow, rows = self._archive.whole(row)
        return _shown(with_nodes(workflow, rows if nodes else []))

    def item(self, row: Row, *, nodes: bool) -> JsonObject:
        """A workflow in a list; one of the archive is reduced to what lists show."""
        return reduced(row.stored) if row.archived else self.shown(row.stored, nodes=nodes)


def _current(manifest: JsonObject, progress: str) -> JsonObject:
    """A manifest with the progress of its run where that is newer."""
    status = manifest.get("status")
    return (
        {**manifest, "status": {**status, "progress": progress}} if progress and isinstance(status, dict) else manifest
    )


def _shown(workflow: Workflow) -> JsonObject:
    data = to_data(workflow)
    return complete(data if isinstance(data, dict) else {})


def reduced(stored: StoredObject) -> JsonObject:
    """A workflow of the archive as a list shows it."""
    manifest = manifest_of(stored)
    metadata = metadata_of(manifest)
    labels = metadata.get("labels")
    metadata = {**metadata, "labels": {**(labels if isinstance(labels, dict) else {}), ARCHIVING_LABEL: "Persisted"}}
    return complete(
        {
            **{key: manifest[key] for key in ("apiVersion", "kind") if key in manifest},
            "metadata": metadata,
            "spec": _some(manifest.get("spec"), _LISTED_SPEC),
            "status": _some(manifest.get("status"), _LISTED_STATUS),
        }
    )


def complete(manifest: JsonObject) -> JsonObject:
    """A workflow with what Go never leaves out."""
    spec, status = manifest.get("spec"), manifest.get("status")
    return {
        **manifest,
        "metadata": {"creationTimestamp": None, **metadata_of(manifest)},
        "spec": {"arguments": {}, **(spec if isinstance(spec, dict) else {})},
        "status": {"startedAt": None, "finishedAt": None, **(status if isinstance(status, dict) else {})},
    }


def _some(found: object, keys: Iterable[str]) -> JsonObject:
    return {key: found[key] for key in keys if key in found} if isinstance(found, dict) else {}

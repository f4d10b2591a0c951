"""The files behind artifacts, for those who download and upload them (``spec/api.md`` 19)."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from tiphys.app.services.artifacts import repository_location, secrets_of
from tiphys.app.services.objects import node_changes
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan import location
from tiphys.core.plan.repository import archive_location
from tiphys.errors import ArtifactError, NotFoundError, UsageError
from tiphys.ports.artifacts import ArtifactStorage, Entry
from tiphys.ports.store import NodeRow, ObjectKey, Store


class StoredFile(Struct, frozen=True, kw_only=True):
    """An artifact with its complete location; ``key`` names the file in its storage."""

    namespace: str
    artifact: JsonObject
    key: str

    @property
    def name(self) -> str:
        """The last part of the key."""
        return posixpath.basename(self.key.rstrip("/"))


class ArtifactFiles:
    """Finds and reads what artifacts hold.  ``repository`` is where uploads go; None is the data directory."""

    def __init__(self, store: Store, storage: ArtifactStorage, repository: JsonObject | None = None) -> None:
        self._store = store
        self._storage = storage
        self._repository = repository

    def of_node(
        self, workflow: Workflow, rows: Sequence[NodeRow], node: str, name: str, *, inputs: bool = False
    ) -> StoredFile:
        """An artifact of the node with the id ``node``.

        Raises:
            NotFoundError: there is no such node or artifact, or it was removed.
        """
        status = next((item.status for item in node_changes(list(rows)) if item.status.id == node), None)
        side = (status.inputs if inputs else status.outputs) if status is not None else None
        found = next((item for item in (side.artifacts if side is not None else None) or () if item.name == name), None)
        if found is None or found.deleted:
            raise NotFoundError(f"artifact {name!r} of node {node!r} not found")
        data = cast(JsonObject, msgspec.to_builtins(found))
        try:
            complete = location.completed(data, repository_location(workflow))
            key = location.key_of(complete) if location.has_key(complete) else name
        except location.LocationError as error:
            raise NotFoundError(str(error)) from None
        meta = workflow.metadata
        return StoredFile(namespace=(meta.namespace if meta else None) or "", artifact=complete, key=key)

    def open(self, file: StoredFile) -> BinaryIO:
        """A stream of what is stored; archives as they are.

        Raises:
            ArtifactNotFoundError: it is a directory, or no longer there.
        """
        driver, place = self._storage.find(file.artifact, secrets_of(self._store, file.namespace))
        return driver.open(place)

    def is_directory(self, file: StoredFile) -> bool:
        """Whether files lie below the artifact."""
        driver, place = self._storage.find(file.artifact, secrets_of(self._store, file.namespace))
        return driver.is_directory(place)

    def entries(self, file: StoredFile) -> Sequence[Entry]:
        """The files below the artifact."""
        driver, place = self._storage.find(file.artifact, secrets_of(self._store, file.namespace))
        return list(driver.list(place))

    def below(self, file: StoredFile, path: str) -> StoredFile:
        """A file below an artifact that is a directory; nothing outside of it.

        Raises:
            NotFoundError: the path leads out of it.
        """
        clean = posixpath.normpath(path)
        if clean.startswith(("/", "..")) or "\0" in clean:
            raise NotFoundError("no such file")
        inner = location.below(file.artifact, clean)
        return StoredFile(namespace=file.namespace, artifact=inner, key=location.key_of(inner))

    def upload(self, namespace: str, template: str, name: str, path: str, key: str) -> str:
        """Keep the file ``path`` for an argument of a WorkflowTemplate; the answer is its key.

        Raises:
            NotFoundError: there is no such template, or it has no such artifact among its arguments.
            UsageError: nothing can be kept there.
        """
        stored = self._store.get(ObjectKey("WorkflowTemplate", namespace, template))
        if stored is None:
            raise NotFoundError(f'workflowtemplates.argoproj.io "{template}" not found')
        if name not in _argument_artifacts(msgspec.json.decode(stored.data)):
            raise NotFoundError(f"artifact {name!r} is not an argument of the template {template!r}")
        try:
            wanted = location.relocated({"name": name}, archive_location(self._repository), key)
            driver, place = self._storage.find(wanted, secrets_of(self._store, namespace))
            driver.save(path, place)
        except (location.LocationError, ArtifactError) as error:
            text = error.message if isinstance(error, ArtifactError) else str(error)
            raise UsageError(f"the upload cannot be kept: {text}") from None
        return key


def _argument_artifacts(template: JsonObject) -> set[str]:
    spec = template.get("spec")
    arguments = spec.get("arguments") if isinstance(spec, dict) else None
    artifacts = arguments.get("artifacts") if isinstance(arguments, dict) else None
    return (
        {str(item.get("name")) for item in artifacts if isinstance(item, dict)}
        if isinstance(artifacts, list)
        else set()
    )

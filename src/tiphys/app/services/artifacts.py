"""The artifacts of finished and running workflows: what there is, its content, its removal."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import BinaryIO, cast

import msgspec
from msgspec import Struct

from tiphys.app.services.objects import COMPLETED, key_of, node_changes, node_row
from tiphys.core.engine.artifactgc import with_deleted
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan import location
from tiphys.core.plan.repository import archive_location
from tiphys.errors import ArtifactError, ConflictError, NotFoundError, UsageError
from tiphys.ports.api import Api
from tiphys.ports.artifacts import ArtifactStorage, Entry, SecretLookup
from tiphys.ports.downloads import Output
from tiphys.ports.store import ObjectKey, RunCommit, Store
from tiphys.secret import Secret


class Found(Struct, frozen=True, kw_only=True):
    """One output artifact of a node; ``artifact`` has a complete location, ``key`` is empty where it has none."""

    namespace: str
    workflow: str
    node_id: str
    node: str
    template: str
    name: str
    key: str
    artifact: JsonObject
    deleted: bool = False

    @property
    def path(self) -> str:
        """Where the container had it; empty for logs."""
        return str(self.artifact.get("path") or "")


class Artifacts:
    """Answers from the store and the storages of this machine."""

    def __init__(self, api: Api, store: Store, storage: ArtifactStorage) -> None:
        self._api = api
        self._store = store
        self._storage = storage

    def list(self, namespace: str, name: str, *, node: str | None = None, artifact: str | None = None) -> list[Found]:
        """The output artifacts of a workflow in the order of its nodes.

        ``node`` is the id, the name or the display name of a node, ``artifact`` the name of artifacts.

        Raises:
            NotFoundError: there is no such workflow.
        """
        workflow = self._api.get(namespace, name)
        nodes = (workflow.status.nodes if workflow.status is not None else None) or {}
        base = repository_location(workflow)
        return [
            item
            for status in nodes.values()
            if node is None or node in {status.id, status.name, status.display_name}
            for item in _of_node(workflow, status, base)
            if artifact is None or item.name == artifact
        ]

    def one(self, namespace: str, name: str, artifact: str, node: str | None = None) -> Found:
        """The one artifact of a name.

        Raises:
            NotFoundError: there is none, or it was removed.
            UsageError: several nodes have one; names them.
        """
        found = self.list(namespace, name, node=node, artifact=artifact)
        if not found:
            raise NotFoundError(
                f"workflow {name} has no artifact {artifact!r}", "`tiphys artifacts ls` shows all", name
            )
        if len(found) > 1:
            raise UsageError(
                f"{len(found)} nodes have an artifact {artifact!r}: {', '.join(item.node for item in found[:10])}",
                "choose one with --node", name,
            )  # fmt: skip
        if found[0].deleted:
            raise NotFoundError(f"artifact {artifact!r} was removed", None, name)
        return found[0]

    def open(self, found: Found) -> BinaryIO:
        """A stream of what is stored: for most artifacts an archive.

        Raises:
            ArtifactNotFoundError: it is a directory, or no longer there.
        """
        driver, place = self._storage.find(found.artifact, self.secrets(found.namespace))
        return driver.open(place)

    def entries(self, found: Found) -> Sequence[Entry]:
        """What lies below an artifact that is stored as a directory; empty for a file."""
        driver, place = self._storage.find(found.artifact, self.secrets(found.namespace))
        try:
            return list(driver.list(place))
        except ArtifactError:
            return []

    def fetch(self, found: Found, path: str, *, stored: bool = False) -> None:
        """Load an artifact to ``path``, which does not exist: unpacked, or (``stored``) as it lies in its storage."""
        secrets = self.secrets(found.namespace)
        if not stored:
            self._storage.fetch(found.artifact, secrets, path)
            return
        driver, place = self._storage.find(found.artifact, secrets)
        driver.load(place, path)

    def outputs(self, namespace: str, name: str) -> Sequence[Output]:
        """All output artifacts of a workflow that are still there."""
        return [
            Output(
                namespace=item.namespace,
                workflow=item.workflow,
                node_id=item.node_id,
                template=item.template,
                name=item.name,
                key=item.key or item.name,
            )
            for item in self.list(namespace, name)
            if not item.deleted
        ]

    def save(self, output: Output, path: str) -> None:
        """Write an artifact, as it is stored, to a path that does not exist."""
        found = self.list(output.namespace, output.workflow, node=output.node_id, artifact=output.name)
        self.fetch(found[0], path, stored=True)

    def remove(self, items: Iterable[Found]) -> Sequence[tuple[Found, str]]:
        """Remove artifacts and mark them; what could not be removed is returned with the reason.

        Raises:
            ConflictError: a workflow still runs.
        """
        failed: list[tuple[Found, str]] = []
        for item in items:
            stored = self._store.get(key_of(item.namespace, item.workflow))
            if stored is not None and stored.phase not in COMPLETED:
                raise ConflictError(f"workflow {item.workflow} still runs", "stop it first", item.workflow)
            try:
                driver, place = self._storage.find(item.artifact, self.secrets(item.namespace))
                driver.delete(place)
            except (ArtifactError, OSError) as error:
                failed.append((item, error.message if isinstance(error, ArtifactError) else str(error)))
                continue
            mark_deleted(self._store, item.namespace, item.workflow, {item.node_id: frozenset({item.name})})
        return failed

    def secrets(self, namespace: str) -> SecretLookup:
        """The Secrets of a namespace."""
        return secrets_of(self._store, namespace)


def repository_location(workflow: Workflow) -> JsonObject:
    """Where artifacts of a workflow lie of which its status shows only the key."""
    reference = workflow.status.artifact_repository_ref if workflow.status is not None else None
    pinned = reference.artifact_repository if reference is not None else None
    return archive_location(cast(JsonObject, msgspec.to_builtins(pinned)) if pinned is not None else None)


def secrets_of(store: Store, namespace: str) -> SecretLookup:
    """Looks keys of Secrets up in the store."""

    def lookup(name: str, key: str) -> Secret | None:
        stored = store.get(ObjectKey("Secret", namespace, name, ""))
        if stored is None:
            return None
        data = cast("dict[str, str]", msgspec.json.decode(stored.data).get("data") or {})
        return Secret(base64.b64decode(data[key])) if key in data else None

    return lookup


def mark_deleted(store: Store, namespace: str, workflow: str, names: dict[str, frozenset[str]]) -> None:
    """Mark artifacts (node id → names) of a finished workflow as removed, if it is still there."""
    stored = store.get(key_of(namespace, workflow))
    if stored is None:
        return
    changed = [
        node_row(msgspec.structs.replace(change, status=with_deleted(change.status, names[change.status.id or ""])))
        for change in node_changes(list(store.nodes(stored.uid)))
        if change.status.id in names
    ]
    store.commit(RunCommit(uid=stored.uid, nodes=changed))


def _of_node(workflow: Workflow, status: NodeStatus, base: JsonObject) -> list[Found]:
    outputs = status.outputs.artifacts if status.outputs is not None else None
    meta = workflow.metadata
    found = []
    for artifact in outputs or ():
        data = cast(JsonObject, msgspec.to_builtins(artifact))
        try:
            complete = location.completed(data, base)
        except location.LocationError:
            continue
        found.append(
            Found(
                namespace=(meta.namespace if meta is not None else None) or "",
                workflow=(meta.name if meta is not None else None) or "",
                node_id=status.id or "",
                node=status.name or "",
                template=status.template_name or "",
                name=artifact.name,
                key=location.key_of(complete) if location.has_key(complete) else "",
                artifact=complete,
                deleted=bool(artifact.deleted),
            )
        )
    return found

"""Removing objects: what they own goes with them (Kubernetes' garbage collection, at once)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from tiphys.app.services.cluster.rows import manifest_of, without_version
from tiphys.app.services.objects import LEAVING_LABEL
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import finalizers_of, metadata_of, owners_of
from tiphys.errors import ConflictError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import Store, StoredObject

#: Is told of each object that is about to go, for what it has outside the store (pods, directories).
Removing = Callable[[StoredObject], None]


class Collector:
    """Removes objects with what they own."""

    def __init__(self, store: Store, removing: Sequence[Removing] = ()) -> None:
        self._store = store
        self._removing = removing

    def remove(self, stored: StoredObject, deleted_at: str, *, orphan: bool = False, expected: int = 0) -> None:
        """Remove an object, or mark it when it has finalizers, and all that only it owned, as far down as it goes.

        ``orphan`` lets its dependents live without an owner.

        Raises:
            ConflictError: ``expected`` is not 0 and not its resource version.
        """
        queue = [stored] if self._gone(stored, deleted_at, expected) else []
        while queue:
            owner = queue.pop()
            for dependent in self._store.owned_by(owner.uid):
                others = [uid for uid in dependent.owners if uid != owner.uid and self._store.find(uid) is not None]
                if others or orphan:
                    self._disown(dependent, owner.uid)
                elif self._gone(dependent, deleted_at, 0):
                    queue.append(dependent)

    def _gone(self, stored: StoredObject, deleted_at: str, expected: int) -> bool:
        """Remove one object; False when its finalizers keep it for now."""
        manifest = manifest_of(stored)
        if finalizers_of(manifest):
            self._mark(stored, manifest, deleted_at)
            return False
        for removing in self._removing:
            removing(stored)
        self._store.delete(stored.key, expected=expected, last=_shown(stored, manifest))
        return True

    def _mark(self, stored: StoredObject, manifest: JsonObject, deleted_at: str) -> None:
        metadata = metadata_of(manifest)
        if "deletionTimestamp" not in metadata:
            metadata = {**metadata, "deletionTimestamp": deleted_at, "deletionGracePeriodSeconds": 0}
            data = msgspec.json.encode(without_version({**manifest, "metadata": metadata}))
            self._store.update(replace(stored, data=data, labels={**stored.labels, LEAVING_LABEL: "true"}))

    def _disown(self, dependent: StoredObject, owner: WorkflowUid) -> None:
        manifest = manifest_of(dependent)
        metadata = {**metadata_of(manifest)}
        metadata["ownerReferences"] = [item for item in owners_of(manifest) if item.get("uid") != owner]
        data = msgspec.json.encode(without_version({**manifest, "metadata": metadata}))
        owners = tuple(uid for uid in dependent.owners if uid != owner)
        try:
            self._store.update(replace(dependent, data=data, owners=owners))
        except ConflictError:  # somebody changes it just now; a dangling owner does no harm
            return


def _shown(stored: StoredObject, manifest: JsonObject) -> bytes | None:
    """What those who watch are shown of a deleted object: a secret's values are gone with it."""
    if stored.key.kind != "Secret" or stored.key.group:
        return None
    from tiphys.core.objects.patches import LAST_APPLIED

    metadata = {**metadata_of(without_version(manifest))}
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        metadata["annotations"] = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
    hidden = {key: value for key, value in manifest.items() if key not in ("data", "stringData")}
    return msgspec.json.encode({**hidden, "metadata": metadata})

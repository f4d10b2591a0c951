"""A store whose changes are only imagined: what ``dryRun`` works on."""

from __future__ import annotations

from typing import Final, cast

from msgspec.structs import replace

from tiphys.errors import ConflictError, NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, Store, StoredObject

_READS: Final = frozenset({
    "get", "find", "list", "count", "label_keys", "label_values", "owned_by", "kinds", "namespaces", "phases",
    "version", "changes", "wait", "nodes", "commands", "requests", "events", "takes",
})  # fmt: skip


def trial_store(store: Store) -> Store:
    """The store to read from; what is changed is refused as it would be there, and answered, and forgotten."""
    return cast(Store, _Trial(store))


class _Trial:
    """What only reads is asked of the store itself; no other change than these is known."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        if name not in _READS:
            raise AttributeError(f"a trial knows no {name}")
        return getattr(self._store, name)

    def create(self, item: StoredObject, *, once: str = "") -> StoredObject:
        """The object as it would be."""
        if self._store.get(item.key) is not None:
            raise ConflictError(f"{item.key.name} exists")
        return replace(item, resource_version=0)

    def update(self, item: StoredObject) -> StoredObject:
        """The object as it would be; its version stays."""
        live = self._store.get(item.key)
        if live is None:
            raise NotFoundError(f"{item.key.name} is not there")
        if item.resource_version not in (0, live.resource_version):
            raise ConflictError(f"{item.key.name} was changed")
        return replace(item, resource_version=live.resource_version)

    def delete(self, key: ObjectKey, *, expected: int = 0, last: bytes | None = None) -> bool:
        """Whether there is such an object."""
        return self._store.get(key) is not None

    def ask(self, uid: WorkflowUid, body: bytes) -> int:
        """Nobody is asked."""
        return 0

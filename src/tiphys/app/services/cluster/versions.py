"""What templates and schedules were before they were changed: kept beside them, gone with them (``spec/ui.md`` D5)."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.cluster.shapes import ShapeRules
from tiphys.app.services.cluster.tokens import GROUP
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.meta import metadata_of
from tiphys.errors import ConflictError
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import ObjectKey, Store, StoredObject

KIND: Final = "ObjectVersion"
#: So many earlier versions of an object are kept, the newest ones.
KEPT: Final = 50


class Version(Struct, frozen=True, rename="camel"):
    """An object as it was until ``replaced_at``; ``generation`` counts from 1."""

    generation: int
    replaced_at: datetime
    manifest: JsonObject


class VersionRules(ShapeRules):
    """Objects that must have the shape of their kind, and whose earlier contents are kept."""

    def __init__(self, kind: Kind, store: Store, clock: Clock) -> None:
        super().__init__(kind)
        self._store = store
        self._clock = clock

    def replacing(self, stored: StoredObject, wanted: JsonObject) -> None:
        """Keep what is about to be replaced, unless only metadata or the status change.

        Done before the change: a crash in between leaves a version that counts for nothing, as its generation is
        still the present one.
        """
        live = manifest_of(stored)
        generation = _generation(live)
        if not generation or generation == _generation(wanted):
            return
        version = Version(generation, self._clock.now(), live)
        key = ObjectKey(KIND, "", f"{stored.uid}.{generation}", GROUP)
        left = self._store.get(key)
        row = StoredObject(
            key=key,
            uid=left.uid if left is not None else WorkflowUid(self._clock.uid()),
            resource_version=0,
            created_at=version.replaced_at,
            labels={},
            phase="",
            data=msgspec.json.encode(version),
            owners=(stored.uid,),
        )
        with contextlib.suppress(ConflictError):  # somebody who changes it at this moment was quicker
            _ = self._store.create(row) if left is None else self._store.update(row)
        for old in _rows(self._store, stored.uid)[KEPT:]:
            self._store.delete(old.key)


def versions_of(store: Store, uid: str, generation: int) -> Sequence[Version]:
    """The versions of an object before its present generation, newest first."""
    found = [msgspec.json.decode(row.data, type=Version) for row in _rows(store, WorkflowUid(uid))]
    return [version for version in found if version.generation < generation]


def _rows(store: Store, uid: WorkflowUid) -> Sequence[StoredObject]:
    owned = [row for row in store.owned_by(uid) if row.key.kind == KIND and row.key.group == GROUP]
    return sorted(owned, key=lambda row: int(row.key.name.rpartition(".")[2]), reverse=True)


def _generation(manifest: JsonObject) -> int:
    found = metadata_of(manifest).get("generation")
    return found if isinstance(found, int) else 0

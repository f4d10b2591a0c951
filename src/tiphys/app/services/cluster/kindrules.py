"""What one kind does differently from being stored as it is; the base class changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.store import StoredObject


class KindRules:
    """Objects of a kind that is stored as it is.  Kinds that are more override what they do differently."""

    def shown(self, stored: StoredObject) -> JsonObject:
        """The object of a row."""
        return manifest_of(stored)

    def whole(self, stored: StoredObject) -> JsonObject:
        """The object of a row with all that belongs to it and is too much for a list."""
        return self.shown(stored)

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """An object that is not stored, but made of what is (a pod that runs); None when there is none."""
        return None

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """All such objects of a namespace, or (empty) of all."""
        return ()

    def made(self, manifest: JsonObject) -> StoredObject | None:
        """The row of a new object; None for the usual one."""
        return None

    def created(self, stored: StoredObject) -> None:
        """Is told of a new object."""

    def edited(self, stored: StoredObject, live: JsonObject, wanted: JsonObject) -> JsonObject:
        """What is kept when a stored object is to become another.

        Raises:
            InvalidObjectError: it may not.
        """
        return wanted

    def replacing(self, stored: StoredObject, wanted: JsonObject) -> None:
        """Is told of a change just before it is kept; the change may still fail because somebody else was quicker."""

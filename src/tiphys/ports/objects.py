"""Objects as Kubernetes' API has them: of any kind, for somebody who may do only some things.

Manifests come in and go out as the JSON that they are.  The ``resource`` templates, the command line and the server
act through this port; behind it is the store of this machine, or a real cluster.

Errors, all with Kubernetes' own message: ``NotFoundError``, ``AlreadyExistsError``, ``ConflictError``,
``ForbiddenError``, ``InvalidObjectError``, ``UsageError`` (a malformed call), ``ExpiredError``.
``core.objects.status`` turns them into a ``Status`` or into the line that kubectl prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Catalogue, Kind
from tiphys.core.objects.selectors import Requirement
from tiphys.ports.identity import Principal

#: How a patch is written.
MERGE, STRATEGIC, JSON = "merge", "strategic", "json"


class ObjectRef(Struct, frozen=True):
    """One object.  ``namespace`` is empty for kinds without namespaces."""

    kind: Kind
    namespace: str
    name: str


class Listing(Struct, frozen=True, kw_only=True):
    """What to list: of one namespace or (empty) of all.

    ``labels`` are requirements on labels, ``fields`` on paths such as ``metadata.name`` or ``status.phase``.
    ``after`` is ``ObjectList.next`` of the page before.
    """

    kind: Kind
    namespace: str = ""
    labels: Sequence[Requirement] = ()
    fields: Sequence[Requirement] = ()
    limit: int = 500
    after: str | None = None


class ObjectList(Struct, frozen=True):
    """One page, newest first, and the resource version from which to watch."""

    items: Sequence[JsonObject]
    version: int
    next: str | None = None


class ObjectChange(Struct, frozen=True):
    """What became of an object: ADDED, MODIFIED or DELETED, and the object (its last state when deleted)."""

    type: str
    item: JsonObject


class ObjectChanges(Struct, frozen=True):
    """Changes, oldest first, and the resource version to ask on from."""

    items: Sequence[ObjectChange]
    version: int


class DeleteOptions(Struct, frozen=True, kw_only=True):
    """How to delete.

    ``propagation``: Background (dependents are removed too), Foreground (as Background, here) or Orphan (they lose
    their owner).  ``uid`` and ``resource_version`` must fit when they are given.
    """

    propagation: str = "Background"
    uid: str = ""
    resource_version: str = ""


DEFAULT_DELETION = DeleteOptions()


class Editor(Protocol):
    """Reading and changing objects, each call on behalf of a principal and checked against its rights."""

    def get(self, principal: Principal, ref: ObjectRef) -> JsonObject:
        """One object."""

    def list(self, principal: Principal, wanted: Listing) -> ObjectList:
        """One page of objects."""

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, uid: str = "") -> JsonObject:
        """Make an object; ``namespace`` is for a manifest that has none.

        Args:
            principal: Who acts.
            manifest: The object; with ``generateName`` it gets a name.
            namespace: Where it comes when the manifest does not say.
            uid: Given by a caller that may call twice: when an object of this uid exists, it is the answer.
        """

    def update(self, principal: Principal, manifest: JsonObject, namespace: str, *, status: bool = False) -> JsonObject:
        """Replace an object.

        With ``metadata.resourceVersion`` only that version is replaced.  ``status`` replaces the status alone.
        """

    def patch(
        self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str, *, status: bool = False
    ) -> JsonObject:
        """Change an object by a patch written as ``strategy`` says."""

    def delete(self, principal: Principal, ref: ObjectRef, options: DeleteOptions = DEFAULT_DELETION) -> JsonObject:
        """Delete an object; the answer is its last state.

        With finalizers it is marked (``deletionTimestamp``) and goes when the last finalizer is removed.
        """


class Objects(Editor, Protocol):
    """The objects, each call on behalf of a principal and checked against its rights.  Safe in threads."""

    def catalogue(self) -> Catalogue:
        """The kinds that are known now."""

    def apply(self, principal: Principal, manifest: JsonObject, namespace: str) -> JsonObject:
        """Make an object, or bring it to what the manifest says (``kubectl apply``)."""

    def changes(self, principal: Principal, wanted: Listing, since: int) -> ObjectChanges:
        """What changed since a resource version; returns at once."""

    def version(self) -> int:
        """The resource version of the last change of anything."""

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer than ``since``; False when ``timeout`` seconds pass first."""

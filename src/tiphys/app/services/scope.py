"""What an installation looks after: objects with the label of its instance, in its namespace (``spec/api.md`` 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import labels_of, metadata_of
from tiphys.core.objects.selectors import ABSENT, EQUALS, Requirement
from tiphys.errors import UsageError
from tiphys.ports.identity import Access, Authorizer, Principal
from tiphys.ports.store import ObjectKey

INSTANCE_LABEL: Final = "workflows.argoproj.io/controller-instanceid"


class Scope(Struct, frozen=True, kw_only=True):
    """``instance`` empty: what has no such label; ``namespace`` empty: all of them."""

    instance: str = ""
    namespace: str = ""

    @property
    def requirement(self) -> Requirement:
        """What labels must be like."""
        return Requirement(INSTANCE_LABEL, EQUALS, (self.instance,)) if self.instance else _NONE

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of what is made here."""
        return {INSTANCE_LABEL: self.instance} if self.instance else {}

    def owns(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels belongs to the instance."""
        return labels.get(INSTANCE_LABEL, "") == self.instance

    def takes(self, key: ObjectKey, labels: Mapping[str, str]) -> bool:
        """Whether the controller looks after an object."""
        return self.namespace in ("", key.namespace) and self.owns(labels)

    def check(self, name: str, labels: Mapping[str, str]) -> None:
        """Refuse an object of another instance.

        Raises:
            UsageError: it belongs to another.
        """
        if not self.owns(labels):
            raise UsageError(f"'{name}' is not managed by the current Argo Server")

    def labelled(self, manifest: JsonObject) -> JsonObject:
        """A manifest that is made or replaced here."""
        if not self.instance:
            return manifest
        labels: JsonObject = {**labels_of(manifest), **self.labels}
        return {**manifest, "metadata": {**metadata_of(manifest), "labels": labels}}


_NONE: Final = Requirement(INSTANCE_LABEL, ABSENT)
#: Everything that belongs to no instance, in all namespaces.
EVERYWHERE: Final = Scope()


class Confined:
    """Lets nobody beyond one namespace, whatever rights they have: the namespaced installation."""

    def __init__(self, authorizer: Authorizer, namespace: str) -> None:
        self._authorizer = authorizer
        self._namespace = namespace

    def allowed(self, principal: Principal, access: Access) -> bool:
        """Whether it is in the namespace and allowed there."""
        return access.namespace == self._namespace and self._authorizer.allowed(principal, access)

    def rules(self, principal: Principal, namespace: str) -> Sequence[JsonObject]:
        """The rules that hold for a principal in the namespace; none elsewhere."""
        return self._authorizer.rules(principal, namespace) if namespace == self._namespace else ()

"""Templates, CronWorkflows and other manifests that are kept, not run (``spec/api.md`` 15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from tiphys.app.services.creators import acted_manifest, signed
from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.linting import findings
from tiphys.app.services.manifests import API_VERSION, document_of
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import ARGO, Catalogue, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.selectors import Requirement, parse_selector
from tiphys.core.validate.check import check_document
from tiphys.core.validate.options import CheckOptions
from tiphys.errors import UsageError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import DEFAULT_DELETION, MERGE, DeleteOptions, Listing, ObjectRef, Objects
from tiphys.ports.store import Store

#: Kinds that are checked by Argo's rules before they are kept.
_CHECKED: Final = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"})
#: Kinds of which each installation sees its own.
_OF_INSTANCES: Final = _CHECKED | {"WorkflowEventBinding"}
_PAGE: Final = 500


class ResourcePage(Struct, frozen=True):
    """Objects sorted by name within their page, the resource version, and where to go on (empty at the end)."""

    items: Sequence[JsonObject]
    version: int
    next: str = ""


class Resources:
    """Keeps objects of Argo's kinds, each checked before."""

    def __init__(
        self, store: Store, objects: Objects, timezone_exists: Callable[[str], bool], scope: Scope = EVERYWHERE
    ) -> None:
        self._store = store
        self._objects = objects
        self._timezone_exists = timezone_exists
        self._scope = scope

    def findings(self, written: str, namespace: str) -> list[JsonObject]:
        """What ``tiphys lint`` finds in a text, with the templates that are kept; never raises for what is in it."""
        return findings(written, namespace, self._store, self._timezone_exists)

    def create(
        self, principal: Principal, kind: str, manifest: JsonObject, namespace: str, *, keep: bool = True
    ) -> JsonObject:
        """Check an object and keep it; ``keep`` False answers with what would be kept."""
        wanted = signed(self._checked(kind, manifest, namespace), principal)
        return self._objects.create(principal, wanted, namespace) if keep else wanted

    def update(self, principal: Principal, kind: str, manifest: JsonObject, namespace: str) -> JsonObject:
        """Replace an object by the name in the manifest; without a resource version whatever is there."""
        wanted = self._checked(kind, manifest, namespace)
        if not text(metadata_of(wanted), "name"):
            raise UsageError("resource name may not be empty")
        return self._objects.update(principal, acted_manifest(wanted, principal, "Update"), namespace)

    def lint(self, principal: Principal, kind: str, manifest: JsonObject, namespace: str) -> JsonObject:
        """Check an object; the answer is the object with its labels."""
        return signed(self._checked(kind, manifest, namespace, lint=True), principal)

    def get(self, principal: Principal, kind: str, namespace: str, name: str) -> JsonObject:
        """One object."""
        return self._objects.get(principal, self.ref(kind, namespace, name))

    def patch(self, principal: Principal, kind: str, namespace: str, name: str, patch: JsonObject) -> JsonObject:
        """Merge a patch into an object."""
        return self._objects.patch(principal, self.ref(kind, namespace, name), patch, MERGE)

    def delete(
        self, principal: Principal, kind: str, namespace: str, name: str, options: DeleteOptions = DEFAULT_DELETION
    ) -> None:
        """Remove an object."""
        self._objects.delete(principal, self.ref(kind, namespace, name), options)

    def list(
        self,
        principal: Principal,
        kind: str,
        namespace: str,
        *,
        labels: str = "",
        pattern: str = "",
        limit: int = 0,
        after: str = "",
    ) -> ResourcePage:
        """One page of objects; ``pattern`` is a part of their names, ``limit`` 0 is all."""
        found: list[JsonObject] = []
        selector = parse_selector(labels)
        if kind in _OF_INSTANCES:
            selector = (*selector, self._scope.requirement)
        cursor: str | None = after or None
        while True:
            wanted = self._listing(kind, namespace, selector, limit, cursor, pattern, len(found))
            page = self._objects.list(principal, wanted)
            found += [item for item in page.items if pattern in text(metadata_of(item), "name")]
            cursor = page.next
            if cursor is None or (limit and len(found) >= limit):
                break
        found.sort(key=lambda item: text(metadata_of(item), "name"))
        return ResourcePage(found, page.version, cursor or "")

    def ref(self, kind: str, namespace: str, name: str) -> ObjectRef:
        """The reference of an object of one of Argo's kinds."""
        found = kind_of(kind)
        return ObjectRef(found, namespace if found.namespaced else "", name)

    def _listing(
        self,
        kind: str,
        namespace: str,
        selector: Sequence[Requirement],
        limit: int,
        cursor: str | None,
        pattern: str,
        have: int,
    ) -> Listing:
        # With a pattern a page is filled row by row: the cursor must stand behind the last row that was taken.
        size = _PAGE if not limit else 1 if pattern else limit - have
        found = kind_of(kind)
        space = namespace if found.namespaced else ""
        return Listing(kind=found, namespace=space, labels=selector, limit=size, after=cursor)

    def _checked(self, kind: str, manifest: JsonObject, namespace: str, *, lint: bool = False) -> JsonObject:
        metadata = metadata_of(manifest)
        own = text(metadata, "namespace")
        namespaced = kind_of(kind).namespaced
        if namespaced and own and namespace and own != namespace:
            raise UsageError("the namespace of the provided object does not match the namespace sent on the request")
        place: JsonObject = {"namespace": own or namespace} if namespaced and (own or namespace) else {}
        whole: JsonObject = {
            **manifest,
            "apiVersion": manifest.get("apiVersion") or API_VERSION,
            "kind": manifest.get("kind") or kind,
            "metadata": {**{key: value for key, value in metadata.items() if key != "namespace"}, **place},
        }
        if kind in _CHECKED:
            options = CheckOptions(lint=lint, advise=False, timezone_exists=self._timezone_exists)
            report = check_document(document_of(kind, whole, "request"), StoredLibrary(lambda: self._store), options)
            if report.errors:
                raise ManifestError(report.errors)
        return self._scope.labelled(whole) if kind in _OF_INSTANCES else whole


def kind_of(kind: str) -> Kind:
    """One of Argo's kinds."""
    return Catalogue().of(f"{ARGO}/v1alpha1", kind)

"""``ports.objects.Objects`` over the store of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tiphys.app.services.cluster.admission import admit
from tiphys.app.services.cluster.changes import joined, patched, with_generation
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.escalation import check_escalation
from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.app.services.cluster.rows import key_of, manifest_of, row_of, without_version
from tiphys.app.services.contention import despite_others
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects import labels, meta, patches, status
from tiphys.core.objects.fields import selected
from tiphys.core.objects.kinds import Catalogue, Kind
from tiphys.core.objects.moments import rfc3339
from tiphys.core.objects.rbac import Wanted
from tiphys.core.objects.selectors import matches
from tiphys.errors import AlreadyExistsError, ConflictError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Access, Principal
from tiphys.ports.objects import (
    DEFAULT_DELETION,
    DeleteOptions,
    Listing,
    ObjectChange,
    ObjectChanges,
    ObjectList,
    ObjectRef,
)
from tiphys.ports.store import ListOptions, Store, StoredObject


class LocalObjects:
    """Objects of any kind in the store.

    ``rights`` says who may do what.  ``rules`` are of those kinds that are more than stored, by (group, kind).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rights: StoredRights,
        collector: Collector,
        rules: dict[tuple[str, str], KindRules] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self.rights = rights
        self._collector = collector
        self._rules = rules or {}

    def catalogue(self) -> Catalogue:
        """The kinds that are known now."""
        options = ListOptions(kind="CustomResourceDefinition", group="apiextensions.k8s.io", limit=10_000)
        definitions = [manifest_of(stored) for stored in self._store.list(options).items]
        return Catalogue(definitions, self._store.kinds())

    def get(self, principal: Principal, ref: ObjectRef) -> JsonObject:
        """One object."""
        self._check(principal, "get", ref.kind, ref.namespace, ref.name)
        stored, found = self._present(ref)
        rules = self._rules.get((ref.kind.group, ref.kind.kind))
        return rules.whole(stored) if rules is not None and stored is not None else found

    def list(self, principal: Principal, wanted: Listing) -> ObjectList:
        """One page of objects, newest first; objects that are not stored come on the first page."""
        self._check(principal, "list", wanted.kind, wanted.namespace)
        version = self._store.version()
        options = ListOptions(
            kind=wanted.kind.kind,
            group=wanted.kind.group,
            namespace=wanted.namespace or None,
            selector=wanted.labels,
            limit=wanted.limit,
            after=wanted.after,
        )
        found = [] if wanted.after else [*self._virtuals(wanted)]
        while True:
            page = self._store.list(options)
            shown = [self._shown(wanted.kind, stored) for stored in page.items]
            known = {meta.text(meta.metadata_of(item), "name") for item in shown} if found else set()
            found = [item for item in found if meta.text(meta.metadata_of(item), "name") not in known]
            found += [item for item in shown if selected(wanted.fields, item)]
            if page.next is None or len(found) >= wanted.limit:
                return ObjectList(found, version, page.next)
            options = replace(options, after=page.next)

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, uid: str = "") -> JsonObject:
        """Make an object."""
        kind, space = self._place(manifest, namespace)
        self._check(principal, "create", kind, space)
        made = self._store.find(WorkflowUid(uid)) if uid else None
        if made is not None:
            return self._shown(kind, made)
        metadata = meta.metadata_of(manifest)
        name, prefix = meta.text(metadata, "name"), meta.text(metadata, "generateName")
        if name or not prefix:
            return self._create(principal, ObjectRef(kind, space, name), manifest, uid)

        def create() -> JsonObject:
            generated = meta.generated_name(prefix, self._clock.suffix())
            return self._create(principal, ObjectRef(kind, space, generated), manifest, uid)

        return despite_others(create, AlreadyExistsError)

    def _create(self, principal: Principal, ref: ObjectRef, manifest: JsonObject, uid: str) -> JsonObject:
        kind, namespace, name = ref.kind, ref.namespace, ref.name
        meta.check_name(kind, name)
        if kind.namespaced:
            labels.check_namespace(kind, name, namespace)
        labels.check_maps(kind, name, meta.metadata_of(manifest))
        now = self._clock.now()
        made = meta.new_metadata(
            meta.metadata_of(manifest),
            name=name,
            namespace=namespace,
            uid=uid or self._clock.uid(),
            created=rfc3339(now),
        )
        rules = self._rules.get((kind.group, kind.kind))
        if rules is not None and rules.virtual(namespace, name) is not None:
            raise status.already_exists(kind, name)
        complete = admit(kind, {**manifest, "metadata": made}, None)
        check_escalation(principal, kind, complete, self.rights)
        row = (rules.made(complete) if rules is not None else None) or row_of(kind, complete, now)
        try:
            stored = self._store.create(row)
        except ConflictError as error:
            raise status.already_exists(kind, name) from error
        if rules is not None:
            rules.created(stored)
        return self._shown(kind, stored)

    def update(self, principal: Principal, manifest: JsonObject, namespace: str, *, status: bool = False) -> JsonObject:
        """Replace an object."""
        kind, space = self._place(manifest, namespace)
        ref = ObjectRef(kind, space, meta.text(meta.metadata_of(manifest), "name"))
        self._check(principal, "update", kind, space, ref.name, "status" if status else "")
        stored, live = self._present(ref)
        return self._replace(principal, ref, (stored, live), manifest, status=status)

    def patch(
        self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str, *, status: bool = False
    ) -> JsonObject:
        """Change an object by a patch; tried again when somebody else changes it at the same moment."""
        self._check(principal, "patch", ref.kind, ref.namespace, ref.name, "status" if status else "")

        def change() -> JsonObject:
            stored, live = self._present(ref)
            changed = patched(ref.kind, live, patch, strategy)
            return self._replace(principal, ref, (stored, live), changed, status=status)

        return despite_others(change)

    def apply(self, principal: Principal, manifest: JsonObject, namespace: str) -> JsonObject:
        """Make an object, or bring it to what the manifest says."""
        kind, space = self._place(manifest, namespace)
        name = meta.text(meta.metadata_of(manifest), "name")
        if not name:
            raise UsageError("resource name may not be empty: apply needs metadata.name", "use create for generateName")
        ref = ObjectRef(kind, space, name)
        self._check(principal, "get", kind, space, name)
        rules = self._rules.get((kind.group, kind.kind))
        known = self._store.get(key_of(kind, space, name)) is not None
        if not known and (rules is None or rules.virtual(space, name) is None):
            return self.create(principal, patches.apply(None, manifest, strategic=True), space)
        self._check(principal, "patch", kind, space, name)
        stored, live = self._present(ref)
        changed = patches.apply(live, manifest, strategic=kind.strategic)
        return self._replace(principal, ref, (stored, live), {**changed, "metadata": _unversioned(changed)})

    def delete(self, principal: Principal, ref: ObjectRef, options: DeleteOptions = DEFAULT_DELETION) -> JsonObject:
        """Delete an object and what it owns; tried again when somebody else changes it at the same moment."""
        self._check(principal, "delete", ref.kind, ref.namespace, ref.name)
        if options.resource_version or options.uid:
            return self._delete(ref, options)
        return despite_others(lambda: self._delete(ref, options))

    def _delete(self, ref: ObjectRef, options: DeleteOptions) -> JsonObject:
        stored, live = self._present(ref)
        wrong = options.uid and stored is not None and options.uid != stored.uid
        if wrong or (options.resource_version and options.resource_version != _version(live)):
            raise status.modified(ref.kind, ref.name)
        if stored is None:
            raise UsageError(f"{ref.kind.qualified} {ref.name!r} runs; stop the workflow instead")
        self._collector.remove(stored, rfc3339(self._clock.now()), orphan=options.propagation == "Orphan")
        return live

    def changes(self, principal: Principal, wanted: Listing, since: int) -> ObjectChanges:
        """What changed since a resource version; returns at once.

        An object that no longer has the wanted labels or fields is told as DELETED.
        """
        self._check(principal, "watch", wanted.kind, wanted.namespace)
        changes = self._store.changes(since, kind=wanted.kind.kind, group=wanted.kind.group, limit=wanted.limit)
        found = []
        for change in changes.items:
            if wanted.namespace and change.item.key.namespace != wanted.namespace:
                continue
            item = self._shown(wanted.kind, change.item)
            fits = matches(wanted.labels, change.item.labels) and selected(wanted.fields, item)
            if fits or change.type == "MODIFIED":
                found.append(ObjectChange(change.type if fits else "DELETED", item))
        return ObjectChanges(found, changes.version)

    def version(self) -> int:
        """The resource version of the last change of anything."""
        return self._store.version()

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer than ``since``."""
        return self._store.wait(since, timeout)

    def _place(self, manifest: JsonObject, namespace: str) -> tuple[Kind, str]:
        kind = self.catalogue().of(*meta.identity(manifest))
        own = meta.text(meta.metadata_of(manifest), "namespace")
        return kind, (own or namespace) if kind.namespaced else ""

    def _check(
        self, principal: Principal, verb: str, kind: Kind, namespace: str, name: str = "", subresource: str = ""
    ) -> None:
        if principal.unrestricted:
            return
        space = namespace if kind.namespaced else ""
        resource = f"{kind.resource}/{subresource}" if subresource else kind.resource
        access = Access(verb=verb, resource=resource, group=kind.group, namespace=space, name=name)
        if not self.rights.allowed(principal, access):
            wanted = Wanted(verb=verb, group=kind.group, resource=resource, namespace=space, name=name)
            raise status.forbidden(principal.name, kind, wanted)

    def _present(self, ref: ObjectRef) -> tuple[StoredObject | None, JsonObject]:
        """The row of an object, if it is stored, and the object."""
        stored = self._store.get(key_of(ref.kind, ref.namespace, ref.name))
        rules = self._rules.get((ref.kind.group, ref.kind.kind))
        if stored is not None:
            return stored, self._shown(ref.kind, stored)
        virtual = rules.virtual(ref.namespace, ref.name) if rules is not None else None
        if virtual is None:
            raise status.not_found(ref.kind, ref.name)
        return None, virtual

    def _shown(self, kind: Kind, stored: StoredObject) -> JsonObject:
        rules = self._rules.get((kind.group, kind.kind))
        return rules.shown(stored) if rules is not None else manifest_of(stored)

    def _virtuals(self, wanted: Listing) -> Sequence[JsonObject]:
        rules = self._rules.get((wanted.kind.group, wanted.kind.kind))
        found = rules.virtuals(wanted.namespace) if rules is not None else ()
        return [
            item for item in found if matches(wanted.labels, meta.labels_of(item)) and selected(wanted.fields, item)
        ]

    def _replace(
        self,
        principal: Principal,
        ref: ObjectRef,
        found: tuple[StoredObject | None, JsonObject],
        wanted: JsonObject,
        *,
        status: bool = False,
    ) -> JsonObject:
        """Keep a changed object, unless somebody else changed it first or nothing changes."""
        kind, (stored, live) = ref.kind, found
        version = meta.text(meta.metadata_of(wanted), "resourceVersion")
        if version and version != _version(live):
            raise _modified(kind, ref.name)
        changed = joined(kind, live, wanted, status=status)
        rules = self._rules.get((kind.group, kind.kind))
        if rules is not None and stored is not None:
            changed = rules.edited(stored, live, changed)
        if not status:
            labels.check_maps(kind, ref.name, meta.metadata_of(changed))
            changed = admit(kind, changed, live)
            check_escalation(principal, kind, changed, self.rights)
        if without_version(changed) == without_version(live):
            return live
        changed = with_generation(changed, live)
        if stored is None:
            row = row_of(kind, changed, self._clock.now())
            return self._shown(kind, self._store.create(row))
        row = replace(
            row_of(kind, changed, stored.created_at, stored.resource_version), labels=_labels(stored, changed)
        )
        if rules is not None:
            rules.replacing(stored, changed)
        try:
            kept = self._store.update(row)
        except ConflictError as error:
            raise _modified(kind, ref.name) from error
        leaving = "deletionTimestamp" in meta.metadata_of(changed) and not meta.finalizers_of(changed)
        if leaving:
            self._collector.remove(kept, meta.text(meta.metadata_of(changed), "deletionTimestamp"))
        return self._shown(kind, kept)


_modified = status.modified


def _version(live: JsonObject) -> str:
    return meta.text(meta.metadata_of(live), "resourceVersion")


def _unversioned(manifest: JsonObject) -> JsonObject:
    return {key: value for key, value in meta.metadata_of(manifest).items() if key != "resourceVersion"}


def _labels(stored: StoredObject, changed: JsonObject) -> dict[str, str]:
    """The labels of a row: those of the object, and those that only rows have."""
    before = {key: value for key, value in stored.labels.items() if key.startswith("tiphys.dev/")}
    return {**meta.labels_of(changed), **before}

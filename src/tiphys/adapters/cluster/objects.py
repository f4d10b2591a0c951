"""``ports.objects.Objects`` over the API server of a cluster.

Whoever acts, the cluster sees the user of the kubeconfig and decides by that user's rights.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tiphys.adapters.cluster.connection import Connection
from tiphys.adapters.cluster.kinds import ClusterKinds
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects import meta, patches
from tiphys.core.objects.kinds import Kind
from tiphys.errors import AlreadyExistsError, ConflictError, ExpiredError, NotFoundError, UsageError
from tiphys.ports.identity import Principal
from tiphys.ports.objects import (
    DEFAULT_DELETION,
    JSON,
    MERGE,
    STRATEGIC,
    DeleteOptions,
    Listing,
    ObjectChanges,
    ObjectList,
    ObjectRef,
)

#: On what is made here, so that a second call after a crash finds what the first one made.
MADE = "tiphys.dev/made"
#: How often the cluster is looked at by whoever waits for a change (``RESOURCE_STATE_CHECK_INTERVAL``), in seconds.
INTERVAL = 5.0
_ATTEMPTS = 8
_CONTENT = {
    JSON: "application/json-patch+json",
    MERGE: "application/merge-patch+json",
    STRATEGIC: "application/strategic-merge-patch+json",
}


class ClusterObjects:
    """Objects of a cluster.  Changes are not listened to: every ``INTERVAL`` anything may have changed.

    ``monotonic`` gives seconds that only grow, ``sleep`` waits.
    """

    def __init__(
        self,
        connection: Connection,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = connection
        self._monotonic = monotonic
        self._sleep = sleep
        self._kinds = ClusterKinds(lambda path: connection.call("GET", path))

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def catalogue(self) -> ClusterKinds:
        """The kinds that the cluster serves."""
        return self._kinds

    def get(self, principal: Principal, ref: ObjectRef) -> JsonObject:
        """One object."""
        return self._connection.call("GET", self._path(ref))

    def list(self, principal: Principal, wanted: Listing) -> ObjectList:
        """One page of objects, in the cluster's order."""
        query = {
            "limit": str(wanted.limit),
            "labelSelector": ",".join(map(str, wanted.labels)),
            "fieldSelector": ",".join(map(str, wanted.fields)),
            "continue": wanted.after or "",
        }
        path = self._path(ObjectRef(wanted.kind, wanted.namespace, ""))
        found = self._connection.call("GET", path, query={key: value for key, value in query.items() if value})
        items, after = found.get("items"), meta.text(meta.metadata_of(found), "continue")
        typed = {"apiVersion": wanted.kind.api_version, "kind": wanted.kind.kind}
        listed = [{**typed, **item} for item in (items if isinstance(items, list) else []) if isinstance(item, dict)]
        return ObjectList(listed, self.version(), after or None)

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, uid: str = "") -> JsonObject:
        """Make an object; what an earlier call with this ``uid`` made is known by its label."""
        kind, space = self._place(manifest, namespace)
        metadata = meta.metadata_of(manifest)
        name = meta.text(metadata, "name")
        if uid:
            if not name and (made := self._made(kind, space, uid)) is not None:
                return made
            metadata = {**metadata, "labels": {**meta.labels_of(manifest), MADE: uid}}
        wanted: JsonObject = {**manifest, "metadata": metadata}
        try:
            return self._connection.call("POST", self._path(ObjectRef(kind, space, "")), body=wanted)
        except AlreadyExistsError:
            known = self.get(principal, ObjectRef(kind, space, name)) if uid and name else {}
            if meta.labels_of(known).get(MADE) == uid != "":
                return known
            raise

    def _made(self, kind: Kind, namespace: str, uid: str) -> JsonObject | None:
        path = self._path(ObjectRef(kind, namespace, ""))
        items = self._connection.call("GET", path, query={"labelSelector": f"{MADE}={uid}"}).get("items")
        first = items[0] if isinstance(items, list) and items else None
        if not isinstance(first, dict):
            return None
        return {"apiVersion": kind.api_version, "kind": kind.kind, **first}

    def update(self, principal: Principal, manifest: JsonObject, namespace: str, *, status: bool = False) -> JsonObject:
        """Replace an object."""
        kind, space = self._place(manifest, namespace)
        ref = ObjectRef(kind, space, meta.text(meta.metadata_of(manifest), "name"))
        if not meta.text(meta.metadata_of(manifest), "resourceVersion"):
            live = meta.metadata_of(self.get(principal, ref))
            version: JsonObject = {"resourceVersion": live.get("resourceVersion")}
            manifest = {**manifest, "metadata": {**meta.metadata_of(manifest), **version}}
        return self._connection.call("PUT", self._path(ref, "status" if status else ""), body=manifest)

    def patch(
        self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str, *, status: bool = False
    ) -> JsonObject:
        """Change an object by a patch, which the cluster carries out."""
        content = _CONTENT.get(strategy)
        if content is None:
            raise UsageError(f"--type must be one of [json merge strategic], not {strategy!r}")
        return self._connection.call("PATCH", self._path(ref, "status" if status else ""), body=patch, content=content)

    def apply(self, principal: Principal, manifest: JsonObject, namespace: str) -> JsonObject:
        """Make an object, or bring it to what the manifest says, as ``kubectl apply`` without server-side apply."""
        kind, space = self._place(manifest, namespace)
        name = meta.text(meta.metadata_of(manifest), "name")
        if not name:
            raise UsageError("resource name may not be empty: apply needs metadata.name", "use create for generateName")
        ref = ObjectRef(kind, space, name)
        for attempt in range(_ATTEMPTS):
            try:
                live = self.get(principal, ref)
            except NotFoundError:
                return self.create(principal, patches.apply(None, manifest, strategic=True), space)
            try:
                return self.update(principal, patches.apply(live, manifest, strategic=kind.strategic), space)
            except ConflictError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable: the last attempt answers or raises")

    def delete(self, principal: Principal, ref: ObjectRef, options: DeleteOptions = DEFAULT_DELETION) -> JsonObject:
        """Delete an object."""
        given = {"uid": options.uid, "resourceVersion": options.resource_version}
        body: JsonObject = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": options.propagation}
        body["preconditions"] = {key: value for key, value in given.items() if value}
        return self._connection.call("DELETE", self._path(ref), body=body)

    def changes(self, principal: Principal, wanted: Listing, since: int) -> ObjectChanges:
        """Not told.

        Raises:
            ExpiredError: always: everything must be looked at.
        """
        raise ExpiredError("changes of a cluster are not listened to")

    def version(self) -> int:
        """A number that is another after each ``INTERVAL``."""
        return int(self._monotonic() / INTERVAL)

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until the next interval."""
        if self.version() == since:
            self._sleep(min(timeout, INTERVAL))
        return self.version() != since

    def _place(self, manifest: JsonObject, namespace: str) -> tuple[Kind, str]:
        kind = self._kinds.of(*meta.identity(manifest))
        own = meta.text(meta.metadata_of(manifest), "namespace")
        return kind, (own or namespace) if kind.namespaced else ""

    def _path(self, ref: ObjectRef, subresource: str = "") -> str:
        from urllib.parse import quote

        kind = ref.kind
        parts = ["apis", kind.group, kind.version] if kind.group else ["api", kind.version]
        if kind.namespaced and ref.namespace:
            parts += ["namespaces", ref.namespace]
        parts += [kind.resource, *filter(None, (ref.name, subresource))]
        return "/" + "/".join(quote(part, safe="") for part in parts)

"""Objects whose requests are counted: what on a cluster would be requests to its API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Catalogue
from tiphys.errors import ConflictError, ForbiddenError, InvalidObjectError, NotFoundError, TiphysError, UsageError
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal
from tiphys.ports.metrics import Metrics
from tiphys.ports.objects import (
    DEFAULT_DELETION,
    DeleteOptions,
    Listing,
    ObjectChanges,
    ObjectList,
    ObjectRef,
    Objects,
)

_STATUS: Sequence[tuple[type[TiphysError], str]] = (
    (NotFoundError, "404"),
    (ConflictError, "409"),
    (ForbiddenError, "403"),
    (InvalidObjectError, "422"),
    (UsageError, "400"),
)


class MeasuredObjects:
    """Implements ``ports.objects.Objects`` over another one, made when it is needed; watching is not counted."""

    def __init__(self, objects: Callable[[], Objects], metrics: Metrics, clock: Clock) -> None:
        self._made = objects
        self._metrics = metrics
        self._clock = clock

    @property
    def _objects(self) -> Objects:
        return self._made()

    @contextmanager
    def _request(self, kind: str, verb: str) -> Iterator[None]:
        begun, status = self._clock.now(), "201" if verb == "Create" else "200"
        try:
            yield
        except TiphysError as error:
            status = next((code for cls, code in _STATUS if isinstance(error, cls)), "500")
            raise
        finally:
            labels = {"kind": kind, "verb": verb, "status_code": status}
            self._metrics.count("k8s_request_total", labels)
            seconds = (self._clock.now() - begun).total_seconds()
            self._metrics.observe("k8s_request_duration", seconds, labels)

    def catalogue(self) -> Catalogue:
        """The kinds that are known now."""
        return self._objects.catalogue()

    def get(self, principal: Principal, ref: ObjectRef) -> JsonObject:
        """One object."""
        with self._request(ref.kind.resource, "Get"):
            return self._objects.get(principal, ref)

    def list(self, principal: Principal, wanted: Listing) -> ObjectList:
        """One page of objects."""
        with self._request(wanted.kind.resource, "List"):
            return self._objects.list(principal, wanted)

    def create(self, principal: Principal, manifest: JsonObject, namespace: str, *, uid: str = "") -> JsonObject:
        """Make an object."""
        with self._request(self._resource(manifest), "Create"):
            return self._objects.create(principal, manifest, namespace, uid=uid)

    def update(self, principal: Principal, manifest: JsonObject, namespace: str, *, status: bool = False) -> JsonObject:
        """Replace an object."""
        with self._request(self._resource(manifest), "Update"):
            return self._objects.update(principal, manifest, namespace, status=status)

    def patch(
        self, principal: Principal, ref: ObjectRef, patch: JsonValue, strategy: str, *, status: bool = False
    ) -> JsonObject:
        """Change an object."""
        with self._request(ref.kind.resource, "Patch"):
            return self._objects.patch(principal, ref, patch, strategy, status=status)

    def apply(self, principal: Principal, manifest: JsonObject, namespace: str) -> JsonObject:
        """Make an object, or bring it to what the manifest says."""
        with self._request(self._resource(manifest), "Apply"):
            return self._objects.apply(principal, manifest, namespace)

    def delete(self, principal: Principal, ref: ObjectRef, options: DeleteOptions = DEFAULT_DELETION) -> JsonObject:
        """Delete an object."""
        with self._request(ref.kind.resource, "Delete"):
            return self._objects.delete(principal, ref, options)

    def changes(self, principal: Principal, wanted: Listing, since: int) -> ObjectChanges:
        """What changed since a resource version."""
        return self._objects.changes(principal, wanted, since)

    def version(self) -> int:
        """The resource version of the last change of anything."""
        return self._objects.version()

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer."""
        return self._objects.wait(since, timeout)

    def _resource(self, manifest: JsonObject) -> str:
        """The kind of a manifest as it stands in paths."""
        kind, version = str(manifest.get("kind") or ""), str(manifest.get("apiVersion") or "")
        return self._objects.catalogue().of(version, kind).resource

"""Server-side apply for clients of Kubernetes' API."""

from __future__ import annotations

from tiphys.app.services.contention import despite_others
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.managed import Applying, applied
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.moments import rfc3339
from tiphys.errors import NotFoundError
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal
from tiphys.ports.objects import JSON, ObjectRef, Objects


class ServerSide:
    """Applies manifests for managers of fields (``core.objects.managed``)."""

    def __init__(self, objects: Objects, clock: Clock) -> None:
        self._objects = objects
        self._clock = clock

    def apply(
        self, principal: Principal, ref: ObjectRef, manifest: JsonObject, *, manager: str, force: bool
    ) -> tuple[JsonObject, bool]:
        """Make an object or bring it to the manifest; the answer is the object, and whether it is new.

        Raises:
            ConflictError: other managers apply some of its fields with other values, and it is not forced.
        """
        demanded = text(metadata_of(manifest), "resourceVersion")

        def apply() -> tuple[JsonObject, bool]:
            live = self.live(principal, ref)
            wanted = applied(live, manifest, self.how(ref, manager, force=force))
            if live is None:
                return self._objects.create(principal, wanted, ref.namespace), True
            whole: JsonObject = {"op": "replace", "path": "", "value": wanted}
            return self._objects.patch(principal, ref, [whole], JSON), False

        return apply() if demanded else despite_others(apply)

    def live(self, principal: Principal, ref: ObjectRef) -> JsonObject | None:
        """The object as it is, if it is there."""
        try:
            return self._objects.get(principal, ref)
        except NotFoundError:
            return None

    def how(self, ref: ObjectRef, manager: str, *, force: bool) -> Applying:
        """Who applies, now."""
        now = rfc3339(self._clock.now())
        return Applying(manager=manager, now=now, strategic=ref.kind.strategic, force=force)

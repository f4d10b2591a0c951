"""Events about WorkflowEventBindings that fail, one for each binding: the last failure, and how many there were."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from tiphys.app.services.contention import despite_others
from tiphys.app.services.manifests import API_VERSION
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.moments import rfc3339
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import ObjectKey, Store, StoredObject

REASON: Final = "WorkflowEventBindingError"
#: What is kept of a message, in characters; Kubernetes keeps as much.
_LONGEST: Final = 1024


class BindingEvents:
    """Tells of bindings that fail as ``v1`` Events, which go with their bindings.

    Whoever may send events decides what a message says and how often there is one: so there is one Event that counts.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def failed(self, binding: StoredObject, message: str) -> None:
        """Tell of one failure."""
        despite_others(lambda: self._tell(binding, message[:_LONGEST]))

    def _tell(self, binding: StoredObject, message: str) -> None:
        key = ObjectKey("Event", binding.key.namespace, f"{binding.key.name}.failed", "")
        stored = self._store.get(key)
        now = self._clock.now()
        if stored is not None:
            known: JsonObject = msgspec.json.decode(stored.data)
            count = known.get("count")
            again = (count if isinstance(count, int) else 0) + 1
            event: JsonObject = {**known, "message": message, "count": again, "lastTimestamp": rfc3339(now)}
            self._store.update(replace(stored, data=msgspec.json.encode(event)))
            return
        uid = WorkflowUid(self._clock.uid())
        data = msgspec.json.encode(_event(binding, key, uid, message, rfc3339(now)))
        made = StoredObject(
            key=key, uid=uid, resource_version=0, created_at=now, labels={}, phase="", data=data, owners=(binding.uid,)
        )
        self._store.create(made)


def _event(binding: StoredObject, key: ObjectKey, uid: str, message: str, moment: str) -> JsonObject:
    name, namespace = binding.key.name, binding.key.namespace
    about: JsonObject = {"apiVersion": API_VERSION, "kind": binding.key.kind, "name": name, "uid": binding.uid}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": key.name,
            "namespace": namespace,
            "uid": uid,
            "creationTimestamp": moment,
            "ownerReferences": [about],
        },
        "involvedObject": {**about, "namespace": namespace},
        "reason": REASON,
        "message": message,
        "type": "Warning",
        "source": {"component": "argo-server"},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }

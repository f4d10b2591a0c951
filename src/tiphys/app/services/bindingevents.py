"""Events about WorkflowEventBindings that fail, one for each binding: the last failure, and how many there were."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from tiphys.app.services.cluster.rows import key_of, row_of
from tiphys.app.services.contention import despite_others
from tiphys.app.services.events import event_about
from tiphys.app.services.manifests import API_VERSION
from tiphys.core.engine.facts import WARNING, Fact
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import EVENT
from tiphys.core.objects.moments import rfc3339
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store, StoredObject

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
        key = key_of(EVENT, binding.key.namespace, f"{binding.key.name}.failed")
        stored = self._store.get(key)
        now = self._clock.now()
        if stored is not None:
            known: JsonObject = msgspec.json.decode(stored.data)
            count = known.get("count")
            again = (count if isinstance(count, int) else 0) + 1
            told: JsonObject = {**known, "message": message, "count": again, "lastTimestamp": rfc3339(now)}
            self._store.update(replace(stored, data=msgspec.json.encode(told)))
            return
        uid, name = WorkflowUid(self._clock.uid()), binding.key.name
        about: JsonObject = {"apiVersion": API_VERSION, "kind": binding.key.kind, "name": name, "uid": binding.uid}
        metadata: JsonObject = {
            "name": key.name,
            "namespace": key.namespace,
            "uid": uid,
            "ownerReferences": [about],
        }
        fact = Fact(reason=REASON, message=message, time=now, type=WARNING)
        event = event_about({**about, "namespace": key.namespace}, metadata, fact, "argo-server")
        self._store.create(row_of(EVENT, event, now))

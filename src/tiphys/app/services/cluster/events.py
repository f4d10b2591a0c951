"""Events: what is told of runs is seen as ``v1`` Events beside those that somebody made (``spec/engine.md`` 29)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.events import event_object
from tiphys.app.services.objects import KIND, key_of, workflow_of
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of, text
from tiphys.ports.store import ListOptions, Store, StoredObject


class EventRules(KindRules):
    """The events of a run are kept with it, the newest ones, and go with it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """The event of a run, found by the workflow that its name begins with."""
        workflow, dot, _ = name.rpartition(".")
        stored = self._store.get(key_of(namespace, workflow)) if dot else None
        found = self._of(stored) if stored is not None else iter(())
        return next((event for event in found if metadata_of(event)["name"] == name), None)

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """The events of the newest workflows, newest first."""
        page = self._store.list(ListOptions(kind=KIND, namespace=namespace or None))
        found = [event for stored in page.items for event in self._of(stored)]
        found.reverse()
        found.sort(key=lambda event: text(event, "lastTimestamp"), reverse=True)
        return found

    def _of(self, stored: StoredObject) -> Iterator[JsonObject]:
        """The events of a workflow, oldest first."""
        bodies = self._store.events(stored.uid)
        if not bodies:
            return
        decoder, workflow = msgspec.json.Decoder(Fact), workflow_of(stored, many=True)
        for body in bodies:
            yield event_object(workflow, decoder.decode(body))

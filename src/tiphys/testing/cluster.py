"""Objects over any store, without the kinds that run."""

from __future__ import annotations

from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store


def plain_objects(store: Store, clock: Clock) -> LocalObjects:
    """Objects that are stored and no more: workflows, jobs and pods do not run."""
    return LocalObjects(store, clock, StoredRights(store), Collector(store))

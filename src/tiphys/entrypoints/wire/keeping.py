"""What outlives a workflow: its copy in the archive, its artifacts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiphys.app.services.objects import GC_LABEL
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.stores import connect
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store, StoredObject

if TYPE_CHECKING:
    from tiphys.app.services.archive import Archive
    from tiphys.app.services.collection import Collector
    from tiphys.ports.artifacts import ArtifactStorage


def artifact_storage(settings: Settings) -> ArtifactStorage:
    """Where artifacts lie when nobody names a place."""
    from tiphys.adapters.executor.storage import LocalStorage

    return LocalStorage(settings.artifact_options)


def collector_of(store: Store, settings: Settings) -> Collector:
    """What removes artifacts that are no longer wanted."""
    from tiphys.app.services.collection import Collector

    return Collector(store, artifact_storage(settings), on=settings.tuning.artifact_gc)


def archive_of(store: Store, settings: Settings) -> Archive:
    """Finished workflows that outlive their deletion."""
    from tiphys.app.services.archive import Archive
    from tiphys.core.objects.selectors import label_selector

    controller = settings.controller
    return Archive(store, on=controller.archive, selector=label_selector(controller.archive_selector))


def before_deletion(store: Store, settings: Settings, clock: Clock) -> Callable[[StoredObject], None]:
    """What is done for a workflow that is deleted: its copy comes into the archive, its artifacts are dealt with."""

    def prepare(row: StoredObject) -> None:
        if settings.controller.archive:
            archive_of(store, settings).keep(row)
        if GC_LABEL in row.labels:
            collector_of(store, settings).before_deletion(row, clock.now())

    return prepare


@contextmanager
def own_collector(settings: Settings, clock: Clock) -> Iterator[Collector]:
    """A collector with a connection to the store of its own, for another thread."""
    store = connect(settings, clock)
    try:
        yield collector_of(store, settings)
    finally:
        store.close()

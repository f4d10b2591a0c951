"""Deleting workflows whose time to live is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from tiphys.app.controller.duty import Duty
from tiphys.app.services.objects import COMPLETED_LABEL, KIND, TTL_LABEL, moment, workflow_of
from tiphys.app.services.paging import rows
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.app.services.telemetry import LIFETIMES
from tiphys.core.engine.retention import expiry
from tiphys.core.plan.executed import executed_spec
from tiphys.ports.store import ListOptions, Store, StoredObject

if TYPE_CHECKING:
    from tiphys.app.services.archive import Archive
    from tiphys.ports.debugging import Sandboxes

_LOOK = timedelta(seconds=1)
_COUNT_LOOK = timedelta(seconds=5)
_ARCHIVE_LOOK = timedelta(minutes=1)
_SANDBOX_LOOK = timedelta(minutes=1)


class RetentionDuty(Duty):
    """Deletes what is due.

    ``archive_seconds`` is how long the archive keeps a copy; 0 is for ever.
    """

    queue = LIFETIMES

    def __init__(
        self, store: Store, remove: Callable[[StoredObject], None], archive: Archive, archive_seconds: float = 0
    ) -> None:
        self._store = store
        self._remove = remove
        self._archive = archive
        self._kept = timedelta(seconds=archive_seconds)
        self._archive_at: datetime | None = None

    def perform(self, now: datetime) -> datetime:
        """Delete what is due; answers with the next look."""
        delete_expired(self._store, self._remove, now)
        if self._kept and (self._archive_at is None or self._archive_at <= now):
            self._archive.expire(now - self._kept)
            self._archive_at = now + _ARCHIVE_LOOK
        return now + _LOOK


class RetentionCounts(Duty):
    """Of each phase only the newest finished workflows stay (``spec/engine.md`` 27.2)."""

    queue = LIFETIMES

    def __init__(
        self, store: Store, remove: Callable[[StoredObject], None], kept: Mapping[str, int], scope: Scope = EVERYWHERE
    ) -> None:
        self._store = store
        self._remove = remove
        self._kept = kept
        self._scope = scope

    def perform(self, now: datetime) -> datetime:
        """Delete the oldest of those that are too many; answers with the next look."""
        for phase, kept in self._kept.items():
            for stored in self._too_many(phase, kept):
                self._remove(stored)
        return now + _COUNT_LOOK

    def _too_many(self, phase: str, kept: int) -> Sequence[StoredObject]:
        found = rows(self._store, ListOptions(kind=KIND, phases=(phase,)))
        return [*islice((item for item in found if self._scope.takes(item.key, item.labels)), kept, None)]


class SandboxDuty(Duty):
    """Removes the sandboxes of failed pods once nobody has looked for long enough."""

    def __init__(self, sandboxes: Sandboxes, kept: timedelta) -> None:
        self._sandboxes = sandboxes
        self._kept = kept

    def perform(self, now: datetime) -> datetime:
        """Remove what is due; answers with the next look."""
        self._sandboxes.expire(now - self._kept)
        return now + _SANDBOX_LOOK


def delete_expired(store: Store, remove: Callable[[StoredObject], None], now: datetime) -> list[str]:
    """Delete every workflow that has outlived its ``ttlStrategy``, by ``remove``, and return their names.

    Only rows that have a time to live are looked at.
    """
    deleted: list[str] = []
    for stored in rows(store, ListOptions(kind=KIND, labels={TTL_LABEL: "true", COMPLETED_LABEL: "true"})):
        workflow = workflow_of(stored)
        status = workflow.status
        finished = moment(status.finished_at) if status is not None else None
        due = expiry(executed_spec(workflow).ttl_strategy, stored.phase, finished)
        if due is not None and due <= now:
            remove(stored)
            deleted.append(stored.key.name)
    return deleted

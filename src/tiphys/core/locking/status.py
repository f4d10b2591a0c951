"""``status.synchronization`` from the claims of a run and those that hold what it waits for (``spec/engine.md`` 22.4).

It is worked out when somebody asks, so that it is never older than the locks themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tiphys.core.locking.names import INTERNAL, is_mutex, shown
from tiphys.core.manifest.model.strategy import (
    MutexHolding,
    MutexStatus,
    SemaphoreHolding,
    SemaphoreStatus,
    SynchronizationStatus,
)


class LockRow(Struct, frozen=True, kw_only=True):
    """One lock that a holder holds or waits for; ``key`` is the holder as people see it."""

    uid: str
    key: str
    lock: str
    held: bool


def synchronization_status(uid: str, rows: Iterable[LockRow]) -> SynchronizationStatus | None:
    """What a run holds and waits for; None when it is nothing."""
    visible = [row for row in rows if not row.lock.startswith(INTERNAL)]
    holders = _holders(visible)
    own = [row for row in visible if row.uid == uid]
    mutex = _mutex(own, holders)
    semaphore = _semaphore(own, holders)
    if mutex is None and semaphore is None:
        return None
    return SynchronizationStatus(mutex=mutex, semaphore=semaphore)


def holders_by_name(rows: Iterable[LockRow]) -> Mapping[str, list[str]]:
    """Who holds each lock that somebody waits for, both as people see them."""
    visible = [row for row in rows if not row.lock.startswith(INTERNAL)]
    waited = {row.lock for row in visible if not row.held}
    return {shown(lock): keys for lock, keys in _holders(visible).items() if lock in waited}


def _holders(rows: Iterable[LockRow]) -> dict[str, list[str]]:
    holders: dict[str, list[str]] = {}
    for row in rows:
        if row.held:
            holders.setdefault(row.lock, []).append(row.key)
    return holders


def _mutex(own: list[LockRow], holders: dict[str, list[str]]) -> MutexStatus | None:
    mutexes = [row for row in own if is_mutex(row.lock)]
    holding = tuple(MutexHolding(mutex=shown(row.lock), holder=row.key) for row in mutexes if row.held)
    waited = dict.fromkeys(row.lock for row in mutexes if not row.held)
    waiting = tuple(MutexHolding(mutex=shown(lock), holder=holders[lock][0]) for lock in waited if holders.get(lock))
    return MutexStatus(holding=holding or None, waiting=waiting or None) if holding or waiting else None


def _semaphore(own: list[LockRow], holders: dict[str, list[str]]) -> SemaphoreStatus | None:
    semaphores = [row for row in own if not is_mutex(row.lock)]
    held: dict[str, list[str]] = {}
    for row in semaphores:
        if row.held:
            held.setdefault(row.lock, []).append(row.key)
    holding = tuple(SemaphoreHolding(semaphore=shown(lock), holders=tuple(keys)) for lock, keys in held.items())
    waited = dict.fromkeys(row.lock for row in semaphores if not row.held)
    waiting = tuple(
        SemaphoreHolding(semaphore=shown(lock), holders=tuple(holders.get(lock, ())) or None) for lock in waited
    )
    return SemaphoreStatus(holding=holding or None, waiting=waiting or None) if holding or waiting else None

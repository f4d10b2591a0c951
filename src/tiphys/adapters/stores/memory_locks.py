"""Locks and memoized outputs of the store in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import RLock

from msgspec import Struct
from msgspec.structs import replace

from tiphys.adapters.stores.verdicts import claim_of, state_of
from tiphys.core.locking.names import holder_key
from tiphys.core.locking.queue import Claim, deadlocked, decide
from tiphys.core.locking.status import LockRow
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheAnswer, CacheEntry, CacheKey, CacheSave
from tiphys.ports.locks import LockRequest, LockState


class Owner(Struct, frozen=True):
    """The workflow of a run, as locks know it; ``number`` and ``created`` (microseconds) order runs."""

    number: int
    created: int
    uid: WorkflowUid
    namespace: str
    name: str


class MemoryLocks:
    """Implements ``ports.locks.LockTable``; ``owner_of`` knows the workflows, ``alive`` who is driven."""

    def __init__(
        self, lock: RLock, owner_of: Callable[[WorkflowUid], Owner | None], alive: Callable[[WorkflowUid], bool]
    ) -> None:
        self._lock = lock
        self._owner_of = owner_of
        self._alive = alive
        self._claims: dict[tuple[int, str], Claim] = {}
        self._owners: dict[int, Owner] = {}
        self._limits: dict[str, int] = {}
        self._version = 0

    def acquire(
        self, uid: WorkflowUid, capacities: Mapping[str, int], *, holders: Sequence[str] | None = None, most: int = 64
    ) -> Sequence[LockState]:
        """Let the waiting requests of a run take their locks."""
        with self._lock:
            owner = self._owner_of(uid)
            if owner is None:
                return []
            for claim in self._of(owner.number):
                if not claim.held:
                    fresh = tuple(
                        capacities.get(lock, old) for lock, old in zip(claim.locks, claim.capacities, strict=True)
                    )
                    self._claims[claim.id] = replace(claim, capacities=fresh)
            states = {state.holder: state for state in self._settle(owner, holders, most)}
            if holders is None:
                return list(states.values())
            for claim in self._of(owner.number):
                if claim.held and claim.holder in holders:
                    states[claim.holder] = LockState(holder=claim.holder, held=True)
            return [states[holder] for holder in holders if holder in states]

    def rows(self, uid: WorkflowUid) -> Sequence[LockRow]:
        """The locks of a run and the holders of those that it waits for."""
        with self._lock:
            own = [claim for claim in self._sorted() if self._owners[claim.run].uid == uid]
            wanted = {lock for claim in own if not claim.held for lock in claim.locks}
            others = [c for c in self._sorted() if c.held and self._owners[c.run].uid != uid]
            found = [(claim, lock) for claim in own for lock in claim.locks]
            found += [(claim, lock) for claim in others for lock in claim.locks if lock in wanted]
            return [self._row(claim, lock) for claim, lock in found]

    def waits(self, uid: WorkflowUid) -> Sequence[str]:
        """The locks that a run waits for."""
        with self._lock:
            own = [claim for claim in self._sorted() if self._owners[claim.run].uid == uid and not claim.held]
            return list(dict.fromkeys(lock for claim in own for lock in claim.locks))

    def deadlocks(self, uid: WorkflowUid) -> Sequence[LockState]:
        """The request of this run that must give up, if there is one."""
        with self._lock:
            owner = self._owner_of(uid)
            if owner is None or not any(claim.held for claim in self._of(owner.number)):
                return []
            victim = deadlocked(self._living())
            return [state_of(victim)] if victim is not None and victim.run == owner.number else []

    def used(self, lock: str) -> bool:
        """Whether anybody holds or waits for a lock."""
        with self._lock:
            return any(lock in claim.locks for claim in self._claims.values())

    def version(self) -> int:
        """Grows whenever something is given back or a limit changes."""
        return self._version

    def limit(self, key: str) -> int | None:
        """The limit of a database semaphore."""
        return self._limits.get(key)

    def limits(self) -> Mapping[str, int]:
        """All limits by key."""
        with self._lock:
            return dict(sorted(self._limits.items()))

    def set_limit(self, key: str, size: int) -> None:
        """Set the limit of a database semaphore."""
        with self._lock:
            self._limits[key] = size
            self._version += 1

    def delete_limit(self, key: str) -> bool:
        """Forget a limit."""
        with self._lock:
            self._version += 1
            return self._limits.pop(key, None) is not None

    def commit(self, owner: Owner, requests: Iterable[LockRequest], unlocks: Sequence[str], *, ended: bool) -> None:
        """Apply what a step gives back and asks for."""
        self._owners[owner.number] = owner
        for claim in self._of(owner.number):
            if ended or claim.holder in unlocks:
                del self._claims[claim.id]
                self._version += 1
        asked = []
        for request in requests:
            claim = claim_of(owner.number, owner.created, request)
            known = self._claims.get(claim.id)
            if known is None or not known.held:
                self._claims[claim.id] = claim
                asked.append(claim.holder)
        if asked:
            self._settle(owner, asked, 0)

    def forget(self, owner: Owner) -> None:
        """The workflow was deleted."""
        self.commit(owner, (), (), ended=True)
        self._owners.pop(owner.number, None)

    def changed(self) -> None:
        """Somebody who waits may go on."""
        self._version += 1

    def _of(self, run: int) -> list[Claim]:
        return [claim for claim in self._claims.values() if claim.run == run]

    def _sorted(self) -> list[Claim]:
        return sorted(self._claims.values(), key=lambda claim: claim.order)

    def _living(self) -> list[Claim]:
        alive: dict[int, bool] = {}
        for claim in self._claims.values():
            if claim.run not in alive:
                alive[claim.run] = self._alive(self._owners[claim.run].uid)
        return [replace(claim, alive=alive[claim.run]) for claim in self._claims.values()]

    def _settle(self, owner: Owner, holders: Sequence[str] | None, most: int) -> list[LockState]:
        claims = [replace(c, alive=True) if c.run == owner.number else c for c in self._living()]
        waiting = sorted((c for c in claims if c.run == owner.number and not c.held), key=lambda c: c.order)
        asking = waiting[:most] if holders is None else [claim for claim in waiting if claim.holder in set(holders)]
        verdicts = decide(claims, asking, lambda: claims)
        for verdict in verdicts:
            if verdict.held:
                self._claims[verdict.claim.id] = replace(verdict.claim, held=True)
        return [
            LockState(holder=v.claim.holder, held=v.held, lock=v.lock, free=v.free, capacity=v.capacity)
            for v in verdicts
        ]

    def _row(self, claim: Claim, lock: str) -> LockRow:
        owner = self._owners[claim.run]
        key = holder_key(owner.namespace, owner.name, claim.holder)
        return LockRow(uid=owner.uid, key=key, lock=lock, held=claim.held)


class MemoryCache:
    """Implements ``ports.cache.Cache``; ``alive`` knows who is driven, ``changed`` wakes those who wait."""

    def __init__(self, lock: RLock, alive: Callable[[WorkflowUid], bool], changed: Callable[[], None]) -> None:
        self._lock = lock
        self._alive = alive
        self._changed = changed
        self._entries: dict[CacheKey, CacheEntry] = {}
        self._makers: dict[CacheKey, tuple[WorkflowUid, str]] = {}

    def look_up(
        self, uid: WorkflowUid, node_id: str, key: CacheKey, *, now: datetime, since: datetime | None, wait: bool
    ) -> CacheAnswer:
        """The entry of a key, or nothing."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries[key] = replace(entry, hit_at=now)
                if since is None or entry.created_at >= since:
                    return CacheAnswer(entry=self._entries[key])
            stale = entry.created_at if entry is not None else None
            maker = self._makers.get(key)
            if maker is None or (maker[0] != uid and not self._alive(maker[0])):
                self._makers[key] = (uid, node_id)
            elif wait and maker != (uid, node_id):
                return CacheAnswer(busy=True, stale=stale)
            return CacheAnswer(stale=stale)

    def entries(self, namespace: str, cache: str) -> Mapping[str, CacheEntry]:
        """All entries of a cache by key."""
        with self._lock:
            found = {k.key: e for k, e in self._entries.items() if (k.namespace, k.cache) == (namespace, cache)}
            return dict(sorted(found.items()))

    def keep(self, key: CacheKey, entry: CacheEntry) -> None:
        """Put an entry there unless there is one."""
        with self._lock:
            self._entries.setdefault(key, entry)

    def collect(self, before: datetime) -> int:
        """Forget what was last hit before a moment."""
        with self._lock:
            old = [key for key, entry in self._entries.items() if entry.hit_at < before]
            for key in old:
                del self._entries[key]
            return len(old)

    def forget(self, namespace: str, cache: str) -> int:
        """Forget all entries of a cache."""
        with self._lock:
            old = [key for key in self._entries if (key.namespace, key.cache) == (namespace, cache)]
            for key in old:
                del self._entries[key]
            return len(old)

    def commit(self, uid: WorkflowUid, saves: Iterable[CacheSave], *, ended: bool) -> None:
        """Apply what the nodes of a step that ended leave behind."""
        for save in saves:
            if save.entry is not None:
                self._entries[save.key] = save.entry
            if self._makers.get(save.key) == (uid, save.node_id):
                del self._makers[save.key]
            self._changed()
        if ended:
            left = [key for key, maker in self._makers.items() if maker[0] == uid]
            for key in left:
                del self._makers[key]
                self._changed()

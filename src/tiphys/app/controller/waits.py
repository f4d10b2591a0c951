"""What one run asks of locks and cache: questions of its steps become rows, rows become answers.

The engine says what it wants, the store decides in the transaction that keeps the step, and the answer goes back as
an event.  What has to wait is tried again when somebody gives something back, and once a second in any case, because
limits may change and processes may die.  Whoever begins to wait looks at once whether that closes a circle of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tiphys.app.controller.capacities import Capacities, CapacityError
from tiphys.app.controller.memo import Memo
from tiphys.core.engine.asks import LockAsk
from tiphys.core.engine.events import Event, LocksAnswered
from tiphys.core.engine.step import Step
from tiphys.core.engine.transient import is_transient
from tiphys.core.locking.names import LockRef, shown
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheSave
from tiphys.ports.locks import LockRequest, LockState, LockTable

#: How long nobody looks again unless something is given back.
PAUSE = timedelta(seconds=1)


class Asked(Struct, frozen=True, kw_only=True):
    """What a commit must contain for the questions of a step."""

    lock_requests: Sequence[LockRequest]
    unlocks: Sequence[str]
    cached: Sequence[CacheSave]


class Waits:
    """The open questions of one run."""

    def __init__(
        self,
        uid: WorkflowUid,
        locks: LockTable,
        capacities: Capacities,
        memo: Memo,
        *,
        passing: str = "",
        pause: timedelta = PAUSE,
    ) -> None:
        self._uid = uid
        #: How long nobody looks whether limits have changed or holders wait for each other.
        self._pause = pause
        #: Which errors of locks pass, and whose locks wait for that.
        self._passing = passing
        self._delayed: set[str] = set()
        self._taken: list[str] = []
        self._locks = locks
        self._capacities = capacities
        self._memo = memo
        self._wanted: dict[str, tuple[LockRef, ...]] = {}
        #: Locks that are wanted, by how many, and their limits as the store has them.
        self._count: dict[LockRef, int] = {}
        self._sizes: dict[str, int] = {}
        self._told: dict[str, LockState] = {}
        self._errors: list[LocksAnswered] = []
        self._fresh: list[str] = []
        self._given_back = False
        #: Somebody has begun to wait, or gave up, since it was last known that no request of the run is in a circle.
        self._suspect = False
        self._version = -1
        self._again_at: datetime | None = None

    @property
    def waiting(self) -> bool:
        """True while anything is not answered for good."""
        return bool(self._wanted) or self._memo.waiting

    def take_in(self, step: Step, now: datetime) -> Asked:
        """What the commit of a step must contain."""
        for holder in step.unlocks:
            self._forget(holder)
        self._given_back |= bool(step.unlocks)
        requests = [request for ask in step.locks if (request := self._request(ask)) is not None]
        return Asked(lock_requests=requests, unlocks=step.unlocks, cached=self._memo.take_in(step, now))

    def _request(self, ask: LockAsk) -> LockRequest | None:
        """A request with present limits; None, and an error to tell, for a lock that cannot be made."""
        sizes: list[tuple[str, int]] = []
        delayed = False
        for ref in ask.locks:
            try:
                sizes.append((ref.id, self._capacities.first(ref)))
            except CapacityError as error:
                if not self._locks.used(ref.id):
                    passing = is_transient(str(error), self._passing)
                    self._errors.append(LocksAnswered(holder=ask.holder, error=str(error), passing=passing))
                    if not passing:
                        return None
                    delayed = True
                sizes.append((ref.id, 0))
        self._want(ask.holder, ask.locks)
        self._delayed |= {ask.holder} if delayed else set()
        self._sizes.update(sizes)
        self._fresh.append(ask.holder)
        return LockRequest(
            holder=ask.holder, node=ask.node, sequence=ask.sequence, priority=ask.priority, locks=tuple(sizes)
        )

    def _want(self, holder: str, locks: tuple[LockRef, ...]) -> None:
        self._forget(holder)
        self._wanted[holder] = locks
        for ref in locks:
            self._count[ref] = self._count.get(ref, 0) + 1

    def _forget(self, holder: str) -> tuple[LockRef, ...]:
        locks = self._wanted.pop(holder, ())
        self._told.pop(holder, None)
        self._delayed.discard(holder)
        for ref in locks:
            self._count[ref] -= 1
            if not self._count[ref]:
                del self._count[ref]
        return locks

    def answers(self, now: datetime) -> list[Event]:
        """The answers to what the step that is kept now asked, and to what waits for what it gave back."""
        events: list[Event] = list(self._errors)
        self._errors = []
        if self._given_back:
            self._given_back = False
            events += self._events(self._locks.acquire(self._uid, {}) if self._wanted else ())
        if self._fresh:
            holders, self._fresh = self._fresh, []
            states = self._locks.acquire(self._uid, {}, holders=holders, most=len(self._wanted))
            events += self._events(states)
            self._suspect |= any(not state.held for state in states)
        if self._suspect:
            events += self._give_up()
        return events + self._memo.answers(now)

    def taken(self) -> Sequence[str]:
        """The locks that were taken since the last call, by their ids."""
        taken, self._taken = self._taken, []
        return taken

    def poll(self, now: datetime) -> list[Event]:
        """News for what waits; cheap when nothing was given back."""
        if not self.waiting:
            return []
        version = self._locks.version()
        thorough = self._again_at is None or now >= self._again_at
        if version == self._version and not thorough:
            return []
        self._version = version
        events: list[Event] = []
        if self._wanted:
            sizes = {ref.id: self._capacities.now(ref) for ref in self._count}
            # Limits that have not changed are in the rows of all requests already.
            changed = {lock: size for lock, size in sizes.items() if self._sizes.get(lock) != size}
            events += self._events(self._locks.acquire(self._uid, changed))
            self._sizes = sizes
        if thorough:
            self._again_at = now + self._pause
            events += self._give_up()
        return events + self._memo.poll(now)

    def _give_up(self) -> list[Event]:
        """Have the last request of a circle give up; while there may be more circles somebody looks again."""
        states = self._locks.deadlocks(self._uid) if self._wanted else ()
        self._suspect = bool(states)
        return [self._deadlock(state) for state in states if state.holder in self._wanted]

    def _events(self, states: Sequence[LockState]) -> list[Event]:
        events: list[Event] = []
        for state in states:
            if state.holder not in self._wanted or self._told.get(state.holder) == state:
                continue
            if state.holder in self._delayed and not state.held and not state.capacity:
                continue
            if state.held:
                self._taken += [ref.id for ref in self._forget(state.holder)]
            else:
                self._told[state.holder] = state
            events.append(
                LocksAnswered(
                    holder=state.holder,
                    held=state.held,
                    lock=state.lock,
                    free=state.free,
                    capacity=state.capacity,
                )
            )
        return events

    def _deadlock(self, state: LockState) -> Event:
        rows = self._locks.rows(self._uid)
        wanted = {ref.id for ref in self._forget(state.holder)}
        holders = dict.fromkeys(row.key for row in rows if row.held and row.lock in wanted)
        text = f"deadlock: {shown(state.lock)} is held by {', '.join(holders)}, which waits for this in turn"
        return LocksAnswered(holder=state.holder, error=text)

"""Who may take locks now.

A pure function of the rows of the locks concerned; every store decides by it, inside a transaction.  The order is
total: priority, then creation of the workflow, then place in the workflow.  Whoever may not take all locks takes
none, so that nobody holds one while it waits for another of the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from tiphys.core.locking.names import INTERNAL

Order = tuple[int, int, int, int]


class Claim(Struct, frozen=True, kw_only=True):
    """All locks that one holder holds or waits for: a run's, in the order in which they are wanted.

    ``run`` is unique for the workflow and grows with its creation; ``node`` is the name of the node, empty for the
    workflow.  ``alive`` tells that a living process drives the run.  ``capacities`` are the limits as its driver saw
    them last.
    """

    run: int
    holder: str
    node: str
    order: Order
    locks: tuple[str, ...]
    capacities: tuple[int, ...]
    held: bool
    alive: bool = True

    @property
    def id(self) -> tuple[int, str]:
        """Names the claim."""
        return self.run, self.holder


class Verdict(Struct, frozen=True, kw_only=True):
    """What became of a waiting claim: ``held``, or the first lock that kept it waiting with its free slots."""

    claim: Claim
    held: bool
    lock: str = ""
    free: int = 0
    capacity: int = 0


class Table:
    """The claims on some locks, indexed."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.holders: dict[str, dict[tuple[int, str], Claim]] = {}
        self.waiters: dict[str, list[Claim]] = {}
        for claim in claims:
            for lock in claim.locks:
                if claim.held:
                    self.holders.setdefault(lock, {})[claim.id] = claim
                elif claim.alive:
                    self.waiters.setdefault(lock, []).append(claim)
        for queue in self.waiters.values():
            queue.sort(key=lambda claim: claim.order)

    def used(self, lock: str) -> int:
        """How many slots are taken; those of the locks of Tiphys itself only by runs that somebody drives."""
        found = self.holders.get(lock, {}).values()
        return sum(1 for claim in found if claim.alive) if lock.startswith(INTERNAL) else len(found)

    def take(self, claim: Claim) -> None:
        """Turn a waiting claim into a holder."""
        for lock in claim.locks:
            self.holders.setdefault(lock, {})[claim.id] = claim
            queue = self.waiters.get(lock, [])
            queue[:] = [other for other in queue if other.id != claim.id]


def decide(claims: Sequence[Claim], asking: Iterable[Claim], whole: Callable[[], Iterable[Claim]]) -> list[Verdict]:
    """Let waiting claims take their locks, as far as it is their turn.

    A claim may go when each of its locks has more free slots than living claims wait before it.  One that waits for
    the run itself, directly or through others, is not waited for.

    Args:
        claims: All claims on the locks that are asked for, also those that ask; waiting ones may be cut off behind
            them.
        asking: Whose turn is decided about; nobody else takes anything.
        whole: All claims on all locks, for finding out who waits for whom; seldom called.
    """
    table = Table(claims)
    verdicts = []
    for claim in sorted(asking, key=lambda claim: claim.order):
        verdict = _verdict(table, claim, whole)
        if verdict.held:
            table.take(claim)
        verdicts.append(verdict)
    return verdicts


def _verdict(table: Table, claim: Claim, whole: Callable[[], Iterable[Claim]]) -> Verdict:
    for lock, capacity in zip(claim.locks, claim.capacities, strict=True):
        free = capacity - table.used(lock)
        if free <= 0:
            return Verdict(claim=claim, held=False, lock=lock, free=0, capacity=capacity)
        ahead = [other for other in table.waiters.get(lock, ()) if other.order < claim.order]
        if len(ahead) >= free:
            behind = waiting_for(claim.run, whole())
            ahead = [other for other in ahead if other.id not in behind]
        if len(ahead) >= free:
            return Verdict(claim=claim, held=False, lock=lock, free=free, capacity=capacity)
    return Verdict(claim=claim, held=True)


def waiting_for(run: int, claims: Iterable[Claim]) -> frozenset[tuple[int, str]]:
    """The claims that wait, directly or through other runs, for a lock that the run holds."""
    table = Table(claims)
    blockers = {
        claim.id: {holder.run for holder in _blockers(table, claim)}
        for queue in table.waiters.values()
        for claim in queue
    }
    runs = {run}
    while True:
        behind = frozenset(id_ for id_, by in blockers.items() if by & runs)
        more = {other for other, _ in behind} - runs
        if not more:
            return behind
        runs |= more


def _blockers(table: Table, claim: Claim) -> Iterable[Claim]:
    """The holders of the full locks which a claim waits for."""
    for lock, capacity in zip(claim.locks, claim.capacities, strict=True):
        if table.used(lock) >= capacity:
            yield from table.holders.get(lock, {}).values()


def deadlocked(claims: Sequence[Claim]) -> Claim | None:
    """The claim that must give up because a circle of claims wait for each other: the last of a circle.

    A holder is stuck when a stuck claim stands below its node; a claim is stuck when all slots of one of its locks
    are held by stuck holders.  What is merely queued, or waits for a limit to be raised, is not stuck, and what waits
    behind a circle is no part of it.
    """
    table = Table(claims)
    stuck = {claim.id: claim for queue in table.waiters.values() for claim in queue}
    while True:
        by_run: dict[int, list[Claim]] = {}
        for claim in stuck.values():
            by_run.setdefault(claim.run, []).append(claim)
        inside = {
            holder.id: [claim.id for claim in by_run.get(holder.run, ()) if below(claim.node, holder)]
            for holders in table.holders.values()
            for holder in holders.values()
        }
        waits_for = {claim.id: _waited_for(table, claim, inside) for claim in stuck.values()}
        freed = [id_ for id_, others in waits_for.items() if not others]
        if not freed:
            break
        for id_ in freed:
            del stuck[id_]
    ordered = sorted(stuck.values(), key=lambda claim: claim.order, reverse=True)
    return next((claim for claim in ordered if _reaches(claim.id, waits_for)), None)


def _waited_for(
    table: Table, claim: Claim, inside: Mapping[tuple[int, str], Sequence[tuple[int, str]]]
) -> set[tuple[int, str]]:
    """The stuck claims below the holders of a lock whose slots are all held by stuck holders.

    ``inside`` are the stuck claims below each holder.
    """
    for lock, capacity in zip(claim.locks, claim.capacities, strict=True):
        holders = table.holders.get(lock, {})
        if 0 < capacity <= len(holders) and all(inside[holder] for holder in holders):
            return {id_ for holder in holders for id_ in inside[holder]}
    return set()


def _reaches(start: tuple[int, str], edges: Mapping[tuple[int, str], set[tuple[int, str]]]) -> bool:
    """Whether a way of edges leads back to where it starts."""
    seen: set[tuple[int, str]] = set()
    queue = list(edges[start])
    while queue:
        found = queue.pop()
        if found == start:
            return True
        if found not in seen:
            seen.add(found)
            queue += edges.get(found, ())
    return False


def below(node: str, holder: Claim) -> bool:
    """True when a node belongs to what a claim is for, so that the claim outlives the node.

    >>> claim = Claim(run=1, holder="wf-1", node="wf[0].a", order=(0, 0, 0, 0), locks=(), capacities=(), held=True)
    >>> below("wf[0].a[0].x", claim), below("wf[0].ab", claim), below("wf[0].a", claim)
    (True, False, False)
    """
    if not holder.node:
        return bool(node)
    return node.startswith(holder.node) and node[len(holder.node) : len(holder.node) + 1] in {"[", ".", "("}

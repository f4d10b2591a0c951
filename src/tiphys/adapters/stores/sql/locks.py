"""Locks in SQL: a row for each lock of each holder, in order of the queue by an index.

Functions work inside the transaction of a commit; ``SqlLocks`` opens its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from tiphys.adapters.stores.sql.connection import Connection, Database
from tiphys.adapters.stores.verdicts import claim_of, state_of
from tiphys.core.locking.names import holder_key
from tiphys.core.locking.queue import Claim, Order, deadlocked, decide
from tiphys.core.locking.status import LockRow
from tiphys.ids import WorkflowUid
from tiphys.ports.locks import LockState
from tiphys.ports.store import RunCommit

#: Who asks again changes nothing but the limits as they are seen now.
_PUT = (
    "INSERT INTO locks VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT (run, holder, position) "
    "DO UPDATE SET capacity = excluded.capacity WHERE locks.held = 0"
)
_COLUMNS = "run, holder, lock, node, capacity, held, rank, created_at, sequence"
#: Tells whether a living process drives a run.
Alive = Callable[[WorkflowUid], bool]
_Row = tuple[int, str, str, str, int, int, int, int, int]


def forget(connection: Connection, run: int) -> None:
    """Give back all that a run holds or wants."""
    connection.execute("DELETE FROM locks WHERE run = ?", (run,))


class SqlLocks:
    """Implements ``ports.locks.LockTable``; ``alive`` knows who is driven."""

    def __init__(self, database: Database, alive: Alive) -> None:
        self._database = database
        self._alive = alive

    def commit(self, connection: Connection, run: int, commit: RunCommit) -> None:
        """Apply what a step gives back and asks for, in its transaction."""
        if commit.ended:
            forget(connection, run)
            return
        gone = ((run, holder) for holder in commit.unlocks)
        connection.executemany("DELETE FROM locks WHERE run = ? AND holder = ?", gone)
        if commit.lock_requests:
            [(created,)] = connection.execute("SELECT created_at FROM objects WHERE id = ?", (run,)).fetchall()
            for request in commit.lock_requests:
                _put(connection, claim_of(run, created, request))
            _settle(connection, run, self._alive, {request.holder for request in commit.lock_requests})

    def acquire(
        self, uid: WorkflowUid, capacities: Mapping[str, int], *, holders: Sequence[str] | None = None, most: int = 64
    ) -> Sequence[LockState]:
        """Let the waiting requests of a run take their locks."""
        with self._database.writing() as connection:
            run = _run(connection, uid)
            if run is None:
                return []
            connection.executemany(
                "UPDATE locks SET capacity = ? WHERE run = ? AND held = 0 AND lock = ? AND capacity <> ?",
                ((size, run, lock, size) for lock, size in capacities.items()),
            )
            asked = set(holders) if holders is not None else None
            states = {state.holder: state for state in _settle(connection, run, self._alive, asked, most)}
            if holders is None:
                return list(states.values())
            query = "SELECT DISTINCT holder FROM locks WHERE run = ? AND held = 1"
            held = {holder for (holder,) in connection.execute(query, (run,))}
        for holder in held & set(holders):
            states[holder] = LockState(holder=holder, held=True)
        return [states[holder] for holder in holders if holder in states]

    def rows(self, uid: WorkflowUid) -> Sequence[LockRow]:
        """The locks of a run and the holders of those that it waits for."""
        query = (
            "SELECT o.uid, o.namespace, o.name, l.holder, l.lock, l.held FROM locks l JOIN objects o ON o.id = l.run "
            "WHERE l.run = :run OR (l.held = 1 AND l.lock IN (SELECT lock FROM locks WHERE run = :run AND held = 0)) "
            "ORDER BY l.run <> :run, l.rank, l.created_at, l.run, l.sequence, l.position"
        )
        with self._database.reading() as connection:
            found = connection.execute(query, {"run": _run(connection, uid)}).fetchall()
        return [
            LockRow(uid=owner, key=holder_key(namespace, name, holder), lock=lock, held=bool(held))
            for owner, namespace, name, holder, lock, held in found
        ]

    def waits(self, uid: WorkflowUid) -> Sequence[str]:
        """The locks that a run waits for."""
        query = (
            "SELECT lock FROM locks WHERE run = (SELECT id FROM objects WHERE uid = ?) AND held = 0 "
            "ORDER BY rank, created_at, sequence, position"
        )
        with self._database.reading() as connection:
            return list(dict.fromkeys(lock for (lock,) in connection.execute(query, (uid,))))

    def deadlocks(self, uid: WorkflowUid) -> Sequence[LockState]:
        """The request of this run that must give up, if there is one."""
        with self._database.reading() as connection:
            run = _run(connection, uid)
            if run is None or not _holds(connection, run):
                return []  # who holds nothing keeps nobody waiting, and is in no circle
            victim = deadlocked(_within_reach(connection, run, _Living(connection, self._alive)))
            mine = victim is not None and victim.run == run
        return [state_of(victim)] if victim is not None and mine else []

    def used(self, lock: str) -> bool:
        """Whether anybody holds or waits for a lock."""
        with self._database.reading() as connection:
            return connection.execute("SELECT 1 FROM locks WHERE lock = ? LIMIT 1", (lock,)).fetchone() is not None

    def version(self) -> int:
        """Grows whenever something is given back or a limit changes, in any process."""
        with self._database.reading() as connection:
            [(value,)] = connection.execute("SELECT value FROM lock_version").fetchall()
        found: int = value
        return found

    def limit(self, key: str) -> int | None:
        """The limit of a database semaphore."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT size FROM lock_limits WHERE key = ?", (key,)).fetchone()
        return row[0] if row is not None else None

    def limits(self) -> Mapping[str, int]:
        """All limits by key."""
        with self._database.reading() as connection:
            return dict(connection.execute("SELECT key, size FROM lock_limits ORDER BY key").fetchall())

    def set_limit(self, key: str, size: int) -> None:
        """Set the limit of a database semaphore."""
        put = "INSERT INTO lock_limits VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET size = excluded.size"
        with self._database.writing() as connection:
            connection.execute(put, (key, size))

    def delete_limit(self, key: str) -> bool:
        """Forget a limit."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM lock_limits WHERE key = ?", (key,)).rowcount > 0


class _Living:
    """Which runs a living process drives; each is looked at once."""

    def __init__(self, connection: Connection, alive: Alive, own: int = 0) -> None:
        self._connection = connection
        self._alive = alive
        self._known = {own: True}

    def __contains__(self, run: object) -> bool:
        if not isinstance(run, int):
            return False
        if run not in self._known:
            row = self._connection.execute("SELECT uid FROM objects WHERE id = ?", (run,)).fetchone()
            self._known[run] = row is not None and self._alive(WorkflowUid(row[0]))
        return self._known[run]


def _run(connection: Connection, uid: WorkflowUid) -> int | None:
    row = connection.execute("SELECT id FROM objects WHERE uid = ?", (uid,)).fetchone()
    return row[0] if row is not None else None


def _holds(connection: Connection, run: int) -> bool:
    return connection.execute("SELECT 1 FROM locks WHERE run = ? AND held = 1 LIMIT 1", (run,)).fetchone() is not None


def _put(connection: Connection, claim: Claim) -> None:
    rank, created, run, sequence = claim.order
    wanted = enumerate(zip(claim.locks, claim.capacities, strict=True))
    rows = ((run, claim.holder, i, lock, claim.node, size, rank, created, sequence) for i, (lock, size) in wanted)
    connection.executemany(_PUT, rows)


def _settle(
    connection: Connection, run: int, alive: Alive, holders: Collection[str] | None, most: int = 0
) -> list[LockState]:
    """Let the waiting requests of some holders, or the first ``most`` of a run, take their locks."""
    living = _Living(connection, alive, run)
    asking = list(_waiting(connection, run, holders, most))
    if not asking:
        return []
    reach = {lock: size for claim in asking for lock, size in zip(claim.locks, claim.capacities, strict=True)}
    last = max(claim.order for claim in asking)
    others = [
        claim for lock, size in reach.items() for claim in _others(connection, lock, last, size + len(asking), living)
    ]
    # Nobody waits for who holds nothing, which a look at all claims would find out for a high price.
    verdicts = decide(others, asking, lambda: _whole(connection, living) if _holds(connection, run) else ())
    connection.executemany(
        "UPDATE locks SET held = 1 WHERE run = ? AND holder = ?",
        ((run, verdict.claim.holder) for verdict in verdicts if verdict.held),
    )
    return [
        LockState(holder=v.claim.holder, held=v.held, lock=v.lock, free=v.free, capacity=v.capacity) for v in verdicts
    ]


def _waiting(connection: Connection, run: int, holders: Collection[str] | None, most: int) -> Iterator[Claim]:
    """The requests of a run that wait and are asked about, in order."""
    if holders is not None:
        query = f"SELECT {_COLUMNS} FROM locks WHERE run = ? AND holder = ? AND held = 0 ORDER BY position"
        for holder in holders:
            yield from _grouped(connection.execute(query, (run, holder)), living=None)
        return
    # An index gives this order, so that only the first rows are read.
    query = (
        f"SELECT {_COLUMNS} FROM locks WHERE run = ? AND held = 0 ORDER BY rank, created_at, sequence, holder, position"
    )
    yield from islice(_grouped(connection.execute(query, (run,)), living=None), most)


def _others(connection: Connection, lock: str, last: Order, enough: int, living: _Living) -> Iterator[Claim]:
    """All holders of a lock, and as many living waiters, up to the last that asks, as can keep anybody waiting."""
    held = f"SELECT {_COLUMNS} FROM locks WHERE lock = ? AND held = 1"
    for row in connection.execute(held, (lock,)).fetchall():
        yield _one(row, alive=row[0] in living)
    queue = (
        f"SELECT {_COLUMNS} FROM locks WHERE lock = ? AND held = 0 "
        "AND (rank, created_at, run, sequence) <= (?, ?, ?, ?) ORDER BY rank, created_at, run, sequence"
    )
    for row in connection.execute(queue, (lock, *last)):
        if row[0] in living:
            yield _one(row, alive=True)
            enough -= 1
            if enough < 0:
                return


def _whole(connection: Connection, living: _Living) -> list[Claim]:
    """All claims on all locks."""
    query = f"SELECT {_COLUMNS} FROM locks ORDER BY run, holder, position"
    return list(_grouped(connection.execute(query).fetchall(), living))


def _within_reach(connection: Connection, run: int, living: _Living) -> list[Claim]:
    """The claims of a run and of all that it waits for, directly or through others: its circles are among them."""
    query = (
        "WITH RECURSIVE reached(run) AS (SELECT CAST(? AS BIGINT) UNION SELECT holder.run FROM reached "
        "JOIN locks AS waiter ON waiter.run = reached.run AND waiter.held = 0 "
        "JOIN locks AS holder ON holder.lock = waiter.lock AND holder.held = 1) "
        f"SELECT {_COLUMNS} FROM locks WHERE run IN (SELECT run FROM reached) ORDER BY run, holder, position"
    )
    return list(_grouped(connection.execute(query, (run,)).fetchall(), living))


def _grouped(rows: Iterable[_Row], living: _Living | None) -> Iterator[Claim]:
    """Claims of rows in which those of one holder stand together; ``living`` None makes all alive."""
    group: list[_Row] = []
    for row in rows:
        if group and group[0][:2] != row[:2]:
            yield _claim(group, living)
            group = []
        group.append(row)
    if group:
        yield _claim(group, living)


def _claim(rows: Sequence[_Row], living: _Living | None) -> Claim:
    run, holder, _, node, _, held, rank, created, sequence = rows[0]
    return Claim(
        run=run,
        holder=holder,
        node=node,
        order=(rank, created, run, sequence),
        locks=tuple(row[2] for row in rows),
        capacities=tuple(row[4] for row in rows),
        held=bool(held),
        alive=living is None or run in living,
    )


def _one(row: _Row, *, alive: bool) -> Claim:
    """One lock of a claim, which is enough to count it."""
    run, holder, lock, node, capacity, held, rank, created, sequence = row
    return Claim(
        run=run,
        holder=holder,
        node=node,
        order=(rank, created, run, sequence),
        locks=(lock,),
        capacities=(capacity,),
        held=bool(held),
        alive=alive,
    )

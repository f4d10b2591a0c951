"""Memoized outputs in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from tiphys.adapters.stores.cursor import microseconds, moment_of
from tiphys.adapters.stores.sql.connection import Connection, Database
from tiphys.adapters.stores.sql.locks import Alive
from tiphys.ids import WorkflowUid
from tiphys.ports.cache import CacheAnswer, CacheEntry, CacheKey, CacheSave

_WHERE = "WHERE namespace = ? AND cache = ? AND key = ?"
_PUT = (
    "INSERT INTO cache VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (namespace, cache, key) DO UPDATE SET "
    "node = excluded.node, outputs = excluded.outputs, created_at = excluded.created_at, hit_at = excluded.hit_at"
)
_MAKE = (
    "INSERT INTO cache_makers VALUES (?, ?, ?, ?, ?) ON CONFLICT (namespace, cache, key) DO UPDATE SET "
    "run = excluded.run, node = excluded.node"
)


def commit(
    database: Database, connection: Connection, uid: WorkflowUid, saves: Iterable[CacheSave], *, ended: bool
) -> None:
    """Apply what the nodes of a step that ended leave behind."""
    for save in saves:
        if save.entry is not None:
            _put(database, connection, save.key, save.entry)
        connection.execute(
            f"DELETE FROM cache_makers {_WHERE} AND run = ? AND node = ?", (*_key(save.key), uid, save.node_id)
        )
    if ended:
        forget(connection, uid)


def forget(connection: Connection, uid: WorkflowUid) -> None:
    """Nothing is computed for a run any more."""
    connection.execute("DELETE FROM cache_makers WHERE run = ?", (uid,))


class SqlCache:
    """Implements ``ports.cache.Cache``; ``alive`` knows who is driven."""

    def __init__(self, database: Database, alive: Alive) -> None:
        self._database = database
        self._alive = alive
        self._columns = f"node, {database.dialect.whole('cache.outputs')}, created_at, hit_at"

    def look_up(
        self, uid: WorkflowUid, node_id: str, key: CacheKey, *, now: datetime, since: datetime | None, wait: bool
    ) -> CacheAnswer:
        """The entry of a key, or nothing."""
        with self._database.writing() as connection:
            row = connection.execute(f"SELECT {self._columns} FROM cache {_WHERE}", _key(key)).fetchone()
            stale = None
            if row is not None:
                connection.execute(f"UPDATE cache SET hit_at = ? {_WHERE}", (microseconds(now), *_key(key)))
                entry = _entry((*row[:3], microseconds(now)))
                if since is None or entry.created_at >= since:
                    return CacheAnswer(entry=entry)
                stale = entry.created_at
            maker = connection.execute(f"SELECT run, node FROM cache_makers {_WHERE}", _key(key)).fetchone()
            if maker is None or (maker[0] != uid and not self._alive(WorkflowUid(maker[0]))):
                connection.execute(_MAKE, (*_key(key), uid, node_id))
            elif wait and maker != (uid, node_id):
                return CacheAnswer(busy=True, stale=stale)
        return CacheAnswer(stale=stale)

    def entries(self, namespace: str, cache: str) -> Mapping[str, CacheEntry]:
        """All entries of a cache by key."""
        query = f"SELECT key, {self._columns} FROM cache WHERE namespace = ? AND cache = ? ORDER BY key"
        with self._database.reading() as connection:
            return {row[0]: _entry(row[1:]) for row in connection.execute(query, (namespace, cache))}

    def keep(self, key: CacheKey, entry: CacheEntry) -> None:
        """Put an entry there unless there is one."""
        with self._database.writing() as connection:
            if connection.execute(f"SELECT 1 FROM cache {_WHERE}", _key(key)).fetchone() is None:
                _put(self._database, connection, key, entry)

    def collect(self, before: datetime) -> int:
        """Forget what was last hit before a moment."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM cache WHERE hit_at < ?", (microseconds(before),)).rowcount

    def forget(self, namespace: str, cache: str) -> int:
        """Forget all entries of a cache."""
        with self._database.writing() as connection:
            query = "DELETE FROM cache WHERE namespace = ? AND cache = ?"
            return connection.execute(query, (namespace, cache)).rowcount


def _key(key: CacheKey) -> tuple[str, str, str]:
    return key.namespace, key.cache, key.key


def _put(database: Database, connection: Connection, key: CacheKey, entry: CacheEntry) -> None:
    outputs = database.keep(connection, entry.outputs)
    row = (*_key(key), entry.node_id, outputs, microseconds(entry.created_at), microseconds(entry.hit_at))
    connection.execute(_PUT, row)


def _entry(row: tuple[object, ...]) -> CacheEntry:
    node, outputs, created, hit = row
    return CacheEntry(
        node_id=cast(str, node),
        outputs=cast(bytes, outputs),
        created_at=moment_of(cast(int, created)),
        hit_at=moment_of(cast(int, hit)),
    )

"""The store in a database; what is the same in all of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec
from msgspec.structs import replace

from tiphys.adapters.stores.cursor import (
    Position,
    microseconds,
    microseconds_or_none,
    moment_of,
    moment_or_none,
    qualified,
    start_of,
)
from tiphys.adapters.stores.history import KEPT_DELETIONS, absent, check_remembered, conflict, merged
from tiphys.adapters.stores.sql import asking, cache, locks, queries
from tiphys.adapters.stores.sql.connection import INLINE_LIMIT, Claims, Connection, Database
from tiphys.adapters.stores.sql.statements import statements_of
from tiphys.errors import ConflictError, FullError, NotFoundError, StoreError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import (
    ARGO_GROUP,
    Change,
    Changes,
    CommandRow,
    ListOptions,
    NodeRow,
    ObjectKey,
    Page,
    RequestRow,
    RunCommit,
    StoredObject,
    Times,
    names_of,
)

#: Seconds between the attempts to keep a step on a full disk.
_FULL_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)
_INSERT = (
    "INSERT INTO objects (id, kind, namespace, name, uid, created_at, resource_version, phase, labels, data, owners, "
    "started_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_KINDS = (
    "WITH RECURSIVE k(x) AS (SELECT min(kind) FROM objects UNION ALL "
    "SELECT (SELECT min(kind) FROM objects WHERE kind > x) FROM k WHERE x IS NOT NULL) "
    "SELECT x FROM k WHERE x IS NOT NULL"
)
_NAMESPACES = (
    "WITH RECURSIVE n(x) AS (SELECT min(namespace) FROM objects WHERE kind = :kind UNION ALL "
    "SELECT (SELECT min(namespace) FROM objects WHERE kind = :kind AND namespace > x) FROM n WHERE x IS NOT NULL) "
    "SELECT x FROM n WHERE x IS NOT NULL AND x != ''"
)
_PHASES = "SELECT phase, count(*) FROM objects WHERE kind = ? GROUP BY phase"
_ROW = "SELECT id, uid, resource_version FROM objects WHERE kind = ? AND namespace = ? AND name = ?"
_RUN = "SELECT id, resource_version, name FROM objects WHERE uid = ?"
_PUT_NODE = (
    "INSERT INTO nodes (run, name, sequence, status, internal) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, name) "
    "DO UPDATE SET sequence = excluded.sequence, status = excluded.status, internal = excluded.internal"
)
_PUT_COMMAND = "INSERT INTO commands (run, key, body) VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING"
# A performed command keeps its key, so that the same command is never taken for a new one, and drops its body.
_PERFORMED = "UPDATE commands SET performed = 1, body = ? WHERE run = ? AND key = ? AND performed = 0"
_REMEMBER = (
    "INSERT INTO deletions SELECT ?, kind, namespace, name, uid, created_at, phase, labels, owners, ? "
    "FROM objects WHERE id = ?"
)
_MADE = "INSERT INTO made VALUES (?) ON CONFLICT DO NOTHING"
_UNMADE = "DELETE FROM made WHERE name >= ? AND name < ?"
_LABEL = "INSERT INTO labels SELECT id, ?, ?, kind, namespace, created_at FROM objects WHERE id = ?"


class SqlStore:
    """Implements ``ports.store.Store`` in a database.

    Safe in threads, and in any number of processes.  Not to be used after ``fork``.
    """

    def __init__(self, database: Database, claims: Claims) -> None:
        self._database = database
        self._claims = claims
        self._statements = statements_of(database.dialect)
        self._locks = locks.SqlLocks(database, claims.alive)
        self._cache = cache.SqlCache(database, claims.alive)

    def create(self, item: StoredObject, *, once: str = "") -> StoredObject:
        """Keep a new object."""
        key, created = item.key, microseconds(item.created_at)
        with self._database.writing() as connection:
            if once and not connection.execute(_MADE, (once,)).rowcount:
                raise ConflictError(f"something was made for {once!r} before", where=key.name)
            version = _next_version(connection)
            data = self._database.keep(connection, item.data)
            head = (version, *_columns(key), item.uid, created, version)
            row = (*head, item.phase, _json(item.labels), data, _owners(item.owners), *_times(item.times).values())
            if not connection.execute(_INSERT, row).rowcount:
                raise ConflictError(f"{key.kind} {key.name!r} already exists", where=key.namespace or None)
            _put_labels(connection, version, item.labels)
            _put_owners(connection, version, item.owners)
        return replace(item, resource_version=version)

    def forget_made(self, first: str, end: str) -> None:
        """Forget names of ``once``."""
        with self._database.writing() as connection:
            connection.execute(_UNMADE, (first, end))

    def get(self, key: ObjectKey) -> StoredObject | None:
        """The object, or None."""
        return self._one(f"{self._statements.objects} WHERE kind = ? AND namespace = ? AND name = ?", _columns(key))

    def find(self, uid: WorkflowUid) -> StoredObject | None:
        """The object of a uid, or None."""
        return self._one(f"{self._statements.objects} WHERE uid = ?", (uid,))

    def list(self, options: ListOptions) -> Page:
        """One page of objects, newest first."""
        walks = queries.positions(options, start_of(options), self._database.dialect.number)
        with self._database.reading() as connection:
            found: list[Position] = []
            for query, parameters in walks:
                if len(found) <= options.skip + options.limit:
                    found += [Position(*row) for row in connection.execute(query, parameters)]
            found = found[options.skip if len(walks) > 1 else 0 :]
            page = found[: options.limit]
            wanted = msgspec.json.encode([position.id for position in page]).decode()
            listed = self._database.dialect.listed
            rows = connection.execute(f"{self._statements.objects} WHERE id IN ({listed})", (wanted,))
            by_id = {cast(int, row[0]): row for row in rows}
        return Page(
            [self._object(by_id[position.id]) for position in page],
            page[-1].cursor() if len(found) > len(page) else None,
            [position.cursor() for position in page],
        )

    def count(self, options: ListOptions) -> int:
        """How many objects there are behind ``after`` on all pages together."""
        query, parameters = queries.total(options, start_of(options), self._database.dialect.number)
        with self._database.reading() as connection:
            found: int = connection.execute(query, parameters).fetchone()[0]
        return found

    def label_keys(self, options: ListOptions) -> Sequence[str]:
        """The keys of all labels of the objects behind ``after``."""
        return self._texts(queries.labels("key", options, start_of(options), self._database.dialect.number))

    def label_values(self, options: ListOptions, key: str) -> Sequence[str]:
        """The values that a label has on them."""
        return self._texts(queries.labels("value", options, start_of(options), self._database.dialect.number, key))

    def _texts(self, query: tuple[str, Sequence[object]]) -> Sequence[str]:
        with self._database.reading() as connection:
            return sorted(row[0] for row in connection.execute(*query))

    def update(self, item: StoredObject) -> StoredObject:
        """Replace what may change of an object."""
        with self._database.writing() as connection:
            row = connection.execute(_ROW, _columns(item.key)).fetchone()
            if row is None:
                raise absent(item.key)
            identity, uid, version = row
            if uid != item.uid or item.resource_version not in (0, version):
                raise conflict(item.key)
            version = _next_version(connection)
            columns = {
                "resource_version": version,
                "data": self._database.keep(connection, item.data),
                "phase": item.phase,
                "labels": _json(item.labels),
                "owners": _owners(item.owners),
                **_times(item.times),
            }
            _set_columns(connection, identity, columns)
            _put_labels(connection, identity, item.labels)
            _put_owners(connection, identity, item.owners)
        return replace(item, resource_version=version)

    def delete(self, key: ObjectKey, *, expected: int = 0, last: bytes | None = None) -> bool:
        """Remove an object with its nodes and commands; the deletion is remembered for ``changes``."""
        with self._database.writing() as connection:
            row = connection.execute(_ROW, _columns(key)).fetchone()
            if row is None:
                return False
            identity, uid, version = row
            if expected not in (0, version):
                raise conflict(key)
            self._remember(connection, identity, last)
            locks.forget(connection, identity)
            cache.forget(connection, WorkflowUid(uid))
            for statement in (
                "DELETE FROM nodes WHERE run = ?",
                "DELETE FROM commands WHERE run = ?",
                "DELETE FROM requests WHERE run = ?",
                "DELETE FROM events WHERE run = ?",
                "DELETE FROM labels WHERE object = ?",
                "DELETE FROM owners WHERE object = ?",
                "DELETE FROM objects WHERE id = ?",
            ):
                connection.execute(statement, (identity,))
            connection.executemany(_UNMADE, names_of(uid))
        return True

    def owned_by(self, uid: WorkflowUid) -> Sequence[StoredObject]:
        """The objects that have the uid among their owners, oldest first."""
        owned = "id IN (SELECT object FROM owners WHERE owner = ?)"
        query = f"{self._statements.objects} WHERE {owned} ORDER BY created_at, id"
        with self._database.reading() as connection:
            return [self._object(row) for row in connection.execute(query, (uid,))]

    def kinds(self) -> Sequence[tuple[str, str]]:
        """Group and kind of all objects."""
        with self._database.reading() as connection:
            found = [row[0].partition(".") for row in connection.execute(_KINDS)]
        return sorted((group, kind) for kind, _, group in found)

    def namespaces(self) -> Sequence[str]:
        """The namespaces that have objects."""
        with self._database.reading() as connection:
            kinds = [row[0] for row in connection.execute(_KINDS)]
            return sorted({row[0] for kind in kinds for row in connection.execute(_NAMESPACES, {"kind": kind})})

    def phases(self, kind: str, group: str = ARGO_GROUP) -> Mapping[str, int]:
        """How many objects of a kind are in each phase."""
        with self._database.reading() as connection:
            return dict(connection.execute(_PHASES, (qualified(kind, group),)).fetchall())

    def version(self) -> int:
        """The resource version of the last change of anything."""
        with self._database.reading() as connection:
            return _sequence(connection)[0]

    def changes(self, since: int, *, kind: str | None = None, group: str = ARGO_GROUP, limit: int = 500) -> Changes:
        """What changed after a resource version, oldest first."""
        # An expression, since SQLite would take the index of the kind and read all its objects to find the new ones.
        condition, values = (" AND kind || '' = ?", (qualified(kind, group),)) if kind is not None else ("", ())
        with self._database.reading() as connection:
            version, forgotten = _sequence(connection)
            check_remembered(since, forgotten, self._database.place)
            present = connection.execute(
                f"{self._statements.objects} WHERE resource_version > ?{condition} ORDER BY resource_version LIMIT ?",
                (since, *values, limit),
            ).fetchall()
            gone = connection.execute(
                f"{self._statements.deletions} WHERE version > ?{condition} ORDER BY version LIMIT ?",
                (since, *values, limit),
            ).fetchall()
        items = [Change("ADDED" if row[0] > since else "MODIFIED", self._object(row)) for row in present]
        return merged(items, [Change("DELETED", self._object(row)) for row in gone], version, limit)

    def wait(self, since: int, timeout: float) -> bool:
        """Wait until anything is newer; other processes' changes are seen within a twentieth of a second."""
        return self._database.wait(lambda: self.version() > since, timeout)

    def commit(self, commit: RunCommit) -> int:
        """Apply one step of a run in one transaction.

        On a full disk it is tried again for a moment: a container whose log filled it is ended, and gives way.
        """
        for pause in _FULL_PAUSES:
            try:
                return self._commit(commit)
            except FullError:
                time.sleep(pause)
        return self._commit(commit)

    def _commit(self, commit: RunCommit) -> int:
        with self._database.writing() as connection:
            row = connection.execute(_RUN, (commit.uid,)).fetchone()
            if row is None:
                raise NotFoundError("the workflow was deleted", where=commit.uid)
            run, before, name = cast("tuple[int, int, str]", row)
            self._claims.confirm(connection, commit.uid)
            if commit.expected not in (0, before):
                raise conflict(ObjectKey("Workflow", "", name))
            version = _next_version(connection)
            self._put_object(connection, run, version, commit)
            _forget(connection, run, commit)
            if commit.nodes:
                self._put_nodes(connection, run, commit.nodes)
            if commit.commands:
                self._put_commands(connection, run, commit.commands)
            if commit.performed:
                connection.executemany(_PERFORMED, [(b"", run, key) for key in commit.performed])
            if commit.answers:
                asking.put_answers(connection, commit.answers)
            if commit.events:
                asking.put_events(connection, run, commit.events)
            if commit.cached or commit.ended:
                cache.commit(self._database, connection, commit.uid, commit.cached, ended=commit.ended)
            if commit.lock_requests or commit.unlocks or commit.ended:
                self._locks.commit(connection, run, commit)
        return version

    def nodes(self, uid: WorkflowUid) -> Iterator[NodeRow]:
        """All nodes of a run by sequence: read as they are asked for, all from one moment."""
        for name, sequence, status, internal in self._database.stream(self._statements.nodes, (uid,)):
            yield NodeRow(
                name=NodeName(cast(str, name)),
                sequence=cast(int, sequence),
                status=cast(bytes, status),
                internal=cast(bytes, internal),
            )

    def commands(self, uid: WorkflowUid) -> Sequence[CommandRow]:
        """Commands not yet performed, oldest first."""
        with self._database.reading() as connection:
            return [
                CommandRow(key=key, body=body) for key, body in connection.execute(self._statements.commands, (uid,))
            ]

    def ask(self, uid: WorkflowUid, body: bytes) -> int:
        """Keep a request to a run."""
        with self._database.writing() as connection:
            return asking.ask(connection, uid, body)

    def requests(self) -> Sequence[RequestRow]:
        """All requests without an answer, oldest first."""
        with self._database.reading() as connection:
            return asking.open_requests(connection)

    def take_answer(self, number: int) -> str | None:
        """The answer to a request, once."""
        with self._database.reading() as connection:
            answer = asking.answer(connection, number)
        if answer is not None:
            with self._database.writing() as connection:
                asking.remove(connection, number)
        return answer

    def events(self, uid: WorkflowUid) -> Sequence[bytes]:
        """The newest events of a run, oldest first."""
        with self._database.reading() as connection:
            return asking.events(connection, uid)

    @property
    def locks(self) -> locks.SqlLocks:
        """The locks of all runs."""
        return self._locks

    @property
    def cache(self) -> cache.SqlCache:
        """Memoized outputs."""
        return self._cache

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one controller of a run."""
        return self._claims.claim(uid)

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back; unknown claims are ignored."""
        self._claims.release(uid)

    def close(self) -> None:
        """Close the files; claims end.  May be repeated."""
        self._claims.close()
        self._database.close()

    def _remember(self, connection: Connection, identity: int, last: bytes | None) -> None:
        """Keep a deletion for those who watch, and forget the oldest ones."""
        if last is None:
            last = cast(bytes, connection.execute(self._statements.data, (identity,)).fetchone()[0])
        row = (_next_version(connection), self._database.keep(connection, last), identity)
        connection.execute(_REMEMBER, row)
        oldest = connection.execute(
            "SELECT version FROM deletions ORDER BY version DESC LIMIT 1 OFFSET ?", (KEPT_DELETIONS,)
        ).fetchone()
        if oldest is not None:
            connection.execute("DELETE FROM deletions WHERE version <= ?", oldest)
            connection.execute("UPDATE sequence SET forgotten = ?", oldest)

    def _put_object(self, connection: Connection, identity: int, version: int, commit: RunCommit) -> None:
        """Write only the columns that change: an index is touched only for a column of its own."""
        columns: dict[str, object] = {"resource_version": version}
        if commit.data is not None:
            columns["data"] = self._database.keep(connection, commit.data)
        if commit.data is not None or commit.progress:
            columns["progress"] = commit.progress
        if commit.phase is not None:
            columns["phase"] = commit.phase
        if commit.labels is not None:
            columns["labels"] = _json(commit.labels)
            _put_labels(connection, identity, commit.labels)
        if commit.times is not None:
            columns |= _times(commit.times)
        _set_columns(connection, identity, columns)

    def _put_nodes(self, connection: Connection, run: int, nodes: Iterable[NodeRow]) -> None:
        keep = self._database.keep
        rows = [
            (run, node.name, node.sequence, keep(connection, node.status), keep(connection, node.internal))
            for node in nodes
        ]
        connection.executemany(_PUT_NODE, rows)

    def _put_commands(self, connection: Connection, run: int, commands: Iterable[CommandRow]) -> None:
        """Keep those whose keys are new: a value that is kept for a row that is not written would belong to nobody."""
        known = "SELECT 1 FROM commands WHERE run = ? AND key = ?"
        bodies: dict[str, bytes] = {}
        for command in commands:
            if len(command.body) <= INLINE_LIMIT or not connection.execute(known, (run, command.key)).fetchone():
                bodies.setdefault(command.key, command.body)
        rows = [(run, key, self._database.keep(connection, body)) for key, body in bodies.items()]
        connection.executemany(_PUT_COMMAND, rows)

    def _one(self, query: str, parameters: tuple[str, ...]) -> StoredObject | None:
        with self._database.reading() as connection:
            row = connection.execute(query, parameters).fetchone()
        return self._object(row) if row else None

    def _object(self, row: tuple[object, ...]) -> StoredObject:
        _, full, namespace, name, uid, version, created, labels, phase, owners, data, started, finished, progress = row
        try:
            decoded = msgspec.json.decode(cast(str, labels), type=dict[str, str])
            owned = msgspec.json.decode(cast(str, owners), type=tuple[str, ...]) if owners != "[]" else ()
        except msgspec.DecodeError as error:
            raise StoreError("the database is damaged: labels are not JSON", where=self._database.place) from error
        kind, _, group = cast(str, full).partition(".")
        return StoredObject(
            key=ObjectKey(kind, cast(str, namespace), cast(str, name), group),
            uid=WorkflowUid(cast(str, uid)),
            resource_version=cast(int, version),
            created_at=moment_of(cast(int, created)),
            labels=decoded,
            phase=cast(str, phase),
            data=cast(bytes, data),
            owners=tuple(WorkflowUid(owner) for owner in owned),
            times=Times(moment_or_none(cast("int | None", started)), moment_or_none(cast("int | None", finished))),
            progress=cast(str, progress),
        )


def _next_version(connection: Connection) -> int:
    [(version,)] = connection.execute("UPDATE sequence SET value = value + 1 RETURNING value").fetchall()
    return cast(int, version)


def _columns(key: ObjectKey) -> tuple[str, str, str]:
    return qualified(key.kind, key.group), key.namespace, key.name


def _sequence(connection: Connection) -> tuple[int, int]:
    """The last resource version given out, and that of the newest deletion that is forgotten."""
    row: tuple[int, int] = connection.execute("SELECT value, forgotten FROM sequence").fetchone()
    return row


def _json(labels: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(labels), order="sorted").decode()


def _times(times: Times) -> dict[str, object]:
    """The columns of times."""
    return {"started_at": microseconds_or_none(times.started), "finished_at": microseconds_or_none(times.finished)}


def _owners(owners: Sequence[WorkflowUid]) -> str:
    return msgspec.json.encode(list(owners)).decode()


def _put_owners(connection: Connection, identity: int, owners: Sequence[WorkflowUid]) -> None:
    connection.execute("DELETE FROM owners WHERE object = ?", (identity,))
    connection.executemany("INSERT INTO owners VALUES (?, ?)", ((identity, owner) for owner in dict.fromkeys(owners)))


def _put_labels(connection: Connection, identity: int, labels: Mapping[str, str]) -> None:
    connection.execute("DELETE FROM labels WHERE object = ?", (identity,))
    connection.executemany(_LABEL, ((key, value, identity) for key, value in labels.items()))


def _set_columns(connection: Connection, identity: int, columns: Mapping[str, object]) -> None:
    names = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE objects SET {names} WHERE id = ?", (*columns.values(), identity))


def _forget(connection: Connection, run: int, commit: RunCommit) -> None:
    if commit.removed:
        connection.executemany("DELETE FROM nodes WHERE run = ? AND name = ?", ((run, name) for name in commit.removed))
    if commit.forget_commands:
        connection.execute("DELETE FROM commands WHERE run = ?", (run,))

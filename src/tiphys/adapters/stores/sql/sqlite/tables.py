"""The tables of the database, as numbered migrations that are applied once each.

A released migration is never edited; a change of the tables is a new one at the end of ``MIGRATIONS``.

Values (``data``, ``status``, ``internal``, ``body``) live in columns of type ANY: an SQL blob is the value itself, an
SQL text is the digest of a row of ``blobs`` (see ``blobs.py``).
"""

from __future__ import annotations

import sqlite3

from tiphys.adapters.stores.sql.migrations import Migration, apply, check_known
from tiphys.adapters.stores.sql.sqlite.blobs import whole
from tiphys.errors import StoreError
from tiphys.ports.clock import Clock

#: Marks a file as ours in the header of the database: ``Tiph``.
APPLICATION_ID = 0x54697068
#: What to do about a file that cannot be used.
MOVE = "choose another data directory with --home"

_OBJECTS = (
    # One row: the last resource version given out.
    "CREATE TABLE sequence (value INTEGER NOT NULL) STRICT",
    "INSERT INTO sequence VALUES (0)",
    # ``id`` is the resource version at creation: never used again, and the order of creation within one moment.
    """CREATE TABLE objects (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        uid TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        resource_version INTEGER NOT NULL,
        phase TEXT NOT NULL,
        labels TEXT NOT NULL,
        data ANY NOT NULL,
        UNIQUE (kind, namespace, name)
    ) STRICT""",
    "CREATE INDEX objects_kind ON objects (kind, created_at, id)",
    "CREATE INDEX objects_namespace ON objects (kind, namespace, created_at, id)",
    "CREATE INDEX objects_phase ON objects (kind, phase, created_at, id)",
    "CREATE INDEX objects_namespace_phase ON objects (kind, namespace, phase, created_at, id)",
    # What a list needs to walk one label newest first stands in the label's own row.
    """CREATE TABLE labels (
        object INTEGER NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        kind TEXT NOT NULL,
        namespace TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (object, key)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX labels_value ON labels (kind, key, value, created_at, object)",
    "CREATE INDEX labels_namespace_value ON labels (kind, namespace, key, value, created_at, object)",
)
_RUNS = (
    """CREATE TABLE nodes (
        run INTEGER NOT NULL,
        name TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        status ANY NOT NULL,
        internal ANY NOT NULL,
        UNIQUE (run, name)
    ) STRICT""",
    "CREATE INDEX nodes_sequence ON nodes (run, sequence)",
    """CREATE TABLE commands (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        key TEXT NOT NULL,
        body ANY NOT NULL,
        performed INTEGER NOT NULL DEFAULT 0,
        UNIQUE (run, key)
    ) STRICT""",
    "CREATE INDEX commands_pending ON commands (run, id) WHERE performed = 0",
)
_BLOBS = """CREATE TABLE blobs (
    digest TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    data BLOB NOT NULL
) STRICT"""

#: The column ``kind`` holds kind and group in kubectl's notation: ``Workflow.argoproj.io``, ``ConfigMap``.
_ANY_KIND = (
    "UPDATE objects SET kind = kind || '.argoproj.io'",
    "UPDATE labels SET kind = kind || '.argoproj.io'",
    # The uids of the owners, as JSON to read and as rows to find.
    "ALTER TABLE objects ADD COLUMN owners TEXT NOT NULL DEFAULT '[]'",
    """CREATE TABLE owners (
        object INTEGER NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (object, owner)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX owners_owner ON owners (owner, object)",
)
#: Present objects need no log: what changed has a newer version.  Only deletions leave rows, and the oldest go.
_CHANGES = (
    "CREATE INDEX objects_version ON objects (resource_version)",
    "ALTER TABLE sequence ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE deletions (
        version INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        uid TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        phase TEXT NOT NULL,
        labels TEXT NOT NULL,
        owners TEXT NOT NULL,
        data ANY NOT NULL
    ) STRICT""",
)
_LOCKS = (
    # ``position`` is where the lock stands in what its holder wants, ``rank`` the negative priority.
    """CREATE TABLE locks (
        run INTEGER NOT NULL,
        holder TEXT NOT NULL,
        position INTEGER NOT NULL,
        lock TEXT NOT NULL,
        node TEXT NOT NULL,
        capacity INTEGER NOT NULL,
        held INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        PRIMARY KEY (run, holder, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX locks_queue ON locks (lock, held, rank, created_at, run, sequence)",
    "CREATE INDEX locks_waiting ON locks (run, held, rank, created_at, sequence, holder, position)",
    "CREATE TABLE lock_limits (key TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    # One row: grows with everything that may let somebody go on who waits.
    "CREATE TABLE lock_version (value INTEGER NOT NULL) STRICT",
    "INSERT INTO lock_version VALUES (0)",
    *(
        f"CREATE TRIGGER {table}_{event.lower()} AFTER {event} ON {table} "
        "BEGIN UPDATE lock_version SET value = value + 1; END"
        for table, event in (
            ("locks", "DELETE"),
            ("lock_limits", "INSERT"),
            ("lock_limits", "UPDATE"),
            ("lock_limits", "DELETE"),
        )
    ),
)
_CACHE = (
    """CREATE TABLE cache (
        namespace TEXT NOT NULL,
        cache TEXT NOT NULL,
        key TEXT NOT NULL,
        node TEXT NOT NULL,
        outputs ANY NOT NULL,
        created_at INTEGER NOT NULL,
        hit_at INTEGER NOT NULL,
        PRIMARY KEY (namespace, cache, key)
    ) STRICT""",
    "CREATE INDEX cache_hit ON cache (hit_at)",
    # Who computes an entry just now: a node of a run.
    """CREATE TABLE cache_makers (
        namespace TEXT NOT NULL,
        cache TEXT NOT NULL,
        key TEXT NOT NULL,
        run TEXT NOT NULL,
        node TEXT NOT NULL,
        PRIMARY KEY (namespace, cache, key)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX cache_makers_run ON cache_makers (run)",
    "CREATE TRIGGER cache_makers_delete AFTER DELETE ON cache_makers "
    "BEGIN UPDATE lock_version SET value = value + 1; END",
)


def _counting(table: str, column: str) -> tuple[str, ...]:
    """Triggers that count how many rows use a blob and remove it with the last one."""
    let_go = (
        f"UPDATE blobs SET uses = uses - 1 WHERE digest = old.{column}; "
        f"DELETE FROM blobs WHERE digest = old.{column} AND uses <= 0;"
    )
    take = f"UPDATE blobs SET uses = uses + 1 WHERE digest = new.{column};"
    changed = f"old.{column} IS NOT new.{column}"
    return (
        f"CREATE TRIGGER {table}_{column}_insert AFTER INSERT ON {table} "
        f"WHEN typeof(new.{column}) = 'text' BEGIN {take} END",
        f"CREATE TRIGGER {table}_{column}_delete AFTER DELETE ON {table} "
        f"WHEN typeof(old.{column}) = 'text' BEGIN {let_go} END",
        f"CREATE TRIGGER {table}_{column}_take AFTER UPDATE OF {column} ON {table} "
        f"WHEN typeof(new.{column}) = 'text' AND {changed} BEGIN {take} END",
        f"CREATE TRIGGER {table}_{column}_let_go AFTER UPDATE OF {column} ON {table} "
        f"WHEN typeof(old.{column}) = 'text' AND {changed} BEGIN {let_go} END",
    )


#: What is asked of runs, and what is told of them.  ``run`` is never used again, so ``number`` may start anew.
_REQUESTS = (
    """CREATE TABLE requests (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL,
        body BLOB NOT NULL,
        answer TEXT
    ) STRICT""",
    "CREATE INDEX requests_open ON requests (number) WHERE answer IS NULL",
    "CREATE INDEX requests_run ON requests (run)",
    """CREATE TABLE events (
        run INTEGER NOT NULL,
        number INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID""",
)

_LIVING = f"json(CAST({whole('objects.data')} AS TEXT))"


def _seconds(path: str) -> str:
    return f"CAST(strftime('%s', json_extract({_LIVING}, '{path}')) AS INTEGER) * 1000000"


_COPIES = "kind = 'ArchivedWorkflow.tiphys.dev'"
#: When runs began and ended, for lists that ask for it; the name of a workflow of which a copy is kept, as a label.
_TIMES = (
    "ALTER TABLE objects ADD COLUMN started_at INTEGER",
    "ALTER TABLE objects ADD COLUMN finished_at INTEGER",
    f"UPDATE objects SET started_at = {_seconds('$.status.startedAt')}, "
    f"finished_at = {_seconds('$.status.finishedAt')} WHERE kind = 'Workflow.argoproj.io'",
    f"UPDATE objects SET started_at = {_seconds('$.workflow.status.startedAt')}, "
    f"finished_at = {_seconds('$.workflow.status.finishedAt')}, "
    f"labels = json_set(labels, '$.\"tiphys.dev/workflow\"', json_extract({_LIVING}, '$.workflow.metadata.name')) "
    f"WHERE {_COPIES}",
    "INSERT INTO labels SELECT id, 'tiphys.dev/workflow', json_extract(labels, '$.\"tiphys.dev/workflow\"'), kind, "
    f"namespace, created_at FROM objects WHERE {_COPIES}",
    "CREATE INDEX objects_started ON objects (kind, started_at, namespace, created_at, id) "
    "WHERE started_at IS NOT NULL",
)

#: The progress of a run whose manifest is not written anew for each of its nodes.
_PROGRESS = ("ALTER TABLE objects ADD COLUMN progress TEXT NOT NULL DEFAULT ''",)

MIGRATIONS = (
    Migration(
        1,
        "objects, runs and blobs",
        (
            *_OBJECTS,
            *_RUNS,
            _BLOBS,
            *_counting("objects", "data"),
            *_counting("nodes", "status"),
            *_counting("nodes", "internal"),
            *_counting("commands", "body"),
        ),
    ),
    Migration(2, "any kind, owners and changes", (*_ANY_KIND, *_CHANGES, *_counting("deletions", "data"))),
    Migration(3, "requests to runs and events of them", _REQUESTS),
    Migration(4, "what objects were made for", ("CREATE TABLE made (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",)),
    Migration(5, "locks and memoized outputs", (*_LOCKS, *_CACHE, *_counting("cache", "outputs"))),
    Migration(6, "times of runs", _TIMES),
    Migration(7, "progress of runs", _PROGRESS),
)


def version_of(connection: sqlite3.Connection) -> int:
    """The number of the last applied migration; 0 for an empty file.  Called in a transaction.

    Raises:
        StoreError: the file is the database of another program.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application == APPLICATION_ID:
        version: int = connection.execute("SELECT max(version) FROM migrations").fetchone()[0]
        return version
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreError("the file is the database of another program", MOVE)
    return 0


def migrate(connection: sqlite3.Connection, clock: Clock) -> None:
    """Apply the migrations that are missing; called in a write transaction.

    Two processes may come here at once: the version is read again under the lock.
    """
    version = version_of(connection)
    check_known(version, MIGRATIONS, MOVE)
    if version == 0:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(
            "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
        )
    apply(connection, MIGRATIONS, version, clock)

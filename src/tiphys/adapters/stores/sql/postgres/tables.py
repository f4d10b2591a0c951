"""The tables in PostgreSQL, as numbered migrations that are applied once each, in a schema of their own.

Values are plain ``BYTEA``: PostgreSQL keeps large ones beside the row by itself.  Names compare byte by byte (collation
``C``), as in SQLite and in Kubernetes.
"""

from __future__ import annotations

from tiphys.adapters.stores.sql.connection import Connection
from tiphys.adapters.stores.sql.migrations import Migration, apply, check_known
from tiphys.ports.clock import Clock

SCHEMA = "tiphys"
#: What to do about a database that cannot be used.
ELSEWHERE = "name another database in TIPHYS_DATABASE_URL"
_TEXT = 'TEXT COLLATE "C" NOT NULL'

_OBJECTS = (
    # One row: the last resource version given out, and that of the newest deletion that is forgotten.
    "CREATE TABLE sequence (value BIGINT NOT NULL, forgotten BIGINT NOT NULL DEFAULT 0)",
    "INSERT INTO sequence VALUES (0)",
    # ``id`` is the resource version at creation: never used again, and the order of creation within one moment.
    f"""CREATE TABLE objects (
        id BIGINT PRIMARY KEY,
        kind {_TEXT},
        namespace {_TEXT},
        name {_TEXT},
        uid {_TEXT} UNIQUE,
        created_at BIGINT NOT NULL,
        resource_version BIGINT NOT NULL,
        phase {_TEXT},
        labels {_TEXT},
        data BYTEA NOT NULL,
        owners {_TEXT} DEFAULT '[]',
        UNIQUE (kind, namespace, name)
    )""",
    "CREATE INDEX objects_kind ON objects (kind, created_at, id)",
    "CREATE INDEX objects_namespace ON objects (kind, namespace, created_at, id)",
    "CREATE INDEX objects_phase ON objects (kind, phase, created_at, id)",
    "CREATE INDEX objects_namespace_phase ON objects (kind, namespace, phase, created_at, id)",
    "CREATE INDEX objects_version ON objects (resource_version)",
    # What a list needs to walk one label newest first stands in the label's own row.
    f"""CREATE TABLE labels (
        object BIGINT NOT NULL,
        key {_TEXT},
        value {_TEXT},
        kind {_TEXT},
        namespace {_TEXT},
        created_at BIGINT NOT NULL,
        PRIMARY KEY (object, key)
    )""",
    "CREATE INDEX labels_value ON labels (kind, key, value, created_at, object)",
    "CREATE INDEX labels_namespace_value ON labels (kind, namespace, key, value, created_at, object)",
    f"CREATE TABLE owners (object BIGINT NOT NULL, owner {_TEXT}, PRIMARY KEY (object, owner))",
    "CREATE INDEX owners_owner ON owners (owner, object)",
    f"""CREATE TABLE deletions (
        version BIGINT PRIMARY KEY,
        kind {_TEXT},
        namespace {_TEXT},
        name {_TEXT},
        uid {_TEXT},
        created_at BIGINT NOT NULL,
        phase {_TEXT},
        labels {_TEXT},
        owners {_TEXT},
        data BYTEA NOT NULL
    )""",
    f"CREATE TABLE made (name {_TEXT} PRIMARY KEY)",
)
_RUNS = (
    f"""CREATE TABLE nodes (
        rowid BIGINT GENERATED ALWAYS AS IDENTITY,
        run BIGINT NOT NULL,
        name {_TEXT},
        sequence BIGINT NOT NULL,
        status BYTEA NOT NULL,
        internal BYTEA NOT NULL,
        PRIMARY KEY (run, name)
    )""",
    "CREATE INDEX nodes_sequence ON nodes (run, sequence, rowid)",
    f"""CREATE TABLE commands (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        run BIGINT NOT NULL,
        key {_TEXT},
        body BYTEA NOT NULL,
        performed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (run, key)
    )""",
    "CREATE INDEX commands_pending ON commands (run, id) WHERE performed = 0",
    """CREATE TABLE requests (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        run BIGINT NOT NULL,
        body BYTEA NOT NULL,
        answer TEXT
    )""",
    "CREATE INDEX requests_open ON requests (number) WHERE answer IS NULL",
    "CREATE INDEX requests_run ON requests (run)",
    "CREATE TABLE events (run BIGINT NOT NULL, number BIGINT NOT NULL, body BYTEA NOT NULL, PRIMARY KEY (run, number))",
)
_LOCKS = (
    # ``position`` is where the lock stands in what its holder wants, ``rank`` the negative priority.
    f"""CREATE TABLE locks (
        run BIGINT NOT NULL,
        holder {_TEXT},
        position BIGINT NOT NULL,
        lock {_TEXT},
        node {_TEXT},
        capacity BIGINT NOT NULL,
        held INTEGER NOT NULL,
        rank BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        sequence BIGINT NOT NULL,
        PRIMARY KEY (run, holder, position)
    )""",
    "CREATE INDEX locks_queue ON locks (lock, held, rank, created_at, run, sequence)",
    "CREATE INDEX locks_waiting ON locks (run, held, rank, created_at, sequence, holder, position)",
    f"CREATE TABLE lock_limits (key {_TEXT} PRIMARY KEY, size BIGINT NOT NULL)",
    f"""CREATE TABLE cache (
        namespace {_TEXT},
        cache {_TEXT},
        key {_TEXT},
        node {_TEXT},
        outputs BYTEA NOT NULL,
        created_at BIGINT NOT NULL,
        hit_at BIGINT NOT NULL,
        PRIMARY KEY (namespace, cache, key)
    )""",
    "CREATE INDEX cache_hit ON cache (hit_at)",
    # Who computes an entry just now: a node of a run.
    f"""CREATE TABLE cache_makers (
        namespace {_TEXT},
        cache {_TEXT},
        key {_TEXT},
        run {_TEXT},
        node {_TEXT},
        PRIMARY KEY (namespace, cache, key)
    )""",
    "CREATE INDEX cache_makers_run ON cache_makers (run)",
    # One row: grows with everything that may let somebody go on who waits.
    "CREATE TABLE lock_version (value BIGINT NOT NULL)",
    "INSERT INTO lock_version VALUES (0)",
    "CREATE FUNCTION lock_changed() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN UPDATE lock_version SET value = value + 1; RETURN NULL; END $$",
    *(
        f"CREATE TRIGGER {table}_changed AFTER {events} ON {table} FOR EACH ROW EXECUTE FUNCTION lock_changed()"
        for table, events in (
            ("locks", "DELETE"),
            ("lock_limits", "INSERT OR UPDATE OR DELETE"),
            ("cache_makers", "DELETE"),
        )
    ),
)
#: A server lives as long as it renews its lease; who drives a run is a row that names its server.
_LEASES = (
    f"CREATE TABLE servers (id {_TEXT} PRIMARY KEY, until TIMESTAMPTZ NOT NULL)",
    f"CREATE TABLE claims (uid {_TEXT} PRIMARY KEY, server {_TEXT})",
    "CREATE INDEX claims_server ON claims (server)",
)

_LIVING = "CAST(convert_from(data, 'UTF8') AS JSON)"


def _microseconds(path: str) -> str:
    return f"CAST(extract(epoch FROM CAST({_LIVING} #>> '{path}' AS TIMESTAMPTZ)) AS BIGINT) * 1000000"


_COPIES = "kind = 'ArchivedWorkflow.tiphys.dev'"
#: When runs began and ended, for lists that ask for it; the name of a workflow of which a copy is kept, as a label.
_TIMES = (
    "ALTER TABLE objects ADD COLUMN started_at BIGINT",
    "ALTER TABLE objects ADD COLUMN finished_at BIGINT",
    f"UPDATE objects SET started_at = {_microseconds('{status,startedAt}')}, "
    f"finished_at = {_microseconds('{status,finishedAt}')} WHERE kind = 'Workflow.argoproj.io'",
    f"UPDATE objects SET started_at = {_microseconds('{workflow,status,startedAt}')}, "
    f"finished_at = {_microseconds('{workflow,status,finishedAt}')}, "
    f"labels = CAST(jsonb_set(CAST(labels AS JSONB), '{{tiphys.dev/workflow}}', "
    f"CAST({_LIVING} AS JSONB) #> '{{workflow,metadata,name}}') AS TEXT) WHERE {_COPIES}",
    "INSERT INTO labels SELECT id, 'tiphys.dev/workflow', CAST(labels AS JSON) ->> 'tiphys.dev/workflow', kind, "
    f"namespace, created_at FROM objects WHERE {_COPIES}",
    "CREATE INDEX objects_started ON objects (kind, started_at, namespace, created_at, id) "
    "WHERE started_at IS NOT NULL",
)

#: The progress of a run whose manifest is not written anew for each of its nodes.
_PROGRESS = (f"ALTER TABLE objects ADD COLUMN progress {_TEXT} DEFAULT ''",)

MIGRATIONS = (
    Migration(1, "all tables", (*_OBJECTS, *_RUNS, *_LOCKS, *_LEASES)),
    Migration(2, "times of runs", _TIMES),
    Migration(3, "progress of runs", _PROGRESS),
)


def migrate(connection: Connection, clock: Clock) -> None:
    """Make the schema, or bring its tables up to date; called in a write transaction.

    Raises:
        StoreError: a newer Tiphys has changed them.
    """
    [(known,)] = connection.execute("SELECT to_regclass(?)", (f"{SCHEMA}.migrations",)).fetchall()
    if known is None:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"CREATE TABLE migrations (version INTEGER PRIMARY KEY, name {_TEXT}, applied_at {_TEXT})")
    [(version,)] = connection.execute("SELECT coalesce(max(version), 0) FROM migrations").fetchall()
    check_known(version, MIGRATIONS, ELSEWHERE)
    apply(connection, MIGRATIONS, version, clock)

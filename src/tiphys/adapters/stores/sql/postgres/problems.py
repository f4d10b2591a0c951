"""What errors of PostgreSQL mean for the person whose database it is."""

from __future__ import annotations

import psycopg
from psycopg import conninfo, errors

from tiphys.adapters.stores.sql.postgres.tables import ELSEWHERE
from tiphys.errors import StoreError, UnavailableError, UsageError

#: How long a writer waits for the writer of another server.
BUSY_SECONDS = 30
#: How long the database may take to answer a new connection, unless its URL says so.
CONNECT_SECONDS = 5
#: class of the error → (what is wrong, what to do); the first that fits counts.
_PROBLEMS: tuple[tuple[type[psycopg.Error], str, str], ...] = (
    (errors.DiskFull, "the disk of the database is full; nothing of this step was written", "free some space there"),
    (errors.ReadOnlySqlTransaction, "the database is read-only", f"make it writable, or {ELSEWHERE}"),
    (
        errors.LockNotAvailable,
        f"another server has kept the database locked for {BUSY_SECONDS} seconds",
        "look for a hanging one in pg_stat_activity",
    ),
    (errors.InsufficientPrivilege, "the user of the database may not do that", "make it the owner of the database"),
    (errors.InvalidPassword, "the database refuses the user or the password", "mend TIPHYS_DATABASE_URL"),
    (errors.DataError, "the database cannot hold a text with a NUL character", "take it out of the manifest"),
)


def address_of(url: str) -> tuple[str, str]:
    """What to connect to, and how to name it without its password.

    Raises:
        UsageError: the text is no URL of PostgreSQL.

    >>> address_of("postgresql://me:secret@db:5433/flows")[1]
    'postgresql://db:5433/flows'
    """
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:  # its message repeats the text, and with it the password
        hint = "write postgresql://user:password@host:5432/database"
        raise UsageError("it is no URL of a PostgreSQL database", hint, "TIPHYS_DATABASE_URL") from None
    host, port, name = parts.get("host") or "", parts.get("port"), parts.get("dbname") or ""
    parts.setdefault("connect_timeout", CONNECT_SECONDS)
    parts.setdefault("application_name", "tiphys")
    return conninfo.make_conninfo("", **parts), f"postgresql://{host}{f':{port}' if port else ''}/{name}"


def problem(error: psycopg.Error, place: str) -> StoreError:
    """What an error means."""
    for kind, message, hint in _PROBLEMS:
        if isinstance(error, kind):
            return StoreError(message, hint, place)
    if isinstance(error, psycopg.OperationalError):
        hint = "start it, or mend TIPHYS_DATABASE_URL; what was under way goes on when it answers again"
        return UnavailableError(f"the database does not answer: {_line(error)}", hint, place)
    return StoreError(f"the database failed: {_line(error)}", where=place)


def _line(error: psycopg.Error) -> str:
    """The first line: the others repeat addresses that were tried."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

"""PostgreSQL as Tiphys uses it: connections, transactions, and going on after the database was away.

Writers of all servers take turns by one advisory lock, as they do in SQLite: resource versions then become visible in
their order, and what one transaction reads nobody changes under it.  Readers wait for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock, RLock
from typing import LiteralString

import psycopg

from tiphys.adapters.stores.sql.connection import Connection, Cursor, Dialect, Parameters
from tiphys.adapters.stores.sql.postgres.problems import BUSY_SECONDS, address_of, problem
from tiphys.adapters.stores.sql.postgres.tables import SCHEMA, migrate
from tiphys.adapters.stores.sql.waiting import Written
from tiphys.errors import StoreError
from tiphys.ports.clock import Clock

#: The advisory lock of writers: ``Tiph``.
_WRITERS = 0x54697068
_BEGIN_WRITING = f"BEGIN; SELECT pg_advisory_xact_lock({_WRITERS})"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: So many connections wait for readers.
_IDLE = 4
#: Rows of a stream that are fetched at once.
_FETCHED = 500
#: A server that hangs within a transaction must not hold up the others for ever.
_SETTINGS = (
    f"SET search_path = {SCHEMA}; SET lock_timeout = '{BUSY_SECONDS}s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET timezone = 'UTC'"
)
_MARK = re.compile(r"\?|%|:([a-z]+)")
DIALECT = Dialect(
    whole=lambda column: column,
    listed="SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(? AS JSON))",
    number="(CASE WHEN m.value ~ '^[0-9]+$' THEN CAST(m.value AS NUMERIC) {} ? ELSE FALSE END)",
)


class PostgresDatabase:
    """Connections to one database: one that writes, and further ones for readers and streams.

    A connection that broke while nothing was under way is made anew; a transaction that breaks is a ``StoreError``.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect, and make the tables or bring them up to date.

        Raises:
            UsageError: the URL is none.
            StoreError: the database does not answer, or cannot be used.
        """
        self._url, self._place = address_of(url)
        self._turn = RLock()
        self._lock = Lock()
        self._written = Written()
        self._writer: psycopg.Connection | None = None
        self._idle: list[psycopg.Connection] = []
        self._closed = False
        try:
            with self.writing() as connection:
                migrate(connection, clock)
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> str:
        """The URL without its password."""
        return self._place

    @property
    def dialect(self) -> Dialect:
        """How PostgreSQL writes what is not the same everywhere."""
        return DIALECT

    def keep(self, connection: Connection, value: bytes) -> bytes:
        """The value itself."""
        return value

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction; one of any process at a time."""
        with self._turn, self._translated():
            self._writer = connection = self._begin(_BEGIN_WRITING, self._writer)
            with _transaction(connection):
                yield _Translating(connection)
        self._written.notify()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction."""
        with self._translated(), self._reader() as connection:
            yield _Translating(connection)

    @contextmanager
    def stating(self) -> Iterator[Connection]:
        """Single statements, each committed at once; they do not take turns with writers."""
        with self._translated(), self._lent("SELECT 1") as connection:
            yield _Translating(connection)

    def stream(self, query: str, parameters: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
        """The rows of a query by a cursor of the server's."""
        with self._translated(), self._reader() as connection, connection.cursor(name="rows") as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(_native(query), parameters)
            yield from cursor

    def wait(self, over: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``over`` holds."""
        return self._written.wait(over, timeout)

    def close(self) -> None:
        """Close all connections; may be repeated."""
        with self._turn, self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for connection in (self._writer, *idle):
                if connection is not None:
                    connection.close()

    @contextmanager
    def _reader(self) -> Iterator[psycopg.Connection]:
        with self._lent(_BEGIN_READING) as connection, _transaction(connection):
            yield connection

    @contextmanager
    def _lent(self, begin: LiteralString) -> Iterator[psycopg.Connection]:
        with self._lock:
            found = self._idle.pop() if self._idle else None
        connection = self._begin(begin, found)
        try:
            yield connection
        finally:
            with self._lock:
                if self._closed or connection.closed or len(self._idle) >= _IDLE:
                    connection.close()
                else:
                    self._idle.append(connection)

    def _begin(self, begin: LiteralString, connection: psycopg.Connection | None) -> psycopg.Connection:
        """A connection on which a statement has run; a connection that turns out to be dead is made anew."""
        if self._closed:
            raise StoreError("the store is closed", where=self._place)
        if connection is not None and not connection.closed:
            try:
                connection.execute(begin)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not connection.closed:  # it lives, and the statement failed
                    _undo(connection)
                    raise
            else:
                return connection
        connection = psycopg.connect(self._url, autocommit=True)
        try:
            connection.execute(_SETTINGS)
            connection.execute(begin)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if self._closed:
                raise StoreError("the store is closed", where=self._place) from error
            raise problem(error, self._place) from error


class _Translating:
    """A connection that takes the marks of ``sql/connection.py``."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, query: str, parameters: Parameters = (), /) -> Cursor:
        """Run one statement."""
        return self._connection.execute(_native(query), parameters)

    def executemany(self, query: str, parameters: Iterable[Sequence[object]], /) -> Cursor:
        """Run a statement many times in one go."""
        cursor = self._connection.cursor()
        cursor.executemany(_native(query), parameters)
        return cursor


@lru_cache(maxsize=256)
def _native(query: str) -> LiteralString:
    """A query with psycopg's marks.

    >>> _native("SELECT a FROM t WHERE b LIKE '%x' AND c = ? AND d = :name")
    "SELECT a FROM t WHERE b LIKE '%%x' AND c = %s AND d = %(name)s"
    """
    return _MARK.sub(_mark, query)


def _mark(found: re.Match[str]) -> str:
    if found[0] == "?":
        return "%s"
    return "%%" if found[0] == "%" else f"%({found[1]})s"


@contextmanager
def _transaction(connection: psycopg.Connection) -> Iterator[None]:
    """End the transaction that has begun."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        _undo(connection)
        raise


def _undo(connection: psycopg.Connection) -> None:
    """Roll back, or give the connection up."""
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error:
        connection.close()

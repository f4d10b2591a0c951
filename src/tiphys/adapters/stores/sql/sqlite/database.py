"""SQLite as Tiphys uses it: opening, transactions, and errors that a person can act on.

``synchronous`` is NORMAL.  In WAL mode a commit is then a write to the page cache: a killed process loses
nothing, and a power cut may take back the last moments but never leaves half a commit or a damaged file.  FULL
adds a disk flush to each commit: 1,900 commits of one node a second instead of 4,900 where this was decided (an
SSD; tens instead of thousands on a spinning disk).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from tiphys.adapters.stores.sql.connection import Connection, Dialect
from tiphys.adapters.stores.sql.migrations import check_known
from tiphys.adapters.stores.sql.sqlite import blobs, tables
from tiphys.adapters.stores.sql.sqlite.tables import MOVE
from tiphys.adapters.stores.sql.waiting import Written
from tiphys.errors import FullError, StoreError, TiphysError
from tiphys.ports.clock import Clock

#: How long a writer waits for the writer of another process.
BUSY_SECONDS = 30.0
#: RETURNING is the newest feature in use apart from STRICT tables (3.37).
_OLDEST = (3, 37, 0)
_SETTINGS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)

#: primary SQLite result code → (what is wrong, what to do).
_PROBLEMS = {
    sqlite3.SQLITE_FULL: ("the disk is full; nothing of this step was written", "free some space and run again"),
    sqlite3.SQLITE_READONLY: ("the database is read-only", f"make it writable, or {MOVE}"),
    sqlite3.SQLITE_PERM: ("the database is not accessible", f"mend the permissions, or {MOVE}"),
    sqlite3.SQLITE_CANTOPEN: ("the database cannot be opened", f"check the path and its permissions, or {MOVE}"),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        f"restore a copy of it, try `sqlite3 <file> .recover`, or {MOVE}",
    ),
    sqlite3.SQLITE_NOTADB: ("the file is not a database", f"move it away, or {MOVE}"),
    sqlite3.SQLITE_BUSY: (
        f"another process has kept the database locked for {BUSY_SECONDS:.0f} seconds",
        "look for a hanging process that has the file open (`fuser <file>`)",
    ),
    sqlite3.SQLITE_IOERR: ("the disk cannot be read or written", "check the disk and the space left on it"),
    sqlite3.SQLITE_TOOBIG: ("a value is larger than the database can hold", "pass large data as an artifact"),
}


#: How SQLite writes what is not the same everywhere.
DIALECT = Dialect(
    whole=blobs.whole,
    listed="SELECT value FROM json_each(?)",
    number="m.value != '' AND m.value NOT GLOB '*[^0-9]*' AND CAST(m.value AS INTEGER) {} ?",
)


class SqliteDatabase:
    """An open database file: one connection that writes, and further ones for streams.

    Safe in threads: writers and short reads take turns, streams run beside them on a snapshot of their own.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file, make it if it does not exist, and bring its tables up to date.

        Raises:
            StoreError: the file cannot be used; the hint says what to do.
        """
        self.path = path
        self._lock = RLock()
        self._written = Written()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        if sqlite3.sqlite_version_info < _OLDEST:
            raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old", "Tiphys needs SQLite 3.37 or later")
        with self._translated():
            _make_file(path)
            self._writer = self._connect()
            try:
                self._prepare(clock)
            except BaseException:
                self._writer.close()
                raise

    @property
    def place(self) -> str:
        """The path of the file."""
        return str(self.path)

    @property
    def dialect(self) -> Dialect:
        """How SQLite writes what is not the same everywhere."""
        return DIALECT

    def keep(self, connection: Connection, value: bytes) -> bytes | str:
        """The value, or the digest of a blob that now exists."""
        return blobs.keep(connection, value)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end of the block, rolled back by any exception.

        Raises:
            StoreError: the disk is full, the file is damaged, …; nothing is written.
        """
        with self._lock, self._translated(), _transaction(self._writer, "BEGIN IMMEDIATE"):
            yield self._writer
        self._written.notify()

    def wait(self, over: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``over`` holds, asked after each write here and every twentieth of a second for other processes.

        False when ``timeout`` seconds pass first.
        """
        return self._written.wait(over, timeout)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction: all queries of the block see the same state.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._lock, self._translated(), _transaction(self._writer, "BEGIN"):
            yield self._writer

    def stream(self, query: str, parameters: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
        """The rows of a query, as of the first one, however long the caller takes; writers are not held up.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._translated():
            connection = self._take()
            cursor = connection.execute(query, parameters)
            try:
                yield from cursor
            finally:
                cursor.close()
                self._give_back(connection)

    def close(self) -> None:
        """Close all connections; may be repeated."""
        with self._lock, self._translated():
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, clock: Clock) -> None:
        with _transaction(self._writer, "BEGIN"):  # another process may be making the tables just now
            version = tables.version_of(self._writer)
        check_known(version, tables.MIGRATIONS, MOVE)
        if version < tables.MIGRATIONS[-1].version:
            self._use_wal()
            with _transaction(self._writer, "BEGIN IMMEDIATE"):
                tables.migrate(self._writer, clock)

    def _use_wal(self) -> None:
        """Switch to WAL; SQLite does not wait by itself while another process is doing the same."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._writer.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if self._closed or self._idle:
                connection.close()
            else:
                self._idle.append(connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise problem(error, self.path, closed=self._closed) from error
        except OSError as error:
            raise StoreError(
                f"the data directory cannot be used: {error.strerror}",
                f"check the path and its permissions, or {MOVE}",
                str(self.path),
            ) from error
        except StoreError as error:
            if error.where is None:
                raise StoreError(error.message, error.hint, str(self.path)) from error
            raise


def problem(error: sqlite3.Error, path: Path, *, closed: bool = False) -> TiphysError:
    """What an error of SQLite means for the person whose file it is."""
    if closed and isinstance(error, sqlite3.ProgrammingError):
        return StoreError("the store is closed", where=str(path))
    code = getattr(error, "sqlite_errorcode", None)
    known = _PROBLEMS.get(code & 0xFF) if code is not None else None
    if known is None:
        return StoreError(f"the database failed: {error}", where=str(path))
    kind = FullError if code is not None and code & 0xFF == sqlite3.SQLITE_FULL else StoreError
    return kind(*known, str(path))


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some errors (disk full) SQLite has rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_file(path: Path) -> None:
    """Make the file for its owner only: parameters and outputs may be confidential.

    A file that is there is not touched, and a new one is closed before it gets its name: closing a file drops all
    POSIX locks that this process has on it, so SQLite's of another connection.  The next process to leave would then
    take itself for the last one and remove the log that this one goes on writing to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        return
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(descriptor)
    try:
        os.link(name, path)
    except FileExistsError:  # somebody else was faster
        pass
    finally:
        Path(name).unlink()

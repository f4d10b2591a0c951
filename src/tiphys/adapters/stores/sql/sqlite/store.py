"""The store in one SQLite file; the default."""

from __future__ import annotations

from pathlib import Path

from tiphys.adapters.stores.sql.sqlite.claims import Claims
from tiphys.adapters.stores.sql.sqlite.database import SqliteDatabase
from tiphys.adapters.stores.sql.store import SqlStore
from tiphys.ports.clock import Clock


class SqliteStore(SqlStore):
    """Implements ``ports.store.Store`` in the SQLite file ``path``; claims stand in ``claims`` beside it.

    Safe in any number of processes on one local file system.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file; make it and its directory, or bring its tables up to date, when necessary.

        Raises:
            StoreError: the file cannot be used: not a database, damaged, read-only, written by a newer Tiphys.
        """
        self.sqlite = SqliteDatabase(path, clock)
        super().__init__(self.sqlite, Claims(path.parent / "claims"))

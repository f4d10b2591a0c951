"""The store that settings name."""

from __future__ import annotations

from tiphys.entrypoints.settings import Settings
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store


def connect(settings: Settings, clock: Clock) -> Store:
    """A connection to the store of the data directory, which is made where there is none.

    Raises:
        StoreError: the database cannot be used.
    """
    from tiphys.adapters.stores.sql.store import SqliteStore

    return SqliteStore(settings.database, clock)


def connect_existing(settings: Settings) -> Store | None:
    """A connection to the store of the data directory, None when there is no database yet.

    Raises:
        StoreError: the database cannot be used.
    """
    from tiphys.adapters.system import SystemClock

    return connect(settings, SystemClock()) if settings.database.exists() else None

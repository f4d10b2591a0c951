"""The store that settings name."""

from __future__ import annotations

from tiphys.entrypoints.settings import Settings
from tiphys.errors import UnsupportedError
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store


def connect(settings: Settings, clock: Clock) -> Store:
    """A connection to the PostgreSQL database of the settings, else to the store of the data directory.

    What is missing is made.

    Raises:
        UsageError: the URL of the database is none.
        UnsupportedError: the driver of PostgreSQL is not installed.
        StoreError: the database cannot be used.
    """
    if settings.database_url is None:
        from tiphys.adapters.stores.sql.sqlite.store import SqliteStore

        return SqliteStore(settings.database, clock)
    try:
        from tiphys.adapters.stores.sql.postgres.store import PostgresStore
    except ImportError as error:
        hint = "pip install 'tiphys[postgres]'"
        raise UnsupportedError(f"the driver of PostgreSQL cannot be loaded: {error}", hint) from None
    url, seconds = settings.database_url.reveal().decode(), settings.lease.total_seconds()
    return PostgresStore(url, clock, server=clock.uid(), lease_seconds=seconds)


def connect_existing(settings: Settings) -> Store | None:
    """A connection to the store, None when the data directory has no database yet and no other is named.

    Raises:
        StoreError: the database cannot be used.
    """
    from tiphys.adapters.system import SystemClock

    if settings.database_url is None and not settings.database.exists():
        return None
    return connect(settings, SystemClock())

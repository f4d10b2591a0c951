"""The store in a PostgreSQL database, which several servers may share."""

from __future__ import annotations

from tiphys.adapters.stores.sql.postgres.database import PostgresDatabase
from tiphys.adapters.stores.sql.postgres.leases import LEASE_SECONDS, Leases
from tiphys.adapters.stores.sql.store import SqlStore
from tiphys.ports.clock import Clock


class PostgresStore(SqlStore):
    """Implements ``ports.store.Store`` in the database of a URL, in a schema of its own."""

    def __init__(self, url: str, clock: Clock, *, server: str, lease_seconds: float = LEASE_SECONDS) -> None:
        """Connect; make the tables or bring them up to date when necessary.

        Args:
            url: ``postgresql://user:password@host:port/database`` with libpq's parameters.
            clock: Says when tables were made.
            server: Names this process among all that use the database; not used before.
            lease_seconds: How long it is taken for alive when it says nothing.

        Raises:
            UsageError: the URL is none.
            StoreError: the database does not answer, or a newer Tiphys has written it.
        """
        database = PostgresDatabase(url, clock)
        super().__init__(database, Leases(database, server, lease_seconds))

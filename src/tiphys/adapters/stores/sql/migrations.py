"""Numbered changes of tables, and which of them a database has."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.adapters.stores.sql.connection import Connection
from tiphys.errors import StoreError
from tiphys.ports.clock import Clock


class Migration(Struct, frozen=True):
    """One numbered change of the tables; released ones are never edited."""

    version: int
    name: str
    statements: tuple[str, ...]


def check_known(version: int, known: Sequence[Migration], hint: str) -> None:
    """Refuse a database that a newer Tiphys has changed.

    Raises:
        StoreError: the database has migrations that this Tiphys does not know.
    """
    latest = known[-1].version
    if version > latest:
        raise StoreError(
            f"the database was written by a newer Tiphys (version {version} of the tables, this one knows {latest})",
            f"upgrade Tiphys, or {hint}",
        )


def apply(connection: Connection, migrations: Sequence[Migration], version: int, clock: Clock) -> None:
    """Apply the migrations after a version; called in a write transaction, with the table ``migrations`` there."""
    for migration in migrations:
        if migration.version > version:
            for statement in migration.statements:
                connection.execute(statement)
            row = (migration.version, migration.name, clock.now().isoformat())
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", row)

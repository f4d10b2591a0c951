"""The statements of the store that read columns of values, in the words of one database."""

from __future__ import annotations

from msgspec import Struct

from tiphys.adapters.stores.sql.connection import Dialect


class Statements(Struct, frozen=True):
    """Begin with the columns that ``SqlStore`` expects; conditions are added."""

    objects: str
    deletions: str
    data: str
    nodes: str
    commands: str


def statements_of(dialect: Dialect) -> Statements:
    """The statements for a database."""
    whole = dialect.whole
    return Statements(
        objects="SELECT id, kind, namespace, name, uid, resource_version, created_at, labels, phase, owners, "
        f"{whole('objects.data')}, started_at, finished_at, progress FROM objects",
        deletions="SELECT 0, kind, namespace, name, uid, version, created_at, labels, phase, owners, "
        f"{whole('deletions.data')}, NULL, NULL, '' FROM deletions",
        data=f"SELECT {whole('objects.data')} FROM objects WHERE id = ?",
        nodes=f"SELECT name, sequence, {whole('nodes.status')}, {whole('nodes.internal')} FROM nodes "
        "WHERE run = (SELECT id FROM objects WHERE uid = ?) ORDER BY sequence, rowid",
        commands=f"SELECT key, {whole('commands.body')} FROM commands "
        "WHERE run = (SELECT id FROM objects WHERE uid = ?) AND performed = 0 ORDER BY id",
    )

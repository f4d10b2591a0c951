"""Values that are too large to stand in a row: kept once each, under the digest of their content.

Rewriting a row copies all of it, so a node with a large output would cost its size at each change of phase.
Triggers count the rows that use a blob (``tables.py``); the last row that lets go removes it, in the same
transaction.
"""

from __future__ import annotations

from tiphys.adapters.stores.sql.connection import INLINE_LIMIT, Connection


def keep(connection: Connection, value: bytes) -> bytes | str:
    """What to write into a value column: the value, or the digest of a blob that now exists.

    The row that uses the digest must be written in the same transaction.
    """
    if len(value) <= INLINE_LIMIT:
        return value
    from hashlib import sha256  # only large values need it

    digest = sha256(value).hexdigest()
    connection.execute(
        "INSERT INTO blobs (digest, size, data) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING",
        (digest, len(value), value),
    )
    return digest


def whole(column: str) -> str:
    """The SQL expression that reads a value column, wherever the value is kept."""
    return (
        f"CASE typeof({column}) WHEN 'text' THEN (SELECT b.data FROM blobs b WHERE b.digest = {column}) "
        f"ELSE {column} END"
    )

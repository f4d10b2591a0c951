"""What the SQL of the store needs of a database; the words are those of Python's DB-API.

Queries are written once: ``?`` and ``:name`` mark parameters, and only what SQLite 3.37 and PostgreSQL 13 both
understand is used.  The few expressions that they write differently are in ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct

from tiphys.ids import WorkflowUid

#: Values of more bytes than this may be kept beside their row.
INLINE_LIMIT = 256 * 1024
Parameters = Sequence[object] | Mapping[str, object]


class Cursor(Protocol):
    """The rows of a query, or how many rows a statement changed."""

    @property
    def rowcount(self) -> int:
        """Rows that were written."""

    def fetchone(self) -> Any:  # noqa: ANN401 - columns of any type, None at the end
        """The next row."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, query: str, parameters: Parameters = (), /) -> Cursor:
        """Run one statement."""

    def executemany(self, query: str, parameters: Iterable[Sequence[object]], /) -> Cursor:
        """Run a statement once for each of the parameters, which must not use the connection while they are made."""


class Dialect(Struct, frozen=True):
    """What databases write differently.

    ``whole`` is the expression that reads a column of values, ``listed`` a subquery of the integers in a JSON array,
    ``number`` a condition on the label ``m`` with one gap for the operator.
    """

    whole: Callable[[str], str]
    listed: str
    number: str


class Database(Protocol):
    """An open database.  Safe in threads: writers take turns, also with those of other processes."""

    @property
    def place(self) -> str:
        """Where it is, for errors; without secrets."""

    @property
    def dialect(self) -> Dialect:
        """How it writes what is not the same everywhere."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A write transaction: committed at the end of the block, rolled back by any exception.

        Raises:
            StoreError: the database failed; nothing is written.
        """

    def reading(self) -> AbstractContextManager[Connection]:
        """A read transaction: all queries of the block see the same state.

        Raises:
            StoreError: the database failed.
        """

    def stream(self, query: str, parameters: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
        """The rows of a query, as of the first one, however long the caller takes; writers are not held up.

        Raises:
            StoreError: the database failed.
        """

    def keep(self, connection: Connection, value: bytes) -> bytes | str:
        """What to write into a column of values, in the same transaction."""

    def wait(self, over: Callable[[], bool], timeout: float) -> bool:
        """Wait until ``over`` holds, asked after each write here and often enough for other processes.

        False when ``timeout`` seconds pass first.
        """

    def close(self) -> None:
        """Close all connections; may be repeated."""


class Claims(Protocol):
    """Who drives which run, in all processes."""

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one that drives a run."""

    def alive(self, uid: WorkflowUid) -> bool:
        """Whether a living process drives a run."""

    def confirm(self, connection: Connection, uid: WorkflowUid) -> None:
        """Refuse a commit of a run that was claimed here and has been taken over since.

        Raises:
            StoreError: somebody else drives it.
        """

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back; unknown ones are ignored."""

    def close(self) -> None:
        """Give all claims back and take no more; may be repeated."""

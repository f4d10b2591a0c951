"""Rows of requests to runs and of events of runs."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.adapters.stores.sql.connection import Connection
from tiphys.errors import NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import KEPT_EVENTS, Answer, RequestRow

_OPEN = (
    "SELECT objects.uid, requests.number, requests.body FROM requests "
    "JOIN objects ON objects.id = requests.run WHERE requests.answer IS NULL ORDER BY requests.number"
)


def ask(connection: Connection, uid: WorkflowUid, body: bytes) -> int:
    """Keep a request and return its number."""
    row = connection.execute("SELECT id FROM objects WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        raise NotFoundError("the workflow was deleted", where=uid)
    [(number,)] = connection.execute(
        "INSERT INTO requests (run, body) VALUES (?, ?) RETURNING number", (row[0], body)
    ).fetchall()
    return int(number)


def open_requests(connection: Connection) -> list[RequestRow]:
    """All requests without an answer, oldest first."""
    rows = connection.execute(_OPEN)
    return [RequestRow(uid=WorkflowUid(uid), number=number, body=body) for uid, number, body in rows]


def answer(connection: Connection, number: int) -> str | None:
    """The answer to a request, None while there is none."""
    row = connection.execute("SELECT answer FROM requests WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise NotFoundError("the request has been answered, or its workflow was deleted")
    text: str | None = row[0]
    return text


def remove(connection: Connection, number: int) -> None:
    """Forget a request whose answer was taken."""
    connection.execute("DELETE FROM requests WHERE number = ?", (number,))


def put_answers(connection: Connection, answers: Sequence[Answer]) -> None:
    """Keep answers until whoever asked takes them."""
    statement = "UPDATE requests SET answer = ? WHERE number = ?"
    connection.executemany(statement, ((answer.text, answer.number) for answer in answers))


def put_events(connection: Connection, run: int, events: Sequence[bytes]) -> None:
    """Add events of a run and let the oldest go."""
    query = "SELECT coalesce(max(number), 0) FROM events WHERE run = ?"
    last: int = connection.execute(query, (run,)).fetchone()[0]
    rows = ((run, last + position, body) for position, body in enumerate(events, start=1))
    connection.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)
    limit = last + len(events) - KEPT_EVENTS
    connection.execute("DELETE FROM events WHERE run = ? AND number <= ?", (run, limit))


def events(connection: Connection, uid: WorkflowUid) -> list[bytes]:
    """The events of a run, oldest first."""
    query = "SELECT body FROM events WHERE run = (SELECT id FROM objects WHERE uid = ?) ORDER BY number"
    return [body for (body,) in connection.execute(query, (uid,))]

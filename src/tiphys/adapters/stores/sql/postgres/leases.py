"""One server per run: a server lives as long as it renews its lease, by the clock of the database.

A run that a server claims is a row that names it.  When the server stays away for the length of the lease its runs
may be claimed by others; it hears of that at its next commit of such a run, which is refused.
"""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread

from tiphys.adapters.stores.sql.connection import Connection
from tiphys.adapters.stores.sql.postgres.database import PostgresDatabase
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid

_LOG = logging.getLogger(__name__)
#: How long a server that says nothing is taken for alive.
LEASE_SECONDS = 15.0
#: So often within that time it renews its lease.
_RENEWALS = 5
_UNTIL = "clock_timestamp() + make_interval(secs => ?)"
_RENEW = f"INSERT INTO servers VALUES (?, {_UNTIL}) ON CONFLICT (id) DO UPDATE SET until = excluded.until"
_LIVES = "EXISTS (SELECT 1 FROM servers s WHERE s.id = claims.server AND s.until > clock_timestamp())"
_CLAIM = (
    "INSERT INTO claims VALUES (?, ?) ON CONFLICT (uid) DO UPDATE SET server = excluded.server "
    f"WHERE claims.server = excluded.server OR NOT {_LIVES}"
)
_CLEAN = (f"DELETE FROM claims WHERE NOT {_LIVES}", "DELETE FROM servers WHERE until < clock_timestamp()")


class Leases:
    """The claims of one store, which is one server to the others; ``server`` names it and is never used again."""

    def __init__(self, database: PostgresDatabase, server: str, seconds: float = LEASE_SECONDS) -> None:
        self._database = database
        self._server = server
        self._seconds = seconds
        self._lock = Lock()
        self._held: set[WorkflowUid] = set()
        self._over = Event()
        self._renewer: Thread | None = None

    def claim(self, uid: WorkflowUid) -> bool:
        """Become the one that drives a run; false when somebody does it, another part of this process included.

        Raises:
            StoreError: the database does not answer.
        """
        with self._lock:
            if self._over.is_set():
                raise StoreError("the store is closed", where=self._database.place)
            if uid in self._held:
                return False
            self._live()
            with self._database.stating() as connection:
                mine = connection.execute(_CLAIM, (uid, self._server)).rowcount == 1
            if mine:
                self._held.add(uid)
            return mine

    def alive(self, uid: WorkflowUid) -> bool:
        """Whether a server that lives drives a run."""
        with self._lock:
            if uid in self._held:
                return True
        with self._database.reading() as connection:
            found = connection.execute(f"SELECT 1 FROM claims WHERE uid = ? AND {_LIVES}", (uid,)).fetchone()
        return found is not None

    def confirm(self, connection: Connection, uid: WorkflowUid) -> None:
        """Refuse a commit of a run that another server has taken over; until the commit nobody can do so.

        Raises:
            StoreError: it was taken over.
        """
        with self._lock:
            if uid not in self._held:
                return
        query = "SELECT 1 FROM claims WHERE uid = ? AND server = ? FOR SHARE"
        if connection.execute(query, (uid, self._server)).fetchone() is None:
            raise StoreError(
                "another server has taken the workflow over",
                "this one was away for too long: was it stopped, or the database out of reach?",
                self._database.place,
            )

    def release(self, uid: WorkflowUid) -> None:
        """Give a claim back; when the database does not answer it ends with the lease."""
        with self._lock:
            if uid in self._held:
                self._held.discard(uid)
                self._try("DELETE FROM claims WHERE uid = ? AND server = ?", (uid, self._server))

    def close(self) -> None:
        """Give all claims back and take no more; may be repeated."""
        with self._lock:
            if self._over.is_set():
                return
            self._over.set()
            self._held.clear()
            renewer = self._renewer
        if renewer is not None:
            renewer.join()
            self._try("DELETE FROM claims WHERE server = ?", (self._server,))
            self._try("DELETE FROM servers WHERE id = ?", (self._server,))

    def _live(self) -> None:
        """Begin to renew the lease."""
        if self._renewer is None:
            with self._database.stating() as connection:
                connection.execute(_RENEW, (self._server, self._seconds))
                for statement in _CLEAN:
                    connection.execute(statement)
            self._renewer = Thread(target=self._renew, name="lease", daemon=True)
            self._renewer.start()

    def _renew(self) -> None:
        while not self._over.wait(self._seconds / _RENEWALS):
            self._try(_RENEW, (self._server, self._seconds))

    def _try(self, statement: str, parameters: tuple[object, ...]) -> None:
        try:
            with self._database.stating() as connection:
                connection.execute(statement, parameters)
        except StoreError as error:
            _LOG.warning("the lease: %s", error.message)

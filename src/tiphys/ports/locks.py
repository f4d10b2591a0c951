"""Where locks are kept: who holds and who waits, one row for each lock of each holder.

Locks are asked for and given back in the commit of the step that does it (``RunCommit``); between steps ``acquire``
lets a run that waits try again.  A run that ends or is deleted leaves no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from tiphys.core.locking.status import LockRow
from tiphys.ids import WorkflowUid


class LockRequest(Struct, frozen=True, kw_only=True):
    """All locks that one holder of a run wants, with their present capacities.

    ``holder`` is a node's id or one of the names in ``core.locking.names``, ``node`` the node's name.
    """

    holder: str
    node: str
    sequence: int
    priority: int
    locks: tuple[tuple[str, int], ...]


class LockState(Struct, frozen=True, kw_only=True):
    """What has become of a request: ``held``, or the first lock that it waits for with its free slots.

    ``deadlock`` tells that it can never be granted, because whoever holds its locks waits for it.
    """

    holder: str
    held: bool
    lock: str = ""
    free: int = 0
    capacity: int = 0
    deadlock: bool = False


class LockTable(Protocol):
    """Locks of all runs.  Who may take one is decided by ``core.locking.queue``, in one transaction."""

    def acquire(
        self, uid: WorkflowUid, capacities: Mapping[str, int], *, holders: Sequence[str] | None = None, most: int = 64
    ) -> Sequence[LockState]:
        """Let the requests of a run that wait take their locks if it is their turn, and say what becomes of each.

        All locks of a request are taken, or none; what is not asked about takes nothing.  A request counts in the
        queue only while a living process claims its run; a holder keeps its locks until they are given back, however
        its process dies.

        Args:
            uid: The run.
            capacities: The present limits of locks that the run waits for; others are as they were.
            holders: Ask about these, also when they hold their locks already; None: about the first that wait.
            most: How many those are.
        """

    def rows(self, uid: WorkflowUid) -> Sequence[LockRow]:
        """What a run holds and waits for, and the holders of the locks that it waits for, in order."""

    def waits(self, uid: WorkflowUid) -> Sequence[str]:
        """The locks that a run waits for."""

    def deadlocks(self, uid: WorkflowUid) -> Sequence[LockState]:
        """The request that must give up to end a deadlock, if it is one of this run's.

        Quick when the run holds nothing.
        """

    def used(self, lock: str) -> bool:
        """Whether anybody holds or waits for a lock."""

    def version(self) -> int:
        """A number that grows whenever a lock is given back or a limit changes, whichever process does it."""

    def limit(self, key: str) -> int | None:
        """The limit of a database semaphore; ``key`` is ``<namespace>/<key>``."""

    def limits(self) -> Mapping[str, int]:
        """All limits of database semaphores by key."""

    def set_limit(self, key: str, size: int) -> None:
        """Set the limit of a database semaphore; slots that are taken stay taken."""

    def delete_limit(self, key: str) -> bool:
        """Forget a limit; False when there is none."""

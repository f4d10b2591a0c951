"""One controller per run: locks that the kernel frees when their process dies."""

from __future__ import annotations

import fcntl
import os
import re
import time
import weakref
from hashlib import sha256
from pathlib import Path
from threading import Lock

from tiphys.adapters.stores.sql.connection import Connection
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid

_PLAIN = r"(?a)[0-9A-Za-z][0-9A-Za-z-]{0,99}"
#: How often, and after which pause, a lock is tried again that may only be looked at.
_TRIES, _PAUSE_SECONDS = 10, 0.001
_instances: weakref.WeakSet[Claims] = weakref.WeakSet()
_fork_hook = False


class Claims:
    """Claims of one store: an exclusive ``flock`` on a file of its own for each run.

    The lock belongs to the open file, so another ``Claims`` in this process is refused like another process.
    Children that are started inherit no lock: the files close on exec, and on fork by a hook.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = Lock()
        self._held: dict[WorkflowUid, int] = {}
        self._closed = False
        _close_in_children(self)

    def claim(self, uid: WorkflowUid) -> bool:
        """Take the lock of a run; false when somebody has it, these claims themselves included.

        Raises:
            StoreError: the lock file cannot be made.
        """
        with self._lock:
            if self._closed:
                raise StoreError("the store is closed", where=str(self._directory.parent))
            if uid in self._held:  # another part of this process drives the run
                return False
            try:
                descriptor = self._locked(self._path(uid))
            except OSError as error:
                raise StoreError(
                    f"cannot lock the run: {error.strerror}",
                    "the data directory must be on a local, writable file system",
                    str(self._path(uid)),
                ) from error
            if descriptor is None:
                return False
            self._held[uid] = descriptor
            return True

    def alive(self, uid: WorkflowUid) -> bool:
        """Whether a living process, this one or another, has the lock of a run."""
        with self._lock:
            if uid in self._held:
                return True
        try:
            descriptor = os.open(self._path(uid), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            # A shared lock, held for an instant: ``claim`` tries again when it meets one.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(descriptor)

    def confirm(self, connection: Connection, uid: WorkflowUid) -> None:
        """Nothing to confirm: a lock of the kernel cannot be lost while its process lives."""

    def release(self, uid: WorkflowUid) -> None:
        """Give a lock back and remove its file; a lock that is not held is ignored."""
        with self._lock:
            descriptor = self._held.pop(uid, None)
            if descriptor is not None:
                # Removed while still locked: whoever opened it before finds out in ``_locked`` and opens anew.
                self._path(uid).unlink(missing_ok=True)
                os.close(descriptor)

    def close(self) -> None:
        """Give all locks back and take no more; may be repeated."""
        self._closed = True
        for uid in list(self._held):
            self.release(uid)

    def forget(self) -> None:
        """In a forked child: close the inherited files; the parent keeps its locks."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()
        self._lock = Lock()

    def _path(self, uid: WorkflowUid) -> Path:
        """A uid from outside may hold anything, also slashes: such a one is named by its digest."""
        plain = re.fullmatch(_PLAIN, uid)
        return self._directory / (uid if plain else f"sha256-{sha256(uid.encode()).hexdigest()}")

    def _locked(self, path: Path) -> int | None:
        """An open file that holds the lock, or None when somebody else holds it."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                _lock_soon(descriptor)
                if _names(path, descriptor):
                    return descriptor
            except BlockingIOError:
                os.close(descriptor)
                return None
            except OSError:
                os.close(descriptor)
                raise
            os.close(descriptor)


def _lock_soon(descriptor: int) -> None:
    """Lock an open file; somebody who only looks at it (``alive``) is waited for.

    Raises:
        BlockingIOError: somebody else holds the lock.
    """
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _names(path: Path, descriptor: int) -> bool:
    """Whether the path still leads to the open file; not when its holder released it in the meantime."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _close_in_children(claims: Claims) -> None:
    """Make ``fork`` close the locks in the child: a supervisor that outlives us must not keep them."""
    global _fork_hook  # noqa: PLW0603 - one hook per process
    _instances.add(claims)
    if not _fork_hook:
        _fork_hook = True
        os.register_at_fork(after_in_child=_forget_all)


def _forget_all() -> None:
    for claims in list(_instances):
        claims.forget()

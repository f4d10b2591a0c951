"""What runs on this machine, read from ``/proc``.

A tree of processes is named by where it starts.  Processes that left the tree (daemons that forked twice, a new
session) are found by a mark in their environment; inside a sandbox nobody can leave, because the kernel ends a pid
namespace as a whole.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable

#: Environment variable that marks the processes of an unsandboxed container.
MARK = "TIPHYS_CONTAINER"
#: How often it is looked for processes that are to die, how often for one that shows no mark yet, and the time between.
_ROUNDS, _LOOKS, _PAUSE_SECONDS = 200, 10, 0.002


def descendants(root: int) -> list[int]:
    """Every living process below ``root``, without ``root``; parents before their children."""
    found: dict[int, None] = {}
    level = [root]
    while level:
        level = [child for pid in level for child in children(pid) if child not in found]
        found.update(dict.fromkeys(level))
    return list(found)


def children(pid: int) -> list[int]:
    """The direct children of a process; none if it is gone."""
    result: list[int] = []
    for task in _entries(f"/proc/{pid}/task"):
        result.extend(int(word) for word in _read(f"/proc/{pid}/task/{task}/children").split())
    return result


def own_children() -> set[int]:
    """The children of this process, which has one thread: with orphans that it adopted."""
    own = os.getpid()
    return {int(word) for word in _read(f"/proc/{own}/task/{own}/children").split()}


def marked(mark: str) -> set[int]:
    """Every process whose environment carries ``MARK=mark``, and all their descendants."""
    needle = f"{MARK}={mark}".encode()
    own = os.getpid()
    found: set[int] = set()
    for entry in _entries("/proc"):
        if entry.isdigit() and int(entry) != own and needle in _read(f"/proc/{entry}/environ").split(b"\0"):
            found.add(int(entry))
    for pid in list(found):
        found.update(descendants(pid))
    return found


def terminate(members: Callable[[], Iterable[int]]) -> bool:
    """SIGTERM to all ``members``, again until there are no new ones; false if there was none.

    They are told in the order given, parents first: a shell whose command ends before it was told itself would go on
    with its next command.
    """
    told: set[int] = set()
    while fresh := [pid for pid in members() if pid not in told]:
        signal_all(fresh, signal.SIGTERM)
        told.update(fresh)
    return bool(told)


def signal_all(pids: Iterable[int], number: int) -> None:
    """Send a signal to each process, in order; those that are gone or not ours are passed over, and 0: it is nobody."""
    for pid in filter(None, pids):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def kill_marked(mark: str) -> None:
    """SIGKILL to every marked process, again until none is left; gives up after some tenths of a second.

    A process that just begins another program shows no environment, so nobody can say whose it is: while there is one
    below this process it is looked again, a few times, since an environment may be empty for good.
    """
    for number in range(_ROUNDS):
        living = [pid for pid in marked(mark) if not is_zombie(pid)]
        signal_all(living, signal.SIGKILL)
        if not living and (number >= _LOOKS or not any(map(_is_beginning, descendants(os.getpid())))):
            return
        time.sleep(_PAUSE_SECONDS)


def _is_beginning(pid: int) -> bool:
    return not _read(f"/proc/{pid}/environ") and not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Whether the process is dead already (or gone) and only waits to be reaped."""
    stat = _read(f"/proc/{pid}/stat")
    return not stat or stat.rpartition(b")")[2].split()[:1] in ([b"Z"], [b"X"])


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that daemons of containers stay in sight.

    Linux only; where the call is missing, orphans are found by their mark alone.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _entries(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError:
        return []


def _read(path: str) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        data = b""
        while block := os.read(fd, 65536):
            data += block
        return data
    except OSError:
        return b""
    finally:
        os.close(fd)

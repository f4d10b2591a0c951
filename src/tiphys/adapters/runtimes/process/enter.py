"""Running one more command inside a sandbox that runs: for probes, hooks and a person who looks around.

The command joins the namespaces of the sandbox and keeps no more capabilities than the sandbox's own programs have.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence

from tiphys.adapters.runtimes.process.sandbox import CAPABILITY_NUMBERS, DEFAULT_PATH

_NAMESPACES = ("user", "ipc", "uts", "net", "pid", "mnt")
_PATIENCE = 5.0
_PAUSE = 0.01
_CANNOT = 126
_NOT_FOUND = 127
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_LAST_CAPABILITY = 63


def enter(first: Callable[[], int], argv: Sequence[str], env: Mapping[str, str], cwd: str) -> int:
    """Run ``argv`` in the namespaces of the process ``first()``, which may still be starting; its exit code.

    To be called in a process of its own: it changes namespaces, root and capabilities of the caller.
    """
    # Before the root changes: nothing that lies in the sandbox may be imported.
    import ctypes  # noqa: F401 - loaded for later, see above

    from tiphys.adapters.supervisor.terminal import exit_code, take_terminal

    end = time.monotonic() + _PATIENCE
    while not _has_root(first()):
        if time.monotonic() > end:
            return _CANNOT
        time.sleep(_PAUSE)
    _join(first())
    pid = os.fork()  # only children are members of the joined pid namespace
    if pid == 0:
        _become(argv, env, cwd, take_terminal)
    return exit_code(os.waitpid(pid, 0)[1])


def _has_root(pid: int) -> bool:
    """Whether the sandbox is built: its first process has started the user's program."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:
            return bool(pid and file.read().strip())
    except OSError:
        return False


def _join(pid: int) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    root = os.open(f"/proc/{pid}/root", os.O_PATH | os.O_CLOEXEC)
    joined = []
    for name in _NAMESPACES:
        path = f"/proc/{pid}/ns/{name}"
        if os.readlink(path) != os.readlink(f"/proc/self/ns/{name}"):
            joined.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    for fd in joined:
        if libc.setns(fd, 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.close(fd)
    os.fchdir(root)
    os.chroot(".")
    os.close(root)


def _become(argv: Sequence[str], env: Mapping[str, str], cwd: str, take_terminal: Callable[[], None]) -> None:
    import ctypes

    try:
        libc = ctypes.CDLL(None)
        for number in range(_LAST_CAPABILITY + 1):
            if number not in CAPABILITY_NUMBERS:
                libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        take_terminal()
        os.chdir(cwd)
        os.execvpe(argv[0], list(argv), {"PATH": DEFAULT_PATH, **env})
    except FileNotFoundError:
        os._exit(_NOT_FOUND)
    except BaseException:
        os._exit(_CANNOT)

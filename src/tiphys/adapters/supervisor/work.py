"""The executor at work for a pod: artifacts before its start and after its end, in a process that may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

from tiphys.adapters.executor.job import Result, command, read_result, write_result
from tiphys.adapters.supervisor.launcher import Host

_SAID_BYTES = 65_536
#: The descriptor by which the program knows that the supervisor lives.
_TETHER = 3


class Work:
    """One job of the executor.  ``done`` is called once; the result is kept at ``result``."""

    def __init__(self, host: Host, job: bytes, result: str, done: Callable[[Result], None]) -> None:
        self._host = host
        self._job = job
        self._result = result
        self._done = done
        self._pid = 0
        self._said = -1
        self._tether = -1

    def begin(self) -> None:
        """Start the program; the job, with its credentials, goes through memory."""
        job = os.memfd_create("tiphys-job")
        held, self._tether = os.pipe2(os.O_CLOEXEC)
        try:
            _write(job, self._job)
            os.lseek(job, 0, os.SEEK_SET)
            self._said = os.memfd_create("tiphys-said")
            actions = [
                (os.POSIX_SPAWN_DUP2, job, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, self._said, 2),
                (os.POSIX_SPAWN_DUP2, held, _TETHER),
            ]
            argv = command("-", self._result, _TETHER)
            environment = os.environ  # noqa: TID251 - handed on, not read: proxies and ambient credentials
            self._pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions, setsid=True)
        except OSError as error:
            self._finish(Result(error=f"the executor cannot be started: {error.strerror or error}"))
        else:
            self._host.adopt(self._pid, self._ended)
        finally:
            os.close(job)
            os.close(held)

    def kill(self) -> None:
        """End it now."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def _ended(self, status: int) -> None:
        self._pid = 0
        self._finish(read_result(self._result, status, os.pread(self._said, _SAID_BYTES, 0)))

    def _finish(self, result: Result) -> None:
        for fd in (self._said, self._tether):
            if fd >= 0:
                os.close(fd)
        with contextlib.suppress(OSError):
            write_result(self._result, result)
        self._done(result)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]

"""The controller's end of the line to the supervisor: finds it, or starts it."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import msgspec

from tiphys.adapters.supervisor.address import SOCKET, at_directory
from tiphys.adapters.supervisor.crash import record_crash
from tiphys.adapters.supervisor.records import Reply, Request
from tiphys.errors import PodRuntimeError

_BLOCK = 1 << 18
_PATIENCE = 10.0
_ATTEMPTS = 5
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Reply).decode


class Connection:
    """A line to the supervisor of ``home`` that mends itself.

    ``greet`` is called with each new line: it says again what the supervisor may not have heard.
    """

    def __init__(self, home: str, greet: Callable[[], None]) -> None:
        self._home = home
        self._greet = greet
        self._socket: socket.socket | None = None
        self._received = b""
        self._silent = 0

    @property
    def open(self) -> bool:
        """Whether there is a line now."""
        return self._socket is not None

    def ensure(self) -> None:
        """Have a line; starts a supervisor when none lives.

        Raises:
            PodRuntimeError: None can be started, or each one ends at once.
        """
        while self._socket is None:
            self._silent += 1
            if self._silent > _ATTEMPTS:
                raise PodRuntimeError(
                    "the supervisor of containers ends as soon as it is started",
                    f"see {self._home}/supervisor.log",
                )
            self._socket = connect(self._home) or _start(self._home)
            self._received = b""
            self._greet()

    def find(self) -> bool:
        """Have a line to a supervisor that lives already; false if none does."""
        if self._socket is None:
            self._socket = connect(self._home)
            if self._socket is not None:
                self._received = b""
                self._greet()
        return self._socket is not None

    def send(self, request: Request) -> None:
        """Say something if there is a line; a broken line is mended by the next ``receive`` or ``ensure``."""
        if self._socket is not None:
            try:
                self._socket.sendall(_encode(request) + b"\n")
            except OSError:
                self.close()

    def receive(self, timeout: float | None, wake: int) -> list[Reply]:
        """Wait for replies, ``timeout`` seconds or something to read on ``wake``; may return nothing."""
        poller = select.poll()
        poller.register(wake, select.POLLIN)
        if self._socket is not None:
            poller.register(self._socket, select.POLLIN)
        ready = poller.poll(None if timeout is None else max(0, int(timeout * 1000 + 0.999)))
        if self._socket is None or not any(fd != wake for fd, _ in ready):
            return []
        try:
            data = self._socket.recv(_BLOCK)
        except OSError:
            data = b""
        if not data:
            self.close()
            return []
        self._silent = 0
        *lines, self._received = (self._received + data).split(b"\n")
        return [_decode(line) for line in lines]

    def close(self) -> None:
        """Hang up; idempotent."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def connect(home: str) -> socket.socket | None:
    """A line to the living supervisor of ``home``; None if there is none."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    with contextlib.suppress(OSError), at_directory(home) as near:
        line.connect(f"{near}/{SOCKET}")
        return line
    line.close()
    return None


def _start(home: str) -> socket.socket:
    if len(os.listdir("/proc/self/task")) > 1:
        return _start_program(home)
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _become_supervisor(home, theirs)
    theirs.close()
    os.waitpid(pid, 0)
    return ours


def _start_program(home: str) -> socket.socket:
    """A process with threads must not fork without a fresh program: locks of other threads would stay locked."""
    text = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import main; main({home!r})"
    environment = os.environ  # noqa: TID251 - handed on, not read
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", text], environment, setsid=True)
    os.waitpid(pid, 0)
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        line = connect(home)
        if line is not None:
            return line
        time.sleep(0.01)
    raise PodRuntimeError("the supervisor of containers did not start", f"see {home}/supervisor.log")


def main(home: str) -> NoReturn:
    """Be the supervisor; the entry point of a fresh interpreter."""
    _become_supervisor(home, None)


def _become_supervisor(home: str, line: socket.socket | None) -> NoReturn:
    """Leave the controller behind: twice forked, own session, nothing of its descriptors or signals kept."""
    try:
        with contextlib.suppress(PermissionError):
            os.setsid()
        if os.fork():
            os._exit(0)
        gc.freeze()  # objects of the controller must never be finalised here: their descriptors are ours now
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        kept = _keep_only(line.detach() if line is not None else None)
        with contextlib.suppress(OSError):
            comm = os.open("/proc/self/comm", os.O_WRONLY)
            os.write(comm, b"tiphys-superv")
            os.close(comm)
        from tiphys.adapters.supervisor.serving import serve  # most of this package, of no use to a controller

        serve(home, socket.socket(fileno=kept) if kept is not None else None)
    except BaseException:
        record_crash(home)
        os._exit(1)
    os._exit(0)


def _keep_only(kept: int | None) -> int | None:
    """Close every descriptor but one; 0 to 3 become the null device (3 is what sandboxes report on)."""
    moved = None if kept is None else fcntl.fcntl(kept, fcntl.F_DUPFD_CLOEXEC, 4)
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(4):
        if number != null:
            os.dup2(null, number, inheritable=number < 3)
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 3 and number != moved:
            with contextlib.suppress(OSError):
                os.close(number)
    return moved

"""A command for a person, in a process of its own: with a terminal of its own when this one has one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import termios
import tty
from collections.abc import Callable, Iterator
from types import FrameType

_BLOCK = 1 << 16
_FAILED = 126


def in_own_process(work: Callable[[], int]) -> int:
    """Do ``work``, which may become another program, in a child; its exit code, 128 + signal if it was killed.

    What runs in a sandbox gets a new terminal and never this one: it could push characters into it.
    """
    return _in_terminal(work) if os.isatty(0) and os.isatty(1) else _plainly(work)


def exit_code(status: int) -> int:
    """The exit code that a shell would show for ``status`` of ``os.waitpid``: 128 + signal for what was killed."""
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def take_terminal() -> None:
    """Make a terminal that is stdin and that nobody controls the caller's own, so that shells have job control.

    It is for the innermost process: one outside of its pid namespace could not be named there.
    """
    if not os.isatty(0):
        return
    try:
        os.tcgetpgrp(0)
    except OSError:
        with contextlib.suppress(OSError):
            os.setsid()
        with contextlib.suppress(OSError):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def raw_terminal(resized: Callable[[], None]) -> Iterator[None]:
    """Hand on every key as it is typed while this lasts; ``resized`` is called when the window changes."""

    def changed(_number: int, _frame: FrameType | None) -> None:
        resized()

    former = termios.tcgetattr(0)
    handler = signal.signal(signal.SIGWINCH, changed)
    try:
        tty.setraw(0, termios.TCSADRAIN)  # what was typed ahead is kept
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, former)
        signal.signal(signal.SIGWINCH, handler)


def _plainly(work: Callable[[], int]) -> int:
    pid = os.fork()
    if pid == 0:
        _child(work)
    with _ignoring(signal.SIGINT):  # it is the child's to answer
        return exit_code(os.waitpid(pid, 0)[1])


def _in_terminal(work: Callable[[], int]) -> int:
    master, slave = os.openpty()
    os.set_inheritable(master, False)
    _copy_size(master)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number in range(3):
            os.dup2(slave, number)
        _child(work)
    os.close(slave)
    try:
        with raw_terminal(lambda: _copy_size(master)):
            _relay(master)
    finally:
        os.close(master)
    return exit_code(os.waitpid(pid, 0)[1])


def _child(work: Callable[[], int]) -> None:
    code = _FAILED
    try:
        code = work()
    except OSError as error:
        os.write(2, f"{error.filename or 'sandbox'}: {error.strerror or error}\n".encode())
    finally:
        os._exit(code)


def _relay(master: int) -> None:
    """Pass everything on until the other side hangs up."""
    sources = [master, 0]
    while True:
        for source in select.select(sources, [], [])[0]:
            try:
                data = os.read(source, _BLOCK)
            except OSError:  # the last process in the terminal has ended
                data = b""
            if not data and source == master:
                return
            if not data:
                sources.remove(0)
                continue
            _write(1 if source == master else master, data)


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _copy_size(master: int) -> None:
    with contextlib.suppress(OSError):
        size = fcntl.ioctl(0, termios.TIOCGWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        fcntl.ioctl(master, termios.TIOCSWINSZ, size)


@contextlib.contextmanager
def _ignoring(number: signal.Signals) -> Iterator[None]:
    former = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, former)

"""A command for a person beside a container's own: in its sandbox while it runs, or in what was kept of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NoReturn

from tiphys.adapters.runtimes.process.bodies import in_memory, locate
from tiphys.adapters.runtimes.process.enter import enter
from tiphys.adapters.runtimes.process.sandbox import DATA_FD, DEFAULT_PATH, STATUS_FD
from tiphys.adapters.supervisor.records import ProcessLaunch
from tiphys.adapters.supervisor.terminal import take_terminal

#: Gives the first process in a sandbox its terminal; without it there is one, but no job control.
_TAKE_TERMINAL = ("/usr/bin/setsid", "--ctty", "--wait")


def enter_running(launch: ProcessLaunch, pid: int, argv: Sequence[str]) -> int:
    """Run a command beside the container whose first process is ``pid``; to be called in a process of its own."""
    if not launch.sandboxed:
        _bare(launch, argv)
    return enter(lambda: pid, argv, launch.env, launch.cwd)


def enter_kept(launch: ProcessLaunch, argv: Sequence[str]) -> NoReturn:
    """Become a command in what an ended container left: same mounts, variables, directory and user."""
    if not launch.sandboxed:
        _bare(launch, argv)
    end = launch.argv.index("--")
    for number, item in enumerate(launch.data, DATA_FD):
        os.dup2(in_memory(item.data, above=DATA_FD + len(launch.data)), number)
    os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), STATUS_FD)
    taking = _TAKE_TERMINAL if os.isatty(0) and os.path.exists(_TAKE_TERMINAL[0]) else ()
    words = [*launch.argv[: end + 1], *taking, *argv]
    os.execve(words[0], words, {"PATH": DEFAULT_PATH, **launch.env})


def _bare(launch: ProcessLaunch, argv: Sequence[str]) -> NoReturn:
    take_terminal()
    os.chdir(launch.cwd)
    program = locate(argv[0], launch.env.get("PATH", DEFAULT_PATH), launch.cwd)
    os.execve(program, list(argv), launch.env)

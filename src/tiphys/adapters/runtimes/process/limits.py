"""Limits of memory and processor: control groups where this user may make them, else limits of the process.

A container without limits costs nothing here.  One with limits is started by a shell that first moves itself into
the group (or lowers its own limits) and then becomes the container.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time

from tiphys.adapters.supervisor.records import Limits

_SHELL = "/bin/sh"
_V1 = "/sys/fs/cgroup/memory"
_V1_CPU = "/sys/fs/cgroup/cpu"
_V2 = "/sys/fs/cgroup"
_PERIOD = 100_000
_ATTEMPTS = 50
_numbers = itertools.count(1)


class Group:
    """The limits of one container while it runs."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._folders: list[str] = []
        self._events = ""

    def wrap(self, program: str, argv: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The program and words that start the container within its limits."""
        if self._limits is None or (self._limits.memory is None and self._limits.cpu is None):
            return program, argv
        self._make(self._limits)
        lines = [f"echo $$ > {folder}/cgroup.procs" for folder in self._folders]
        if self._limits.memory is not None and not self._events:
            lines.append(f"ulimit -v {max(1, self._limits.memory // 1024)}")
        return _SHELL, (_SHELL, "-c", "; ".join([*lines, 'exec "$@"']), "sh", program, *argv[1:])

    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process because the memory was used up."""
        if not self._events:
            return False
        with contextlib.suppress(OSError):
            for line in _read(self._events).splitlines():
                name, _, value = line.partition(" ")
                if name == "oom_kill" and value.strip() not in {"", "0"}:
                    return True
        return False

    def remove(self) -> None:
        """Remove the groups; their processes are gone, or about to be."""
        for folder in self._folders:
            for _ in range(_ATTEMPTS):
                with contextlib.suppress(FileNotFoundError):
                    try:
                        os.rmdir(folder)
                    except OSError:
                        time.sleep(0.001)
                        continue
                break
        self._folders.clear()

    def _make(self, limits: Limits) -> None:
        name = f"tiphys-{os.getpid()}-{next(_numbers)}"
        if os.path.exists(f"{_V2}/cgroup.controllers"):
            self._make_unified(f"{_V2}/{name}", limits)
            return
        if limits.memory is not None and self._folder(
            f"{_V1}/{name}",
            {"memory.limit_in_bytes": str(limits.memory), "memory.memsw.limit_in_bytes": str(limits.memory)},
        ):
            self._events = f"{_V1}/{name}/memory.oom_control"
        if limits.cpu is not None:
            quota = str(max(1000, int(limits.cpu * _PERIOD)))
            self._folder(f"{_V1_CPU}/{name}", {"cpu.cfs_period_us": str(_PERIOD), "cpu.cfs_quota_us": quota})

    def _make_unified(self, folder: str, limits: Limits) -> None:
        values: dict[str, str] = {}
        if limits.memory is not None:
            values |= {"memory.max": str(limits.memory), "memory.swap.max": "0", "memory.oom.group": "1"}
        if limits.cpu is not None:
            values["cpu.max"] = f"{max(1000, int(limits.cpu * _PERIOD))} {_PERIOD}"
        if self._folder(folder, values) and limits.memory is not None:
            self._events = f"{folder}/memory.events"

    def _folder(self, folder: str, values: dict[str, str]) -> bool:
        """Make a group; false where this user may not, or where the first value cannot be set."""
        try:
            os.mkdir(folder, 0o755)
        except OSError:
            return False
        for number, (name, value) in enumerate(values.items()):
            try:
                fd = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CLOEXEC)
                try:
                    os.write(fd, value.encode())
                finally:
                    os.close(fd)
            except OSError:
                if number == 0:
                    with contextlib.suppress(OSError):
                        os.rmdir(folder)
                    return False
        self._folders.append(folder)
        return True


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()

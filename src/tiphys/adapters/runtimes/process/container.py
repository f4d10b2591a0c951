"""One container in the supervisor: a spawned process tree, its output and its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec

from tiphys.adapters.runtimes.process import processes
from tiphys.adapters.runtimes.process.layout import RESULT_BYTES
from tiphys.adapters.runtimes.process.logfile import LogWriter
from tiphys.adapters.runtimes.process.records import ContainerPlan, ContainerState
from tiphys.adapters.runtimes.process.sandbox import DEFAULT_PATH, STATUS_FD

_BLOCK = 1 << 16
_DRAIN_ROUNDS = 64
_RETRY = 0.02
_SANDBOX_SAYS = b"bwrap: "
#: Signals that Python ignores or that the supervisor handles; a container starts with their defaults.
_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Exit code of a container that could not be started, as Kubernetes has it.
START_ERROR = 128


class Host(Protocol):
    """What a container and a pod need of the loop that they live in."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def watch(self, fd: int, callback: Callable[[], object]) -> None:
        """Call back whenever ``fd`` can be read or was closed at the other end."""

    def unwatch(self, fd: int) -> None:
        """Stop watching; before the descriptor is closed."""

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back once, later."""

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None:
        """Call back with the exit code (or minus the signal) when the child ``pid`` ended."""

    def adopted(self) -> set[int]:
        """The children that are containers."""


class Container:
    """Spawned once, ends once; ``ended`` is called then."""

    def __init__(self, plan: ContainerPlan, log: str, host: Host, ended: Callable[[Container], None]) -> None:
        self.plan = plan
        self.state = ContainerState(name=plan.name, role=plan.role)
        self.tail: bytearray | None = None
        self._host = host
        self._ended = ended
        self._log = LogWriter(log)
        self._pid = 0
        self._status = -1
        self._streams: dict[bytes, int] = {}
        self._held: bytes | None = b"" if plan.sandboxed else None
        self._killed = False
        self._kill_at: float | None = None

    @property
    def running(self) -> bool:
        """Whether it was spawned and has not ended."""
        return self.state.state == "running"

    def spawn(self) -> None:
        """Start the process; a failure ends the container at once with ``StartError``."""
        now = self._host.now()
        self.state = msgspec.structs.replace(self.state, state="running", started_at=now)
        for path in self.plan.genuine:
            if os.path.realpath(path) != path:
                return self._finish(START_ERROR, "StartError", f"subPath {path!r} is a link")
        try:
            self._pid = self._spawn()
        except OSError as error:
            return self._finish(START_ERROR, "StartError", _start_error(self.plan.program, error.strerror or ""))
        return self._host.adopt(self._pid, self._reaped)

    def end_without_start(self, code: int, message: str) -> None:
        """Let it end with ``code`` without ever running."""
        now = self._host.now()
        self.state = msgspec.structs.replace(self.state, state="running", started_at=now)
        self._finish(code, "Error", message)

    def terminate(self, grace: float) -> None:
        """SIGTERM to every process, SIGKILL to what is left after ``grace`` seconds; again: a shorter grace counts."""
        due = self._host.now() + max(0.0, grace)
        if not self.running or (self._kill_at is not None and due >= self._kill_at):
            return
        first, self._kill_at = self._kill_at is None, due
        if grace <= 0:
            self.kill()
            return
        self._host.after(grace, self.kill)
        if first:
            self._send_term()

    def kill(self) -> None:
        """SIGKILL to every process, now."""
        if not self.running:
            return
        self._killed = True
        if self.plan.sandboxed:
            first = self._first_process()
            # The end of a namespace's first process ends them all, and bubblewrap reports it.
            processes.signal_all([first or self._pid], signal.SIGKILL)
        else:
            processes.signal_all({self._pid, *processes.descendants(self._pid)}, signal.SIGKILL)
            processes.kill_marked(self.plan.env[processes.MARK])

    def _send_term(self) -> None:
        if not self.running:
            return
        signalled: set[int] = set()
        while fresh := self._members() - signalled:
            processes.signal_all(fresh, signal.SIGTERM)
            signalled |= fresh
        if not signalled:  # the sandbox is still being built: the command has not begun
            self._host.after(_RETRY, self._send_term)

    def _members(self) -> set[int]:
        if self.plan.sandboxed:
            first = self._first_process()
            return processes.descendants(first) if first else set()
        return {self._pid, *processes.descendants(self._pid), *processes.marked(self.plan.env[processes.MARK])}

    def _spawn(self) -> int:
        plan = self.plan
        program = (
            plan.argv[0] if plan.sandboxed else _locate(plan.argv[0], plan.env.get("PATH", DEFAULT_PATH), plan.cwd)
        )
        writers: list[int] = []
        actions: list[tuple[int, int, int]] = []
        try:
            for number, stream in ((1, b"stdout"), (2, b"stderr")):
                reader, writer = os.pipe2(os.O_CLOEXEC)
                os.set_blocking(reader, False)
                writers.append(writer)
                self._streams[stream] = reader
                actions.append((os.POSIX_SPAWN_DUP2, writer, number))
            if plan.sandboxed:
                self._status = os.memfd_create("tiphys-status")
                actions.append((os.POSIX_SPAWN_DUP2, self._status, STATUS_FD))
            else:
                os.chdir(plan.cwd)  # inherited by the child; the supervisor has one thread and uses absolute paths
            pid = os.posix_spawn(
                program, plan.argv, plan.env, file_actions=actions, setsid=True, setsigmask=(), setsigdef=_SIGNALS
            )
        finally:
            for writer in writers:
                os.close(writer)
        for stream, reader in self._streams.items():
            self._host.watch(reader, partial(self._read, stream))
        return pid

    def _read(self, stream: bytes) -> bool:
        """Take what a stream has to give; False when it has nothing now or no more."""
        fd = self._streams.get(stream, -1)
        if fd < 0:
            return False
        try:
            data = os.read(fd, _BLOCK)
        except BlockingIOError:
            return False
        if not data:
            self._close_stream(stream)
            return False
        if stream == b"stderr" and self._held is not None:
            data = self._held + data
            if _SANDBOX_SAYS.startswith(data[: len(_SANDBOX_SAYS)]):
                self._held = data[:_BLOCK]  # may be the sandbox's own word on why nothing was started
                return True
            self._held = None
        self._log.write(stream, data, self._host.now())
        if stream == b"stdout" and self.tail is not None:
            self.tail += data
            if len(self.tail) > 4 * RESULT_BYTES:
                del self.tail[:-RESULT_BYTES]
        return True

    def _close_stream(self, stream: bytes) -> None:
        fd = self._streams.pop(stream, -1)
        if fd >= 0:
            self._host.unwatch(fd)
            os.close(fd)

    def _reaped(self, code: int) -> None:
        code = 128 - code if code < 0 else code
        if not self.plan.sandboxed:
            self._end_orphans()
            return self._settle(code, started=True)
        status = self._read_status()
        started = b'"exit-code"' in status or code != 1
        first = _first_pid(status)
        try:
            # Usually the namespace is gone by now; if not, the container has ended when its last process has.
            namespace = os.pidfd_open(first) if first else -1
        except ProcessLookupError:
            namespace = -1
        if namespace < 0:
            return self._settle(code, started=started)
        processes.signal_all([first], signal.SIGKILL)

        def gone() -> None:
            self._host.unwatch(namespace)
            os.close(namespace)
            self._settle(code, started=started)

        return self._host.watch(namespace, gone)

    def _end_orphans(self) -> None:
        orphans = set(processes.children(os.getpid())) - self._host.adopted()
        if orphans or self._killed:
            processes.kill_marked(self.plan.env[processes.MARK])

    def _settle(self, code: int, *, started: bool) -> None:
        for stream in tuple(self._streams):
            for _ in range(_DRAIN_ROUNDS):
                if not self._read(stream):
                    break
            self._close_stream(stream)
        if self._status >= 0:
            os.close(self._status)
            self._status = -1
        if started:
            return self._finish(code, "Completed" if code == 0 else "Error", "")
        said = (self._held or b"").decode(errors="replace").strip().removeprefix(_SANDBOX_SAYS.decode())
        self._held = None
        return self._finish(START_ERROR, "StartError", _start_error(self.plan.program, said))

    def _finish(self, code: int, reason: str, message: str) -> None:
        now = self._host.now()
        if self._held:
            self._log.write(b"stderr", self._held, now)
        for stream in tuple(self._streams):
            self._close_stream(stream)
        self._log.close(now)
        self.state = msgspec.structs.replace(
            self.state, state="terminated", exit_code=code, reason=reason, message=message, finished_at=now
        )
        self._ended(self)

    def _first_process(self) -> int:
        return _first_pid(self._read_status())

    def _read_status(self) -> bytes:
        return os.pread(self._status, 4096, 0) if self._status >= 0 else b""


def _first_pid(status: bytes) -> int:
    digits = status.partition(b'"child-pid": ')[2].partition(b",")[0].strip(b" }\n")
    return int(digits) if digits.isdigit() else 0


def _locate(program: str, path: str, cwd: str) -> str:
    if "/" in program:
        return os.path.join(cwd, program)
    for directory in path.split(":"):
        candidate = f"{directory or cwd}/{program}"
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    raise FileNotFoundError(2, "No such file or directory", program)


def _start_error(program: str, said: str) -> str:
    if said.endswith("No such file or directory") and (said.startswith("execvp") or said[0] == "N"):
        return f'exec: "{program}": ' + (
            "no such file or directory" if "/" in program else "executable file not found in $PATH"
        )
    if said.endswith("Permission denied") and (said.startswith("execvp") or said[0] == "P"):
        return f'exec: "{program}": permission denied'
    return f'exec: "{program}": {said or "the sandbox could not be built"}'

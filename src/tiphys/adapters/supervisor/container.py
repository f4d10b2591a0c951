"""One container in the supervisor: its life, its output, its probes and its end; how it runs is its body's affair."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from functools import partial

import msgspec

from tiphys.adapters.supervisor import ports, processes
from tiphys.adapters.supervisor.actions import perform
from tiphys.adapters.supervisor.launcher import START_ERROR, Body, End, Host, StartError
from tiphys.adapters.supervisor.layout import RESULT_BYTES
from tiphys.adapters.supervisor.logfile import LogWriter
from tiphys.adapters.supervisor.probes import Probes
from tiphys.adapters.supervisor.records import Action, ContainerPlan, ContainerState
from tiphys.errors import reason_of

_BLOCK = 1 << 16
_DRAIN_ROUNDS = 64
_RETRY = 0.02
#: How long a hook after the start may take; Kubernetes has no limit.
_HOOK_SECONDS = 3600.0


class Container:
    """Started once (again only by ``attempts``), ends once; ``ended`` is called then, ``changed`` in between."""

    def __init__(
        self,
        plan: ContainerPlan,
        body: Callable[[], Body],
        log: str,
        host: Host,
        ended: Callable[[Container], None],
        changed: Callable[[], None],
    ) -> None:
        self.plan = plan
        self.state = ContainerState(name=plan.name, role=plan.role)
        self.tail: bytearray | None = None
        #: What its dependants are told: its own exit code, or the one that was passed on to it.
        self.passed_code = 0
        #: What of this machine kept its end from being known; empty if nothing did.
        self.fault = ""
        #: Whether it could not be created at all.
        self.refused = False
        #: How long it may take to end when a probe or a hook fails.
        self.grace = 30.0
        #: The pod's address where its plan knows it: what probes and hooks without a host ask.
        self.pod_address = ""
        self._host = host
        self._ended = ended
        self._changed = changed
        self._make = body
        self._body = body()
        self._log = LogWriter(log)
        self._log_trouble = ""
        self._streams: dict[bytes, int] = {}
        self._attempts = max(1, plan.attempts)
        self._living = False
        self._active = False
        self._abandoned = False
        self._pid = 0
        self._address = ""
        self._kill_at: float | None = None
        self._why = ""
        self._probes = Probes(plan, host, self._ask, self._probed)

    @property
    def running(self) -> bool:
        """Whether it was spawned and has not ended."""
        return self._active

    @property
    def due(self) -> bool:
        """Whether it has not been spawned yet and can be."""
        return self.state.state == "waiting" and not self._active and not self.refused

    @property
    def started(self) -> bool:
        """Whether it runs or ran; with a startup probe, whether that succeeded."""
        return self.state.state != "waiting" and (self.plan.startup is None or self.state.ready or not self._active)

    @property
    def process(self) -> int:
        """Its first process; 0 while it has none."""
        return self._body.process() if self._living else 0

    @property
    def address(self) -> str:
        """The address under which it is reached, if its launcher knows one."""
        return self._address if self._abandoned else self._body.address() or self._address

    def spawn(self) -> None:
        """Start it; a failure ends it at once."""
        if self.plan.refused is not None:
            reason, message = self.plan.refused
            self._finish(End(code=START_ERROR, reason=reason, message=message, refused=True))
            return
        if not self._active:
            self.state = msgspec.structs.replace(self.state, reason="ContainerCreating")
        self._active = True
        try:
            self._living = True
            self._pid = self._spawn()
        except StartError as error:
            self._finish(End(code=START_ERROR, reason=error.reason, message=str(error)))
        except OSError as error:  # of this machine: no descriptor, no memory
            self._finish(End(code=START_ERROR, reason="StartError", message=reason_of(error), fault=True))
        else:
            self._host.adopt(self._pid, self._reaped)

    def _begun(self) -> None:
        """It runs now."""
        if not self._living:
            return
        if self.state.state == "waiting":
            self.state = msgspec.structs.replace(self.state, state="running", reason="", started_at=self._host.now())
            self._changed()
        if self.plan.post_start is not None:
            self._ask(self.plan.post_start, _HOOK_SECONDS, self._hooked)
        else:
            self._probes.begin()

    def end_without_start(self, code: int, message: str, passed: int) -> None:
        """Let it end with ``code`` without ever running; ``passed`` is what its own dependants hear."""
        self.state = msgspec.structs.replace(self.state, started_at=self._host.now())
        self._attempts = 1
        self._finish(End(code=code, reason="Error", message=message), passed)

    def terminate(self, grace: float) -> None:
        """SIGTERM to every process, SIGKILL to what is left after ``grace`` seconds; again: a shorter grace counts."""
        due = self._host.now() + max(0.0, grace)
        if not self.running or (self._kill_at is not None and due >= self._kill_at):
            return
        first, self._kill_at = self._kill_at is None, due
        self._attempts = 1
        self._probes.stop()
        if not self._living:  # it waits for its next attempt
            self._finish(End(code=128 + signal.SIGTERM, reason="Error"))
        elif grace <= 0:
            self.kill()
        else:
            self._host.after(grace, self.kill)
            if first and self.plan.pre_stop is not None:
                self._ask(self.plan.pre_stop, grace, lambda _: self._send_term())
            elif first:
                self._send_term()

    def kill(self) -> None:
        """SIGKILL to every process, now."""
        if self._living:
            self._body.kill()

    def abandon(self) -> None:
        """Kill it and hear no more of it, whatever state it is in; raises nothing."""
        living, self._living, self._active, self._abandoned = self._living, False, False, True
        self._probes.stop()
        if living:
            try:
                self._body.kill()
            except Exception:  # the pod cannot do more than that with it
                processes.signal_all([self._pid], signal.SIGKILL)
        for stream in tuple(self._streams):
            self._close_stream(stream)
        with contextlib.suppress(OSError):
            self._log.close(self._host.now())
        if self.state.state == "running":
            self.state = msgspec.structs.replace(
                self.state, state="terminated", exit_code=128 + signal.SIGKILL, reason="Error", ready=False,
                finished_at=self._host.now(),
            )  # fmt: skip

    def _send_term(self) -> None:
        if self._living and not self._body.terminate():  # it is still being built: the command has not begun
            self._host.after(_RETRY, self._send_term)

    # --- probes and hooks

    def _ask(self, action: Action, timeout: float, heard: Callable[[bool], None]) -> None:
        """Do the action of a probe or hook and say whether it went well."""
        if action.sleep is not None:
            self._host.after(min(action.sleep, timeout), lambda: heard(True))
            return
        body = self._body
        work = partial(perform, action, body.enter, body.address() or self.pod_address, timeout)
        self._host.fork(work, lambda code: heard(code == 0), timeout)

    def _hooked(self, well: bool) -> None:
        if not self._living:
            return
        if well:
            self._probes.begin()
        else:
            self._why = "PostStartHook failed"
            self.terminate(self.grace)

    def _probed(self, ready: bool, why: str) -> None:
        """What the probes say: ready or not, or why it must end."""
        if not self._living:
            return
        if why:
            self._why = why
            self.terminate(self.grace)
        elif ready != self.state.ready:
            self.state = msgspec.structs.replace(self.state, ready=ready)
            self._changed()

    # --- output

    def _spawn(self) -> int:
        if self.plan.tty:
            master, slave = os.openpty()
            _raw_output(slave)
            os.set_inheritable(master, False)
            return self._spawn_with({b"stdout": master}, (slave, slave))
        out, err = os.pipe2(os.O_CLOEXEC), os.pipe2(os.O_CLOEXEC)
        return self._spawn_with({b"stdout": out[0], b"stderr": err[0]}, (out[1], err[1]))

    def _spawn_with(self, readers: dict[bytes, int], writers: tuple[int, int]) -> int:
        for stream, reader in readers.items():
            os.set_blocking(reader, False)
            self._streams[stream] = reader
            self._host.watch(reader, partial(self._read, stream))
        try:
            return self._body.spawn(*writers, self._begun)
        finally:
            for writer in set(writers):
                os.close(writer)

    def _read(self, stream: bytes) -> bool:
        """Take what a stream has to give; False when it has nothing now or no more."""
        fd = self._streams.get(stream, -1)
        if fd < 0:
            return False
        try:
            data = os.read(fd, _BLOCK)
        except BlockingIOError:
            return False
        except OSError:  # the other end of a terminal is closed
            data = b""
        if not data:
            self._close_stream(stream)
            return False
        if stream == b"stderr":
            data = self._body.screen(data)
        self._keep(stream, data)
        return True

    def _keep(self, stream: bytes, data: bytes) -> None:
        if stream == b"stdout" and self.tail is not None:
            self.tail += data
            if len(self.tail) > 4 * RESULT_BYTES:
                del self.tail[:-RESULT_BYTES]
        if self._log_trouble:
            return
        try:
            self._log.write(stream, data, self._host.now())
        except OSError as error:  # a full disk: the container must not go on unlogged
            self._log_trouble = f"the log cannot be written: {reason_of(error)}"
            self.terminate(0)

    def _close_stream(self, stream: bytes) -> None:
        fd = self._streams.pop(stream, -1)
        if fd >= 0:
            self._host.unwatch(fd)
            os.close(fd)

    # --- end

    def _reaped(self, code: int) -> None:
        self._body.settle(128 - code if code < 0 else code, self._settle)

    def _settle(self, end: End) -> None:
        for stream in tuple(self._streams):
            for _ in range(_DRAIN_ROUNDS):
                if not self._read(stream):
                    break
            self._close_stream(stream)
        self._address = self._body.address() or self._address
        self._finish(end)

    def _finish(self, end: End, passed: int | None = None) -> None:
        if self._abandoned:
            return
        now = self._host.now()
        self._living = False
        for stream in tuple(self._streams):
            self._close_stream(stream)
        with contextlib.suppress(OSError):
            self._log.close(now)
        self._attempts -= 1
        self._probes.stop()
        if end.code != 0 and self._attempts > 0 and not (end.refused or end.fault):
            self.state = msgspec.structs.replace(self.state, ready=False)
            self._body = self._make()
            self._host.after(self.plan.pause, self._again)
            return
        self._active, self.refused = False, end.refused
        self.fault = self._log_trouble or (end.message if end.fault else "")
        self.passed_code = end.code if passed is None else passed
        state, message = "waiting" if end.refused else "terminated", self._message(end)
        self.state = msgspec.structs.replace(
            self.state, state=state, exit_code=None if end.refused else end.code, reason=end.reason, message=message,
            finished_at=None if end.refused else now, started_at=None if end.refused else self.state.started_at or now,
            ready=False,
        )  # fmt: skip
        self._ended(self)

    def _again(self) -> None:
        if self.running and not self._living:
            self.spawn()

    def _message(self, end: End) -> str:
        if self._log_trouble:
            return self._log_trouble
        if self._why:
            return self._why
        if end.message or end.reason != "Error" or self._kill_at is not None:
            return end.message
        if end.code > 128:
            return ""
        port = ports.taken(self.plan.ports)
        return "" if port is None else f"its port {port} is taken by another process of this machine"


def _raw_output(terminal: int) -> None:
    """Lines end as the program ended them: the log is no screen."""
    import termios

    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)

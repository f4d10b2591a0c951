"""What a fork of the supervisor does for one container: create, start, follow, and copy its outputs out."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import signal
import tarfile
import time
from collections.abc import Callable, Iterator

from tiphys.adapters.runtimes.container.addresses import (
    candidates,
    wants_address,
    with_address,
    with_fixed_address,
)
from tiphys.adapters.runtimes.container.collect import collect
from tiphys.adapters.runtimes.container.engine import PROGRAM_FAULTS, Engine, reach
from tiphys.adapters.runtimes.container.initial import FirstWords
from tiphys.adapters.runtimes.container.output import Output, Pair
from tiphys.adapters.runtimes.container.status import Status
from tiphys.adapters.supervisor.launcher import StartError
from tiphys.adapters.supervisor.records import EngineLaunch
from tiphys.errors import PodRuntimeError, reason_of

_PAUSE = 0.05
_PATIENCE = 60.0
#: Seconds between readings of the whole output of a container whose engine started again: at least, and by how much
#: longer than a reading took, so that a long log does not keep a processor busy.
_LOOK = 0.5
_LOOKS = 9
#: How often an engine may go while a container is made.
_LOSSES = 5
#: Seconds between the end of the output and that of the container that say nothing.
_LATE = 1.0
#: What belongs to the network of a pod: only the container that begins it may say these.
_OF_NETWORK = ("ExtraHosts", "Dns", "DnsSearch", "DnsOptions", "Sysctls")


class Minder:
    """Minds one container until it has ended.

    SIGTERM and SIGUSR1 to this process become SIGTERM and SIGKILL to the container, at once or when it has started.
    """

    def __init__(self, launch: EngineLaunch, say: Callable[[Status], None], begun: int) -> None:
        self._launch = launch
        self._begun = begun
        self._say = say
        self._wanted = ""
        self._started = False
        self._address = ""
        self._slot = -1
        self._candidates: Iterator[str] | None = None
        self._fixed = False
        self._keep = False
        self._code = -1
        self._engine: Engine | None = None

    def run(self) -> int:
        """Do it all; 0 once the last status was said."""
        signal.signal(signal.SIGTERM, lambda *_: self._signal("SIGTERM"))
        signal.signal(signal.SIGUSR1, lambda *_: self._signal("SIGKILL"))
        try:
            self._say(self._mind(self._reach()))
        except StartError as error:
            refused, text = error.reason != "StartError", str(error)
            text = text if refused else _start_error(text, self._launch.program)
            self._say(Status(code=128, reason=error.reason, message=text, refused=refused, ended=True))
        except PodRuntimeError as error:
            self._say(Status(code=128, reason="Error", message=error.message, fault=True, ended=True))
        except Exception as error:  # the boundary of the process: what the engine said, whatever it was
            text = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:500]}"
            self._say(Status(code=128, reason="Error", message=text, fault=True, ended=True))
        finally:
            if self._engine is not None and not self._keep:
                self._engine.remove(self._launch.name)
        return 0

    def _reach(self) -> Engine:
        """The engine, which may be starting again.

        Raises:
            PodRuntimeError: It stays away.
        """
        self._engine = reach(self._launch.address, _PATIENCE, lambda: bool(self._wanted))
        return self._engine

    def _signal(self, name: str) -> None:
        if self._wanted != "SIGKILL":
            self._wanted = name
        if self._started:  # a connection of its own: the other one is busy following
            # An engine that is gone is told again when it is back.
            with contextlib.suppress(PodRuntimeError), contextlib.closing(Engine(self._launch.address)) as engine:
                _tell(engine, self._launch.name, name)

    def _mind(self, engine: Engine) -> Status:
        launch = self._launch
        engine.ensure_image(launch.image, launch.pull, launch.credentials)
        losses = 0
        while True:
            member = self._member(engine) if launch.shares_network else ""
            if self._slot < 0:
                self._slot = _take_slot(launch.slots)
            try:
                engine.create(launch.name, self._addressed(engine, self._config(member), member))
                archive = _archive(launch.staged)
                if archive:
                    engine.copy_in(launch.name, archive)
                if not self._wanted:
                    return self._ended(self._run(engine))
            except engine.gone:
                losses += 1
                if self._started or losses > _LOSSES:
                    raise
                engine = self._again()
            except StartError:
                if self._started:
                    raise
                if self._fixed:  # somebody else has the address, or the network gives none that is asked for
                    self._fixed = False
                elif not self._wanted and (not member or engine.runs(member)):
                    raise
            # Either somebody does not want it any more, or the container whose network it was to share has ended.
            if self._wanted:
                return Status(code=143 if self._wanted == "SIGTERM" else 137, reason="Error", ended=True)

    def _addressed(self, engine: Engine, config: dict[str, object], member: str) -> dict[str, object]:
        """The request with the pod's address in it, where its variables hold that."""
        if not wants_address(config):
            return config
        if member:
            return with_address(config, _address((engine.inspect(member) or {}).get("NetworkSettings") or {}))
        name, subnet = engine.networks.look(str(self._launch.config["HostConfig"].get("NetworkMode") or ""))
        if self._candidates is None:
            self._candidates = candidates(subnet, "/".join(self._launch.pod))
        address = next(self._candidates, "")
        if not address:
            return with_address(config, "")
        self._fixed = True
        return with_fixed_address(config, name, address)

    def _config(self, member: str) -> dict[str, object]:
        """The create request: without binds whose source is not there, in the network of a member of the pod."""
        config = dict(self._launch.config)
        host = dict(config["HostConfig"])
        host["Binds"] = [bind for bind in host.get("Binds", ()) if os.path.exists(bind.rsplit(":", 2)[0])]
        if member:
            host["NetworkMode"] = f"container:{member}"
            for name in _OF_NETWORK:
                host.pop(name, None)
            config.pop("Hostname", None)
        config["HostConfig"] = host
        return config

    def _member(self, engine: Engine) -> str:
        """A running container of the pod, whose network is the pod's; empty if there is none any more."""
        uid, node = self._launch.pod
        end = time.monotonic() + (0 if self._launch.late else _PATIENCE)
        while not self._wanted:
            found = engine.find(uid, node, running=True)
            if found or time.monotonic() > end:
                return found[0] if found else ""
            time.sleep(_PAUSE)
        return ""

    def _run(self, engine: Engine) -> Engine:
        """See the container through to its end; the engine that saw it, which is another one if it started again.

        Raises:
            StartError: Its program cannot be begun.
            PodRuntimeError: The engine is gone for good.
        """
        terminal = bool(self._launch.config.get("Tty"))
        pairs: Iterator[Pair] | None = engine.follow(self._launch.name, terminal=terminal)
        started = self._start(engine)
        if started is not engine:
            engine, pairs = started, None
        first, output = FirstWords(), Output()
        while True:
            try:
                if pairs is None:
                    self._catch_up(engine, first, output)
                else:
                    _pass_on(pairs, first, output)
                self._code = self._wait(engine, first, output)
            except engine.gone:
                engine, pairs = self._again(), None
                continue
            why = first.why(self._code)
            if why:
                raise StartError(why)
            output.pass_on((None, first.release()))
            return engine

    def _wait(self, engine: Engine, first: FirstWords, output: Output) -> int:
        """The exit code.  If it is late, the output may have ended because the engine was away for a moment."""
        begun = time.monotonic()
        code = engine.wait(self._launch.name)
        if time.monotonic() - begun > _LATE:
            self._pass_on_kept(engine, first, output)
        return code

    def _again(self) -> Engine:
        """The engine that started again; what it missed is told to it."""
        time.sleep(_PAUSE)
        engine = self._reach()
        if self._wanted:
            _tell(engine, self._launch.name, self._wanted)
        return engine

    def _catch_up(self, engine: Engine, first: FirstWords, output: Output) -> None:
        """Pass on what the engine keeps of the output until the container has ended.

        Attaching to a container that runs would lose or double what it prints just then.
        """
        while True:
            running, begun = engine.runs(self._launch.name), time.monotonic()
            self._pass_on_kept(engine, first, output)
            if not running:
                return
            time.sleep(max(_LOOK, _LOOKS * (time.monotonic() - begun)))

    def _pass_on_kept(self, engine: Engine, first: FirstWords, output: Output) -> None:
        output.again()
        terminal = bool(self._launch.config.get("Tty"))
        _pass_on(engine.printed(self._launch.name, terminal=terminal), first, output)

    def _start(self, engine: Engine) -> Engine:
        """Start the container, once; the engine that did, which is another one if it started again just then."""
        try:
            engine.start(self._launch.name)
        except engine.gone:
            engine = self._again()
            if engine.waits_for_start(self._launch.name):
                engine.start(self._launch.name)
        self._started = True
        os.close(self._slot)
        if self._wanted:
            self._signal(self._wanted)
        found = engine.inspect(self._launch.name) or {}
        self._address = _address(found.get("NetworkSettings") or {})
        self._say(Status(running=True, address=self._address))
        os.close(self._begun)
        return engine

    def _ended(self, engine: Engine) -> Status:
        """How it ended, with its outputs copied out: all of it again if the engine starts again meanwhile."""
        while True:
            try:
                return self._look_at_end(engine)
            except engine.gone:
                engine = self._again()

    def _look_at_end(self, engine: Engine) -> Status:
        found = engine.inspect(self._launch.name)
        if found is None:
            return Status(code=137, reason="Error", message="the container was removed", ended=True)
        state = found["State"]
        code = self._code if self._code >= 0 else int(state["ExitCode"])
        if code < 0:  # Podman was too busy, or the machine too full, to note how it ended
            code = 143 if self._wanted == "SIGTERM" else 137
        self._keep = code != 0 and self._launch.kept
        try:
            for path in self._launch.collected:
                collect(engine, self._launch.name, path, self._launch.root)
        except engine.gone:
            raise
        except OSError as error:
            text = f"its outputs cannot be copied out: {reason_of(error)}"
            return Status(code=code or 64, reason="Error", message=text, ended=True, address=self._address)
        # Podman does not always notice what the kernel does; nobody else kills a container that may not grow.
        guessed = code == 137 and not self._wanted and bool(self._launch.config["HostConfig"].get("Memory"))
        reason = "Completed" if code == 0 else "OOMKilled" if state.get("OOMKilled") or guessed else "Error"
        return Status(
            code=code, reason=reason, message=str(state.get("Error") or ""), ended=True, address=self._address
        )


def _tell(engine: Engine, name: str, number: str) -> None:
    """Send a signal; an engine that has gone is told when it is back."""
    with contextlib.suppress(*engine.gone):
        engine.signal(name, number)


def _pass_on(pairs: Iterator[Pair], first: FirstWords, output: Output) -> None:
    for pair in first.screen(pairs):
        output.pass_on(pair)


def _take_slot(folder: str) -> int:
    """Wait until few enough containers of this machine are being made: an engine that is pressed makes none sooner.

    The slot is free again when the descriptor is closed.
    """
    os.makedirs(folder, 0o700, exist_ok=True)
    number = os.getpid() % (2 * (os.cpu_count() or 1))
    fd = os.open(f"{folder}/{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return fd


def _archive(folder: str) -> bytes:
    """A tar of everything in a folder, owned by root; empty if there is nothing."""
    if not folder or not os.path.isdir(folder) or not os.listdir(folder):
        return b""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(f"{folder}/{name}", name, filter=_as_root)
    return made.getvalue()


def _as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _address(network: dict[str, object]) -> str:
    networks = network.get("Networks")
    tables = [network, *(networks.values() if isinstance(networks, dict) else ())]
    return next((str(item["IPAddress"]) for item in tables if isinstance(item, dict) and item.get("IPAddress")), "")


def _start_error(said: str, program: str) -> str:
    """Why a program could not be started, without the names of the engine's parts."""
    not_found, no_such_file, _ = PROGRAM_FAULTS
    if "/" not in program and no_such_file in said.lower():
        said = not_found
    for text in PROGRAM_FAULTS:
        if text.lower() in said.lower():
            return f'exec: "{program}": {text}'
    return said

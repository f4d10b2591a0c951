"""A command for a person in a container: beside what runs there, or in what an ended one left."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from tiphys.adapters.runtimes.container.addresses import with_address
from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.runtimes.container.line import Line
from tiphys.adapters.supervisor.launcher import StartError
from tiphys.adapters.supervisor.records import EngineLaunch
from tiphys.adapters.supervisor.terminal import raw_terminal

_BLOCK = 1 << 16
#: Seconds between attempts of what an engine could not do.
_PAUSES = (0.2, 1.0)
T = TypeVar("T")
_HEADER = struct.Struct(">BxxxI")


def enter_running(engine: Engine, name: str, argv: Sequence[str]) -> int:
    """Run a command beside the program of a container; its exit code."""
    terminal = _is_terminal()
    number, line = engine.converse_inside(name, argv, terminal=terminal)
    with contextlib.closing(line):
        _talk(line, terminal, lambda size: engine.resize(number, size, inside=True))
    return engine.code_inside(number)


def enter_kept(engine: Engine, launch: EngineLaunch, argv: Sequence[str]) -> int:
    """Run a command in a copy of what an ended container left, with its mounts, variables, directory and user.

    The container itself stays as it is.  The copy and its image have the container's labels: should this process be
    killed, they go with the pod.
    """
    terminal, name = _is_terminal(), f"{launch.name}-{os.getpid()}"
    image = _patiently(lambda: engine.commit(launch.name))
    try:
        _patiently(lambda: engine.create(name, _config(launch, image, argv, terminal=terminal)))
        with contextlib.closing(engine.converse(name)) as line:
            _patiently(lambda: engine.start(name))
            _talk(line, terminal, lambda size: engine.resize(name, size, inside=False))
        return _known(engine.code_of(name))
    finally:
        engine.remove(name)
        engine.remove_image(image)


def _patiently(ask: Callable[[], T]) -> T:
    """What is asked of an engine, which may be too busy to do it at once.

    Raises:
        StartError: It refuses for good.
    """
    for pause in _PAUSES:
        try:
            return ask()
        except StartError as error:
            if not error.passing:
                raise
        time.sleep(pause)
    return ask()


def _config(launch: EngineLaunch, image: str, argv: Sequence[str], *, terminal: bool) -> dict[str, object]:
    host = dict(launch.config["HostConfig"])
    host["Binds"] = [bind for bind in host.get("Binds", ()) if os.path.exists(bind.rsplit(":", 2)[0])]
    config = with_address(launch.config, "")  # the copy has another one
    own = {name: value for name, value in config.items() if name not in {"Entrypoint", "Cmd"}}
    return {
        **own, "Image": image, "Entrypoint": [argv[0]], "Cmd": list(argv[1:]), "Tty": terminal, "HostConfig": host,
        "OpenStdin": True, "StdinOnce": True, "AttachStdin": True, "AttachStdout": True, "AttachStderr": True,
    }  # fmt: skip


def _known(code: int) -> int:
    if code < 0:
        raise StartError("the engine does not say how the command ended", "Error")
    return code


def _is_terminal() -> bool:
    return os.isatty(0) and os.isatty(1)


def _talk(line: Line, terminal: bool, resize: Callable[[tuple[int, int]], None]) -> None:
    """Pass everything on between this process and the line until the other side hangs up."""

    def resized() -> None:
        size = os.get_terminal_size(0)
        resize((size.lines, size.columns))

    if not terminal:
        _relay(line, _Frames().take)
        return
    resized()
    with raw_terminal(resized):
        _relay(line, lambda data: _write(1, data))


def _relay(line: Line, show: Callable[[bytes], None]) -> None:
    sources: list[Line | int] = [line, 0]
    while True:
        ready = [line] if line.early else select.select(sources, [], [])[0]
        if line in ready:
            data = line.receive()
            if not data:
                return
            show(data)
        if 0 in ready:
            data = os.read(0, _BLOCK)
            if not data:
                line.end()
            if not data or not line.send(data):
                sources.remove(0)


class _Frames:
    """Takes apart what comes without a terminal: each piece goes to the stream that its header names."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> None:
        self._rest += data
        while len(self._rest) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._rest)
            end = _HEADER.size + length
            if len(self._rest) < end:
                return
            _write(2 if stream == 2 else 1, self._rest[_HEADER.size : end])
            self._rest = self._rest[end:]


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]

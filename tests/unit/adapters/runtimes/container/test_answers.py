"""Answers of an engine that come early, late, in pieces or not at all: what a real one does once in many times."""

from __future__ import annotations

import gc
import json
import os
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tiphys.adapters.runtimes.container import engine as engines
from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
from tiphys.adapters.runtimes.container.shell import enter_kept, enter_running
from tiphys.adapters.supervisor.launcher import StartError
from tiphys.adapters.supervisor.records import EngineLaunch
from tiphys.errors import PodRuntimeError
from tiphys.testing.contracts.runtime import request_of

pytest.importorskip("docker")
#: What is asked: method and path, without the interface's version.
Ask = tuple[str, str]
Answer = Callable[[socket.socket], None]
_UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n\r\n"


def said(status: int, body: object) -> Answer:
    """A whole answer."""
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    return lambda line: line.sendall(head.encode() + data)


def framed(text: bytes) -> bytes:
    """A piece of stdout."""
    return bytes([1, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


class FakeEngine:
    """Answers on a socket of its own, each question with the next of its answers; the last one stays."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[Ask, list[Answer]] = defaultdict(lambda: [hang_up])
        self.answers["GET", "/_ping"] = [said(200, "OK")]
        self.asked: list[Ask] = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / "engine.sock"))
        self._door.listen()
        self.address = f"unix://{folder}/engine.sock"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as reader:
            while head := reader.readline():
                method, path = head.decode().split()[:2]
                size = 0
                while (field := reader.readline().strip()) != b"":
                    if field.lower().startswith(b"content-length:"):
                        size = int(field.split(b":")[1])
                reader.read(size)
                path = path.split("?")[0]
                path = path[path.index("/", 1) :] if path.startswith("/v1.") else path
                self.asked.append((method, path))
                left = self.answers[method, path]
                (left.pop(0) if len(left) > 1 else left[0])(line)
                if path.endswith("/attach") or (path.startswith("/exec/") and path.endswith("/start")):
                    return  # the line was upgraded; any other is kept open, for who asks next may be on its way


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngine]:
    """An engine that does not keep anybody waiting."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    made = FakeEngine(tmp_path)
    yield made
    made.close()


@pytest.fixture
def engine(fake: FakeEngine) -> Iterator[Engine]:
    """A connection to it."""
    made = Engine(fake.address)
    yield made
    made.close()


@pytest.fixture
def quiet_stdin(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Nothing is typed until the other end, which is given, is closed."""
    reader, writer = os.pipe()
    former = os.dup(0)
    os.dup2(reader, 0)
    yield writer
    os.dup2(former, 0)
    for fd in (reader, writer, former):
        os.close(fd)


def begun(fake: FakeEngine, talk: Answer) -> None:
    """A command in the container ``c`` may be begun; then ``talk`` happens on its line."""
    fake.answers["POST", "/containers/c/exec"] = [said(201, {"Id": "e"})]
    fake.answers["POST", "/exec/e/start"] = [talk]


def test_the_code_of_a_command_is_waited_for(fake: FakeEngine, engine: Engine) -> None:
    unknown = {"Running": False, "ExitCode": None}
    fake.answers["GET", "/exec/e/json"] = [
        said(200, {"Running": True, "ExitCode": None}), said(200, {"Running": True, "ExitCode": 0}),
        said(200, unknown), said(200, {"Running": False, "ExitCode": -1}), said(200, {"Running": False, "ExitCode": 3}),
    ]  # fmt: skip
    assert engine.code_inside("e") == 3
    assert fake.asked.count(("GET", "/exec/e/json")) == 5


def test_a_command_whose_end_is_never_known_is_no_success(
    fake: FakeEngine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_PATIENCE", 0)
    fake.answers["GET", "/exec/e/json"] = [said(200, {"Running": False, "ExitCode": None})]
    with pytest.raises(StartError, match="the engine does not say how the command ended"):
        engine.code_inside("e")


def hang_up(line: socket.socket) -> None:
    """No answer at all."""
    line.shutdown(socket.SHUT_RDWR)


def test_an_engine_that_cannot_wait_for_a_container_is_asked_again(fake: FakeEngine, engine: Engine) -> None:
    ask = ("POST", "/containers/c/wait")
    refused = said(500, {"message": "container is about to end"})
    fake.answers[ask] = [refused, refused, hang_up, said(200, {"StatusCode": 5})]
    assert engine.code_of("c") == 5
    assert fake.asked.count(ask) == 4


def test_an_engine_that_never_can_is_an_error(
    fake: FakeEngine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_PATIENCE", -1)
    fake.answers["POST", "/containers/c/wait"] = [said(500, {"message": "cannot wait"})]
    with pytest.raises(StartError, match=r"the engine does not say how the command ended: .*cannot wait"):
        engine.code_of("c")


def test_output_that_comes_with_the_headers_is_shown(
    fake: FakeEngine, engine: Engine, quiet_stdin: int, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    begun(fake, lambda line: line.sendall(_UPGRADED + framed(b"first ") + framed(b"second\n")[:5]))
    fake.answers["GET", "/exec/e/json"] = [said(200, {"Running": False, "ExitCode": 7})]
    assert enter_running(engine, "c", ["true"]) == 7
    assert capfdbinary.readouterr().out == b"first "


def test_a_line_that_is_reset_has_ended(
    fake: FakeEngine, engine: Engine, quiet_stdin: int, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def talk(line: socket.socket) -> None:
        line.sendall(_UPGRADED + framed(b"bye"))
        os.write(quiet_stdin, b"typed after the end")
        line.recv(1, socket.MSG_PEEK)  # closed with something unread: the other side is told of a reset

    begun(fake, talk)
    fake.answers["GET", "/exec/e/json"] = [said(200, {"Running": False, "ExitCode": 5})]
    assert enter_running(engine, "c", ["sh"]) == 5
    assert capfdbinary.readouterr().out == b"bye"


def test_a_line_lives_as_long_as_somebody_holds_it(fake: FakeEngine, engine: Engine) -> None:
    go = threading.Event()

    def talk(line: socket.socket) -> None:
        line.sendall(_UPGRADED)
        go.wait()
        line.sendall(b"still here")

    begun(fake, talk)
    _, line = engine.converse_inside("c", ["sh"], terminal=True)
    gc.collect()
    go.set()
    assert line.receive() == b"still here"
    assert line.receive() == b""
    line.close()


def test_a_container_that_was_removed_meanwhile_has_no_code(fake: FakeEngine, engine: Engine) -> None:
    fake.answers["POST", "/containers/c/wait"] = [said(404, {"message": "no such container"})]
    assert engine.wait("c") < 0


def test_an_engine_that_ends_while_it_waits_is_gone(fake: FakeEngine, engine: Engine) -> None:
    fake.answers["POST", "/containers/c/wait"] = [said(500, {"message": "context canceled"})]
    with pytest.raises(engine.gone):
        engine.wait("c")


@pytest.mark.parametrize("code", [404, 409])
def test_what_has_ended_gets_no_signal(fake: FakeEngine, engine: Engine, code: int) -> None:
    fake.answers["POST", "/containers/c/kill"] = [said(code, {"message": "is not running"})]
    engine.signal("c", "SIGTERM")
    assert fake.asked.count(("POST", "/containers/c/kill")) == 1


def test_an_engine_that_is_pressed_is_asked_again_to_signal_and_remove(fake: FakeEngine, engine: Engine) -> None:
    busy, done = said(500, {"message": "device or resource busy"}), said(204, None)
    fake.answers["POST", "/containers/c/kill"] = [busy, busy, done]
    fake.answers["DELETE", "/containers/c"] = [busy, done]
    engine.signal("c", "SIGKILL")
    engine.remove("c")
    assert fake.asked.count(("POST", "/containers/c/kill")) == 3
    assert fake.asked.count(("DELETE", "/containers/c")) == 2


def test_a_command_for_a_container_that_has_just_ended_is_refused_with_the_reason(
    fake: FakeEngine, engine: Engine
) -> None:
    fake.answers["POST", "/containers/c/exec"] = [said(409, {"message": "container c is not running"})]
    with pytest.raises(StartError, match="container c is not running"):
        enter_running(engine, "c", ["sh"])


BUSY = said(500, {"message": "database is locked"})


def kept(fake: FakeEngine) -> tuple[EngineLaunch, str]:
    """An ended container ``c``, and the name of the copy into which this process would look."""
    copy = f"c-{os.getpid()}"
    fake.answers["POST", "/commit"] = [said(201, {"Id": "i"})]
    fake.answers["POST", "/containers/create"] = [said(201, {"Id": copy})]
    fake.answers["GET", f"/containers/{copy}/json"] = [said(404, {"message": "no such container"})]
    fake.answers["POST", f"/containers/{copy}/attach"] = [lambda line: line.sendall(_UPGRADED + framed(b"kept"))]
    fake.answers["POST", f"/containers/{copy}/start"] = [said(204, "")]
    fake.answers["POST", f"/containers/{copy}/wait"] = [said(200, {"StatusCode": 4})]
    fake.answers["DELETE", f"/containers/{copy}"] = [said(204, "")]
    fake.answers["DELETE", "/images/i"] = [said(200, [])]
    config: dict[str, Any] = {"HostConfig": {}}
    return EngineLaunch(address=fake.address, name="c", pod=("u", "n"), image="x", program="p", config=config), copy


@pytest.mark.parametrize("ask", ["/commit", "/containers/create", "/containers/{}/start"])
def test_what_a_busy_engine_cannot_do_at_once_is_asked_again(
    fake: FakeEngine, engine: Engine, quiet_stdin: int, capfdbinary: pytest.CaptureFixture[bytes], ask: str
) -> None:
    launch, copy = kept(fake)
    fake.answers["POST", ask.format(copy)].insert(0, BUSY)
    assert enter_kept(engine, launch, ["cat"]) == 4
    assert capfdbinary.readouterr().out == b"kept"
    assert fake.asked.count(("POST", ask.format(copy))) == 2
    assert fake.asked.count(("DELETE", f"/containers/{copy}")) == 1


def test_a_program_that_is_not_there_is_not_asked_for_again(fake: FakeEngine, engine: Engine, quiet_stdin: int) -> None:
    launch, copy = kept(fake)
    start = ("POST", f"/containers/{copy}/start")
    fake.answers[start] = [said(500, {"message": 'exec: "nowhere": executable file not found in $PATH'})]
    with pytest.raises(StartError, match="executable file not found"):
        enter_kept(engine, launch, ["nowhere"])
    assert fake.asked.count(start) == 1


def test_an_engine_that_does_not_know_a_container_is_an_error_of_ours(fake: FakeEngine, tmp_path: Path) -> None:
    runtime = ContainerRuntime(tmp_path / "home", fake.address, network="pods")
    request = request_of("a", {"spec": {"containers": [{"name": "main", "image": "x", "command": ["true"]}]}})
    for trouble in ("gone", "database is locked"):
        with pytest.raises(PodRuntimeError, match="the container engine cannot say what became of 'main'") as caught:
            runtime.enter(request, "main", ["true"])
        assert trouble in caught.value.message or trouble == "gone"  # nobody answers the first question
        fake.answers[fake.asked[-1]] = [BUSY]
    runtime.close()

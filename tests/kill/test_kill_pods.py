"""What is killed while a pod runs or keeps its outputs, in either runtime: the supervisor, the executor, `tiphys` itself."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.test_runtimes import supervisor_of
from tests.engine.podman import Podman, needs_podman

PROCESS = pytest.param("process", marks=pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"))
CONTAINER = pytest.param("container", marks=needs_podman)
_PATIENCE = 60.0


class Machine:
    """A data directory, a runtime, and a directory that pods see as ``/out``."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.home, self.out = folder / "home", folder / "out"
        self.out.mkdir()
        self._file = folder / "w.yaml"
        inherited = os.environ
        self._environment = {
            **inherited, "TIPHYS_HOME": str(self.home), "TIPHYS_HOST_PATHS": str(self.out), **environment,
        }  # fmt: skip

    def write(self, **template: object) -> None:
        """Write the workflow ``w`` of one template, which sees ``/out``."""
        spec = {
            "entrypoint": "main",
            "volumes": [{"name": "out", "hostPath": {"path": str(self.out)}}],
            "templates": [{"name": "main", **template}],
        }
        workflow = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, "spec": spec}
        self._file.write_text(yaml.safe_dump(workflow))

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """``tiphys run`` of that file, which does not outlive the test."""
        words = [sys.executable, "-m", "tiphys", "run", str(self._file)]
        run = subprocess.Popen(words, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield run
        finally:
            (self.out / "go").touch()
            run.kill()
            run.wait()
            self.call("terminate", "w")

    def call(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tiphys", *words], env={**self._environment, **environment}, capture_output=True,
            text=True, check=False, timeout=_PATIENCE,
        )  # fmt: skip

    def nodes(self) -> dict[str, Any]:
        found = json.loads(self.call("get", "w", "-o", "json").stdout)
        return {node["name"]: node for node in found["status"]["nodes"].values()}

    def marks(self) -> list[str]:
        file = self.out / "marks"
        return file.read_text().split() if file.exists() else []


@pytest.fixture(params=[PROCESS, CONTAINER])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    if request.param == "process":
        return Machine(tmp_path, {"TIPHYS_RUNTIME": "process"})
    podman: Podman = request.getfixturevalue("podman")
    return Machine(tmp_path, {"TIPHYS_RUNTIME": "container", "TIPHYS_ENGINE": podman.address})


def main(script: str) -> dict[str, object]:
    mounts = [{"name": "out", "mountPath": "/out"}]
    return {"image": "busybox", "command": ["sh", "-c", script], "volumeMounts": mounts}


def until(there: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not there():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


WAITS = """
echo $ATTEMPT >> /out/marks
while ! test -e /out/go; do echo $ATTEMPT > /out/alive; sleep 0.1; done
"""


def test_a_killed_supervisor_loses_its_pods_and_they_are_tried_again(machine: Machine) -> None:
    container = {**main(WAITS), "env": [{"name": "ATTEMPT", "value": "{{retries}}"}]}
    machine.write(container=container, retryStrategy={"limit": 2, "retryPolicy": "Always"})
    with machine.running() as run:
        until(lambda: machine.marks() == ["0"])
        os.kill(supervisor_of(machine.home), signal.SIGKILL)
        until(lambda: machine.marks() == ["0", "1"])
        (machine.out / "alive").unlink(missing_ok=True)
        until((machine.out / "alive").exists)
        assert (machine.out / "alive").read_text() in ("1\n", "")  # nobody else writes there any more
        (machine.out / "go").touch()
        assert run.wait(_PATIENCE) == 0
    nodes = machine.nodes()
    assert (nodes["w(0)"]["phase"], nodes["w(0)"]["message"]) == ("Error", "pod deleted")
    assert (nodes["w(1)"]["phase"], machine.marks()) == ("Succeeded", ["0", "1"])


# -- while outputs are kept --------------------------------------------------------------------------------------


class Slow:
    """A server that takes what it is sent only when it is told to."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self.kept: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outer.asked.set()
                outer.go.wait(_PATIENCE)
                with contextlib.suppress(OSError):
                    data = self.rfile.read(int(self.headers["Content-Length"]))
                    outer.kept.append(data)
                    self.send_response(201)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.close()


def keeps(machine: Machine, slow: Slow) -> None:
    place = {"name": "o", "path": "/tmp/o", "archive": {"none": {}}, "http": {"url": f"{slow.address}/o"}}
    machine.write(container=main("echo once >> /out/marks; echo kept > /tmp/o"), outputs={"artifacts": [place]})


def test_outputs_are_kept_once_when_tiphys_is_killed_meanwhile(machine: Machine, slow: Slow) -> None:
    keeps(machine, slow)
    with machine.running() as run:
        assert slow.asked.wait(_PATIENCE)
        run.kill()
        run.wait()
        slow.go.set()
        done = machine.call("run", "--resume", "w")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (slow.kept, machine.marks()) == ([b"kept\n"], ["once"])
    assert [item["name"] for item in machine.nodes()["w"]["outputs"]["artifacts"]] == ["o"]


def test_an_executor_that_is_killed_fails_its_node_with_the_reason(machine: Machine, slow: Slow) -> None:
    keeps(machine, slow)
    with machine.running() as run:
        assert slow.asked.wait(_PATIENCE)
        for pid in _children(supervisor_of(machine.home)):
            if "tiphys.adapters.executor" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        assert run.wait(_PATIENCE) == 1
    node = machine.nodes()["w"]
    assert (node["phase"], machine.marks()) == ("Error", ["once"])
    assert node["message"] == "wait: Error (exit code 64): the executor was killed by signal 9"


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]

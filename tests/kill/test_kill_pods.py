"""What is killed while a pod runs or keeps its outputs, in either runtime: the supervisor, the executor, `tiphys` itself."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.test_runtimes import supervisor_of
from tests.kill.machine import Machine
from tests.serving import Quiet, serving
from tests.waiting import PATIENCE, until


def main(script: str) -> dict[str, object]:
    mounts = [{"name": "out", "mountPath": "/out"}]
    return {"image": "busybox", "command": ["sh", "-c", script], "volumeMounts": mounts}


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
        assert run.wait(PATIENCE) == 0
    nodes = machine.nodes()
    assert (nodes["w(0)"]["phase"], nodes["w(0)"]["message"]) == ("Error", "pod deleted")
    assert (nodes["w(1)"]["phase"], machine.marks()) == ("Succeeded", ["0", "1"])


# -- while outputs are kept --------------------------------------------------------------------------------------


class Slow:
    """What a server is sent that takes it only when it is told to."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self.kept: list[bytes] = []
        self.address = ""


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()

    class Handler(Quiet):
        def do_PUT(self) -> None:
            made.asked.set()
            made.go.wait(PATIENCE)
            with contextlib.suppress(OSError):
                made.kept.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(201)

    with serving(Handler) as made.address:
        yield made
        made.go.set()


def keeps(machine: Machine, slow: Slow) -> None:
    place = {"name": "o", "path": "/tmp/o", "archive": {"none": {}}, "http": {"url": f"{slow.address}/o"}}
    machine.write(container=main("echo once >> /out/marks; echo kept > /tmp/o"), outputs={"artifacts": [place]})


def test_outputs_are_kept_once_when_tiphys_is_killed_meanwhile(machine: Machine, slow: Slow) -> None:
    keeps(machine, slow)
    with machine.running() as run:
        assert slow.asked.wait(PATIENCE)
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
        assert slow.asked.wait(PATIENCE)
        for pid in _children(supervisor_of(machine.home)):
            if "tiphys.adapters.executor" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        assert run.wait(PATIENCE) == 1
    node = machine.nodes()["w"]
    assert (node["phase"], machine.marks()) == ("Error", ["once"])
    assert node["message"] == "wait: Error (exit code 64): the executor was killed by signal 9"


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]

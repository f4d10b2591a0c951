"""What survives when a part of the machine is killed or full: pods, their logs, and the word on what happened."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.contract.test_runtimes import needs_sandbox, supervisor_of
from tests.waiting import PATIENCE
from tiphys.adapters.runtimes.process import ProcessRuntime
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.testing.contracts.runtime import UID, log_of, run, shell_pod, wait_for

PODS = 50
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: many}}
spec:
  entrypoint: main
  volumes: [{{name: out, hostPath: {{path: {folder}}}}}]
  templates:
  - name: main
    steps:
    - - name: pod
        template: wait
        withSequence: {{count: {pods}}}
        arguments: {{parameters: [{{name: number, value: "{{{{item}}}}"}}]}}
  - name: wait
    inputs: {{parameters: [{{name: number}}]}}
    container:
      image: none
      command: [sh, -c]
      args:
      - |
        echo first {{{{inputs.parameters.number}}}}
        echo {{{{inputs.parameters.number}}}} >> /out/marks
        while ! test -e /out/go; do sleep 0.2; done
        echo last {{{{inputs.parameters.number}}}}
      volumeMounts: [{{name: out, mountPath: /out}}]
"""


def marks(folder: Path) -> list[int]:
    file = folder / "marks"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


@needs_sandbox
def test_fifty_pods_go_on_when_the_controller_is_killed(tmp_path: Path) -> None:
    folder, file = tmp_path / "out", tmp_path / "many.yaml"
    folder.mkdir()
    file.write_text(WORKFLOW.format(folder=folder, pods=PODS))
    environment = {
        **os.environ, "TIPHYS_HOME": str(tmp_path / "home"), "TIPHYS_HOST_PATHS": str(folder), "TIPHYS_RUNTIME": "process"
    }  # fmt: skip
    tiphys = [sys.executable, "-m", "tiphys"]
    first = subprocess.Popen([*tiphys, "run", str(file)], env=environment, stdout=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + PATIENCE
        while len(marks(folder)) < PODS and first.poll() is None and time.monotonic() < give_up:
            time.sleep(0.05)
    finally:
        first.kill()
        first.wait()
    assert len(marks(folder)) == PODS
    (folder / "go").touch()
    done = subprocess.run(
        [*tiphys, "run", "--resume", "many"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Counter(marks(folder)) == Counter(range(PODS))
    logs = subprocess.run(
        [*tiphys, "logs", "many"], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    lines = Counter(line.rpartition(": ")[2] for line in logs.stdout.splitlines())
    assert lines == Counter(f"{word} {number}" for number in range(PODS) for word in ("first", "last"))
    shown = subprocess.run(
        [*tiphys, "get", "many", "-o", "json"], env=environment, capture_output=True, text=True, check=True
    )
    status = json.loads(shown.stdout)["status"]
    assert status["phase"] == "Succeeded" and status["progress"] == f"{PODS}/{PODS}"


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[ProcessRuntime]:
    made = ProcessRuntime(tmp_path / "home", sandbox=True)
    yield made
    made.remove(UID)
    made.close()


@needs_sandbox
def test_the_exit_code_of_a_process_that_somebody_kills_tells_the_signal(
    runtime: ProcessRuntime, tmp_path: Path
) -> None:
    request = shell_pod("a", f"echo up; exec sleep 1000 # {tmp_path}")
    runtime.start(request)
    wait_for(runtime, request.key, phase="Running")
    while not (found := _sleeping(str(tmp_path))):
        runtime.poll(0.05)
    for pid in found:
        os.kill(pid, 9)
    (main,) = wait_for(runtime, request.key)[request.key].containers
    assert (main.exit_code, main.reason, main.message) == (137, "Error", "")
    assert log_of(runtime, request.key) == [("stdout", "up")]


def _sleeping(mark: str) -> list[int]:
    """The ``sleep`` of the pod whose sandbox has ``mark`` in its words."""
    from tiphys.adapters.supervisor.processes import descendants

    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if (
                entry.name.isdigit()
                and mark in (words := (entry / "cmdline").read_text())
                and words.startswith("/usr/bin/bwrap")
            ):
                found |= {int(entry.name), *descendants(int(entry.name))}
    result = []
    for pid in found:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_text().startswith("sleep\0"):
                result.append(pid)
    return result


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tiphys-test", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Take all the room that is left."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@needs_sandbox
def test_a_full_disk_fails_the_pod_that_fills_it_and_the_rest_goes_on(small_disk: Path) -> None:
    runtime = ProcessRuntime(small_disk / "home", sandbox=True)
    try:
        waits = shell_pod("waits", "read x < /dev/null; sleep 2; exit 4")
        runtime.start(waits)
        wait_for(runtime, waits.key, phase="Running")
        full = run(runtime, shell_pod("fills", "while :; do echo 0123456789012345678901234567890123456789; done"))
        assert full.phase == "Error"
        assert full.containers[0].message == "the log cannot be written: no space left on device"
        assert wait_for(runtime, waits.key)[waits.key].containers[0].exit_code == 4
        assert run(runtime, shell_pod("next", "true")).phase == "Succeeded"  # the log that filled the disk gave way
        filler = small_disk / "filler"
        fill(filler)
        late = run(runtime, shell_pod("late", "true"))
        assert late.phase == "Error" and late.message.endswith("no space left on device")
        filler.unlink()
        assert run(runtime, shell_pod("after", "true")).phase == "Succeeded"
    finally:
        runtime.remove(UID)
        runtime.close()


@needs_sandbox
def test_the_executor_ends_with_its_supervisor(runtime: ProcessRuntime, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        source: JsonObject = {"url": f"http://127.0.0.1:{server.getsockname()[1]}/"}
        request = replace(shell_pod("a", "true"), input_artifacts=({"name": "in", "path": "/in", "http": source},))
        runtime.start(request)
        line, _ = server.accept()  # the executor asks, and nobody will answer
        with line:
            os.kill(supervisor_of(tmp_path / "home"), signal.SIGKILL)
            while line.recv(65_536):  # it hangs up when it ends
                pass
    assert wait_for(runtime, request.key)[request.key].lost

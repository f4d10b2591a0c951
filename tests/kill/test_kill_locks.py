"""`kill -9` of one of two `tiphys run` that share a mutex: the lock is neither lost nor held twice nor left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, until
from tiphys.adapters.stores.sql.sqlite.store import SqliteStore
from tiphys.adapters.system import SystemClock

#: Makes a folder that must not exist: whoever runs beside another one fails.
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: {name}}}
spec:
  entrypoint: main
  volumes: [{{name: out, hostPath: {{path: {folder}}}}}]
  {workflow_lock}
  templates:
  - name: main
    steps:
    - - name: work
        template: work
        withSequence: {{count: "{count}"}}
  - name: work
    {template_lock}
    script:
      image: none
      command: [sh]
      volumeMounts: [{{name: out, mountPath: /out}}]
      source: |
        mkdir /out/busy || exit 7
        echo {name} >> /out/marks
        while [ ! -e /out/go ]; do sleep 0.02; done
        rmdir /out/busy
"""
LOCK = "synchronization: {mutexes: [{name: m}]}"


class Machine:
    """A data directory on which several commands work at once."""

    def __init__(self, folder: Path) -> None:
        self.out, self.home, self._folder = folder / "out", folder / "home", folder
        self.out.mkdir()
        self.environment = {**os.environ, "TIPHYS_HOME": str(self.home), "TIPHYS_HOST_PATHS": str(self.out)}
        self.processes: list[subprocess.Popen[bytes]] = []

    def file(self, name: str, *, workflow_lock: bool, count: int = 1) -> str:
        """The manifest of a run."""
        path = self._folder / f"{name}.yaml"
        locks = {"workflow_lock": LOCK if workflow_lock else "", "template_lock": "" if workflow_lock else LOCK}
        path.write_text(WORKFLOW.format(name=name, folder=self.out, count=count, **locks))
        return str(path)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """``tiphys run`` in the background."""
        command = [sys.executable, "-m", "tiphys", "run", *arguments]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def marks(self) -> list[str]:
        """Who has begun to work, in order."""
        file = self.out / "marks"
        return file.read_text().split() if file.exists() else []

    def let_go(self) -> None:
        """Whoever works may end."""
        (self.out / "go").touch()

    def message(self, name: str) -> str:
        """What a workflow says of itself."""
        command = [sys.executable, "-m", "tiphys", "list", "-o", "wide"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return next((line for line in done.stdout.splitlines() if line.startswith(name)), "")

    def locked(self) -> bool:
        """Whether anybody holds or wants the mutex."""
        store = SqliteStore(self.home / "tiphys.db", SystemClock())
        try:
            return store.locks.used("default/Mutex/m")
        finally:
            store.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    made.let_go()
    for process in made.processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("workflow_lock", [True, False], ids=["workflow", "template"])
def test_the_holder_dies_and_its_lock_stays_until_it_is_taken_up_again(machine: Machine, workflow_lock: bool) -> None:
    first = machine.start(machine.file("first", workflow_lock=workflow_lock))
    until(machine.marks)
    second = machine.start(machine.file("second", workflow_lock=workflow_lock))
    until(lambda: "second" in machine.message("second"))
    first.kill()
    first.wait()
    machine.let_go()
    # The work of the first has ended, but nobody has taken note of it: its lock is not free.
    until(lambda: not (machine.out / "busy").exists())
    assert machine.marks() == ["first"]
    assert second.poll() is None
    resumed = machine.start("--resume", "first")
    assert resumed.wait(timeout=PATIENCE) == 0
    assert second.wait(timeout=PATIENCE) == 0
    assert machine.marks() == ["first", "second"]
    assert not machine.locked()


@pytest.mark.parametrize("workflow_lock", [True, False], ids=["workflow", "template"])
def test_whoever_waits_dies_and_holds_nobody_up(machine: Machine, workflow_lock: bool) -> None:
    # Work that shares only the lock of the workflow may overlap: one piece of it.
    count = 1 if workflow_lock else 3
    first = machine.start(machine.file("first", workflow_lock=workflow_lock, count=count))
    until(machine.marks)
    second = machine.start(machine.file("second", workflow_lock=workflow_lock))
    until(lambda: ("Pending" if workflow_lock else "Running") in machine.message("second"))
    third = machine.start(machine.file("third", workflow_lock=workflow_lock))
    until(lambda: ("Pending" if workflow_lock else "Running") in machine.message("third"))
    second.kill()
    second.wait()
    machine.let_go()
    assert first.wait(timeout=PATIENCE) == 0
    assert third.wait(timeout=PATIENCE) == 0
    assert machine.marks() == ["first"] * count + ["third"]
    resumed = machine.start("--resume", "second")
    assert resumed.wait(timeout=PATIENCE) == 0
    assert machine.marks() == ["first"] * count + ["third", "second"]
    assert not machine.locked()


def test_deleting_the_run_of_a_dead_process_frees_its_lock(machine: Machine) -> None:
    first = machine.start(machine.file("first", workflow_lock=True))
    until(machine.marks)
    second = machine.start(machine.file("second", workflow_lock=True))
    until(lambda: "Pending" in machine.message("second"))
    first.kill()
    first.wait()
    machine.let_go()
    until(lambda: not (machine.out / "busy").exists())
    command = [sys.executable, "-m", "tiphys", "delete", "first"]
    subprocess.run(command, env=machine.environment, stdout=subprocess.DEVNULL, timeout=PATIENCE, check=True)
    assert second.wait(timeout=PATIENCE) == 0
    assert machine.marks() == ["first", "second"]
    assert not machine.locked()

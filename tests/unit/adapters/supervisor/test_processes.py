"""Trees of processes, read from the machine."""

from __future__ import annotations

import subprocess
import time

from tiphys.adapters.supervisor import processes
from tiphys.adapters.supervisor.ports import taken


def test_a_shell_does_not_go_on_when_its_command_is_ended() -> None:
    shell = subprocess.Popen(["sh", "-c", "sh -c 'sleep 1000; exit 3'; exit 0"])
    try:
        while len(members := [shell.pid, *processes.descendants(shell.pid)]) < 3:
            time.sleep(0.001)
        assert all(members.index(child) > members.index(pid) for pid in members for child in processes.children(pid))
        living = iter([members, members, []])
        assert processes.terminate(lambda: next(living))
        assert shell.wait() == -15
    finally:
        shell.kill()
    assert not processes.terminate(list)


def test_no_port_is_taken_of_none() -> None:
    assert taken(()) is None

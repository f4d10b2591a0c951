"""Completion in real shells: what is typed at a terminal, then the tabulator key."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.needs import skip_without
from tests.waiting import PATIENCE

from tiphys.entrypoints.cli.main import main

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: vessel}
spec:
  entrypoint: main
  templates:
  - {name: main, suspend: {duration: "0"}}
"""
#: How each shell is started without anybody's settings, and told of the completion.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(tiphys completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit && compinit -u && eval "$(tiphys completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "tiphys completion fish | source"),
}
_CONTROL = re.compile(
    r"\x1b(\[[0-9;?<>=!]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78]|P[^\x1b]*\x1b\\)|[\r\x08\x07]"
)


class Terminal:
    """A program at a terminal of its own: what is typed, and what it has written since."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = ""

    def type(self, text: str) -> None:
        """Type something; what was written before is forgotten."""
        self._seen = ""
        os.write(self._descriptor, text.encode())

    def until(self, text: str) -> str:
        """Everything up to where a text has been written."""
        end = time.monotonic() + PATIENCE
        while text not in _CONTROL.sub("", self._seen):
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} did not come: {_CONTROL.sub('', self._seen)!r}"
            self._seen += os.read(self._descriptor, 65536).decode(errors="replace")
        return _CONTROL.sub("", self._seen)


@contextmanager
def shell(command: list[str], variables: dict[str, str]) -> Iterator[Terminal]:
    """A shell in which somebody types; it is killed at the end."""
    child, descriptor = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, variables)
    try:
        yield Terminal(descriptor)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(descriptor)


@pytest.mark.parametrize("name", SHELLS)
def test_commands_flags_and_names_are_completed(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command, told = SHELLS[name]
    skip_without(shutil.which(command[0]) is not None, name)
    (tmp_path / "wf.yaml").write_text(WORKFLOW)
    assert main(["run", str(tmp_path / "wf.yaml"), "--home", str(tmp_path / "home")]) == 0
    program = tmp_path / "bin" / "tiphys"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tiphys "$@"\n')
    program.chmod(0o755)
    variables = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "xterm",
        "TIPHYS_HOME": str(tmp_path / "home"),
    }
    with shell(command, variables) as terminal:
        terminal.type(f"{told}; echo rea''dy\n")
        terminal.until("ready")
        for typed, whole in (("tiphys termi", "nate "), ("tiphys get --no-ut", "f8 "), ("tiphys get ves", "sel ")):
            terminal.type(f"{typed}\t")
            terminal.until(f"{typed}{whole}")
            terminal.type("\x15")  # the line is emptied

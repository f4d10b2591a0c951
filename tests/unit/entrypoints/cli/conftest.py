"""Runs commands in this process over the fakes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.entrypoints.cli.cli_fakes import NOW, FakeSystem, files_of, wire_of

import tiphys.entrypoints
from tiphys.core.manifest.document import Loaded
from tiphys.entrypoints.cli import main as entry
from tiphys.entrypoints.cli import session

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeSystem:
    """The fake system that every command of the test opens."""
    made = FakeSystem()
    monkeypatch.setitem(sys.modules, "tiphys.entrypoints.wire.local", wire_of(made))
    monkeypatch.setattr(tiphys.entrypoints, "files", files_of(Loaded((), ())), raising=False)
    monkeypatch.setattr(session, "now", lambda: NOW)
    monkeypatch.setenv("TIPHYS_HOME", str(tmp_path))
    for name in ("TIPHYS_NAMESPACE", "ARGO_NAMESPACE", "TIPHYS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.fixture
def loaded(system: FakeSystem, monkeypatch: pytest.MonkeyPatch) -> Callable[[Loaded], None]:
    """Says what the files of the next command hold."""
    return lambda content: monkeypatch.setattr(tiphys.entrypoints, "files", files_of(content))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the command line; answers with exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = entry.main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call

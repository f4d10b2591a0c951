"""Whether the sandbox works is tried once and remembered while nothing changes that it hangs on."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tiphys.adapters.runtimes.process import sandbox, trial


class TestTrouble:
    @pytest.fixture
    def said(self, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
        """What bubblewrap says at each trial, last first."""
        answers: list[str | None] = []
        monkeypatch.setattr(sandbox, "probe", lambda *_: answers.pop())
        return answers

    @pytest.fixture
    def found(self, tmp_path: Path) -> sandbox.Sandbox:
        program = tmp_path / "bwrap"
        program.write_text("")
        return sandbox.Sandbox(str(program), (), (), (), ())

    def test_it_is_tried_once(self, tmp_path: Path, found: sandbox.Sandbox, said: list[str | None]) -> None:
        said += [None]
        assert trial.trouble(found, str(tmp_path)) is None
        assert trial.trouble(found, str(tmp_path)) is None
        assert not list(tmp_path.glob("probe-*"))

    def test_what_did_not_work_is_tried_again(
        self, tmp_path: Path, found: sandbox.Sandbox, said: list[str | None]
    ) -> None:
        said += [None, "no namespaces"]
        assert trial.trouble(found, str(tmp_path)) == "no namespaces"
        assert trial.trouble(found, str(tmp_path)) is None

    def test_another_command_line_or_program_is_tried(
        self, tmp_path: Path, found: sandbox.Sandbox, said: list[str | None]
    ) -> None:
        said += ["no devices", "no namespaces", None]
        assert trial.trouble(found, str(tmp_path)) is None
        assert trial.trouble(replace(found, options=("--dev", "/dev")), str(tmp_path)) == "no namespaces"
        Path(found.program).write_text("newer")
        assert trial.trouble(found, str(tmp_path)) == "no devices"

"""Data directories that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tiphys.entrypoints.cli import problems
from tiphys.entrypoints.wire.home import claim_home
from tiphys.errors import HomeError


def test_it_is_made_with_its_parents_and_its_pods_are_for_nobody_else(tmp_path: Path) -> None:
    claim_home(tmp_path / "a" / "b")
    claim_home(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "pods").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("home", "place", "said"),
    [("file", "file", "made: not a directory"), ("file/below", "file/below", "made: not a directory"),
     ("taken", "taken/pods", "made: file exists")],
)  # fmt: skip
def test_a_place_where_a_file_is_in_the_way_is_refused(tmp_path: Path, home: str, place: str, said: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "pods").touch()
    with pytest.raises(HomeError, match=said) as caught:
        claim_home(tmp_path / home)
    assert str(caught.value.where).startswith(str(tmp_path / place))
    assert (caught.value.hint, problems.exit_code(caught.value)) == ("choose another with --home", problems.REFUSED)


def test_a_place_where_nothing_can_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pods").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write wherever the disk is no read-only one
    with pytest.raises(HomeError, match="the data directory cannot be written to"):
        claim_home(tmp_path)

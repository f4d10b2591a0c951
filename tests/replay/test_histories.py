"""Histories that earlier versions recorded: the present version decides the same, also when it takes them over midway."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tiphys.testing.history import History, replay

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def read(path: Path) -> History:
    return msgspec.json.decode(path.read_bytes(), type=History)


@pytest.mark.parametrize("restarting", [False, True], ids=["in one go", "taken over at every moment"])
@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_recorded_history(path: Path, restarting: bool) -> None:
    assert replay(read(path), restarting=restarting) == []


def test_there_are_histories_and_they_end() -> None:
    assert len(HISTORIES) >= 8
    assert all(read(path).moments[-1].finished for path in HISTORIES)


def test_a_changed_decision_is_found() -> None:
    history = read(HISTORIES[0])
    row = dict(history.moments[0].rows[0])
    row["status"] = {**row["status"], "message": "something else"}  # type: ignore[dict-item]
    first = msgspec.structs.replace(history.moments[0], rows=(row, *history.moments[0].rows[1:]))
    changed = msgspec.structs.replace(history, moments=(first, *history.moments[1:]))
    assert any("message" in text for text in replay(changed))

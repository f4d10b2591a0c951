"""Histories that earlier versions recorded: the present version decides the same, also when it takes them over midway."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tiphys.testing import cronhistory
from tiphys.testing.history import EVENTS, History, replay

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
CRONS = sorted((Path(__file__).parent / "crons").glob("*.json"))


def read(path: Path) -> History:
    return msgspec.json.decode(path.read_bytes(), type=History)


def read_cron(path: Path) -> cronhistory.CronHistory:
    return msgspec.json.decode(path.read_bytes(), type=cronhistory.CronHistory)


@pytest.mark.parametrize("restarting", [False, True], ids=["in one go", "taken over at every moment"])
@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_recorded_history(path: Path, restarting: bool) -> None:
    assert replay(read(path), restarting=restarting) == []


@pytest.mark.parametrize("path", CRONS, ids=lambda path: path.stem)
def test_a_recorded_schedule(path: Path) -> None:
    assert cronhistory.replay(read_cron(path)) == []


def test_there_are_histories_and_they_end() -> None:
    assert len(HISTORIES) >= 15 and len(CRONS) >= 2
    assert all(read(path).moments[-1].finished for path in HISTORIES)


def test_what_was_recorded_holds_what_it_is_about() -> None:
    """A history that lost its locks, hits or retries would still replay."""
    moments = [moment for path in HISTORIES for moment in read(path).moments]
    assert {key for moment in moments for key in moment.asked} == {"locks", "unlocks", "lookups", "cached"}
    assert {str(event["kind"]) for moment in moments for event in moment.events} == EVENTS.keys() - {"Refused"}
    assert [moment.retried.chosen for moment in moments if moment.retried is not None] == [("retried.chosen",)]
    looks = [look for path in CRONS for look in read_cron(path).moments]
    assert all(any(getattr(look, what) for look in looks) for what in ("made", "removed", "asked"))


def test_a_changed_schedule_is_found() -> None:
    history = read_cron(CRONS[0])
    later = msgspec.structs.replace(history.moments[2], now=history.moments[2].now + timedelta(seconds=15))
    changed = msgspec.structs.replace(history, moments=(*history.moments[:2], later, *history.moments[3:]))
    assert cronhistory.replay(changed) == ["moment 2: now"]


def test_a_changed_decision_is_found() -> None:
    history = read(HISTORIES[0])
    row = dict(history.moments[0].rows[0])
    row["status"] = {**row["status"], "message": "something else"}  # type: ignore[dict-item]
    first = msgspec.structs.replace(history.moments[0], rows=(row, *history.moments[0].rows[1:]))
    changed = msgspec.structs.replace(history, moments=(first, *history.moments[1:]))
    assert any("message" in text for text in replay(changed))

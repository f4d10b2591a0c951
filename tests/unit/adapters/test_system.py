from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tiphys.adapters.system import SystemClock

SECOND = 1_000_000_000


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The machine's two clocks, in nanoseconds, to be set by hand."""
    clocks = {"wall": 1_767_603_600 * SECOND, "monotonic": 5 * SECOND}
    monkeypatch.setattr(time, "time_ns", lambda: clocks["wall"])
    monkeypatch.setattr(time, "monotonic_ns", lambda: clocks["monotonic"])
    return clocks


def test_now_is_the_machines_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)


def test_time_follows_the_wall_clock_forward(machine: dict[str, int]) -> None:
    clock = SystemClock()
    first = clock.now()
    machine["wall"] += 3600 * SECOND  # the machine slept: the monotonic clock did not move
    assert clock.now() - first == timedelta(hours=1)


def test_time_goes_on_while_the_wall_clock_is_set_back(machine: dict[str, int]) -> None:
    clock = SystemClock()
    first = clock.now()
    machine["wall"] -= 100 * SECOND
    machine["monotonic"] += 2 * SECOND
    assert clock.now() - first == timedelta(seconds=2)
    machine["wall"] += 30 * SECOND
    machine["monotonic"] += 30 * SECOND
    assert clock.now() - first == timedelta(seconds=32)
    machine["wall"] += 80 * SECOND  # caught up: 10 s ahead of the first answer, 32 s were given
    machine["monotonic"] += 80 * SECOND
    assert clock.now() - first == timedelta(seconds=112)
    machine["wall"] += 200 * SECOND
    assert clock.now() - first == timedelta(seconds=210)


def test_uids_are_fresh_version_4_uuids_in_lower_case() -> None:
    clock = SystemClock()
    uids = [clock.uid() for _ in range(1000)]
    assert len(set(uids)) == 1000
    for text in uids:
        parsed = uuid.UUID(text)
        assert str(parsed) == text
        assert (parsed.version, parsed.variant) == (4, uuid.RFC_4122)


def test_suffixes_are_five_characters_for_names() -> None:
    clock = SystemClock()
    suffixes = [clock.suffix() for _ in range(2000)]
    assert all(re.fullmatch(r"[a-z0-9]{5}", suffix) for suffix in suffixes)
    assert len(set("".join(suffixes))) == 27
    assert len(set(suffixes)) > 1990

"""Figures over runs that are over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services import insights as module
from tiphys.app.services.archive import Archive
from tiphys.app.services.insights import insights
from tiphys.app.services.listing import Listing, Wanted
from tiphys.ports.store import Times
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

CRON = {"workflows.argoproj.io/cron-workflow": "nightly"}


class World:
    """A store with an archive, and its figures."""

    def __init__(self) -> None:
        self.store = MemoryStore(VirtualClock())
        self.archive = Archive(self.store, on=True)

    def ended(
        self, name: str, *, took: int, minute: int = 0, phase: str = "Succeeded", cpu: int = 0, **labels: str
    ) -> None:
        data = b'{"status": {"resourcesDuration": {"cpu": %d, "memory": 2}}}' % cpu
        stored = an_object(name, minutes=minute, phase=phase, data=data, labels=labels)
        started = stored.created_at + timedelta(seconds=3)
        times = Times(started=started, finished=started + timedelta(seconds=took))
        self.store.create(replace(stored, times=times))

    def figures(self, **wanted: str) -> Any:
        return insights(Listing(self.store, self.archive), Wanted(**cast("Any", wanted)))


def test_runs_are_counted_in_all_and_by_origin_and_those_that_go_on_are_not() -> None:
    world = World()
    for number in range(1, 10):
        phase = "Failed" if number == 9 else "Succeeded"
        world.ended(f"n{number}", took=number, minute=number, phase=phase, cpu=10, **CRON)
    world.ended("alone", took=100, cpu=1)
    world.store.create(an_object("going", phase="Running"))
    found = world.figures()
    total = {"finished": 10, "failed": 1, "median": 5, "p90": 9, "waited": 3, "cpu": 91, "memory": 20}
    assert found["total"] == total
    assert found["cut"] is False
    origins = {(row["kind"], row["name"]): row["finished"] for row in found["origins"]}
    assert origins == {("schedule", "nightly"): 9, ("", ""): 1}
    assert found["runs"][0]["name"] == "n9", "the newest is first"
    assert [row["finished"] for row in found["times"]] == [5, 5], "the first five minutes and the next"


def test_copies_of_the_archive_count_and_say_that_they_are_such() -> None:
    world = World()
    world.ended("kept", took=5, cpu=7)
    stored = world.store.get(an_object("kept").key)
    assert stored is not None
    world.archive.keep(stored)
    world.store.delete(stored.key)
    found = world.figures()
    assert (found["total"]["finished"], found["total"]["cpu"]) == (1, 7)
    assert [(run["name"], run["archived"]) for run in found["runs"]] == [("kept", True)]


def test_no_runs_have_no_figures() -> None:
    found = World().figures()
    assert found["total"]["median"] is None
    assert (found["times"], found["runs"], found["origins"]) == ([], [], [])


def test_what_is_cut_says_so(monkeypatch: Any) -> None:
    world = World()
    for minute in range(4):
        world.ended(f"w{minute}", took=1, minute=minute)
    monkeypatch.setattr(module, "COUNTED", 3)
    found = world.figures()
    assert found["cut"] is True
    assert sorted(run["name"] for run in found["runs"]) == ["w1", "w2", "w3"], "the newest are counted"


def test_many_runs_over_a_year_are_at_most_sixty_stretches() -> None:
    world = World()
    for day in range(0, 366, 2):
        world.ended(f"d{day}", took=1, minute=day * 1440)
    times = world.figures()["times"]
    assert 1 < len(times) <= 60
    assert sum(row["finished"] for row in times) == 183

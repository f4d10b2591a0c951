"""Pages of workflows while workflows come, go and are archived between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.archive import Archive
from tiphys.app.services.fieldselector import NameFilter
from tiphys.app.services.listing import Listing, Wanted
from tiphys.testing.clock import VirtualClock
from tiphys.testing.contracts.store import an_object

CHANGES = st.lists(st.tuples(st.sampled_from(["archive", "delete", "make", "nothing"]), st.integers(0, 11)), max_size=8)


class World:
    """A store with an archive: workflows ``w0`` … are made in the order of their minutes."""

    def __init__(self, minutes: list[int]) -> None:
        self.store = MemoryStore(VirtualClock())
        self.archive = Archive(self.store, on=True)
        self.listing = Listing(self.store, self.archive)
        for number, minute in enumerate(minutes):
            self.make(f"w{number}", minute)

    def make(self, name: str, minute: int, **labels: str) -> None:
        self.store.create(an_object(name, minutes=minute, phase="Succeeded", data=b"{}", labels=labels))

    def remove(self, name: str, *, archived: bool) -> bool:
        stored = self.store.get(an_object(name).key)
        if stored is None:
            return False
        if archived:
            self.archive.keep(stored)
        return self.store.delete(stored.key)

    def names(self, wanted: Wanted) -> list[str]:
        return [row.stored.key.name for row in self.listing.page(wanted).rows]


@given(
    minutes=st.lists(st.integers(0, 4), min_size=1, max_size=12),
    changes=CHANGES,
    limit=st.integers(1, 4),
    live=st.booleans(),
)
def test_every_workflow_that_stays_is_shown_once(
    minutes: list[int], changes: list[tuple[str, int]], limit: int, *, live: bool
) -> None:
    # Several archived at one moment may be shown again; their times of creation are microseconds apart in life.
    world = World(sorted({minute * 100 + number for number, minute in enumerate(minutes)}))
    names = [f"w{number}" for number in range(len(minutes))]
    deleted: set[str] = set()
    found: list[str] = []
    wanted = Wanted(limit=limit, live=live)
    for what, number in [*changes, *[("nothing", 0)] * 30]:
        page = world.listing.page(wanted)
        found += [row.stored.key.name for row in page.rows]
        if not page.next:
            break
        wanted = Wanted(limit=limit, live=live, after=page.next)
        name = names[number % len(names)]
        if what in ("archive", "delete") and world.remove(name, archived=what == "archive") and what == "delete":
            deleted.add(name)
        elif what == "make":
            world.make(f"new{len(found)}-{number}", 10_000 + number)
    assert len(found) == len(set(found))
    assert set(names) - deleted <= set(found) <= set(names)


def test_numbers_count_rows() -> None:
    world = World([0, 1, 2, 3, 4])
    world.remove("w3", archived=True)
    world.remove("w0", archived=True)
    whole = ["w4", "w3", "w2", "w1", "w0"]
    for offset in range(6):
        assert world.names(Wanted(offset=offset)) == whole[offset:]
    page = world.listing.page(Wanted(offset=1, limit=2, count=True))
    assert ([row.stored.key.name for row in page.rows], page.remaining) == (["w3", "w2"], 2)
    assert world.names(Wanted(after=page.next)) == ["w1", "w0"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (NameFilter(wanted="w1"), ["w1"]),
        (NameFilter(wanted="w2"), ["w2"]),
        (NameFilter(how="Contains", wanted="1"), ["w1"]),
        (NameFilter(prefix="w"), ["w2", "w1", "w0"]),
        (NameFilter(unwanted="w2"), ["w1", "w0"]),
        (NameFilter(wanted="w1", unwanted="w1"), []),
    ],
)
def test_copies_are_found_by_the_names_of_their_workflows(names: NameFilter, expected: list[str]) -> None:
    world = World([0, 1, 2])
    world.remove("w1", archived=True)
    assert world.names(Wanted(names=names)) == expected


def test_copies_have_the_labels_of_their_workflows() -> None:
    world = World([])
    world.make("w", 0, team="x")
    world.remove("w", archived=True)
    [row] = world.listing.page(Wanted()).rows
    assert (row.archived, dict(row.stored.labels)) == (True, {"team": "x"})


def test_counts_of_phases_are_of_the_rows_that_all_pages_show() -> None:
    world = World([0, 1, 2, 3])
    world.store.create(an_object("new", minutes=4, phase="", data=b"{}"))
    world.remove("w0", archived=True)
    world.remove("w1", archived=False)
    counted = world.listing.phases(Wanted(limit=1))
    assert counted == {"Pending": 1, "Running": 0, "Succeeded": 3, "Failed": 0, "Error": 0}
    assert sum(counted.values()) == len(world.names(Wanted()))
    assert world.listing.phases(Wanted(archived=False))["Succeeded"] == 2
    assert world.listing.phases(Wanted(live=False))["Pending"] == 0

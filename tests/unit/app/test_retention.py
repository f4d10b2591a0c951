"""How many finished workflows stay, and which come into the archive."""

from __future__ import annotations

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.retention import RetentionCounts
from tiphys.app.services.archive import Archive
from tiphys.app.services.listing import Listing, Wanted
from tiphys.app.services.scope import Scope
from tiphys.core.objects.selectors import label_selector
from tiphys.ports.store import ListOptions, StoredObject
from tiphys.testing.clock import START, VirtualClock
from tiphys.testing.contracts.store import an_object


def stored(phases: str) -> MemoryStore:
    """One workflow a minute: Succeeded, Failed, Error or Running by its letter."""
    store = MemoryStore(VirtualClock())
    names = {"S": "Succeeded", "F": "Failed", "E": "Error", "R": "Running"}
    for number, letter in enumerate(phases):
        store.create(an_object(f"{letter}{number}", minutes=number, phase=names[letter], data=b"{}"))
    return store


def left(store: MemoryStore) -> list[str]:
    return [item.key.name for item in store.list(ListOptions(kind="Workflow")).items]


def counted(store: MemoryStore, scope: Scope | None = None) -> list[str]:
    def remove(item: StoredObject) -> None:
        store.delete(item.key)

    kept = {"Succeeded": 2, "Failed": 1, "Error": 0}
    duty = RetentionCounts(store, remove, kept, scope or Scope())
    assert duty.perform(START) > START
    return left(store)


def test_the_oldest_of_each_phase_go() -> None:
    assert counted(stored("SSRFESFSR")) == ["R8", "S7", "F6", "S5", "R2"]


def test_what_others_look_after_stays() -> None:
    assert counted(stored("SSS"), Scope(namespace="elsewhere")) == ["S2", "S1", "S0"]
    assert counted(stored("SSS"), Scope(instance="blue")) == ["S2", "S1", "S0"]


def test_a_selector_decides_what_is_archived() -> None:
    store = MemoryStore(VirtualClock())
    for name, labels in (("a", {"keep": "yes"}), ("b", {"keep": "no"}), ("c", {})):
        data = f'{{"metadata": {{"name": "{name}", "namespace": "argo"}}}}'.encode()
        store.create(an_object(name, labels=labels, phase="Succeeded", data=data))
    archive = Archive(store, on=True, selector=label_selector({"matchLabels": {"keep": "yes"}}))
    listing = Listing(store, archive)
    for item in store.list(ListOptions(kind="Workflow")).items:
        archive.keep(item)
    assert [row.stored.key.name for row in listing.page(Wanted(live=False)).rows] == ["a", "a"]
    for item in store.list(ListOptions(kind="Workflow")).items:
        store.delete(item.key)
    assert [row.stored.key.name for row in listing.page(Wanted(live=False)).rows] == ["a"]

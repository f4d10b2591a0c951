"""What an object was before it was changed."""

from __future__ import annotations

from tests.unit.app.cluster.test_objects import at

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.objects import LocalObjects
from tiphys.app.services.cluster.rights import StoredRights
from tiphys.app.services.cluster.shapes import SHAPED
from tiphys.app.services.cluster.versions import KEPT, VersionRules, versions_of
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ids import WorkflowUid
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import ObjectRef
from tiphys.ports.store import ARGO_GROUP
from tiphys.testing.clock import VirtualClock

KIND = "WorkflowTemplate"


class Kept:
    """A template ``greet`` that is changed again and again."""

    def __init__(self) -> None:
        clock = VirtualClock()
        self.store = MemoryStore(clock)
        kind = next(kind for kind in SHAPED if kind.kind == KIND)
        self.rules = VersionRules(kind, self.store, clock)
        collector = Collector(self.store)
        self.objects = LocalObjects(
            self.store, clock, StoredRights(self.store), collector, {(ARGO_GROUP, KIND): self.rules}
        )
        self.live = self.objects.create(OWNER, self.manifest("0"), "argo")

    def manifest(self, entrypoint: str, **metadata: JsonValue) -> JsonObject:
        named: JsonObject = {"name": "greet", **metadata}
        return {
            "apiVersion": f"{ARGO_GROUP}/v1alpha1",
            "kind": KIND,
            "metadata": named,
            "spec": {"entrypoint": entrypoint},
        }

    def change(self, entrypoint: str, **metadata: JsonValue) -> None:
        self.live = self.objects.update(OWNER, self.manifest(entrypoint, **metadata), "argo")

    def found(self) -> list[tuple[int, JsonValue]]:
        generation = at(self.live, "metadata", "generation")
        assert isinstance(generation, int)
        versions = versions_of(self.store, str(at(self.live, "metadata", "uid")), generation)
        return [(version.generation, at(version.manifest, "spec", "entrypoint")) for version in versions]


def test_each_change_of_the_content_leaves_the_version_before() -> None:
    kept = Kept()
    assert kept.found() == []
    kept.change("1")
    kept.change("1", labels={"only": "metadata"})
    kept.change("2")
    assert kept.found() == [(2, "1"), (1, "0")]


def test_only_the_newest_versions_are_kept() -> None:
    kept = Kept()
    for number in range(1, KEPT + 4):
        kept.change(str(number))
    assert [generation for generation, _ in kept.found()] == [*range(KEPT + 3, 3, -1)]


def test_a_version_that_a_crash_left_behind_counts_for_nothing_and_is_written_again() -> None:
    kept = Kept()
    stored = kept.store.find(WorkflowUid(str(at(kept.live, "metadata", "uid"))))
    assert stored is not None
    kept.rules.replacing(stored, kept.manifest("x", generation=2))
    assert kept.found() == []
    kept.change("1")
    assert kept.found() == [(1, "0")]


def test_versions_go_with_their_object() -> None:
    kept = Kept()
    kept.change("1")
    kind = kept.objects.catalogue().find("workflowtemplates")
    assert kind is not None
    uid = str(at(kept.live, "metadata", "uid"))
    kept.objects.delete(OWNER, ObjectRef(kind, "argo", "greet"))
    assert versions_of(kept.store, uid, 99) == []

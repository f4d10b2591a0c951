"""Artifacts are removed when their time has come, and a storage that refuses holds nothing up."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import msgspec
import pytest
from msgspec.structs import replace
from tests.waiting import PATIENCE

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.artifacts import ArtifactDuty
from tiphys.app.services.cluster.collect import Collector as Remover
from tiphys.app.services.collection import Collector
from tiphys.app.services.collectiontasks import GIVEN_UP, TASK
from tiphys.app.services.objects import (
    COMPLETED,
    COMPLETED_LABEL,
    KIND,
    key_of,
    node_changes,
    node_row,
    row_labels,
    workflow_of,
)
from tiphys.core.engine.facts import Fact
from tiphys.core.engine.naming import fnv1a
from tiphys.core.engine.step import Internal, NodeChange
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.core.manifest.model.artifact import Artifact, ArtifactGC, S3Artifact
from tiphys.core.manifest.model.meta import Metadata, ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import WorkflowLevelArtifactGC
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowSpec, WorkflowStatus
from tiphys.errors import ArtifactError
from tiphys.ids import WorkflowUid
from tiphys.ports.artifacts import ArtifactDriver, Entry, Location, SecretLookup
from tiphys.ports.store import ListOptions, RunCommit, StoredObject
from tiphys.testing.clock import VirtualClock

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class FakeStorage:
    """Notes what is removed; keys in ``refused`` cannot be."""

    def __init__(self) -> None:
        self.removed: list[str] = []
        self.refused: set[str] = set()

    def find(self, artifact: JsonObject, secrets: SecretLookup) -> tuple[ArtifactDriver, Location]:
        driver = next(name for name in ("s3", "file") if name in artifact)
        fields = artifact[driver]
        assert isinstance(fields, dict)
        return self, Location(driver=driver, key=str(fields["key"]), fields=fields)

    def delete(self, location: Location) -> None:
        if location.key in self.refused:
            raise ArtifactError(f"no way to {location.key}", transient=True)
        self.removed.append(location.key)

    def fetch(self, artifact: JsonObject, secrets: SecretLookup, path: str) -> None:
        raise NotImplementedError

    def load(self, location: Location, path: str) -> None:
        raise NotImplementedError

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        raise NotImplementedError

    def open(self, location: Location) -> BinaryIO:
        return io.BytesIO()

    def list(self, location: Location) -> Iterator[Entry]:
        return iter(())

    def is_directory(self, location: Location) -> bool:
        return False


class World:
    def __init__(self) -> None:
        self.store = MemoryStore(VirtualClock())
        self.storage = FakeStorage()
        self.collector = Collector(self.store, self.storage)

    def add(
        self,
        name: str,
        strategy: str | None = None,
        *,
        phase: str = "Succeeded",
        force: bool | None = None,
        own: ArtifactGC | None = None,
        **artifacts: str | None,
    ) -> None:
        """A workflow with one pod whose output artifacts have these strategies of their own; ``own`` says the rest."""
        common = WorkflowLevelArtifactGC(strategy=strategy, force_finalizer_removal=force) if strategy else None
        spec = WorkflowSpec(artifact_gc=common)
        outputs = tuple(
            Artifact(
                name=artifact, s3=S3Artifact(endpoint="e", bucket="b", key=f"{name}/{artifact}"),
                artifact_gc=replace(own or ArtifactGC(), strategy=strategy) if strategy or own else None,
            )
            for artifact, strategy in artifacts.items()
        )  # fmt: skip
        workflow = Workflow(
            metadata=ObjectMeta(name=name, namespace="ns", uid=f"uid-{name}", labels={COMPLETED_LABEL: str(phase in COMPLETED).lower()}),
            spec=spec, status=WorkflowStatus(phase=phase),
        )  # fmt: skip
        self.store.create(
            StoredObject(
                key=key_of("ns", name), uid=WorkflowUid(f"uid-{name}"), resource_version=0, created_at=NOON,
                labels=row_labels(workflow), phase=phase, data=msgspec.json.encode(workflow),
            )
        )  # fmt: skip
        status = NodeStatus(id=f"{name}-1", name=name, type="Pod", outputs=Outputs(artifacts=outputs))
        self.store.commit(
            RunCommit(
                uid=WorkflowUid(f"uid-{name}"), nodes=[node_row(NodeChange(status, Internal(sequence=1, started=NOON)))]
            )
        )

    def rows(self) -> list[StoredObject]:
        return list(self.store.list(ListOptions(kind=KIND)).items)

    def round(self, hours: float = 0) -> list[str]:
        now = NOON + timedelta(hours=hours)
        self.collector.plan(now)
        return self.collector.collect(now)

    def deleted(self, name: str) -> dict[str, bool]:
        changes = node_changes(list(self.store.nodes(WorkflowUid(f"uid-{name}"))))
        outputs = changes[0].status.outputs
        assert outputs is not None
        return {artifact.name: bool(artifact.deleted) for artifact in outputs.artifacts or ()}

    def conditions(self, name: str) -> list[tuple[str, str | None]]:
        stored = self.store.get(key_of("ns", name))
        assert stored is not None
        status = workflow_of(stored).status
        return [(item.type or "", item.message) for item in (status.conditions if status else None) or ()]

    def finalizers(self, name: str) -> list[str]:
        stored = self.store.get(key_of("ns", name))
        assert stored is not None
        meta = workflow_of(stored).metadata
        return list((meta.finalizers if meta else None) or ())

    def delete(self, name: str) -> None:
        stored = self.store.get(key_of("ns", name))
        assert stored is not None
        Remover(self.store).remove(stored, "2026-01-01T12:00:00Z")

    def there(self, name: str) -> bool:
        for stored in self.collector.free():
            self.delete(stored.key.name)
        return self.store.get(key_of("ns", name)) is not None

    def tasks(self) -> list[StoredObject]:
        return list(self.store.list(ListOptions(kind=TASK)).items)


@pytest.fixture
def world() -> World:
    return World()


def test_what_goes_on_completion_goes_at_once_and_is_marked(world: World) -> None:
    world.add("wf", "OnWorkflowCompletion", a=None, b="Never", c="OnWorkflowDeletion")
    assert world.round() == []
    assert world.storage.removed == ["wf/a"]
    assert world.deleted("wf") == {"a": True, "b": False, "c": False}


def test_what_goes_on_deletion_waits_until_the_workflow_is_gone(world: World) -> None:
    world.add("wf", "OnWorkflowDeletion", a=None, b="Never")
    world.round()
    assert world.storage.removed == []
    world.store.delete(key_of("ns", "wf"))
    world.round()
    assert world.storage.removed == ["wf/a"]
    assert world.tasks() == []


def test_nothing_is_removed_unless_somebody_says_so(world: World) -> None:
    world.add("wf", None, a=None)
    world.add("never", "Never", a=None)
    world.round()
    for name in ("wf", "never"):
        world.store.delete(key_of("ns", name))
    world.round()
    assert world.storage.removed == []


def test_a_running_workflow_that_is_deleted_leaves_a_task(world: World) -> None:
    world.add("wf", "OnWorkflowDeletion", phase="Running", a=None, b="OnWorkflowCompletion")
    stored = world.store.get(key_of("ns", "wf"))
    assert stored is not None
    world.collector.before_deletion(stored, NOON)
    world.store.delete(stored.key)
    world.collector.collect(NOON)
    assert sorted(world.storage.removed) == ["wf/a", "wf/b"]


def test_one_that_fails_keeps_no_other_back_and_is_told(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowCompletion", a=None, b=None)
    task = "wf-artgc-wfcomp-2166136261-0"
    assert world.round() == [f"{task}: artifact 'a': no way to wf/a"]
    assert world.storage.removed == ["wf/b"]
    assert world.deleted("wf") == {"a": False, "b": True}
    assert world.conditions("wf") == [("ArtifactGCError", f"no way to wf/a (artifactGCTask: {task})")]


def test_it_is_tried_again_with_pauses(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowCompletion", a=None)
    assert len(world.round()) == 1
    assert world.round(hours=0.001) == []
    assert len(world.round(hours=0.01)) == 1
    world.storage.refused.clear()
    assert world.round(hours=0.5) == []
    assert world.storage.removed == ["wf/a"]
    assert world.tasks() == []


def test_it_is_given_up_at_the_deadline_with_the_reason_kept(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowDeletion", a=None)
    world.round()
    world.store.delete(key_of("ns", "wf"))
    for hours in (10, 10.5, 11.1):
        assert len(world.round(hours=hours)) == 1
    assert world.round(hours=100) == []
    (left,) = world.tasks()
    assert left.labels[GIVEN_UP] == "true"
    assert b"no way to wf/a" in left.data


def test_a_workflow_that_ends_twice_has_all_its_artifacts_removed(world: World) -> None:
    world.add("wf", "OnWorkflowDeletion", a=None)
    world.round()
    stored = world.store.get(key_of("ns", "wf"))
    assert stored is not None
    status = NodeStatus(
        id="wf-2", name="wf(1)", type="Pod",
        outputs=Outputs(artifacts=(Artifact(name="b", s3=S3Artifact(endpoint="e", bucket="b", key="wf/b")),)),
    )  # fmt: skip
    world.store.commit(
        RunCommit(uid=stored.uid, nodes=[node_row(NodeChange(status, Internal(sequence=2, started=NOON)))])
    )
    world.collector.before_deletion(stored, NOON)
    world.store.delete(stored.key)
    world.round()
    assert sorted(world.storage.removed) == ["wf/a", "wf/b"]


def test_a_successor_of_the_same_name_has_its_own_task(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowDeletion", a=None)
    world.round()
    world.store.delete(key_of("ns", "wf"))
    world.round()
    world.store.create(
        StoredObject(
            key=key_of("ns", "wf"), uid=WorkflowUid("another"), resource_version=0, created_at=NOON, labels={},
            phase="Succeeded", data=b"{}",
        )
    )  # fmt: skip
    world.storage.refused.clear()
    world.round(hours=0.5)
    assert world.storage.removed == ["wf/a"]


def test_a_finalizer_keeps_a_deleted_workflow_until_its_artifacts_are_gone(world: World) -> None:
    world.add("wf", "OnWorkflowDeletion", a=None, b="Never")
    world.round()
    assert world.finalizers("wf") == ["workflows.argoproj.io/artifact-gc"]
    world.delete("wf")
    assert world.there("wf")
    assert world.round() == []
    assert (world.storage.removed, world.there("wf"), world.tasks()) == (["wf/a"], False, [])


def test_the_finalizer_goes_with_the_last_artifact_of_a_workflow_that_stays(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowCompletion", a=None)
    world.round()
    assert world.finalizers("wf") == ["workflows.argoproj.io/artifact-gc"]
    world.storage.refused.clear()
    world.round(hours=0.5)
    assert (world.finalizers("wf"), world.there("wf")) == ([], True)
    world.delete("wf")
    assert not world.there("wf")


def test_a_dead_storage_does_not_keep_a_workflow_for_ever(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowDeletion", a=None)
    world.round()
    world.delete("wf")
    for hours in (0, 0.5):
        assert world.round(hours=hours) == ["wf-artgc-wfdel-2166136261-0: artifact 'a': no way to wf/a"]
        assert world.there("wf")
        assert ("ArtifactGCError", "no way to wf/a (artifactGCTask: wf-artgc-wfdel-2166136261-0)") in world.conditions(
            "wf"
        )
    told = [msgspec.json.decode(body, type=Fact) for body in world.store.events(WorkflowUid("uid-wf"))]
    assert [(fact.reason, fact.message) for fact in told] == [
        ("ArtifactGCFailed", "Artifact Garbage Collection failed for strategy OnWorkflowDeletion, err:no way to wf/a")
    ] * 2
    assert len(world.round(hours=1.5)) == 1
    assert not world.there("wf")
    (left,) = world.tasks()
    assert b"no way to wf/a" in left.data


def test_the_workflow_may_say_that_one_attempt_is_enough(world: World) -> None:
    world.storage.refused = {"wf/a"}
    world.add("wf", "OnWorkflowDeletion", force=True, a=None)
    world.round()
    world.delete("wf")
    assert world.there("wf")
    assert len(world.round()) == 1
    assert not world.there("wf")
    world.storage.refused.clear()
    world.round(hours=0.5)
    assert (world.storage.removed, world.tasks()) == (["wf/a"], [])


def test_there_is_a_task_for_each_account_and_metadata(world: World) -> None:
    metadata = Metadata(labels={"b": "2", "a": "1"}, annotations={"c": "3"})
    world.add("one", "OnWorkflowDeletion", own=ArtifactGC(service_account_name="sa", pod_metadata=metadata), a=None)
    world.add("two", "OnWorkflowDeletion", a=None)
    world.round()
    mine, theirs = sorted(world.tasks(), key=lambda task: task.key.name)
    assert mine.key.name == f"one-artgc-wfdel-{fnv1a('saa1b2c3')}-0"
    assert theirs.key.name == f"two-artgc-wfdel-{fnv1a('')}-0"
    assert mine.labels == {"a": "1", "b": "2", "workflows.argoproj.io/workflow": "one"}


def test_a_workflow_that_is_deleted_while_it_runs_goes_at_once(world: World) -> None:
    world.add("wf", "OnWorkflowDeletion", phase="Running", a=None)
    assert world.finalizers("wf") == []
    world.delete("wf")
    assert not world.there("wf")


def test_the_duty_removes_in_a_thread_of_its_own(world: World) -> None:
    @contextlib.contextmanager
    def another() -> Iterator[Collector]:
        yield world.collector

    gone: list[str] = []
    duty = ArtifactDuty(
        world.store, world.collector, another, VirtualClock(), lambda stored: gone.append(stored.key.name)
    )
    assert duty.perform(NOON) > NOON
    world.add("running", "OnWorkflowCompletion", phase="Running", a=None)
    world.add("wf", "OnWorkflowCompletion", a=None)
    assert [row.key.name for row in world.rows() if duty.woken_by(row)] == ["wf"]
    world.add("leaving", "OnWorkflowDeletion", a=None)
    world.round()
    assert [row.key.name for row in world.rows() if duty.woken_by(row)] == []
    world.delete("leaving")
    assert [row.key.name for row in world.rows() if duty.woken_by(row)] == ["leaving"]
    duty.perform(NOON)
    duty.wait(PATIENCE)
    assert sorted(world.storage.removed) == ["leaving/a", "wf/a"]
    duty.perform(NOON)
    assert gone == ["leaving"]

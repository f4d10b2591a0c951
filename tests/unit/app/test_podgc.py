"""Pods that ``podGC`` deletes: what is seen of them, and what is left of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec
from tests.unit.app.test_driver import Machine

from tiphys.app.controller.podgc import PodGcDuty
from tiphys.app.services.cluster.pods import PodRules
from tiphys.app.services.cluster.rows import row_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import WorkflowStatus
from tiphys.core.objects.kinds import Catalogue
from tiphys.core.objects.meta import labels_of, metadata_of
from tiphys.ids import NodeId, NodeName
from tiphys.ports.runtime import PodKey, PodRequest
from tiphys.ports.store import StoredObject
from tiphys.testing.fake_runtime import Outcome

COMPLETED = "workflows.argoproj.io/completed"
NODE = "workflows.argoproj.io/node-name"
RUN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: tidy}}
spec:
  entrypoint: main
  podGC: {gc}
  templates:
  - name: main
    steps:
    - - {{name: good, template: work}}
      - {{name: bad, template: work, continueOn: {{failed: true}}}}
    - - {{name: gate, template: gate}}
  - name: work
    metadata: {{labels: {{tidy: "yes"}}}}
    container: {{image: none, command: [x]}}
  - {{name: gate, suspend: {{duration: 1m}}}}
"""


def notes(pod: JsonObject) -> dict[str, str]:
    return msgspec.convert(metadata_of(pod)["annotations"], dict[str, str])


class Kept:
    """Sandboxes that were kept, and those that were released."""

    def __init__(self, keys: Sequence[PodKey]) -> None:
        self.keys = list(keys)

    def kept(self) -> Sequence[PodKey]:
        return self.keys

    def release(self, key: PodKey) -> None:
        self.keys.remove(key)

    def recorded(self, key: PodKey) -> None:
        return None


class Tidied(Machine):
    """A finished run of two pods, one of which failed, that ended a minute before the workflow did."""

    def __init__(self, gc: str, delay: str = "5s") -> None:
        super().__init__()
        self.rules = PodRules(self.store, self.clock, delay)
        self.runtime.on("*.bad", Outcome(exit_code=1, seconds=3))
        self.during: list[tuple[str, str]] = []
        self.uid = self.submit(RUN.format(gc=gc))
        self.driver.drive([self.uid], self)
        self.delay = delay

    def changed(self, workflow: object, nodes: object) -> None:
        return None

    def log(self, line: object) -> None:
        return None

    def tick(self) -> None:
        self.during = self.seen() or self.during

    def status(self) -> WorkflowStatus:
        return self.api.get("default", "tidy").status or WorkflowStatus()

    def seen(self) -> list[tuple[str, str]]:
        """Display name and label ``completed`` of the pods that are there."""
        pods = self.rules.virtuals("")
        return [(notes(pod)[NODE].rpartition(".")[2], labels_of(pod)[COMPLETED]) for pod in pods]

    def duty(self, kept: Kept) -> PodGcDuty:
        def remove(stored: StoredObject) -> None:
            self.store.delete(stored.key)

        return PodGcDuty(self.store, kept, lambda *place: self.rules.virtual(*place) is not None, remove, self.delay)


def test_a_pod_is_shown_with_the_manifest_that_started_it() -> None:
    machine = Tidied("null")
    key = PodKey(machine.uid, NodeId(""))
    spec: JsonObject = {"containers": [{"name": "main", "args": ["said"]}]}
    metadata: JsonObject = {"labels": {"of": "parameter", COMPLETED: "false"}, "annotations": {"own": "yes"}}
    request = PodRequest(
        key=key,
        workflow="tidy",
        namespace="default",
        node_name=NodeName("n"),
        pod_name="p",
        manifest={"metadata": metadata, "spec": spec},
    )
    rules = PodRules(machine.store, machine.clock, "5s", lambda _key: request)
    listed = rules.virtuals("")[0]
    for pod in (listed, rules.virtual("default", str(metadata_of(listed)["name"])) or {}):
        assert pod["spec"] == {**spec, "nodeName": None}
        assert (labels_of(pod)["of"], labels_of(pod)[COMPLETED]) == ("parameter", "true")
        assert (notes(pod)["own"], notes(pod)[NODE]) == ("yes", "tidy[0].good")


def test_without_pod_gc_pods_stay() -> None:
    machine = Tidied("null")
    assert machine.seen() == [("good", "true"), ("bad", "true")]


def test_pods_go_a_delay_after_the_workflow() -> None:
    machine = Tidied("{strategy: OnWorkflowCompletion, deleteDelayDuration: 10s}")
    assert machine.during == [("good", "false"), ("bad", "false")]
    machine.clock.advance(9)
    assert len(machine.seen()) == 2
    machine.clock.advance(1)
    assert machine.seen() == []


def test_pods_go_while_the_workflow_runs_but_those_that_failed_stay() -> None:
    machine = Tidied("{strategy: OnPodSuccess}", "20s")
    assert machine.seen() == machine.during == [("bad", "true")]


def test_pods_say_how_they_will_be_deleted() -> None:
    machine = Tidied("{strategy: OnWorkflowCompletion}", "90s")
    pod, _ = machine.rules.virtuals("")
    assert notes(pod)["workflows.argoproj.io/pod-gc-strategy"] == "OnWorkflowCompletion/1m30s"


def test_pods_that_the_selector_leaves_out_stay() -> None:
    machine = Tidied("{strategy: OnPodCompletion, labelSelector: {matchLabels: {tidy: never}}}")
    assert machine.seen() == [("good", "true"), ("bad", "true")]


def test_sandboxes_and_rows_of_deleted_pods_go() -> None:
    machine = Tidied("{strategy: OnWorkflowCompletion}")
    nodes = machine.status().nodes or {}
    bad = next(PodKey(machine.uid, NodeId(node)) for node, status in nodes.items() if status.display_name == "bad")
    replayed = PodKey(bad.uid, NodeId(f"{bad.node_id}-replay-1"))
    kept = Kept([bad, replayed])
    pod = machine.rules.virtuals("")[0]
    machine.store.create(row_of(Catalogue([], []).of("v1", "Pod"), pod, machine.clock.now()))
    duty = machine.duty(kept)
    duty.perform(machine.clock.now())
    assert kept.keys == [bad, replayed] and len(machine.store.kinds()) == 2
    machine.clock.advance(5)
    duty.perform(machine.clock.now())
    assert kept.keys == [replayed]
    assert machine.store.kinds() == [("argoproj.io", "Workflow")]


def test_a_running_workflow_says_whether_a_pod_runs() -> None:
    said: list[str | None] = []

    class Watching(Tidied):
        def tick(self) -> None:
            said.extend(item.status for item in self.status().conditions or () if item.type == "PodRunning")

    Watching("null")
    assert [status for status, _ in groupby(said)] == ["False", "True", "False"]

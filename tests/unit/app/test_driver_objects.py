"""What a driven run does with the objects beside it: changes from outside, claims, Jobs and Pods, runs that it makes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.app.test_driver import Watcher

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.workloads import Workloads
from tiphys.app.services.cluster.sources import Sources
from tiphys.app.services.objects import KIND, workflow_of
from tiphys.app.services.submission import Rules, Submission
from tiphys.core.engine.commands import StartPod
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.manifest.yaml import parse
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.meta import metadata_of
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.assembly import assemble
from tiphys.ids import NodeId, NodeName
from tiphys.ports.api import SubmitOptions
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import MERGE, Listing, ObjectRef
from tiphys.ports.store import ListOptions
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

ONE = """
    kind: Workflow
    apiVersion: argoproj.io/v1alpha1
    metadata: {name: one}
    spec:
      entrypoint: a
      templates:
      - {name: a, container: {image: none, command: [work]}}
    """


class Machine:
    """All parts on a memory store and pods that a test decides about."""

    def __init__(self, home: Path) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.pods = FakeRuntime(self.clock)
        self.settings = Settings(home=home)
        self.watcher = Watcher()
        self.submission = Submission(self.store, self.pods, self.clock, Rules(namespace="argo"))
        self.restart()

    def restart(self) -> None:
        self.parts = assemble(self.settings, self.store, self.pods, self.clock, self.submission, lambda _: None)
        self.objects = self.parts.objects

    def submit(self, text: str) -> str:
        document = load(textwrap.dedent(text), "t.yaml").documents[0]
        workflow = self.submission.submit(document, SubmitOptions()).workflow
        assert workflow.metadata is not None and workflow.metadata.uid is not None
        return workflow.metadata.uid

    def run(self, text: str) -> JsonObject:
        uid = self.submit(text)
        self.parts.driver.drive([uid], self.watcher)
        stored = self.store.find(uid)  # type: ignore[arg-type]
        assert stored is not None
        return self.objects.get(OWNER, self.ref("wf", stored.key.name))

    def ref(self, word: str, name: str) -> ObjectRef:
        kind = self.objects.catalogue().find(word)
        assert isinstance(kind, Kind)
        return ObjectRef(kind, "argo", name)

    def all(self, word: str) -> list[JsonObject]:
        return list(self.objects.list(OWNER, Listing(kind=self.ref(word, "").kind, namespace="argo")).items)

    def allow_everything(self) -> None:
        rbac = "rbac.authorization.k8s.io/v1"
        role: JsonObject = {"kind": "ClusterRole", "name": "cluster-admin"}
        subject: JsonObject = {"kind": "ServiceAccount", "name": "default"}
        binding: JsonObject = {"apiVersion": rbac, "kind": "RoleBinding", "metadata": {"name": "all"}}
        self.objects.create(OWNER, {**binding, "roleRef": role, "subjects": [subject]}, "argo")


def load_objects(text: str) -> list[JsonObject]:
    found = (document.data for document in parse(textwrap.dedent(text)))
    return [item for item in found if isinstance(item, dict)]


def at(item: JsonValue, *path: str) -> JsonValue:
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def items(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)
    return value


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def when_running(machine: Machine, act: Callable[[], object]) -> None:
    """Have something happen while the first pod runs."""
    start = machine.pods.start

    def starting(request: object) -> None:
        start(request)  # type: ignore[arg-type]
        act()

    machine.pods.start = starting  # type: ignore[method-assign]


class TestChangesFromOutside:
    def test_labels_survive(self, machine: Machine) -> None:
        patch: JsonObject = {"metadata": {"labels": {"foo": "bar"}, "annotations": {"a": "b"}}}
        when_running(machine, lambda: machine.objects.patch(OWNER, machine.ref("wf", "one"), patch, MERGE))
        workflow = machine.run(ONE)
        assert at(workflow, "status", "phase") == "Succeeded"
        assert at(workflow, "metadata", "labels", "foo") == "bar"
        assert at(workflow, "metadata", "labels", "workflows.argoproj.io/phase") == "Succeeded"
        assert at(workflow, "metadata", "annotations", "a") == "b"

    def test_shutdown_in_the_spec_is_heard(self, machine: Machine) -> None:
        steps = "{name: b, steps: [[{name: x, template: a}], [{name: q, template: a}]]}"
        two = ONE.replace("      - {name: a", f"      - {steps}\n      - {{name: a")
        patch: JsonObject = {"spec": {"shutdown": "Terminate"}}
        machine.pods.on("*", Outcome(seconds=5))
        when_running(machine, lambda: machine.objects.patch(OWNER, machine.ref("wf", "one"), patch, MERGE))
        workflow = machine.run(two.replace("entrypoint: a", "entrypoint: b"))
        assert at(workflow, "status", "phase") == "Failed"
        assert at(workflow, "status", "message") == "Stopped with strategy 'Terminate'"


class TestClaims:
    CLAIM = ONE.replace(
        "entrypoint: a", "entrypoint: a\n      volumeClaimTemplates: [{metadata: {name: work}, spec: {}}]"
    )

    @pytest.mark.parametrize(
        ("policy", "code", "left"),
        [
            ("", 0, []),
            ("", 1, ["one-work"]),
            ("volumeClaimGC: {strategy: OnWorkflowCompletion}", 1, []),
            ("volumeClaimGC: {strategy: OnWorkflowSuccess}", 0, []),
            ("volumeClaimGC: {strategy: OnWorkflowSuccess}", 1, ["one-work"]),
        ],
    )
    def test_claim_lives_as_its_policy_says(self, machine: Machine, policy: str, code: int, left: list[str]) -> None:
        machine.pods.on("*", Outcome(exit_code=code))
        seen: list[JsonObject] = []
        when_running(machine, lambda: seen.extend(machine.all("pvc")))
        machine.run(self.CLAIM.replace("entrypoint: a", f"entrypoint: a\n      {policy}") if policy else self.CLAIM)
        (claim,) = seen
        assert at(claim, "metadata", "name") == "one-work"
        assert at(claim, "metadata", "labels", "workflows.argoproj.io/workflow") == "one"
        assert [at(item, "metadata", "name") for item in machine.all("pvc")] == left

    def test_a_strategy_that_there_is_not_keeps_the_claim(
        self, machine: Machine, caplog: pytest.LogCaptureFixture
    ) -> None:
        machine.run(self.CLAIM.replace("entrypoint: a", "entrypoint: a\n      volumeClaimGC: {strategy: Never}"))
        assert [at(item, "metadata", "name") for item in machine.all("pvc")] == ["one-work"]
        assert [record.getMessage() for record in caplog.records] == ["argo/one: unknown volume gc strategy: Never"]

    def test_claim_goes_with_its_workflow(self, machine: Machine) -> None:
        machine.pods.on("*", Outcome(exit_code=1))
        machine.run(self.CLAIM)
        machine.parts.api.delete("argo", "one")
        assert machine.all("pvc") == []

    def test_claim_of_somebody_else_is_left_alone(self, machine: Machine) -> None:
        claim: JsonObject = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "one-work"}}
        machine.objects.create(OWNER, {**claim, "spec": {}}, "argo")
        workflow = machine.run(self.CLAIM)
        assert (at(workflow, "status", "phase"), at(workflow, "status", "nodes")) == ("Error", None)
        text = "pvc create error: one-work pvc already exists with different ownerreference"
        assert at(workflow, "status", "message") == text
        assert len(machine.all("pvc")) == 1

    def test_tags_of_a_claim_are_replaced_and_the_status_names_it(self, machine: Machine) -> None:
        machine.pods.on("*", Outcome(exit_code=1))
        workflow = machine.run(self.CLAIM.replace("spec: {}", 'spec: {storageClassName: "of-{{workflow.name}}"}'))
        assert [at(item, "spec", "storageClassName") for item in machine.all("pvc")] == ["of-one"]
        claims = items(at(workflow, "status", "persistentVolumeClaims"))
        assert [at(claim, "persistentVolumeClaim", "claimName") for claim in claims] == ["one-work"]


RESOURCE = """
    kind: Workflow
    apiVersion: argoproj.io/v1alpha1
    metadata: {name: parent}
    spec:
      entrypoint: a
      templates:
      - name: a
        resource:
          action: create
          setOwnerReference: true
          SUCCESS
          FAILURE
          manifest: |
MANIFEST
    """


def resource(manifest: str, success: str, failure: str) -> str:
    text = textwrap.indent(textwrap.dedent(manifest), " " * 12)
    filled = RESOURCE.replace("MANIFEST", text)
    return filled.replace("SUCCESS", f"successCondition: {success}").replace("FAILURE", f"failureCondition: {failure}")


CHILD = """\
    kind: Workflow
    apiVersion: argoproj.io/v1alpha1
    metadata: {name: child}
    spec:
      entrypoint: work
      templates: [{name: work, container: {image: none, command: [work]}}]
    """
PHASES = ("status.phase == Succeeded", "status.phase in (Failed, Error)")


class TestWorkflowsOfWorkflows:
    @pytest.fixture(autouse=True)
    def allowed(self, machine: Machine) -> None:
        machine.allow_everything()

    @pytest.mark.parametrize(("code", "phase"), [(0, "Succeeded"), (1, "Failed")])
    def test_child_runs_and_decides(self, machine: Machine, code: int, phase: str) -> None:
        machine.pods.on("*", Outcome(exit_code=code))
        parent = machine.run(resource(CHILD, *PHASES))
        child = machine.objects.get(OWNER, machine.ref("wf", "child"))
        assert (at(parent, "status", "phase"), at(child, "status", "phase")) == (phase, phase)
        assert at(child, "status", "nodes", "child", "type") == "Pod"
        machine.parts.api.delete("argo", "parent")
        assert machine.all("wf") == []

    def test_child_that_is_no_workflow_ends_in_error(self, machine: Machine) -> None:
        parent = machine.run(resource(CHILD.replace("entrypoint: work", "entrypoint: none"), *PHASES))
        child = machine.objects.get(OWNER, machine.ref("wf", "child"))
        assert (at(parent, "status", "phase"), at(child, "status", "phase")) == ("Failed", "Error")
        assert str(at(child, "status", "message")).startswith("invalid spec: ")

    def test_child_goes_on_after_a_crash(self, machine: Machine) -> None:
        machine.pods.on("*", Outcome(seconds=None))
        parent = machine.submit(resource(CHILD, *PHASES))
        machine.parts.driver.take_up(parent)  # type: ignore[arg-type]
        for _ in range(5):
            machine.parts.driver.turn(machine.watcher)
        assert [request.workflow for request in machine.pods.started] == ["child"]
        for run in machine.parts.driver.runs:  # the claims of a process end with it
            machine.store.release(run.uid)
        machine.restart()
        uids = [item.uid for item in machine.store.list(ListOptions(kind=KIND)).items]
        machine.pods.kill(machine.pods.started[0].key, 0)
        machine.parts.driver.drive(uids, machine.watcher)
        phases = {item.key.name: item.phase for item in machine.store.list(ListOptions(kind=KIND)).items}
        assert phases == {"parent": "Failed", "child": "Failed"}
        assert len(machine.pods.started) == 1


JOB = """\
    apiVersion: batch/v1
    kind: Job
    metadata: {name: count}
    spec:
      completions: 3
      parallelism: 2
      backoffLimit: 1
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: none, command: [work]}]
    """


class TestJobs:
    @pytest.fixture(autouse=True)
    def allowed(self, machine: Machine) -> None:
        machine.allow_everything()

    def test_job_runs_its_pods(self, machine: Machine) -> None:
        parent = machine.run(resource(JOB, "status.succeeded > 2", "status.failed > 1"))
        assert at(parent, "status", "phase") == "Succeeded"
        job = machine.objects.get(OWNER, machine.ref("job", "count"))
        assert at(job, "status", "succeeded") == 3
        assert [at(item, "type") for item in items(at(job, "status", "conditions"))] == ["Complete"]
        pods = [item for item in machine.all("pod") if at(item, "metadata", "labels", "job-name") == "count"]
        assert [at(pod, "status", "phase") for pod in pods] == ["Succeeded"] * 3
        assert at(pods[0], "status", "containerStatuses", "0") is None
        machine.parts.api.delete("argo", "parent")
        assert machine.all("job") == machine.all("pod") == []

    def test_failing_job_gives_up(self, machine: Machine) -> None:
        machine.pods.on("*", Outcome(exit_code=1))
        parent = machine.run(resource(JOB, "status.succeeded > 2", "status.failed > 1"))
        assert at(parent, "status", "phase") == "Failed"
        job = machine.objects.get(OWNER, machine.ref("job", "count"))
        (condition,) = items(at(job, "status", "conditions"))
        assert (at(condition, "type"), at(condition, "reason")) == ("Failed", "BackoffLimitExceeded")

    def test_a_second_process_leaves_the_pods_of_a_job_alone(self, machine: Machine) -> None:
        job = load_objects(JOB)[0]
        machine.objects.create(OWNER, job, "argo")
        first = machine.parts.driver
        first.turn(machine.watcher)
        machine.restart()
        machine.pods.on("*", Outcome(seconds=5))
        machine.parts.driver.turn(machine.watcher)
        assert len(machine.pods.started) == 0
        first.turn(machine.watcher)
        assert len(machine.pods.started) == 2

    def test_a_job_whose_process_is_gone_is_taken_over(self, machine: Machine) -> None:
        machine.pods.on("*", Outcome(seconds=3))
        made = machine.objects.create(OWNER, load_objects(JOB)[0], "argo")
        first = machine.parts.driver
        for _ in range(2):
            first.turn(machine.watcher)
        assert len(machine.pods.started) == 2
        machine.restart()
        second = machine.parts.driver
        second.turn(machine.watcher, for_ever=True)
        claims = [str(at(made, "metadata", "uid")), *(str(at(pod, "metadata", "uid")) for pod in machine.all("pod"))]
        for uid in claims:  # the claims of a process end with it
            machine.store.release(uid)  # type: ignore[arg-type]
        machine.clock.advance(11)
        second.drive([], machine.watcher)
        job = machine.objects.get(OWNER, machine.ref("job", "count"))
        assert at(job, "status", "succeeded") == 3
        assert len(machine.pods.started) == 3

    def test_bare_pod_runs(self, machine: Machine) -> None:
        pod = """\
            apiVersion: v1
            kind: Pod
            metadata: {name: bare}
            spec: {containers: [{name: c, image: none, command: [work]}], restartPolicy: Never}
            """
        assert at(machine.run(resource(pod, *PHASES)), "status", "phase") == "Succeeded"
        found = machine.objects.get(OWNER, machine.ref("pod", "bare"))
        assert at(found, "status", "phase") == "Succeeded"
        (container,) = items(at(found, "status", "containerStatuses"))
        assert at(container, "name") == "c"


class TestPodsOfNodes:
    def test_pod_is_seen_and_keeps_what_is_patched(self, machine: Machine) -> None:
        patch: JsonObject = {"metadata": {"annotations": {"foo": "bar"}}}
        when_running(machine, lambda: machine.objects.patch(OWNER, machine.ref("pod", "one"), patch, MERGE))
        machine.run(ONE)
        (pod,) = machine.all("pod")
        assert at(pod, "status", "phase") == "Succeeded"
        assert at(pod, "metadata", "annotations", "foo") == "bar"
        assert at(pod, "metadata", "annotations", "workflows.argoproj.io/node-name") == "one"
        assert machine.objects.get(OWNER, machine.ref("pod", "one")) == pod
        machine.parts.api.delete("argo", "one")
        assert machine.all("pod") == []

    def test_workflow_is_stored_with_its_references(self, machine: Machine) -> None:
        machine.run(ONE)
        (stored,) = machine.store.list(ListOptions(kind=KIND)).items
        assert workflow_of(stored).metadata is not None
        metadata = metadata_of(machine.objects.get(OWNER, machine.ref("wf", "one")))
        assert metadata["resourceVersion"] == str(stored.resource_version)


def test_a_pod_that_saves_nothing_but_its_log_gets_the_credentials_of_the_repository(machine: Machine) -> None:
    secret: JsonObject = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"k": "v"}}
    machine.objects.create(OWNER, secret, "argo")
    log: JsonObject = {"name": "main-logs", "s3": {"bucket": "b", "accessKeySecret": {"name": "s", "key": "k"}}}
    pod = StartPod(node_id=NodeId("n"), node_name=NodeName("n"), pod_name="n", manifest={}, log_artifact=log)
    assert list(machine.parts.sources("argo", pod).secrets) == ["s"]


def test_a_pod_gets_the_secrets_that_its_account_pulls_images_with(machine: Machine) -> None:
    for name in ("of-default", "of-robot"):
        secret: JsonObject = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name},
            "stringData": {"k": "v"},
        }
        account: JsonObject = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": name.removeprefix("of-")},
            "imagePullSecrets": [{"name": name}],
        }
        machine.objects.create(OWNER, secret, "argo")
        machine.objects.apply(OWNER, account, "argo")
    for account_name, expected in (("", "of-default"), ("robot", "of-robot")):
        pod = StartPod(
            node_id=NodeId("n"), node_name=NodeName("n"), pod_name="n", manifest={}, service_account=account_name
        )
        found = machine.parts.sources("argo", pod)
        assert (found.pull_secrets, list(found.secrets)) == ((expected,), [expected])


def test_new_jobs_are_looked_for_ten_times_a_second_and_when_a_run_is_over(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[datetime] = []
    monkeypatch.setattr(Workloads, "_look", lambda _: looks.append(machine.clock.now()))
    workloads = Workloads(
        machine.objects, machine.store, machine.pods, machine.clock, Sources(machine.store, lambda _: "")
    )
    begin = machine.clock.now()
    for _ in range(25):
        workloads.turn()
        machine.clock.advance(0.01)
    assert [look - begin for look in looks] == [timedelta(milliseconds=number) for number in (0, 100, 200)]
    workloads.finished(Workflow())
    workloads.turn()
    assert len(looks) == 4

"""``resource`` templates: actions, rights, conditions, outputs and take-over, on the objects of a memory store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tiphys.adapters.runtimes.resource.runtime import ResourceRuntime
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import Kind
from tiphys.errors import ArtifactError, NotFoundError
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import MERGE, ObjectRef
from tiphys.ports.runtime import PodKey, PodReport, PodRequest
from tiphys.ports.store import ListOptions
from tiphys.testing.clock import VirtualClock
from tiphys.testing.cluster import plain_objects

UID = WorkflowUid("11111111-0000-4000-8000-000000000001")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  x: '1'\n"
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\n"


class World:
    def __init__(self, home: Path, *, far: bool = False) -> None:
        self.home, self.far = home, far
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.objects = plain_objects(self.store, self.clock)
        self.artifacts: dict[str, str] = {}
        #: What was archived, and the trouble that archiving has.
        self.logs: list[tuple[str | None, str]] = []
        self.trouble = ""
        self.restart()

    def restart(self) -> None:
        """A new process on the same data."""
        self.runtime = ResourceRuntime(
            str(self.home), self.clock, self.objects, lambda _, name: self.artifacts[name], keep_log=self.keep,
            far=self.far,
        )  # fmt: skip

    def keep(self, request: PodRequest, text: str) -> tuple[JsonObject, ...]:
        """Archive a log."""
        if self.trouble:
            raise ArtifactError(self.trouble)
        self.logs.append((request.key.node_id, text))
        return ({"name": "main-logs", **(request.log_artifact or {})},)

    def allow(self, verbs: str = "*", resources: str = "*", group: str = "*") -> None:
        rbac = "rbac.authorization.k8s.io/v1"
        rule: JsonObject = {"apiGroups": [group], "resources": [*resources.split()], "verbs": [*verbs.split()]}
        self.make({"apiVersion": rbac, "kind": "Role", "metadata": {"name": "r"}, "rules": [rule]})
        subject: JsonObject = {"kind": "ServiceAccount", "name": "default"}
        binding: JsonObject = {"apiVersion": rbac, "kind": "RoleBinding", "metadata": {"name": "b"}}
        self.make({**binding, "subjects": [subject], "roleRef": {"kind": "Role", "name": "r"}})

    def make(self, manifest: JsonObject) -> JsonObject:
        return self.objects.create(OWNER, manifest, "argo")

    def ref(self, word: str, name: str) -> ObjectRef:
        kind = self.objects.catalogue().find(word)
        assert isinstance(kind, Kind)
        return ObjectRef(kind, "argo", name)

    def get(self, word: str, name: str) -> JsonObject:
        return self.objects.get(OWNER, self.ref(word, name))

    def patch(self, word: str, name: str, patch: JsonObject) -> None:
        self.objects.patch(OWNER, self.ref(word, name), patch, MERGE)

    def start(self, action: str, manifest: str = "", *, log: JsonObject | None = None, **more: JsonValue) -> PodKey:
        outputs = more.pop("outputs", None)
        template: JsonObject = {"name": "t", "resource": {"action": action, "manifest": manifest, **more}}
        if outputs is not None:
            template["outputs"] = {"parameters": outputs}
        key = PodKey(UID, NodeId(f"n-{self.clock.suffix()}"))
        self.runtime.start(replace(request(key, template), log_artifact=log))
        return key

    def run(self, action: str, manifest: str = "", *, log: JsonObject | None = None, **more: JsonValue) -> PodReport:
        return self.ended(self.start(action, manifest, log=log, **more))

    def ended(self, key: PodKey) -> PodReport:
        silent = 0
        while True:
            reports = self.runtime.poll(20)
            silent = 0 if reports else silent + 1  # a poll may be woken for a result that the next one takes
            assert silent < 5, "nothing was reported"
            for report in reports:
                if report.key == key and report.phase != "Running":
                    return report


def request(key: PodKey, template: JsonObject) -> PodRequest:
    return PodRequest(
        key=key,
        workflow="wf",
        namespace="argo",
        node_name=NodeName("wf"),
        pod_name="wf-pod",
        manifest={},
        template=template,
    )


def message(report: PodReport) -> str:
    (main,) = report.containers
    assert (report.phase, main.exit_code, main.reason) == ("Failed", 64, "Error")
    return main.message


@pytest.fixture(params=[False, True], ids=["here", "far"])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """On the objects of this machine, and as on those of a cluster, which are asked in threads."""
    made = World(tmp_path, far=request.param)
    yield made
    made.runtime.close()


#: Where a log is archived.
LOG: JsonObject = {"file": {"key": "main.log"}}


class TestLogs:
    @pytest.mark.parametrize("outputs", [None, [{"name": "x", "valueFrom": {"jsonPath": "{.data.x}"}}]])
    def test_what_was_done_is_archived(self, world: World, outputs: JsonValue) -> None:
        world.allow()
        report = world.run("create", CONFIG_MAP, log=LOG, outputs=outputs)
        assert report.phase == "Succeeded" and report.outputs is not None
        assert report.outputs.artifacts == ({"name": "main-logs", **LOG},)
        assert [text for _, text in world.logs] == ["configmap/c created\n"]

    def test_so_is_why_it_failed(self, world: World) -> None:
        report = world.run("create", CONFIG_MAP, log=LOG)
        assert "is forbidden" in message(report) and report.outputs is not None
        assert [artifact["name"] for artifact in report.outputs.artifacts] == ["main-logs"]
        assert "is forbidden" in world.logs[0][1]

    def test_a_log_that_cannot_be_archived_is_an_error(self, world: World) -> None:
        world.allow()
        world.trouble = "the storage is away"
        report = world.run("create", CONFIG_MAP, log=LOG)
        assert (report.phase, report.message) == ("Error", "the storage is away")

    def test_nothing_is_archived_unless_it_is_asked_for(self, world: World) -> None:
        world.allow()
        world.run("create", CONFIG_MAP)
        assert world.logs == []


class TestRights:
    def test_default_account_without_a_role_is_forbidden(self, world: World) -> None:
        assert message(world.run("create", "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: j-\n")) == (
            'no more retries Error from server (Forbidden): error when creating "/tmp/manifest.yaml": jobs.batch is '
            'forbidden: User "system:serviceaccount:argo:default" cannot create resource "jobs" in API group "batch" '
            'in the namespace "argo"'
        )

    def test_patch_is_forbidden_by_name(self, world: World) -> None:
        report = world.run("patch", "- op: add\n  path: /x\n  value: 1", mergeStrategy="json", flags=["workflow", "a"])
        assert message(report) == (
            'no more retries Error from server (Forbidden): workflows.argoproj.io "a" is forbidden: User '
            '"system:serviceaccount:argo:default" cannot patch resource "workflows" in API group "argoproj.io" in the '
            'namespace "argo"'
        )

    def test_role_allows_it(self, world: World) -> None:
        world.allow("create", "configmaps", "")
        assert world.run("create", CONFIG_MAP).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"x": "1"}

    def test_looking_needs_the_right_to_get(self, world: World) -> None:
        world.allow("create", "widgets", "example.com")
        report = world.run("create", WIDGET, successCondition="status.ok == yes")
        assert message(report).startswith('widgets.example.com "w" is forbidden: User')
        assert "cannot get resource" in message(report)


class TestActions:
    @pytest.fixture(autouse=True)
    def allowed(self, world: World) -> None:
        world.allow()

    def test_create_twice_is_an_error(self, world: World) -> None:
        world.run("create", CONFIG_MAP)
        assert message(world.run("create", CONFIG_MAP)) == (
            'no more retries Error from server (AlreadyExists): error when creating "/tmp/manifest.yaml": configmaps '
            '"c" already exists'
        )

    def test_apply_replace_and_patch(self, world: World) -> None:
        assert world.run("apply", CONFIG_MAP).phase == "Succeeded"
        assert world.run("apply", CONFIG_MAP.replace("'1'", "'2'")).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"x": "2"}
        assert world.run("replace", CONFIG_MAP.replace("x:", "z:")).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"z": "1"}
        assert world.run("patch", CONFIG_MAP).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"x": "1", "z": "1"}
        assert world.run("patch", "data: {x: null}", mergeStrategy="merge", flags=["cm", "c"]).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"z": "1"}

    def test_replace_needs_the_object(self, world: World) -> None:
        assert message(world.run("replace", CONFIG_MAP)) == (
            'no more retries Error from server (NotFound): error when replacing "/tmp/manifest.yaml": configmaps "c" '
            "not found"
        )

    def test_get_and_delete(self, world: World) -> None:
        expected = 'no more retries Error from server (NotFound): configmaps "c" not found'
        assert message(world.run("get", CONFIG_MAP)) == expected
        world.run("create", CONFIG_MAP)
        assert world.run("get", CONFIG_MAP).phase == "Succeeded"
        assert world.run("delete", CONFIG_MAP).phase == "Succeeded"
        with pytest.raises(NotFoundError):
            world.get("cm", "c")
        assert world.run("delete", CONFIG_MAP).phase == "Succeeded"

    def test_delete_by_selector(self, world: World) -> None:
        for name, label in (("a", "true"), ("b", "true"), ("c", "false")):
            metadata: JsonObject = {"name": name, "labels": {"cleanup": label}}
            world.make({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
        assert world.run("delete", flags=["configmap", "--selector", "cleanup=true"]).phase == "Succeeded"
        left = [item.key.name for item in world.store.list(list_of_config_maps()).items]
        assert left == ["c"]
        report = world.run("delete", flags=["configmap"])
        assert message(report) == "no more retries error: resource(s) were provided, but no name was specified"

    @pytest.mark.parametrize(
        ("action", "manifest", "more", "text"),
        [
            ("create", "", {}, "Must provide at least one of flags or manifest."),
            ("create", CONFIG_MAP, {"flags": ["--nonsense"]}, "error: unknown flag: --nonsense"),
            ("create", CONFIG_MAP, {"flags": ["-n"]}, "error: flag needs an argument: -n"),
            ("create", "a: [", {}, "error: error parsing /tmp/manifest.yaml"),
            ("create", "kind: X", {}, "unable to decode"),
            ("create", "just text", {}, "error validating"),
            ("get", "", {"flags": ["gadget", "a"]}, "error: the server doesn't have a resource type \"gadget\""),
            ("delete", CONFIG_MAP, {"successCondition": "a == b"}, "are not supported for delete action"),
            ("patch", WIDGET, {}, "not found"),
            ("create", CONFIG_MAP, {"flags": ["-n", "x"], "manifest": CONFIG_MAP + "# \n"}, "cannot create"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_done_is_said(
        self, world: World, action: str, manifest: str, more: JsonObject, text: str
    ) -> None:
        assert text in message(world.run(action, **{"manifest": manifest, **more}))  # type: ignore[arg-type]

    def test_manifest_may_come_as_an_artifact(self, world: World) -> None:
        world.artifacts["m"] = CONFIG_MAP
        assert world.run("create", manifestFrom={"artifact": {"name": "m"}}).phase == "Succeeded"
        assert world.get("cm", "c")["data"] == {"x": "1"}

    def test_workflow_becomes_the_owner(self, world: World) -> None:
        key = world.start("create", CONFIG_MAP, setOwnerReference=True)
        world.ended(key)
        metadata = world.get("cm", "c")["metadata"]
        assert isinstance(metadata, dict)
        if world.far:
            said = [line.text for _, line in world.runtime.logs(UID, key.node_id, "main")]
            assert said[0] == "setOwnerReference is left out: the workflow is no object of the cluster"
            assert "ownerReferences" not in metadata
            return
        assert metadata["ownerReferences"] == [
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Workflow",
                "name": "wf",
                "uid": UID,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]

    def test_logs_say_what_was_done(self, world: World) -> None:
        key = world.run("create", CONFIG_MAP).key
        assert [line.text for _, line in world.runtime.logs(key.uid, key.node_id, "main")] == ["configmap/c created"]


def list_of_config_maps() -> ListOptions:
    return ListOptions(kind="ConfigMap", group="")


class TestConditions:
    @pytest.fixture(autouse=True)
    def allowed(self, world: World) -> None:
        world.allow()

    def test_success_is_waited_for(self, world: World) -> None:
        key = world.start("create", WIDGET, successCondition="status.phase == Done", failureCondition="status.bad")
        assert [report.phase for report in world.runtime.poll(0)] == ["Running"]
        world.patch("widget", "w", {"status": {"phase": "Almost"}})
        assert world.runtime.poll(0) == ()
        world.patch("widget", "w", {"status": {"phase": "Done"}})
        assert world.ended(key).phase == "Succeeded"

    def test_failure_is_said(self, world: World) -> None:
        key = world.start("create", WIDGET, successCondition="status.n > 9", failureCondition="status.n in (1,2)")
        world.patch("widget", "w", {"status": {"n": 2}})
        assert message(world.ended(key)) == "failure condition 'status.n in (1,2)' evaluated true"

    def test_failure_alone_waits_until_it_holds(self, world: World) -> None:
        key = world.start("create", WIDGET, failureCondition="status.n > 1")
        world.patch("widget", "w", {"status": {"n": 1}})
        assert [report.phase for report in world.runtime.poll(0)] == ["Running"]
        world.patch("widget", "w", {"status": {"n": 2}})
        assert message(world.ended(key)) == "failure condition 'status.n>1' evaluated true"

    def test_deleted_object_is_said(self, world: World) -> None:
        key = world.start("create", WIDGET, successCondition="status.ok == yes")
        world.objects.delete(OWNER, world.ref("widget", "w"))
        assert message(world.ended(key)) == (
            "The resource has been deleted while its status was still being checked. Will not be retried: "
            'widgets.example.com "w" not found'
        )

    def test_wrong_condition_is_said(self, world: World) -> None:
        report = world.run("create", WIDGET, successCondition="a ==== b")
        assert message(report).startswith("success condition 'a ==== b' failed to parse: ")

    def test_kill_and_deadline_end_the_waiting(self, world: World) -> None:
        key = world.start("create", WIDGET, successCondition="status.ok == yes")
        world.runtime.kill(key, 30)
        report = world.ended(key)
        assert (report.phase, report.containers[0].exit_code) == ("Failed", 143)
        assert world.get("widget", "w")["kind"] == "Widget"


class TestOutputs:
    @pytest.fixture(autouse=True)
    def allowed(self, world: World) -> None:
        world.allow()

    def test_paths_and_filters(self, world: World) -> None:
        wanted: JsonValue = [
            {"name": "name", "valueFrom": {"jsonPath": "{.metadata.name}"}},
            {"name": "data", "valueFrom": {"jqFilter": ".data | keys[]"}},
        ]
        report = world.run("create", CONFIG_MAP, outputs=wanted)
        assert report.outputs is not None
        assert report.outputs.parameters == (("name", "c"), ("data", "x"))

    def test_wrong_path_fails_the_node(self, world: World) -> None:
        report = world.run("create", CONFIG_MAP, outputs=[{"name": "a", "valueFrom": {"jqFilter": "nonsense("}}])
        assert "jq" in message(report)

    def test_a_list_is_no_object(self, world: World) -> None:
        """kubectl answers with a list, which has no name, also where it found one object."""
        world.run("create", CONFIG_MAP)
        wanted: JsonValue = [{"name": "a", "valueFrom": {"jsonPath": "{.x}", "default": "none"}}]
        report = world.run("get", flags=["configmaps"], outputs=wanted)
        text = "Kind and name are both required but at least one of them is missing from the manifest"
        assert (report.phase, message(report)) == ("Failed", text)

    def test_nothing_has_the_default_outputs(self, world: World) -> None:
        wanted: JsonValue = [{"name": "a", "valueFrom": {"jsonPath": "{.x}", "default": "none"}}]
        report = world.run("get", flags=["configmap", "c", "--ignore-not-found"], outputs=wanted)
        assert report.outputs is not None
        assert report.outputs.parameters == (("a", "none"),)


class TestTakeOver:
    @pytest.fixture(autouse=True)
    def allowed(self, world: World) -> None:
        world.allow()

    def test_waiting_goes_on(self, world: World) -> None:
        key = world.start("create", WIDGET, successCondition="status.ok == yes")
        world.restart()
        world.patch("widget", "w", {"status": {"ok": "yes"}})
        world.runtime.attach(UID)
        assert world.ended(key).phase == "Succeeded"

    def test_ended_node_is_reported_again_and_not_done_again(self, world: World) -> None:
        first = world.run("create", CONFIG_MAP)
        world.objects.delete(OWNER, world.ref("cm", "c"))
        world.restart()
        world.runtime.start(request(first.key, {"resource": {"action": "create", "manifest": CONFIG_MAP}}))
        assert list(world.runtime.poll(0)) == [first]
        with pytest.raises(NotFoundError):
            world.get("cm", "c")

    def test_crash_between_making_and_noting_makes_nothing_twice(self, world: World) -> None:
        manifest = CONFIG_MAP.replace("name: c", "generateName: c-")
        key = world.run("create", manifest).key
        path = next(world.home.rglob("*.json"))
        record = msgspec.json.decode(path.read_bytes())
        record["state"] = "acting"
        del record["detail"]["ref"]
        path.write_bytes(msgspec.json.encode(record))
        world.restart()
        world.runtime.attach(UID)
        assert world.ended(key).phase == "Succeeded"
        assert len(world.store.list(list_of_config_maps()).items) == 1

    def test_removed_run_leaves_nothing(self, world: World) -> None:
        world.start("create", WIDGET, successCondition="status.ok == yes")
        world.runtime.remove(UID)
        assert list(world.home.rglob("*.json")) == []
        assert world.runtime.poll(0) == ()

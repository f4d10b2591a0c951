"""Kubernetes' API as its own clients use it: the ``kubernetes`` package and kubectl."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Running, running
from tests.needs import needs
from tests.waiting import PATIENCE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from kubernetes import client, watch
    from kubernetes.client.exceptions import ApiException

#: The package has no types here.
WATCH: Any = watch.Watch
GROUP = ("argoproj.io", "v1alpha1")
ENTRY = {"name": "main", "container": {"image": "x", "command": ["sh", "-c", "echo hello"]}}
HELD = {"name": "main", "suspend": {}}


def workflow(name: str, template: dict[str, Any] = ENTRY, **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name, "labels": labels},
        "spec": {"entrypoint": "main", "templates": [template]},
    }


@pytest.fixture
def kube(server: Running) -> Iterator[client.ApiClient]:
    configuration = client.Configuration(host=server.url)
    configuration.api_key = {"authorization": f"Bearer {server.token}"}
    with client.ApiClient(configuration) as found:
        yield found


def until(kube: client.ApiClient, name: str, namespace: str, phase: str) -> dict[str, Any]:
    """The workflow once it has the phase, by a watch."""
    api: Any = client.CustomObjectsApi(kube)
    for event in WATCH().stream(
        api.list_namespaced_custom_object, *GROUP, namespace, "workflows", field_selector=f"metadata.name={name}"
    ):
        if event["object"].get("status", {}).get("phase") == phase:
            return dict(event["object"])
    raise AssertionError("the watch ended")


def test_a_workflow_runs_and_its_log_is_read(kube: client.ApiClient) -> None:
    api: Any = client.CustomObjectsApi(kube)
    api.create_namespaced_custom_object(*GROUP, "runs", "workflows", workflow("hello"))
    done = until(kube, "hello", "runs", "Succeeded")
    core: Any = client.CoreV1Api(kube)
    pods = core.list_namespaced_pod("runs", label_selector="workflows.argoproj.io/workflow=hello").items
    assert [pod.status.phase for pod in pods] == ["Succeeded"]
    assert core.read_namespaced_pod_log(pods[0].metadata.name, "runs", follow=True) == "hello\n"
    assert "runs" in [item.metadata.name for item in core.list_namespace().items]
    assert done["metadata"]["uid"]
    api.delete_namespaced_custom_object(*GROUP, "runs", "workflows", "hello")
    with pytest.raises(ApiException) as caught:
        api.get_namespaced_custom_object(*GROUP, "runs", "workflows", "hello")
    assert json.loads(str(caught.value.body))["message"] == 'workflows.argoproj.io "hello" not found'


def test_objects_are_listed_page_by_page_and_selected(kube: client.ApiClient) -> None:
    core: Any = client.CoreV1Api(kube)
    for number in range(5):
        body = {"metadata": {"name": f"map-{number}", "labels": {"odd": str(number % 2)}}, "data": {"n": str(number)}}
        core.create_namespaced_config_map("listed", body)
    first = core.list_namespaced_config_map("listed", limit=3)
    rest = core.list_namespaced_config_map("listed", limit=3, _continue=first.metadata._continue)
    names = [item.metadata.name for item in (*first.items, *rest.items)]
    assert (sorted(names), rest.metadata._continue) == ([f"map-{number}" for number in range(5)], None)
    odd = core.list_namespaced_config_map("listed", label_selector="odd=1").items
    assert sorted(item.data["n"] for item in odd) == ["1", "3"]
    one = core.list_config_map_for_all_namespaces(field_selector="metadata.name=map-4").items
    assert [item.metadata.namespace for item in one] == ["listed"]


def test_a_watch_tells_every_change_and_goes_on_from_a_version(kube: client.ApiClient) -> None:
    core: Any = client.CoreV1Api(kube)
    # A server to which nobody has written is at version 0, from which a watch begins with what is there.
    core.create_namespaced_config_map("watched", {"metadata": {"name": "earlier"}})
    start = core.list_namespaced_config_map("watched").metadata.resource_version
    core.create_namespaced_config_map("watched", {"metadata": {"name": "a"}, "data": {"x": "1"}})
    core.patch_namespaced_config_map("a", "watched", {"data": {"x": "2"}})
    core.delete_namespaced_config_map("a", "watched")
    core.create_namespaced_config_map("watched", {"metadata": {"name": "b"}})
    watching, last = WATCH(), {}
    for event in watching.stream(core.list_namespaced_config_map, "watched", resource_version=start):
        last[event["object"].metadata.name] = event["type"]
        if "b" in last:
            watching.stop()
    assert last == {"a": "DELETED", "b": "ADDED"}


def test_a_watch_ends_with_its_time_and_gives_bookmarks(server: Running) -> None:
    with server.client() as http:
        url = "/api/v1/namespaces/nothing/configmaps?watch=1&timeoutSeconds=1&allowWatchBookmarks=true"
        events = [json.loads(line) for line in http.get(url).text.splitlines()]
        assert [event["type"] for event in events] == ["BOOKMARK"]
        assert int(events[0]["object"]["metadata"]["resourceVersion"]) >= 0


@pytest.mark.parametrize(
    ("content", "patch"),
    [
        ("application/merge-patch+json", {"data": {"b": "2", "a": None}}),
        ("application/strategic-merge-patch+json", {"data": {"b": "2", "a": None}}),
        (
            "application/json-patch+json",
            [{"op": "remove", "path": "/data/a"}, {"op": "add", "path": "/data/b", "value": "2"}],
        ),
        ("application/apply-patch+yaml", {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b": "2"}}),
    ],
)
def test_every_form_of_patch(server: Running, content: str, patch: object) -> None:
    name = content.split("/")[1].split("-", maxsplit=1)[0] + "-patched"
    place = f"/api/v1/namespaces/patches/configmaps/{name}"
    with server.client() as http:
        http.post("/api/v1/namespaces/patches/configmaps", json={"metadata": {"name": name}, "data": {"a": "1"}})
        answer = http.patch(place, content=json.dumps(patch), headers={"content-type": content})
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["b"] == "2"
        assert http.patch(place, content="{}", headers={"content-type": "text/plain"}).status_code == 415


APPLY = {"content-type": "application/apply-patch+yaml"}


def test_two_who_apply_one_object_do_not_remove_each_others_fields(server: Running) -> None:
    place = "/api/v1/namespaces/patches/configmaps/shared"

    def apply(http: Any, manager: str, data: dict[str, str], **more: str) -> Any:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared"}, "data": data}
        return http.patch(place, params={"fieldManager": manager, **more}, content=json.dumps(body), headers=APPLY)

    with server.client() as http:
        assert apply(http, "one", {"a": "1", "b": "2"}).status_code == 201
        assert apply(http, "two", {"c": "3"}).json()["data"] == {"a": "1", "b": "2", "c": "3"}
        refused = apply(http, "two", {"a": "9"})
        assert (refused.status_code, refused.json()["reason"]) == (409, "Conflict")
        assert refused.json()["message"] == 'Apply failed with 1 conflict: conflict with "one": .data.a'
        assert apply(http, "two", {"a": "9"}, force="true").json()["data"] == {"a": "9", "b": "2"}
        entries = apply(http, "one", {"b": "2"}).json()["metadata"]["managedFields"]
        assert {entry["manager"]: entry["fieldsV1"] for entry in entries} == {
            "one": {"f:data": {"f:b": {}}},
            "two": {"f:data": {"f:a": {}}},
        }
        assert http.get(place).json()["data"] == {"a": "9", "b": "2"}


@pytest.mark.parametrize(
    ("kind", "spec", "path"),
    [
        ("WorkflowTemplate", {"templates": {"main": {}}}, ".spec.templates"),
        ("CronWorkflow", {"workflowSpec": {"templates": {"main": {}}}}, ".spec.workflowSpec.templates"),
    ],
)
def test_a_definition_of_another_shape_is_refused(
    server: Running, kind: str, spec: Mapping[str, object], path: str
) -> None:
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "misshapen"},
        "spec": spec,
    }
    with server.client() as http:
        answer = http.post(f"/apis/argoproj.io/v1alpha1/namespaces/shapes/{kind.lower()}s", json=manifest)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert f"{path}: expected list, found" in answer.json()["message"]


def test_a_dry_run_is_answered_as_the_change_and_changes_nothing(server: Running) -> None:
    base, tried = "/api/v1/namespaces/trials/configmaps", {"dryRun": "All"}
    with server.client() as http:
        imagined = http.post(base, params=tried, json={"metadata": {"generateName": "c-"}})
        assert (imagined.status_code, imagined.json()["metadata"]["name"][:2]) == (201, "c-")
        assert http.post(base, params=tried, json={"metadata": {"name": "Bad_Name"}}).status_code == 422
        kept = http.post(base, json={"metadata": {"name": "c"}, "data": {"a": "1"}}).json()
        assert http.post(base, params=tried, json={"metadata": {"name": "c"}}).json()["reason"] == "AlreadyExists"
        put = http.put(f"{base}/c", params=tried, json={**kept, "data": {"a": "2"}})
        assert put.json()["data"] == {"a": "2"}
        merge = {"content-type": "application/merge-patch+json"}
        patched = http.patch(f"{base}/c", params=tried, content='{"data": {"b": "2"}}', headers=merge)
        assert patched.json()["data"] == {"a": "1", "b": "2"}
        manifest = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "data": {"c": "3"}})
        applied = http.patch(f"{base}/c", params=tried, content=manifest, headers=APPLY)
        assert applied.json()["data"] == {"a": "1", "c": "3"}
        for place in (f"{base}/c", base):
            assert http.request("DELETE", place, json={"dryRun": ["All"]}).json()["status"] == "Success"
            assert http.delete(place, params=tried).status_code == 200
        assert http.delete(f"{base}/none", params=tried).status_code == 404
        assert http.delete(f"{base}/c", params={"dryRun": "Some"}).status_code == 400
        assert [item["metadata"]["name"] for item in http.get(base).json()["items"]] == ["c"]
        assert http.get(f"{base}/c").json() == kept


def test_a_dry_run_of_a_workflow_runs_and_asks_nothing(server: Running) -> None:
    base, tried = "/apis/argoproj.io/v1alpha1/namespaces/trials/workflows", {"dryRun": "All"}
    with server.client() as http:
        assert http.post(base, params=tried, json=workflow("imagined")).status_code == 201
        assert http.get(f"{base}/imagined").status_code == 404
        http.post(base, json=workflow("held", HELD))
        merge = {"content-type": "application/merge-patch+json"}
        stop = http.patch(f"{base}/held", params=tried, content='{"spec": {"shutdown": "Stop"}}', headers=merge)
        assert stop.status_code == 200, stop.text
        http.delete(f"{base}/held", params=tried)
        held = http.get(f"{base}/held").json()
        assert "shutdown" not in held["spec"]
        assert http.delete(f"{base}/held").status_code == 200


def test_a_run_is_asked_and_its_spec_is_not_changed(kube: client.ApiClient) -> None:
    api: Any = client.CustomObjectsApi(kube)
    api.create_namespaced_custom_object(*GROUP, "edits", "workflows", workflow("held", HELD))
    until(kube, "held", "edits", "Running")
    place = (*GROUP, "edits", "workflows", "held")
    labelled = api.patch_namespaced_custom_object(*place, {"metadata": {"labels": {"team": "a"}}})
    assert labelled["metadata"]["labels"]["team"] == "a"
    with pytest.raises(ApiException) as caught:
        api.patch_namespaced_custom_object(*place, {"spec": {"entrypoint": "other"}})
    assert caught.value.status == 422
    assert "spec.entrypoint: Forbidden" in json.loads(str(caught.value.body))["message"]
    api.patch_namespaced_custom_object(*place, {"spec": {"suspend": True}})
    assert api.get_namespaced_custom_object(*place)["spec"]["suspend"] is True
    api.patch_namespaced_custom_object(*place, {"spec": {"shutdown": "Terminate"}})
    assert until(kube, "held", "edits", "Failed")["metadata"]["labels"]["team"] == "a"


def test_conflicts_and_deletions_with_conditions(server: Running) -> None:
    with server.client() as http:
        base = "/api/v1/namespaces/conflicts/configmaps"
        made = http.post(base, json={"metadata": {"name": "c"}}).json()
        assert http.post(base, json={"metadata": {"name": "c"}}).json()["reason"] == "AlreadyExists"
        http.put(f"{base}/c", json={**made, "data": {"x": "1"}})
        stale = http.put(f"{base}/c", json={**made, "data": {"x": "2"}})
        assert (stale.status_code, stale.json()["reason"]) == (409, "Conflict")
        wrong = http.request("DELETE", f"{base}/c", json={"preconditions": {"uid": "other"}})
        assert wrong.status_code == 409
        assert http.delete(base).json()["status"] == "Success"
        assert http.get(f"{base}/c").json()["code"] == 404


def test_tokens_and_rights(server: Running) -> None:
    with server.client() as http:
        base = "/api/v1/namespaces/rights"
        http.post(f"{base}/serviceaccounts", json={"metadata": {"name": "reader"}})
        token = http.post(f"{base}/serviceaccounts/reader/token", json={}).json()["status"]["token"]
        rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/rights"
        rule = {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["configmaps"]}
        http.post(f"{rbac}/roles", json={"metadata": {"name": "read"}, "rules": [rule]})
        subject = {"kind": "ServiceAccount", "name": "reader", "namespace": "rights"}
        ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "read"}
        http.post(f"{rbac}/rolebindings", json={"metadata": {"name": "read"}, "subjects": [subject], "roleRef": ref})
    with server.client(token) as http:
        assert http.get(f"{base}/configmaps").status_code == 200
        refused = http.get(f"{base}/secrets").json()
        assert refused["reason"] == "Forbidden"
        assert 'User "system:serviceaccount:rights:reader" cannot list resource "secrets"' in refused["message"]
        group = http.get("/apis/authentication.k8s.io").json()
        versions = [item["groupVersion"] for item in group["versions"]]
        assert group["preferredVersion"] == group["versions"][0]
        assert versions == [f"authentication.k8s.io/{name}" for name in ("v1", "v1beta1", "v1alpha1")]
        for version in versions:
            [resource] = http.get(f"/apis/{version}").json()["resources"]
            sent = {"kind": resource["kind"], "apiVersion": version}
            who = http.post(f"/apis/{version}/{resource['name']}", json=sent).json()
            assert who["apiVersion"] == version
            assert who["status"]["userInfo"]["username"] == "system:serviceaccount:rights:reader"
        for verb, allowed in (("list", True), ("delete", False)):
            attributes = {"verb": verb, "resource": "configmaps", "namespace": "rights"}
            review = {"spec": {"resourceAttributes": attributes}}
            found = http.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", json=review).json()
            assert found["status"]["allowed"] is allowed
        assert http.get("/api/v1/userinfo").json()["serviceAccountName"] == "reader"


def test_what_tiphys_keeps_for_itself_is_not_there(server: Running) -> None:
    with server.client() as http:
        http.post("/api/v1/namespaces/default/serviceaccounts/default/token", json={})
        groups = [group["name"] for group in http.get("/apis").json()["groups"]]
        assert "argoproj.io" in groups and not [name for name in groups if "internal" in name]
        assert http.get("/apis/internal.tiphys.dev/v1/accounttokens").status_code == 404


def test_every_kind_has_fields_that_can_be_explained(server: Running) -> None:
    with server.client() as http:
        for place in http.get("/openapi/v3").json()["paths"]:
            schemas = http.get(f"/openapi/v3/{place}").json()["components"]["schemas"]
            kinds = {name: found for name, found in schemas.items() if "x-kubernetes-group-version-kind" in found}
            assert all({"apiVersion", "kind", "metadata"} <= found["properties"].keys() for found in kinds.values())
            assert {ref.rpartition("/")[2] for ref in references(schemas)} <= schemas.keys()
            # OpenAPI 3.0, of which kubectl is, knows types of one word only.
            assert not [found for found in records(schemas) if isinstance(found.get("type"), list)]


def records(value: Any) -> Iterator[dict[str, Any]]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for item in items:
        yield from records(item)


def references(value: Any) -> Iterator[str]:
    return (found["$ref"] for found in records(value) if isinstance(found.get("$ref"), str))


@needs(shutil.which("kubectl") is not None, "kubectl")
def test_kubectl(tmp_path: Path) -> None:
    """kubectl sends tokens over TLS only, so this server has a certificate of its own."""
    with running(tmp_path / "home", "--secure") as server:
        use_kubectl(server, tmp_path)


def config_of(tmp_path: Path) -> str:
    return f"--kubeconfig={tmp_path / 'config'}"


def use_kubectl(server: Running, tmp_path: Path) -> None:
    config = subprocess.run(
        [sys.executable, "-m", "tiphys", "kubeconfig", "--home", str(server.home)],
        capture_output=True,
        check=True,
    ).stdout
    (tmp_path / "config").write_bytes(config)

    def kubectl(*words: str) -> str:
        command = ["kubectl", "--kubeconfig", str(tmp_path / "config"), "--cache-dir", str(tmp_path), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "wf.json").write_text(json.dumps(workflow("by-kubectl")))
    file = str(tmp_path / "wf.json")
    assert kubectl("-n", "kc", "apply", "-f", file) == "workflow.argoproj.io/by-kubectl created\n"
    # Debian's kubectl is old: what it cannot do is asked of newer ones only.
    modern = int(json.loads(kubectl("version", "--client", "-o", "json"))["clientVersion"]["minor"].rstrip("+")) >= 27
    if modern:
        kubectl(
            "-n",
            "kc",
            "wait",
            "wf/by-kubectl",
            "--for=jsonpath={.status.phase}=Succeeded",
            f"--timeout={PATIENCE:.0f}s",
        )
    watched = [config_of(tmp_path), "-n", "kc", "get", "wf", "-w", "-o", "jsonpath={.status.phase}{'\\n'}"]
    with subprocess.Popen(["kubectl", *watched], stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        assert next(line for line in watch.stdout if line == "Succeeded\n")
        watch.terminate()
    assert kubectl("-n", "kc", "apply", "--validate=false", "-f", file) == "workflow.argoproj.io/by-kubectl unchanged\n"
    head, row = kubectl("-n", "kc", "get", "wf").splitlines()
    assert head.split() == ["NAME", "STATUS", "MESSAGE", "AGE"]
    assert row.split()[:2] == ["by-kubectl", "Succeeded"]
    pod = kubectl("-n", "kc", "get", "pods", "-o", "name").strip()
    assert kubectl("-n", "kc", "logs", pod) == "hello\n"
    assert "by-kubectl" in kubectl("-n", "kc", "delete", "wf", "by-kubectl")
    # What kubectl makes itself it sends as protobuf.
    kubectl("-n", "kc", "create", "configmap", "made", "--from-literal=x=1")
    kubectl("-n", "kc", "create", "secret", "generic", "kept", "--from-literal=p=q")
    assert kubectl("-n", "kc", "get", "secret", "kept", "-o", "jsonpath={.data.p}") == "cQ=="
    kubectl("-n", "kc", "create", "serviceaccount", "bob")
    kubectl("-n", "kc", "create", "role", "reader", "--verb=get", "--resource=workflows.argoproj.io")
    kubectl("-n", "kc", "create", "rolebinding", "reads", "--role=reader", "--serviceaccount=kc:bob")
    if modern:
        assert kubectl("-n", "kc", "create", "token", "bob").startswith("tiphys_")
    assert kubectl("-n", "kc", "auth", "can-i", "create", "workflows.argoproj.io") == "yes\n"
    bob = "--as=system:serviceaccount:kc:bob"
    assert kubectl("-n", "kc", "auth", "can-i", "get", "workflows", bob) == "yes\n"
    assert "workflows.argoproj.io" in kubectl("-n", "kc", "auth", "can-i", "--list", bob)
    if modern:
        assert "system:serviceaccount:kc:bob" in kubectl("auth", "whoami", bob)
        assert "entrypoint <string>" in kubectl("explain", "wf.spec.entrypoint")
        assert "data <map[string]string>" in kubectl("explain", "configmap.data")
        assert "image\t<string>" in kubectl("explain", "pod.spec.containers")
        assert "storageClassName\t<string>" in kubectl("explain", "pvc", "--recursive")
    cron = {"schedules": ["0 1 * * *", "0 2 * * *"], "workflowSpec": workflow("x")["spec"]}
    made = {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "metadata": {"name": "c"}, "spec": cron}
    (tmp_path / "cron.json").write_text(json.dumps(made))
    kubectl("-n", "kc", "apply", "-f", str(tmp_path / "cron.json"))
    _, row = kubectl("-n", "kc", "get", "cwf").splitlines()
    assert row.split()[:-1] == ["c", "0", "1", "*", "*", "*,0", "2", "*", "*", "*", "false"]
    assert kubectl("-n", "kc", "get", "all") == ""
    assert (
        kubectl("-n", "kc", "apply", "--server-side", "-f", file)
        == "workflow.argoproj.io/by-kubectl serverside-applied\n"
    )

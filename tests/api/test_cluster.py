"""``--kubeconfig``: steps of one machine act on the objects of a cluster, here our own server's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.conftest import Running
from tests.waiting import PATIENCE
from tiphys.adapters.cluster.connection import Connection
from tiphys.adapters.cluster.objects import MADE, ClusterObjects
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.kinds import Kind
from tiphys.core.objects.selectors import parse_selector
from tiphys.errors import (
    AlreadyExistsError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidObjectError,
    NotFoundError,
    RemoteError,
    UsageError,
)
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import JSON, MERGE, STRATEGIC, DeleteOptions, Listing, ObjectRef

SPACE = "faraway"


def kubeconfig(path: Path, server: str, token: str) -> Path:
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "other",
        "clusters": [{"name": "c", "cluster": {"server": server}}, {"name": "d", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [
            {"name": "main", "context": {"cluster": "c", "user": "u"}},
            {"name": "other", "context": {"cluster": "d", "user": "u"}},
        ],
    }  # fmt: skip
    path.write_text(yaml.safe_dump(config))
    return path


@pytest.fixture
def config(server: Running, tmp_path: Path) -> Path:
    return kubeconfig(tmp_path / "kubeconfig", server.url, server.token)


@pytest.fixture
def objects(config: Path) -> Iterator[ClusterObjects]:
    with closing(ClusterObjects(Connection(str(config), "main"))) as found:
        yield found


def config_map(name: str, **data: str) -> JsonObject:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {"l": name}},
        "data": {**data},
    }


def kind(objects: ClusterObjects, word: str) -> Kind:
    found = objects.catalogue().find(word)
    assert found is not None
    return found


class TestObjects:
    def test_kinds_are_those_of_the_cluster(self, objects: ClusterObjects) -> None:
        assert kind(objects, "cm").resource == "configmaps"
        assert kind(objects, "jobs.batch").api_version == "batch/v1"
        assert not kind(objects, "clusterroles").namespaced
        assert objects.catalogue().of("v1", "Secret").qualified == "secrets"
        assert objects.catalogue().of("example.com/v1", "Widget").resource == "widgets"
        assert objects.catalogue().find("nothing") is None

    def test_an_object_from_making_to_removing(self, objects: ClusterObjects) -> None:
        ref = ObjectRef(kind(objects, "configmap"), SPACE, "life")
        made = objects.create(OWNER, config_map("life", a="1"), SPACE)
        with pytest.raises(AlreadyExistsError, match='configmaps "life" already exists'):
            objects.create(OWNER, config_map("life"), SPACE)
        assert objects.get(OWNER, ref) == made
        assert objects.patch(OWNER, ref, {"data": {"b": "2"}}, MERGE)["data"] == {"a": "1", "b": "2"}
        assert objects.patch(OWNER, ref, {"data": {"c": "3"}}, STRATEGIC)["data"] == {"a": "1", "b": "2", "c": "3"}
        removal: Any = [{"op": "remove", "path": "/data/b"}]
        assert objects.patch(OWNER, ref, removal, JSON)["data"] == {"a": "1", "c": "3"}
        assert objects.update(OWNER, config_map("life", x="y"), SPACE)["data"] == {"x": "y"}
        stale = config_map("life")
        stale["metadata"] = {"name": "life", "resourceVersion": "1"}
        with pytest.raises(ConflictError, match="the object has been modified"):
            objects.update(OWNER, stale, SPACE)
        wanted = Listing(kind=ref.kind, namespace=SPACE, labels=parse_selector("l in (life)"))
        (listed,) = objects.list(OWNER, wanted).items
        assert (listed["kind"], listed["data"]) == ("ConfigMap", {"x": "y"})
        objects.delete(OWNER, ref, DeleteOptions(propagation="Orphan"))
        with pytest.raises(NotFoundError, match='configmaps "life" not found'):
            objects.get(OWNER, ref)

    def test_apply_makes_changes_and_takes_away(self, objects: ClusterObjects) -> None:
        assert objects.apply(OWNER, config_map("applied", a="1", b="2"), SPACE)["data"] == {"a": "1", "b": "2"}
        ref = ObjectRef(kind(objects, "configmap"), SPACE, "applied")
        objects.patch(OWNER, ref, {"data": {"own": "3"}}, MERGE)
        assert objects.apply(OWNER, config_map("applied", a="1"), SPACE)["data"] == {"a": "1", "own": "3"}
        with pytest.raises(UsageError, match=r"apply needs metadata\.name"):
            objects.apply(OWNER, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}, SPACE)

    def test_the_same_call_makes_nothing_twice(self, objects: ClusterObjects) -> None:
        uid = "0b0e7a7e-0000-4000-8000-000000000001"
        first = objects.create(OWNER, config_map("once"), SPACE, uid=uid)
        assert objects.create(OWNER, config_map("once"), SPACE, uid=uid) == first
        with pytest.raises(AlreadyExistsError):
            objects.create(OWNER, config_map("once"), SPACE, uid=uid.replace("1", "2"))
        unnamed: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "some-"}}
        again = uid.replace("0b0e", "0b0f")
        assert objects.create(OWNER, unnamed, SPACE, uid=again) == objects.create(OWNER, unnamed, SPACE, uid=again)
        wanted = Listing(kind=kind(objects, "configmap"), namespace=SPACE, labels=parse_selector(f"{MADE}={again}"))
        assert len(objects.list(OWNER, wanted).items) == 1

    def test_lists_have_pages(self, objects: ClusterObjects) -> None:
        for number in range(3):
            objects.create(OWNER, config_map(f"page-{number}"), "pages")
        wanted = Listing(kind=kind(objects, "configmap"), namespace="pages", limit=2)
        first = objects.list(OWNER, wanted)
        assert first.next is not None
        second = objects.list(OWNER, Listing(kind=wanted.kind, namespace="pages", limit=2, after=first.next))
        assert (len(first.items), len(second.items), second.next) == (2, 1, None)

    def test_changes_are_looked_for(self, config: Path) -> None:
        moment = 0.0
        waited: list[float] = []
        connection = Connection(str(config), "main")
        objects = ClusterObjects(connection, lambda: moment, waited.append)
        assert objects.version() == objects.version() == 0
        assert (objects.wait(0, 1.5), waited) == (False, [1.5])
        moment = 5.0
        assert objects.wait(0, 1.5)
        with pytest.raises(ExpiredError):
            objects.changes(OWNER, Listing(kind=kind(objects, "pods")), 0)
        connection.close()

    def test_refusals_are_the_clusters(self, server: Running, objects: ClusterObjects, tmp_path: Path) -> None:
        with pytest.raises(InvalidObjectError, match="is invalid"):
            objects.create(OWNER, config_map("Not A Name"), SPACE)
        objects.create(OWNER, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "weak"}}, SPACE)
        with server.client() as http:
            path = f"/api/v1/namespaces/{SPACE}/serviceaccounts/weak/token"
            token = http.post(path, json={"spec": {}}).json()["status"]["token"]
        weak = ClusterObjects(Connection(str(kubeconfig(tmp_path / "weak", server.url, token)), "main"))
        ref = ObjectRef(kind(objects, "secrets"), SPACE, "a")
        with pytest.raises(ForbiddenError, match=f'User "system:serviceaccount:{SPACE}:weak" cannot get resource'):
            weak.get(OWNER, ref)
        weak.close()
        nobody = ClusterObjects(Connection(str(kubeconfig(tmp_path / "nobody", server.url, "wrong")), "main"))
        with pytest.raises(RemoteError, match="the cluster refuses"):
            nobody.get(OWNER, ref)
        nobody.close()

    def test_a_dead_cluster_is_tried_again_and_said(self, config: Path) -> None:
        pauses: list[float] = []
        objects = ClusterObjects(Connection(str(config), "other", pauses.append))
        with pytest.raises(RemoteError, match="the cluster does not answer"):
            objects.create(OWNER, config_map("a"), SPACE)
        assert len(pauses) == 3
        objects.close()

    def test_what_is_no_kubeconfig_is_said(self, tmp_path: Path, config: Path) -> None:
        for file, context in ((tmp_path / "none", ""), (config, "unknown")):
            with pytest.raises(UsageError, match="the kubeconfig cannot be used"):
                Connection(str(file), context)


WORKFLOW = """
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {value: swordfish}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: here}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: make, template: make}
    - - {name: use, template: use, arguments: {parameters: [{name: map, value: "{{steps.make.outputs.parameters.name}}"}]}}
    - - {name: refused, template: refused, continueOn: {failed: true}}
  - name: make
    resource:
      action: create
      setOwnerReference: true
      successCondition: data.text == hello
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {generateName: from-here-}
        data: {text: hello}
    outputs: {parameters: [{name: name, valueFrom: {jsonPath: "{.metadata.name}"}}]}
  - name: use
    inputs: {parameters: [{name: map}]}
    container:
      image: busybox
      command: [sh, -c, 'test "$TEXT" = hello && test "$PASSWORD" = swordfish']
      env:
      - {name: TEXT, valueFrom: {configMapKeyRef: {name: "{{inputs.parameters.map}}", key: text}}}
      - {name: PASSWORD, valueFrom: {secretKeyRef: {name: password, key: value}}}
  - name: refused
    resource: {action: get, flags: [configmap, nowhere]}
"""


def test_steps_act_on_the_cluster(server: Running, config: Path, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(WORKFLOW)

    def tiphys(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tiphys", *words, "--home", str(tmp_path / "home"), "-n", "steps"]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)

    far = ("--kubeconfig", str(config), "--context", "main")
    done = tiphys("run", str(tmp_path / "w.yaml"), "-o", "json", *far)
    assert done.returncode == 0, done.stderr + done.stdout
    nodes = {node["displayName"]: node for node in json.loads(done.stdout)["status"]["nodes"].values()}
    (name,) = [item["value"] for item in nodes["make"]["outputs"]["parameters"]]
    assert name.startswith("from-here-")
    assert 'Error from server (NotFound): configmaps "nowhere" not found' in nodes["refused"]["message"]
    assert "setOwnerReference is left out" in tiphys("logs", "here").stdout
    with server.client() as http:
        assert http.get(f"/api/v1/namespaces/steps/configmaps/{name}").json()["data"] == {"text": "hello"}
        assert http.get("/api/v1/namespaces/steps/secrets/password").status_code == 200
        assert http.get("/apis/argoproj.io/v1alpha1/namespaces/steps/workflows/here").status_code == 404
    assert name in tiphys("get-object", "configmaps", "-o", "name", *far).stdout
    assert tiphys("get-object", "configmaps", "-o", "name").stdout == ""
    assert "--kubeconfig is for clusters" in tiphys("list", *far).stderr
    assert "give --kubeconfig FILE too" in tiphys("get-object", "pods", "--context", "main").stderr

"""Requests that mean harm: names that are paths, texts for a database, bodies without end; an error, never a crash."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.api.conftest import Running
from tests.waiting import PATIENCE

WORKFLOWS = "/api/v1/workflows/abuse"
CONFIG_MAPS = "/api/v1/namespaces/abuse/configmaps"
SPEC: dict[str, Any] = {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]}


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.mark.parametrize("name", ["../x", "..", "a/b", "Bad_Name", "a\nb", "a\0", "-a", "%2e%2e"])
def test_a_name_is_no_path(client: httpx.Client, name: str) -> None:
    made = client.post(WORKFLOWS, json={"workflow": {"metadata": {"name": name}, "spec": SPEC}})
    assert (made.status_code, made.json()["code"]) == (400, 3)
    assert made.json()["message"].startswith(f'Workflow.argoproj.io "{name}" is invalid: metadata.name: Invalid value')
    template = client.post(
        "/api/v1/workflow-templates/abuse", json={"template": {"metadata": {"name": name}, "spec": SPEC}}
    )
    assert template.status_code == 400


@pytest.mark.parametrize("namespace", ["../../etc", "..", "Bad", "a.b", "a b", "x" * 64])
def test_a_namespace_is_no_path(client: httpx.Client, namespace: str) -> None:
    body = {"workflow": {"metadata": {"name": "outside", "namespace": namespace}, "spec": SPEC}}
    made = client.post("/api/v1/workflows/", json=body)
    assert (made.status_code, made.json()["code"]) == (400, 3)
    assert "metadata.namespace: Invalid value" in made.json()["message"]
    if "/" not in namespace:
        place = f"/api/v1/namespaces/{quote(namespace)}/configmaps"
        assert client.post(place, json={"metadata": {"name": "c"}}).status_code == 422


@pytest.mark.parametrize(
    ("field", "given", "text"),
    [
        ("labels", {"a": "b c"}, "a valid label must be"),
        ("labels", {"a": "\0"}, "a valid label must be"),
        ("labels", {"a": "x" * 64}, "must be no more than 63 characters"),
        ("labels", {"a b": "c"}, "name part must consist of"),
        ("annotations", {"a/b/c": "d"}, "name part must consist of"),
    ],
)
def test_labels_are_labels(client: httpx.Client, field: str, given: dict[str, str], text: str) -> None:
    metadata = {"name": "labelled", field: given}
    made = client.post(WORKFLOWS, json={"workflow": {"metadata": metadata, "spec": SPEC}})
    kept = client.post(CONFIG_MAPS, json={"metadata": metadata})
    assert (made.status_code, kept.status_code) == (400, 422)
    assert f"metadata.{field}: Invalid value" in made.json()["message"]
    assert text in made.json()["message"] and text in kept.json()["message"]


def nested(depth: int) -> bytes:
    return b'{"workflow":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", WORKFLOWS, "application/json"),
        ("POST", "/api/v1/events/abuse/x", "application/json"),
        ("POST", CONFIG_MAPS, "application/json"),
        ("PATCH", f"{CONFIG_MAPS}/x", "application/merge-patch+json"),
        ("PATCH", f"{CONFIG_MAPS}/x", "application/apply-patch+yaml"),
    ],
)
def test_no_body_is_too_deep_to_be_refused(client: httpx.Client, method: str, path: str, kind: str) -> None:
    for body in (nested(100_000), b"[" * 100_000):
        answer = client.request(method, path, content=body, headers={"content-type": kind})
        assert (answer.status_code, bool(answer.json()["message"])) == (400, True)


@pytest.mark.parametrize(
    "body", [b'{"workflow": {"metadata": {"name": "\xff"}}}', b'{"a": "\\ud800"}', b"\xff\xfe{", b"NaN", b"9" * 9999]
)
@pytest.mark.parametrize("path", [WORKFLOWS, "/api/v1/events/abuse/x", CONFIG_MAPS])
def test_what_is_no_json_is_refused(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, bool(answer.json()["message"])) == (400, True)


def test_packed_bodies_are_not_unpacked(client: httpx.Client) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    for path in (WORKFLOWS, "/api/v1/events/abuse/x"):
        answer = client.post(path, content=bomb, headers={"content-encoding": "gzip"})
        assert answer.status_code == 400


@pytest.mark.parametrize("pattern", ["(a+)+$", "((a{1000}){1000}){1000}", "(" * 5000])
def test_no_pattern_takes_long(client: httpx.Client, pattern: str) -> None:
    """Patterns are RE2's: they take linear time, or are refused."""
    client.post(WORKFLOWS, json={"workflow": {"metadata": {"name": "there"}, "spec": SPEC}})
    answer = client.get(f"{WORKFLOWS}/there/log", params={"grep": pattern})
    assert answer.status_code == 200 or answer.json()["message"].startswith("failed to compile")


def test_a_yaml_whose_aliases_grow_without_end_is_refused(client: httpx.Client) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]
    headers = {"content-type": "application/apply-patch+yaml"}
    answer = client.patch(f"{CONFIG_MAPS}/x", content="\n".join(lines), headers=headers)
    assert (answer.status_code, "aliases repeat" in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&".join(f"a{number}=1" for number in range(1001)), 400),
        ("listOptions.limit=-1", 400),
        ("listOptions.limit=1e999", 400),
        ("listOptions.limit=" + "9" * 5000, 400),
        ("listOptions.labelSelector=" + quote("a=';drop table objects;--"), 400),
        ("listOptions.labelSelector=" + quote("a in ('x') OR 1=1"), 400),
        ("listOptions.labelSelector=%00", 400),
        ("listOptions.labelSelector=" + ",".join(f"!a{number}" for number in range(2000)), 400),
        ("listOptions.labelSelector=a+in+" + "(" * 5000, 400),
        ("listOptions.labelSelector=a+in+(" + ",".join(f"v{number}" for number in range(5000)) + ")", 200),
        ("fields=" + ",".join(f"metadata.a{number}" for number in range(2000)), 200),
        ("listOptions.fieldSelector=" + quote("metadata.name=' or 1=1--"), 200),
        ("listOptions.fieldSelector=metadata.name%3D%25&nameFilter=Contains", 200),
        ("listOptions.fieldSelector=metadata.name%3D_&nameFilter=Prefix", 200),
    ],
)
def test_a_query_is_data(client: httpx.Client, query: str, status: int) -> None:
    """Neither an error of the server, nor anything that was not asked for."""
    client.post(WORKFLOWS, json={"workflow": {"metadata": {"name": "there"}, "spec": SPEC}})
    answer = client.get(f"{WORKFLOWS}?{query}")
    assert answer.status_code == status, answer.text
    assert answer.json().get("items") is None


@pytest.mark.parametrize("path", ["/api/v1/workflows/a%00b", "/api/v1/workflows/abuse/a%00b", "/artifacts/a/b%00/c/d"])
def test_a_path_holds_no_nul(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_the_uid_of_another_namespace_opens_nothing(server: Running, client: httpx.Client) -> None:
    """A ServiceAccount that may read one namespace asks for a workflow of another by its uid, in every way there is."""
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/abuse"
    client.post("/api/v1/namespaces/abuse/serviceaccounts", json={"metadata": {"name": "here"}})
    token = client.post("/api/v1/namespaces/abuse/serviceaccounts/here/token", json={}).json()["status"]["token"]
    rules = [{"verbs": ["*"], "apiGroups": ["argoproj.io"], "resources": ["*"]}]
    client.post(f"{rbac}/roles", json={"metadata": {"name": "all"}, "rules": rules})
    subjects = [{"kind": "ServiceAccount", "name": "here", "namespace": "abuse"}]
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "all"}
    client.post(f"{rbac}/rolebindings", json={"metadata": {"name": "all"}, "subjects": subjects, "roleRef": ref})
    name = server.submit(namespace="elsewhere")
    uid = server.finished(name, "elsewhere")["metadata"]["uid"]
    client.delete(f"/api/v1/workflows/elsewhere/{name}")
    with server.client(token) as other:
        assert other.get("/api/v1/workflows/abuse").status_code == 200
        for query in ("", "?namespace=abuse", f"?namespace=abuse&name={name}", "?namespace=elsewhere"):
            found = other.get(f"/api/v1/archived-workflows/{uid}{query}")
            assert found.status_code in (403, 404), found.text
        for verb in ("retry", "resubmit"):
            tried = other.put(f"/api/v1/archived-workflows/{uid}/{verb}", json={"namespace": "abuse"})
            assert tried.status_code in (403, 404), tried.text
        assert other.delete(f"/api/v1/archived-workflows/{uid}?namespace=abuse").status_code in (403, 404)
        assert other.get(f"/api/v1/workflows/abuse/{name}?uid={uid}").status_code in (403, 404)
        assert other.get(f"/artifacts-by-uid/{uid}/{name}/main-logs").status_code in (403, 404)
        files = f"/artifact-files/abuse/archived-workflows/{uid}/{name}/outputs/main-logs"
        assert other.get(files).status_code in (400, 403, 404)
    assert client.get(f"/api/v1/archived-workflows/{uid}").status_code == 200


def test_a_token_in_the_query_is_none(server: Running) -> None:
    for name in ("token", "access_token", "authorization", "Authorization"):
        answer = httpx.get(f"{server.url}{WORKFLOWS}", params={name: f"Bearer {server.token}"})
        assert answer.status_code == 401, name


def test_a_cookie_does_not_act_for_another_page(server: Running) -> None:
    cookie = {"cookie": f'authorization="Bearer {server.token}"', "origin": "https://evil.example"}
    body = json.dumps({"workflow": {"metadata": {"name": "forged"}, "spec": SPEC}})
    assert httpx.post(f"{server.url}{WORKFLOWS}", content=body, headers=cookie).status_code == 403
    assert httpx.get(f"{server.url}{WORKFLOWS}", headers={**cookie, "host": "evil.example"}).status_code == 403


def raw(server: Running, target: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    """The answer to a target that no client tidies up."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
    try:
        connection.putrequest("GET", target)
        connection.putheader("Authorization", f"Bearer {server.token}")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheaders()
    finally:
        connection.close()


CLIMBS = (
    "../" * 12 + "etc/passwd",
    "..%2f" * 12 + "etc/passwd",
    "%2e%2e/" * 12 + "etc/passwd",
    "%5c..%5c..%5cetc",
    "//etc/passwd",
)
ODD = 'a"; x=y\r\nSet-Cookie: authorization=evil\r\n.txt'


def test_no_route_to_artifacts_leads_outside(server: Running) -> None:
    """A directory whose files have the oddest names is read by every route; nothing but its files comes out."""
    script = "import os; os.mkdir('/tmp/d'); open('/tmp/d/in.txt', 'w').write('inside'); "
    script += f"open('/tmp/d/' + {ODD!r}, 'w').write('odd')"
    output = {"name": "dir", "path": "/tmp/d", "archive": {"none": {}}}
    template = {"name": "main", "container": {"image": "x", "command": ["python3", "-c", script]}}
    spec = {"entrypoint": "main", "templates": [{**template, "outputs": {"artifacts": [output]}}]}
    with server.client() as client:
        made = client.post(WORKFLOWS, json={"workflow": {"metadata": {"name": "climbs"}, "spec": spec}})
    assert made.status_code == 200, made.text
    ended = server.finished("climbs", "abuse")
    assert ended["status"]["phase"] == "Succeeded", ended["status"]["message"]
    uid, node = ended["metadata"]["uid"], "climbs"
    files = f"/artifact-files/abuse/workflows/climbs/{node}/outputs/dir"
    assert raw(server, f"{files}/in.txt")[:2] == (200, b"inside")
    places = (
        files,
        f"/artifact-files/abuse/archived-workflows/{uid}/{node}/outputs/dir",
        f"/artifacts/abuse/climbs/{node}",
        f"/input-artifacts/abuse/climbs/{node}",
        f"/artifacts-by-uid/{uid}/{node}",
        f"/input-artifacts-by-uid/{uid}/{node}",
        "/assets",
    )
    for target in (f"{place}/{climb}" for place in places for climb in CLIMBS):
        status, body, _ = raw(server, target)
        assert status in (400, 404) or (status == 200 and b"<!doctype html>" in body), target
        assert b"root:" not in body, target
    status, body, headers = raw(server, f"{files}/{quote(ODD)}")
    assert (status, body) == (200, b"odd")
    assert "set-cookie" not in {name.lower() for name, _ in headers}
    [shown] = [value for name, value in headers if name.lower() == "content-disposition"]
    assert "\r" not in shown and "\n" not in shown and shown.count('"') == 2


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://127.0.0.1.evil.example", "http://localhost:1"]
)
def test_no_other_page_reads_answers(server: Running, origin: str) -> None:
    with server.client() as client:
        answer = client.get("/api/v1/version", headers={"origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        cookie = {"cookie": f'authorization="Bearer {server.token}"', "origin": origin}
        assert httpx.post(f"{server.url}/api/v1/tracking/event", headers=cookie, json={}).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example#localhost", ""]
)
def test_no_other_host_is_answered(server: Running, host: str) -> None:
    with server.client() as client:
        answer = client.get("/api/v1/version", headers={"host": host, "x-forwarded-host": "localhost"})
        assert answer.status_code in (400, 403), answer.text

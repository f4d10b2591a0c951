"""What the environment limits: the sizes of requests and uploads; and what goes with a workflow."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.api.conftest import Running, running
from tests.waiting import until

LIMIT = 100_000
PATH = "/upload-artifacts/default/takes/text"
TEMPLATE = {
    "metadata": {"name": "takes"},
    "spec": {
        "entrypoint": "main",
        "arguments": {"artifacts": [{"name": "text", "archive": {"none": {}}, "s3": {"key": "nothing"}}]},
        "templates": [{"name": "main", "container": {"image": "busybox", "command": ["true"]}}],
    },
}
VARIABLES = {
    "ARGO_SERVER_MAX_ARTIFACT_UPLOAD_BYTES": str(LIMIT),
    "GRPC_MESSAGE_SIZE": "20000",
    "WF_DEL_PROPAGATION_POLICY": "Orphan",
}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with small limits, whose temporary files are seen."""
    home = tmp_path_factory.mktemp("limited")
    (home / "tmp").mkdir()
    with running(home, environment={**VARIABLES, "TMPDIR": str(home / "tmp")}) as server:
        with server.client() as client:
            assert client.post("/api/v1/workflow-templates/default", json={"template": TEMPLATE}).status_code == 200
        yield server


def left(server: Running) -> list[Path]:
    """Files of uploads that are still there."""
    found = (Path(folder) / name for folder, _, names in os.walk(server.home) for name in names)
    return [path for path in found if "upload" in str(path)]


def chunks(count: int) -> Iterator[bytes]:
    yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'
    for _ in range(count):
        yield b"x" * 10_000
    yield b"\r\n--b--\r\n"


@pytest.mark.parametrize("told", [True, False], ids=["with its size", "in pieces"])
def test_an_upload_beyond_the_limit_is_refused_and_leaves_nothing(limited: Running, told: bool) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    with limited.client() as client:
        body = b"".join(chunks(11)) if told else chunks(11)
        answer = client.post(PATH, content=body, headers=headers)
        assert (answer.status_code, answer.text) == (413, f"the upload is larger than {LIMIT} bytes")
        assert left(limited) == []


def test_an_upload_may_be_larger_than_other_requests(limited: Running) -> None:
    with limited.client() as client:
        assert client.post("/api/v1/workflows/default", content=b" " * 20_001).status_code == 429
        answer = client.post(PATH, files={"file": ("a.bin", b"y" * 50_000)})
        assert answer.status_code == 200, answer.text
    [kept] = left(limited)
    assert (kept.stat().st_size, kept.name) == (50_000, "a.bin")
    kept.unlink()


def test_an_upload_whose_sender_goes_away_leaves_nothing(limited: Running) -> None:
    url = urlsplit(limited.url)
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: {url.netloc}\r\nauthorization: Bearer {limited.token}\r\n"
        "content-type: multipart/form-data; boundary=b\r\ncontent-length: 90000\r\n\r\n"
    )
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(head.encode() + b"".join(chunks(3))[:-10])
        until(lambda: left(limited), lambda found: len(found) == 1)
    until(lambda: left(limited), lambda found: found == [])


def test_what_a_workflow_owned_stays_when_it_goes(limited: Running) -> None:
    name = limited.submit()
    uid = limited.finished(name)["metadata"]["uid"]
    owner = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "name": name, "uid": uid}
    owned = {"metadata": {"name": "owned", "ownerReferences": [owner]}, "data": {"a": "b"}}
    with limited.client() as client:
        assert client.post("/api/v1/namespaces/default/configmaps", json=owned).status_code == 201
        assert client.delete(f"/api/v1/workflows/default/{name}").status_code == 200
        kept: httpx.Response = client.get("/api/v1/namespaces/default/configmaps/owned")
    assert kept.status_code == 200
    assert not kept.json()["metadata"].get("ownerReferences")

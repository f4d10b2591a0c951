"""Files of artifacts over the wire (``spec/api.md`` 19; classes S05, S07 and S12 of attacks)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Running
from tests.waiting import PATIENCE

SCRIPT = """
printf '<script>alert(1)</script>' > /tmp/page.html
mkdir -p /tmp/dir/sub
echo one > /tmp/dir/one.txt
echo evil > '/tmp/dir/<img src=x onerror=alert(1)>'
echo deep > /tmp/dir/sub/deep.txt
"""


@pytest.fixture(scope="module")
def made(server: Running) -> str:
    """A workflow with a file and a directory as artifacts."""
    artifacts = [
        {"name": "page", "path": "/tmp/page.html", "archive": {"none": {}}},
        {"name": "dir", "path": "/tmp/dir", "archive": {"none": {}}},
    ]
    template: dict[str, Any] = {
        "name": "main",
        "container": {"image": "busybox", "command": ["sh", "-c", SCRIPT]},
        "outputs": {"artifacts": artifacts},
    }
    workflow = {"metadata": {"name": "files"}, "spec": {"entrypoint": "main", "templates": [template]}}
    with server.client() as client:
        assert client.post("/api/v1/workflows/default", json={"workflow": workflow}).status_code == 200
    ended = server.finished("files")
    assert ended["status"]["phase"] == "Succeeded", ended["status"].get("message")
    return str(ended["metadata"]["uid"])


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def test_a_file_is_sent_so_that_its_scripts_do_nothing(client: httpx.Client, made: str) -> None:
    answer = client.get("/artifacts/default/files/files/page")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-security-policy"].startswith(
        "sandbox allow-same-origin; base-uri 'none'; default-src"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "filename=" in answer.headers["content-disposition"]
    by_uid = client.get(f"/artifacts-by-uid/{made}/files/page")
    assert by_uid.content == answer.content


@pytest.mark.parametrize(
    ("wanted", "status", "text"),
    [("bytes=0-7", 206, "<script>"), ("bytes=-9", 206, "</script>"), ("bytes=99-", 416, ""), ("odd", 200, None)],
)
def test_a_part_of_a_file(client: httpx.Client, made: str, wanted: str, status: int, text: str | None) -> None:
    answer = client.get("/artifacts/default/files/files/page", headers={"range": wanted})
    assert answer.status_code == status
    assert answer.text == ("<script>alert(1)</script>" if text is None else text)


def test_a_file_may_be_asked_for_its_headers(client: httpx.Client, made: str) -> None:
    head = client.head("/artifacts/default/files/files/page")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "25", b"")
    assert head.headers["content-type"] == "text/html"


def test_a_directory_is_a_list_of_names_that_are_text(client: httpx.Client, made: str) -> None:
    base = "/artifact-files/default/workflows/files/files/outputs/dir"
    moved = client.get(base)
    assert (moved.status_code, moved.headers["location"]) == (307, "./dir/")
    page = client.get(f"{base}/").text
    assert '<li><a href="./one.txt">one.txt</a></li>' in page
    assert '<li><a href="./sub/">sub/</a></li>' in page
    assert "<img" not in page
    assert client.get(f"{base}/sub/deep.txt").text == "deep\n"
    listed = client.get(f"{base}/", headers={"accept": "application/json"}).json()["items"]
    assert {"name": "sub/"} in listed
    assert [item["size"] for item in listed if item["name"] == "one.txt"] == [
        len(client.get(f"{base}/one.txt").content)
    ]
    assert client.get(f"{base}/%2e%2e/%2e%2e/%2e%2e/server-token").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/artifacts/default/files/files/nothing",
        "/artifacts/default/files/nobody/page",
        "/artifacts/default/nowhere/files/page",
        "/artifacts-by-uid/unknown/files/page",
        "/input-artifacts/default/files/files/page",
    ],
)
def test_what_is_not_there(client: httpx.Client, made: str, path: str) -> None:
    assert client.get(path).status_code == 404


def test_nobody_reads_files_without_signing_in(server: Running, made: str) -> None:
    for path in ("artifacts/default/files/files/page", f"artifacts-by-uid/{made}/files/page"):
        answer = httpx.get(f"{server.url}/{path}", headers={"authorization": "Bearer nothing"}, timeout=PATIENCE)
        assert (answer.status_code, answer.text) == (401, "Unauthorized")


def test_an_upload_is_an_argument_of_what_is_submitted_then(server: Running, client: httpx.Client) -> None:
    template: dict[str, Any] = {
        "metadata": {"name": "reads"},
        "spec": {
            "entrypoint": "main",
            "arguments": {"artifacts": [{"name": "text", "archive": {"none": {}}, "s3": {"key": "nothing"}}]},
            "templates": [
                {
                    "name": "main",
                    "inputs": {"artifacts": [{"name": "text", "path": "/tmp/text"}]},
                    "container": {"image": "busybox", "command": ["grep", "uploaded", "/tmp/text"]},
                }
            ],
        },
    }
    made = client.post("/api/v1/workflow-templates/default", json={"template": template})
    assert made.status_code == 200, made.text
    kept = client.post("/upload-artifacts/default/reads/text", files={"file": ("../a.txt", b"was uploaded")})
    assert kept.status_code == 200, kept.text
    assert kept.json()["key"].endswith("/a.txt")
    assert client.post("/upload-artifacts/default/reads/no", files={"file": ("a", b"")}).status_code == 404
    key = kept.json()["key"]
    unknown = {"artifacts": [f"text={key}", f"other={key}", f"third={key}"]}
    wrong = {"resourceKind": "WorkflowTemplate", "resourceName": "reads", "submitOptions": unknown}
    refused = client.post("/api/v1/workflows/default/submit", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, 3)
    assert refused.json()["message"] == "artifact override(s) matched no artifact: other, third"
    options = {"artifacts": [f"text={key}"]}
    body = {"resourceKind": "WorkflowTemplate", "resourceName": "reads", "submitOptions": options}
    submitted = client.post("/api/v1/workflows/default/submit", json=body)
    assert submitted.status_code == 200, submitted.text
    ended = server.finished(submitted.json()["metadata"]["name"])
    assert ended["status"]["phase"] == "Succeeded", ended["status"].get("message")


@pytest.mark.parametrize(
    "path", ["/artifacts/default", "/input-artifacts/a/b/c/d/e", "/artifact-files/default/workflows"]
)
def test_a_path_that_names_no_artifact_is_a_bad_request(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (400, "Bad Request")


def test_uploads_are_posted_to_a_template_that_is_there(client: httpx.Client) -> None:
    path = "/upload-artifacts/default/none/in"
    for method in ("GET", "PUT", "DELETE"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.text) == (405, "Method not allowed")
    assert client.post("/upload-artifacts/default").status_code == 400
    assert client.post(path, content=b"no form").status_code == 404

"""Artifacts in storages that need credentials: the whole way, from a Secret beside the workflow to a real server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from tests.contract.storages import moto, mutual_tls
from tests.contract.test_artifact_sources import CONTENT, run_git
from tests.contract.test_artifact_sources import Handler as Files
from tests.examples.test_examples import tiphys
from tests.serving import Quiet, serving
from tests.waiting import PATIENCE

EVERYBODY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


# -- S3 ----------------------------------------------------------------------------------------------------------


class Bucket:
    """A bucket on a server that checks signatures: only one user's credentials open it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        iam = self._client("iam", "a", "b")
        iam.create_user(UserName="tiphys")
        iam.put_user_policy(UserName="tiphys", PolicyName="s3", PolicyDocument=EVERYBODY)
        key = iam.create_access_key(UserName="tiphys")["AccessKey"]
        self.access, self.secret = key["AccessKeyId"], key["SecretAccessKey"]
        self.client = self._client("s3", self.access, self.secret)
        self.client.create_bucket(Bucket="team")
        self._check_after(0)

    def _client(self, service: str, access: str, secret: str) -> Any:
        return boto3.client(
            service, endpoint_url=f"http://{self.endpoint}", region_name="us-east-1",
            aws_access_key_id=access, aws_secret_access_key=secret,
        )  # fmt: skip

    def _check_after(self, requests: float) -> None:
        self._tell("reset-auth", str(requests))

    def _tell(self, what: str, text: str = "") -> None:
        address = f"http://{self.endpoint}/moto-api/{what}"
        request = urllib.request.Request(address, text.encode(), {"Content-Type": "text/plain"})
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def forget(self) -> None:
        """Leave nothing: all servers of a process share their state."""
        self._check_after(float("inf"))
        self._tell("reset")

    def stored(self) -> list[str]:
        return sorted(item["Key"] for item in self.client.list_objects_v2(Bucket="team").get("Contents", []))

    def repository(self, key_format: str) -> str:
        return yaml.safe_dump(
            {
                "archiveLogs": True,
                "s3": {
                    "endpoint": self.endpoint, "bucket": "team", "insecure": True, "keyFormat": key_format,
                    "accessKeySecret": {"name": "bucket", "key": "access"},
                    "secretKeySecret": {"name": "bucket", "key": "secret"},
                },
            }
        )  # fmt: skip


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with moto() as endpoint:
        found = Bucket(endpoint)
        try:
            yield found
        finally:
            found.forget()


def secret(name: str, **values: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}


PASSING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: passing}
spec:
  entrypoint: main
  arguments: {parameters: [{name: team, value: blue}]}
  templates:
  - name: main
    steps:
    - - {name: make, template: make}
    - - name: use
        template: use
        arguments:
          artifacts:
          - {name: whole, from: "{{steps.make.outputs.artifacts.dir}}"}
          - {name: part, from: "{{steps.make.outputs.artifacts.plain}}", subPath: sub/two}
  - name: make
    container:
      image: busybox
      command: [sh, -c, 'mkdir -p /out/sub && echo one > /out/one && echo two > /out/sub/two && echo said']
    outputs:
      artifacts:
      - {name: dir, path: /out}
      - {name: plain, path: /out, archive: {none: {}}, s3: {key: "plain/{{workflow.uid}}"}}
  - name: use
    inputs: {artifacts: [{name: whole, path: /in}, {name: part, path: /part}]}
    container: {image: busybox, command: [sh, -c, 'cat /in/one /in/sub/two /part']}
"""


def passing(file: Path, *documents: dict[str, object], **spec: object) -> None:
    workflow = yaml.safe_load(PASSING)
    workflow["spec"] |= spec
    file.write_text(yaml.safe_dump_all([*documents, workflow]))


def repositories(name: str, default: str, **data: str) -> dict[str, object]:
    annotations = {"workflows.argoproj.io/default-artifact-repository": default} if default else {}
    metadata = {"name": name, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


@pytest.mark.parametrize("chosen", ["default", "reference"])
def test_s3_with_credentials_of_a_secret(bucket: Bucket, chosen: str, tmp_path: Path) -> None:
    repository = bucket.repository("{{workflow.parameters.team}}/{{workflow.name}}/{{pod.name}}")
    credentials = secret("bucket", access=bucket.access, secret=bucket.secret)
    file = tmp_path / "w.yaml"
    if chosen == "default":
        passing(file, credentials, repositories("artifact-repositories", "main", main=repository))
    else:
        reference = {"configMap": "elsewhere", "key": "mine"}
        passing(file, credentials, repositories("elsewhere", "", mine=repository), artifactRepositoryRef=reference)
    done = tiphys(tmp_path, "run", str(file), "--log", "-o", "json")
    assert done.returncode == 0, done.stderr
    lines = [line.partition(": ")[2] for line in done.stderr.splitlines()]
    assert [line for line in lines if line in ("one", "two")] == ["one", "two", "two"]
    workflow = json.loads(done.stdout)
    pods = {node["displayName"]: node for node in workflow["status"]["nodes"].values() if node["type"] == "Pod"}
    uid = workflow["metadata"]["uid"]
    keys = [key for key in bucket.stored() if not key.startswith("plain/")]
    assert [key.rpartition("/")[2] for key in keys] == ["dir.tgz", "main.log", "main.log"]
    assert all(key.startswith("blue/passing/passing-") for key in keys)
    assert [key for key in bucket.stored() if key.startswith("plain/")] == [f"plain/{uid}/one", f"plain/{uid}/sub/two"]
    assert [item["name"] for item in pods["make"]["outputs"]["artifacts"]] == ["dir", "plain", "main-logs"]
    log = tiphys(tmp_path, "artifacts", "cat", "passing", "main-logs", "--node", "make")
    assert log.stdout == "said\n", log.stderr
    assert bucket.secret not in done.stdout + done.stderr


def test_s3_with_wrong_credentials_says_so(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    credentials = secret("bucket", access=bucket.access, secret="wrong-but-still-secret")
    passing(file, credentials, repositories("artifact-repositories", "main", main=bucket.repository("k/{{pod.name}}")))
    done = tiphys(tmp_path, "run", str(file), "-o", "json")
    assert done.returncode == 1
    nodes = json.loads(done.stdout)["status"]["nodes"].values()
    (make,) = [node for node in nodes if node["displayName"] == "make"]
    assert make["phase"] == "Error"
    assert "SignatureDoesNotMatch" in make["message"] or "403" in make["message"]
    assert "wrong-but-still-secret" not in done.stdout + done.stderr


# -- HTTP --------------------------------------------------------------------------------------------------------


class Guarded(Quiet):
    """Wants a user and password on ``/basic``, a header on ``/header``, a token on ``/oauth``."""

    kept: dict[str, bytes]

    def do_GET(self) -> None:
        self.answer(200, b"content of " + self.path.encode()) if self._may() else self.answer(401, b"no")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._may():
            self.kept[self.path] = body
        self.answer(201 if self._may() else 401, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        token = json.dumps({"access_token": "t0ken", "token_type": "Bearer", "expires_in": 60}).encode()
        self.answer(200, token, {"Content-Type": "application/json"})

    def _may(self) -> bool:
        basic = base64.b64encode(b"ann:pw-of-ann").decode()
        wanted = {"/basic": f"Basic {basic}", "/oauth": "Bearer t0ken"}.get(self.path, "")
        return self.headers.get("Authorization", "") == wanted


@pytest.fixture
def web() -> Iterator[tuple[str, dict[str, bytes]]]:
    kept: dict[str, bytes] = {}
    with serving(type("Handler", (Guarded,), {"kept": kept})) as address:
        yield address, kept


def at(key: str) -> dict[str, str]:
    return {"name": "web", "key": key}


def test_http_signs_in_with_secrets(web: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    url, kept = web
    basic = {"basicAuth": {"usernameSecret": at("user"), "passwordSecret": at("password")}}
    oauth = {
        "oauth2": {"clientIDSecret": at("user"), "clientSecretSecret": at("password"), "tokenURLSecret": at("token")}
    }
    inputs = [
        {"name": "basic", "path": "/in/basic", "http": {"url": f"{url}/basic", "auth": basic}},
        {"name": "oauth", "path": "/in/oauth", "http": {"url": f"{url}/oauth", "auth": oauth}},
    ]
    output = {
        "name": "out", "path": "/tmp/out", "archive": {"none": {}}, "http": {"url": f"{url}/basic", "auth": basic},
    }  # fmt: skip
    template = {
        "name": "main",
        "inputs": {"artifacts": inputs},
        "outputs": {"artifacts": [output]},
        "container": {"image": "busybox", "command": ["sh", "-c", "cat /in/basic /in/oauth > /tmp/out"]},
    }
    document = {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "web"},
        "spec": {"entrypoint": "main", "templates": [template]},
    }  # fmt: skip
    credentials = secret("web", user="ann", password="pw-of-ann", token=f"{url}/token")
    (tmp_path / "w.yaml").write_text(yaml.safe_dump_all([credentials, document]))
    done = tiphys(tmp_path, "run", str(tmp_path / "w.yaml"), "-o", "json")
    assert done.returncode == 0, done.stderr + done.stdout
    assert kept == {"/basic": b"content of /basiccontent of /oauth"}
    assert "pw-of-ann" not in done.stdout + done.stderr


@pytest.mark.parametrize("who", ["client", "stranger", ""])
def test_http_with_a_client_certificate(who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = mutual_tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))
    monkeypatch.setenv("EXECUTOR_RETRY_BACKOFF_DURATION", "10ms")
    certificate = {"clientCert": {"clientCertSecret": at("crt"), "clientKeySecret": at("key")}} if who else {}
    with serving(Files, context) as url:
        place = {"url": f"{url}/file", "auth": certificate}
        template = {
            "name": "main",
            "inputs": {"artifacts": [{"name": "in", "path": "/in", "http": place}]},
            "outputs": {
                "artifacts": [
                    {"name": "out", "path": "/tmp/out", "archive": {"none": {}}, "http": {**place, "url": f"{url}/put"}}
                ]
            },
            "container": {"image": "busybox", "command": ["sh", "-c", "cp /in /tmp/out; echo seen >> /tmp/out"]},
        }
        document = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "web"},
            "spec": {"entrypoint": "main", "templates": [template]},
        }  # fmt: skip
        pem = {kind: (tmp_path / f"{who or 'client'}.{kind}").read_text() for kind in ("crt", "key")}
        (tmp_path / "w.yaml").write_text(yaml.safe_dump_all([secret("web", **pem), document]))
        done = tiphys(tmp_path, "run", str(tmp_path / "w.yaml"), "-o", "json")
    if who == "client":
        assert done.returncode == 0, done.stderr + done.stdout
        assert Files.kept["/put"] == CONTENT + b"seen\n"
    else:
        assert done.returncode == 1
        # Either the alert comes through, or the connection breaks first.
        assert re.search(f"artifact in failed to load: .*{url}/file failed with reason: ", done.stdout), done.stdout
    assert pem["key"].splitlines()[1] not in done.stdout + done.stderr


# -- git over ssh ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def git_server(root: Path, public: str, host_key: Any) -> Iterator[int]:
    """A server for git over ssh on loopback, for whoever has one key; gives its port."""
    import asyncssh

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: Any) -> bool:
            return username == "git" and str(key.export_public_key().decode().split()[1]) == public.split()[1]

    async def serve_git(process: Any) -> None:
        program, _, path = str(process.command).partition(" ")
        assert program == "git-upload-pack"
        found = await asyncio.create_subprocess_exec(
            "git", "-c", "safe.directory=*", "upload-pack", str(root / path.strip("'/")),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        given, made = found.stdin, found.stdout
        assert given is not None and made is not None

        async def pump() -> None:
            while data := await process.stdin.read(65536):
                given.write(data)

        pumping = asyncio.create_task(pump())
        while data := await made.read(65536):
            process.stdout.write(data)
        pumping.cancel()
        code = await found.wait()
        process.exit(code)

    ready = threading.Event()
    opened: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        done = asyncio.Event()
        async with asyncssh.listen(
            "127.0.0.1", 0, server_factory=Server, server_host_keys=[host_key], process_factory=serve_git, encoding=None
        ) as acceptor:
            opened.append((acceptor.get_port(), asyncio.get_running_loop(), done))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    port, loop, done = opened[0]
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()


@pytest.mark.parametrize("known", [True, False])
def test_git_over_ssh_with_a_key(known: bool, tmp_path: Path) -> None:
    import asyncssh

    repo = tmp_path / "repos" / "project"
    repo.mkdir(parents=True)
    run_git("init", cwd=repo)
    (repo / "file").write_text("over ssh\n")
    run_git("add", ".", cwd=repo)
    run_git("commit", "-m", "first", cwd=repo)
    key, host_key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode()
    with git_server(repo.parent, public, host_key) as port:
        if known:
            line = f"[127.0.0.1]:{port} {host_key.export_public_key().decode()}"
            (tmp_path / "ssh_known_hosts").write_text(line)
        source = {
            "repo": f"ssh://git@127.0.0.1:{port}/project", "sshPrivateKeySecret": {"name": "deploy", "key": "key"},
        }  # fmt: skip
        template = {
            "name": "main",
            "inputs": {"artifacts": [{"name": "code", "path": "/code", "git": source}]},
            "container": {"image": "busybox", "command": ["cat", "/code/file"]},
        }
        document = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"},
            "spec": {"entrypoint": "main", "templates": [template]},
        }  # fmt: skip
        private = key.export_private_key().decode()
        (tmp_path / "w.yaml").write_text(yaml.safe_dump_all([secret("deploy", key=private), document]))
        done = tiphys(tmp_path, "run", str(tmp_path / "w.yaml"), "--log")
    if known:
        assert done.returncode == 0, done.stderr + done.stdout
        assert "over ssh" in done.stdout
    else:
        assert done.returncode == 1
        assert "Host key verification failed" in done.stdout
    assert private.splitlines()[1] not in done.stdout + done.stderr

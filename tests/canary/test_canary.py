"""A secret is planted and used in every way that a workflow has; then everything that was written is searched for it."""

from __future__ import annotations

import base64
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.serving import Quiet, serving
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
CANARY = "c4nary-7f3a9d21"
FORMS = tuple(
    form
    for text in (CANARY, f"{CANARY}\n", f"Bearer {CANARY}", f"{CANARY}:{CANARY}")
    for form in (text.strip().encode(), base64.b64encode(text.encode()).rstrip(b"="))
)

OBJECTS = f"""
apiVersion: v1
kind: Secret
metadata: {{name: planted}}
stringData: {{value: {CANARY}, header: "Bearer {CANARY}"}}
"""
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: canary}
spec:
  entrypoint: main
  imagePullSecrets: [{name: planted}]
  volumes: [{name: planted, secret: {secretName: planted}}]
  templates:
  - name: main
    dag:
      failFast: false
      tasks:
      - {name: variable, template: variable}
      - {name: everything, template: everything}
      - {name: file, template: file}
      - {name: request, template: request}
      - {name: refused, template: refused}
      - {name: condition, template: condition}
      - {name: missing, template: missing}
      - {name: web, template: web}
      - {name: bucket, template: bucket}
      - {name: code, template: code}
  - name: variable
    container:
      image: busybox
      command: [sh, -c, 'test -n "$PLANTED" && : > READY; while test -e WAIT; do sleep 0.05; done; exit 3']
      env: [{name: PLANTED, valueFrom: {secretKeyRef: {name: planted, key: value}}}]
      volumeMounts: []
  - name: everything
    container:
      image: busybox
      command: [sh, -c, 'test -n "$value" && test -n "$header"']
      envFrom: [{secretRef: {name: planted}}]
  - name: file
    script:
      image: busybox
      command: [sh]
      source: test -s /etc/planted/value && wc -c < /etc/planted/value
      volumeMounts: [{name: planted, mountPath: /etc/planted}]
  - name: request
    http:
      url: SERVER
      headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: planted, key: header}}}]
  - name: refused
    http:
      url: http://127.0.0.1:1/
      headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: planted, key: header}}}]
  - name: condition
    http:
      url: SERVER
      headers: [{name: Authorization, valueFrom: {secretKeyRef: {name: planted, key: header}}}]
      successCondition: request.headers["Authorization"][0] == "no"
  - name: web
    inputs:
      artifacts:
      - name: file
        path: /file
        http:
          url: SERVER
          auth: {basicAuth: {usernameSecret: {name: planted, key: value}, passwordSecret: {name: planted, key: value}}}
    container: {image: busybox, command: [test, -s, /file], imagePullPolicy: IfNotPresent}
  - name: bucket
    inputs:
      artifacts:
      - name: file
        path: /file
        s3: {endpoint: "127.0.0.1:1", bucket: b, key: k, insecure: true, accessKeySecret: {name: planted, key: value},
             secretKeySecret: {name: planted, key: value}}
    container: {image: busybox, command: [test, -s, /file]}
  - name: code
    inputs:
      artifacts:
      - name: file
        path: /file
        git: {repo: SERVERcode.git, usernameSecret: {name: planted, key: value},
              passwordSecret: {name: planted, key: value}}
    container: {image: busybox, command: [test, -s, /file]}
  - name: missing
    container:
      image: busybox
      command: ["true"]
      env:
      - {name: A, valueFrom: {secretKeyRef: {name: planted, key: value}}}
      - {name: B, valueFrom: {secretKeyRef: {name: planted, key: none}}}
"""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that notes the header and says nothing of it."""
    seen: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:
            given = self.headers.get("Authorization")
            seen.append(given or "")
            code = "code.git" in self.path
            asks = {"WWW-Authenticate": 'Basic realm="code"'} if code and given is None else {}
            self.answer(401 if code else 200, b"ok", asks)

    with serving(Handler) as address:
        yield f"{address}/", seen


def tiphys(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tiphys", *arguments, "--home", str(home)]


def leaks(text: bytes) -> list[bytes]:
    return [form for form in FORMS if form in text]


def command_lines() -> bytes:
    """The command lines of all processes of this machine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.append((process / "cmdline").read_bytes())
        except OSError:
            continue
    return b"\n".join(found)


def rows(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of the database but those of Secret objects."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        where = " WHERE kind != 'Secret'" if table in ("objects", "labels", "deletions") else ""
        for row in connection.execute(f"SELECT * FROM {table}{where}"):
            for value in row:
                yield table, value if isinstance(value, bytes) else str(value).encode()
    connection.close()


PATHS = (
    "/api/v1/workflows/default", "/api/v1/workflows/default/canary", "/api/v1/workflows/default/canary/log",
    "/api/v1/workflows/default/canary/log?grep=.&logOptions.container=init",
    "/api/v1/namespaces/default/events", "/api/v1/namespaces/default/pods",
    "/apis/argoproj.io/v1alpha1/namespaces/default/workflows/canary",
    "/api/x/v1/workflows/default/canary/explain", "/metrics", "/api/v1/archived-workflows",
)  # fmt: skip


def answers_of_a_server(home: Path, environment: dict[str, str]) -> list[str]:
    """The paths of a server on the data directory whose answers hold the secret; it must answer most of them."""
    found, good = [], 0
    command = tiphys(home, "server", "--port", "0")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            url = process.stdout.readline().split()[-1].decode().rstrip("/")
            token = process.stdout.readline().split()[-1].decode()
            with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE) as client:
                for path in PATHS:
                    answer = client.get(path)
                    good += answer.is_success
                    if leaks(answer.content):
                        found.append(path)
        finally:
            process.terminate()
            said = process.stderr.read()
            process.wait(PATIENCE)
    assert good > len(PATHS) / 2
    return [*found, *(["log"] if leaks(said) else [])]


def test_a_planted_secret_is_nowhere_but_where_it_is_used(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    home, shared = tmp_path / "home", tmp_path / "shared"
    url, seen = server
    shared.mkdir()
    wait, ready = shared / "wait", shared / "ready"
    wait.touch()
    workflow = WORKFLOW.replace("SERVER", url).replace("WAIT", "/shared/wait").replace("READY", "/shared/ready")
    workflow = workflow.replace("volumes: [", f"volumes: [{{name: shared, hostPath: {{path: {shared}}}}}, ").replace(
        "volumeMounts: []", "volumeMounts: [{name: shared, mountPath: /shared}]"
    )
    (tmp_path / "secret.yaml").write_text(OBJECTS)
    (tmp_path / "wf.yaml").write_text(workflow)
    environment = {
        **os.environ,
        "TIPHYS_HOST_PATHS": str(shared),
        "PYTHONPATH": str(ROOT / "src"),
        "EXECUTOR_RETRY_BACKOFF_STEPS": "1",
    }
    subprocess.run(tiphys(home, "apply", "-f", str(tmp_path / "secret.yaml")), env=environment, check=True)
    run = subprocess.Popen(
        tiphys(home, "run", str(tmp_path / "wf.yaml"), "--log", "-o", "json"),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until(lambda: ready.exists() or run.poll() is not None)
    assert run.poll() is None, run.communicate()
    listed = command_lines()
    wait.unlink()
    out, error = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    basic = f"Basic {base64.b64encode(f'{CANARY}:{CANARY}'.encode()).decode()}"
    assert seen.count(f"Bearer {CANARY}") == 2, "the header was sent, once for each request"
    assert seen.count(basic) >= 2, "the artifacts were asked for with credentials"
    for phase in (b'"Failed"', b'"Error"', b'"Succeeded"'):
        assert phase in out, "the steps ended in every way"
    assert {name: leaks(text) for name, text in {"stdout": out, "stderr": error, "processes": listed}.items()} == {
        "stdout": [],
        "stderr": [],
        "processes": [],
    }
    commands = (
        ["get", "canary", "-o", "json"], ["get", "canary", "--events"], ["logs", "canary"], ["explain", "canary"],
        ["get-object", "events", "-o", "json"], ["get-object", "pods", "-o", "yaml"], ["artifacts", "ls", "canary"],
        ["get-object", "wf", "canary", "-o", "json"], ["get-object", "secrets"],
    )  # fmt: skip
    for command in commands:
        shown = subprocess.run(tiphys(home, *command), env=environment, capture_output=True, check=False)
        assert leaks(shown.stdout + shown.stderr) == [], command
    assert [table for table, value in rows(home / "tiphys.db") if leaks(value)] == []
    assert answers_of_a_server(home, environment) == []
    files = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith("tiphys.db")]
    assert files, "something was written"
    assert [str(path) for path in files if leaks(path.read_bytes())] == []

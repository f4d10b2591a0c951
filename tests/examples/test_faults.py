"""A step whose storage or disk fails ends in Error with the cause; the others go on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.examples.test_examples import ROOT, tiphys
from tests.waiting import PATIENCE

#: One of two tasks fails; the other one must not care.
WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: faults}
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
      failFast: false
      tasks:
      - {name: bad, template: bad}
      - {name: good, template: good}
      - {name: after, template: good, depends: good}
  - name: good
    container: {image: busybox, command: [sh, -c, 'echo fine > /tmp/out']}
    outputs: {artifacts: [{name: out, path: /tmp/out}]}
"""


def nodes_of(directory: Path, code: int, *documents: dict[str, Any], **environment: str) -> dict[str, Any]:
    """The nodes of a run by display name; the command ends with ``code`` and no traceback."""
    (directory / "w.yaml").write_text(yaml.safe_dump_all(documents))
    done = subprocess.run(
        [sys.executable, "-m", "tiphys", "run", str(directory / "w.yaml"), "-o", "json"], check=False, timeout=PATIENCE,
        env={**os.environ, "TIPHYS_HOME": str(directory / "home"), "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return {node["displayName"]: node for node in json.loads(done.stdout)["status"]["nodes"].values()}


def run(
    directory: Path, bad: dict[str, Any], *documents: dict[str, Any], given: object = None, **environment: str
) -> dict[str, Any]:
    """The nodes of a run by display name, in which ``bad`` is ``given`` an artifact; it fails, and says so."""
    workflow = yaml.safe_load(WORKFLOW)
    if given is not None:
        workflow["spec"]["templates"][0]["dag"]["tasks"][0]["arguments"] = {"artifacts": [given]}
    workflow["spec"]["templates"].append({"name": "bad", **bad})
    nodes = nodes_of(directory, 1, *documents, workflow, **environment)
    assert (nodes["good"]["phase"], nodes["after"]["phase"]) == ("Succeeded", "Succeeded")
    assert nodes["bad"]["phase"] == "Error"
    return nodes


@pytest.fixture
def half_dead() -> Iterator[str]:
    """A server that dies in the middle of whatever it is sent."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                left = 1 << 20
                while left > 0 and (data := connection.recv(1 << 16)):
                    left -= len(data)
                    if data.startswith((b"GET", b"HEAD", b"POST", b"DELETE")):
                        break

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_storage_that_dies_in_the_middle(half_dead: str, tmp_path: Path) -> None:
    place = {
        "endpoint": half_dead, "bucket": "b", "key": "k", "insecure": True,
        "accessKeySecret": {"name": "s3", "key": "access"}, "secretKeySecret": {"name": "s3", "key": "secret"},
    }  # fmt: skip
    secret = {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s3"},
        "stringData": {"access": "AKID", "secret": "never-shown"},
    }  # fmt: skip
    bad = {
        "container": {"image": "busybox", "command": ["sh", "-c", "head -c 8000000 /dev/urandom > /tmp/out"]},
        "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out", "archive": {"none": {}}, "s3": place}]},
    }
    nodes = run(
        tmp_path, bad, secret, EXECUTOR_RETRY_BACKOFF_STEPS="2", EXECUTOR_RETRY_BACKOFF_DURATION="10ms",
    )  # fmt: skip
    message = nodes["bad"]["message"]
    assert message.startswith("wait: Error (exit code 64): failed to put file: "), message
    assert "never-shown" not in message


@pytest.fixture
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that takes every connection and never says anything; and the connections."""
    server = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                taken.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}", taken
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for connection in taken:
        connection.close()


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("s3", "artifact in failed to load: failed to get file: no answer from http://HOST for 1 seconds"),
        ("http", "artifact in failed to load: GET to http://HOST/k failed with reason: no answer for 1 seconds"),
        ("git", 'artifact in failed to load: failed to clone "http://HOST/k": no answer for 1 seconds'),
    ],
)
def test_a_storage_that_says_nothing(
    silent: tuple[str, list[socket.socket]], storage: str, message: str, tmp_path: Path
) -> None:
    """It is given up after two silences, each as long as the configuration says, and not tried five times."""
    host, taken = silent
    place = {
        "s3": {"endpoint": host, "bucket": "b", "key": "k", "insecure": True},
        "http": {"url": f"http://{host}/k"},
        "git": {"repo": f"http://{host}/k"},
    }[storage]
    bad = {
        "inputs": {"artifacts": [{"name": "in", "path": "/in", storage: place}]},
        "container": {"image": "busybox", "command": ["true"]},
    }
    nodes = run(
        tmp_path, bad, TIPHYS_ARTIFACT_TIMEOUT="1s", EXECUTOR_RETRY_BACKOFF_DURATION="10ms",
        AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b",
    )  # fmt: skip
    assert nodes["bad"]["message"] == f"init: Error (exit code 64): {message.replace('HOST', host)}"
    assert len(taken) == 2


def test_an_artifact_that_cannot_be_read(tmp_path: Path) -> None:
    made = {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "make"},
        "spec": {
            "entrypoint": "make",
            "templates": [
                {
                    "name": "make",
                    "container": {"image": "busybox", "command": ["sh", "-c", "seq 1000 > /tmp/out"]},
                    "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out", "file": {"key": "damaged"}}]},
                }
            ],
        },
    }  # fmt: skip
    (tmp_path / "make.yaml").write_text(yaml.safe_dump(made))
    done = tiphys(tmp_path / "home", "run", str(tmp_path / "make.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
    (kept,) = [path for path in (tmp_path / "home" / "artifacts").rglob("*") if path.name == "damaged"]
    whole = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(whole[: len(whole) // 2])
    bad = {
        "inputs": {"artifacts": [{"name": "in", "path": "/in"}]},
        "container": {"image": "busybox", "command": ["cat", "/in"]},
    }
    message = run(tmp_path, bad, given={"name": "in", "file": {"key": "damaged"}})["bad"]["message"]
    assert message.startswith("init: Error (exit code 64): artifact in failed to load: "), message


@contextlib.contextmanager
def small_disk(directory: Path, size: str) -> Iterator[None]:
    """A file system of its own at ``directory``, which is soon full."""
    directory.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(directory)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        # A supervisor that has not ended yet is no reason to keep it.
        subprocess.run(["umount", "--lazy", str(directory)], check=True)


makes_disks = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("mount") is None, reason="a full disk is made by root"
)


@makes_disks
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "home" / "artifacts", "2m"):
        bad = {
            "container": {"image": "busybox", "command": ["sh", "-c", "head -c 8000000 /dev/urandom > /tmp/out"]},
            "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out"}]},
        }
        message = run(tmp_path, bad)["bad"]["message"]
    assert message.startswith("wait: Error (exit code 64): "), message
    assert "no space left on device" in message.lower()


#: One step after the other fills the data directory itself.
FILLING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: filling}
spec:
  entrypoint: main
  onExit: said
  templates:
  - name: main
    steps:
    - - {name: log, template: log, continueOn: {error: true}}
    - - {name: file, template: file, continueOn: {error: true, failed: true}}
    - - {name: good, template: said}
  - name: log
    container: {image: busybox, command: [sh, -c, "yes loooooooooooooooooooooooong; sleep 1000"]}
  - name: file
    container: {image: busybox, command: [sh, -c, "head -c 30000000 /dev/zero > /tmp/out"]}
  - name: said
    script: {image: busybox, command: [sh], source: echo fine}
"""


@makes_disks
def test_a_data_directory_that_steps_fill(tmp_path: Path) -> None:
    with small_disk(tmp_path / "home", "12m"):
        nodes = nodes_of(tmp_path, 0, yaml.safe_load(FILLING))
    assert (nodes["log"]["phase"], nodes["log"]["message"]) == (
        "Error",
        "main: the log cannot be written: no space left on device",
    )
    assert nodes["file"]["phase"] in {"Failed", "Error"}
    assert {nodes[name]["phase"] for name in ("good", "filling.onExit")} == {"Succeeded"}

"""Looking into steps that went wrong, with real sandboxes: exec, replay, pause on failure, and what is kept."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engine.podman import Podman, needs_podman
from tests.needs import needs
from tests.waiting import PATIENCE

from tiphys.adapters.supervisor.layout import memory_directory

PROCESS = pytest.param("process", marks=needs(shutil.which("bwrap") is not None, "bubblewrap"))
#: For tests of what the runtimes do in their own ways.
both = pytest.mark.parametrize("runtime", [PROCESS, pytest.param("container", marks=needs_podman)], indirect=True)

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two}
spec:
  entrypoint: main
  volumes: [{name: shared, emptyDir: {}}]
  templates:
  - name: main
    steps:
    - - {name: good, template: good}
    - - name: bad
        template: bad
        arguments:
          parameters: [{name: m, value: "{{steps.good.outputs.result}}"}]
          artifacts: [{name: a, from: "{{steps.good.outputs.artifacts.a}}"}]
  - name: good
    outputs: {artifacts: [{name: a, path: /tmp/a}]}
    container: {image: busybox, command: [sh, -c, "echo zoe; echo given > /tmp/a"]}
  - name: bad
    inputs: {parameters: [{name: m}], artifacts: [{name: a, path: /tmp/in}]}
    outputs: {parameters: [{name: count, valueFrom: {path: /tmp/count}}]}
    container:
      image: busybox
      env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: keys, key: token}}}]
      workingDir: /work
      volumeMounts: [{name: shared, mountPath: /shared}]
      command: [sh, -c]
      args: ["echo got {{inputs.parameters.m}} and $(cat /tmp/in); echo left > /tmp/left; echo vol > /shared/v;
              echo x >> /tmp/count; exit 3"]
"""
SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {token: canary-71}
"""
STAYING = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: staying}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: busybox, command: [sh, -c, "echo here > /tmp/mine; echo up; exec sleep 300"]}
"""
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(params=[PROCESS])
def runtime(request: pytest.FixtureRequest) -> dict[str, str]:
    """What chooses a runtime, in the environment of the command."""
    if request.param == "process":
        return {"TIPHYS_RUNTIME": "process"}
    podman: Podman = request.getfixturevalue("podman")
    return {"TIPHYS_RUNTIME": "container", "TIPHYS_ENGINE": podman.address}


@pytest.fixture
def tiphys(tmp_path: Path, runtime: dict[str, str]) -> Iterator[Call]:
    """A command in a data directory of its own."""
    files = {"two.yaml": MANIFEST, "secret.yaml": SECRET, "staying.yaml": STAYING}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    inherited = os.environ
    environment = {**inherited, "TIPHYS_HOME": str(tmp_path / "home"), **runtime}

    def call(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tiphys", *words], capture_output=True, text=True, cwd=tmp_path,
            env={**environment, **more}, timeout=PATIENCE, check=False,
        )  # fmt: skip

    assert call("apply", "-f", "secret.yaml").returncode == 0
    yield call
    call("terminate", "staying")


@both
def test_a_kept_sandbox_is_as_the_container_left_it(tiphys: Call) -> None:
    assert tiphys("run", "two.yaml").returncode == 1
    look = "pwd; echo $TOKEN; cat /tmp/left /tmp/in /shared/v"
    done = tiphys("exec", "two", "bad", "--", "sh", "-c", look)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["/work", "canary-71", "left", "given", "vol"]
    assert tiphys("exec", "two", "bad", "--", "sh", "-c", "exit 7").returncode == 7
    assert "no container 'side'" in tiphys("exec", "two", "bad", "-c", "side", "--", "true").stderr
    assert "is no pod but a node of type Steps" in tiphys("exec", "two", "two", "--", "true").stderr


def test_nothing_secret_is_kept_with_the_record(tiphys: Call, tmp_path: Path) -> None:
    tiphys("run", "two.yaml")
    written = [path.read_bytes() for path in (tmp_path / "home" / "pods").rglob("*") if path.is_file()]
    assert any(b"TOKEN" in text for text in written)
    assert not any(b"canary-71" in text for text in written)


@both
def test_a_kept_sandbox_goes_when_its_time_is_over(tiphys: Call) -> None:
    tiphys("run", "two.yaml")
    assert tiphys("exec", "two", "bad", "--", "cat", "/tmp/left").stdout == "left\n"
    assert tiphys("list", TIPHYS_KEEP_FAILED="0s").returncode == 0
    done = tiphys("exec", "two", "bad", "--", "true")
    assert (done.returncode, "nothing is kept" in done.stderr) == (1, True)
    assert "got zoe and given" in tiphys("logs", "two").stdout


@both
def test_a_pod_that_pod_gc_deletes_leaves_only_its_log(tiphys: Call, tmp_path: Path) -> None:
    own = "entrypoint: main\n  podGC: {strategy: OnWorkflowCompletion, labelSelector: {matchLabels: {tidy: 'yes'}}}"
    labels = "\n  podMetadata: {labels: {tidy: 'yes'}}"
    (tmp_path / "gone.yaml").write_text(MANIFEST.replace("entrypoint: main", own + labels))
    (tmp_path / "home" / "config.yaml").write_text("podGCDeleteDelayDuration: 1h")
    tiphys("run", "gone.yaml")
    assert tiphys("exec", "two", "bad", "--", "cat", "/tmp/left").stdout == "left\n"
    assert "two-" in tiphys("get-object", "pods").stdout
    (tmp_path / "home" / "config.yaml").write_text("podGCDeleteDelayDuration: 0s\npodGCGracePeriodSeconds: 2")
    assert "two-" not in tiphys("get-object", "pods").stdout
    done = tiphys("exec", "two", "bad", "--", "true")
    assert (done.returncode, "nothing is kept" in done.stderr) == (1, True)
    assert "got zoe and given" in tiphys("logs", "two").stdout


def test_a_replay_has_the_same_inputs_and_leaves_the_workflow_alone(tiphys: Call, tmp_path: Path) -> None:
    tiphys("run", "two.yaml")
    before = tiphys("get", "two", "-o", "json").stdout
    done = tiphys("replay", "two", "bad", "--keep")
    assert done.returncode == 1
    assert "got zoe and given" in done.stdout
    assert "replay:   Failed, exit code 3\nrecorded: Failed, exit code 3: main: Error (exit code 3)\n" in done.stdout
    assert "parameter count: same" in done.stdout
    assert tiphys("get", "two", "-o", "json").stdout == before
    name = done.stdout.split("tiphys exec two ")[1].split()[0]
    assert tiphys("exec", "two", name, "--", "cat", "/tmp/left").stdout == "left\n"
    again = tiphys("replay", "two", "two[0].good")
    assert again.returncode == 0
    assert "result: same" in again.stdout
    assert not list((tmp_path / "home" / "artifacts").rglob("*replay-*/*"))


def test_a_replay_may_have_other_inputs(tiphys: Call) -> None:
    tiphys("run", "two.yaml")
    before = tiphys("get", "two", "-o", "json").stdout
    done = tiphys("replay", "two", "bad", "--set", "m=bob")
    assert "got bob and given" in done.stdout
    assert "recorded: Failed, exit code 3" in done.stdout
    assert tiphys("get", "two", "-o", "json").stdout == before
    wrong = tiphys("replay", "two", "bad", "--set", "n=1")
    assert (wrong.returncode, "two[1].bad has no input parameter 'n': it has m" in wrong.stderr) == (2, True)


@both
def test_a_shell_beside_a_container_that_runs(tiphys: Call) -> None:
    tiphys("submit", "staying.yaml")
    follow = tiphys("exec", "staying", "staying", "--", "cat", "/tmp/mine")
    while follow.returncode:  # it has not begun yet
        follow = tiphys("exec", "staying", "staying", "--", "cat", "/tmp/mine")
    assert follow.stdout == "here\n"
    assert "sleep" in tiphys("exec", "staying", "staying", "--", "ps").stdout
    assert tiphys("exec", "staying", "staying", "--", "sh", "-c", "kill -KILL $$").returncode == 137


@both
def test_a_terminal_when_stdin_is_one(tiphys: Call, runtime: dict[str, str], tmp_path: Path) -> None:
    done = tiphys("run", "two.yaml")
    assert done.returncode == 1, done
    words = [sys.executable, "-m", "tiphys", "exec", "two", "bad"]
    inherited = os.environ
    pid, master = pty.fork()
    if pid == 0:
        environment = {**inherited, "TIPHYS_HOME": str(tmp_path / "home"), "PS1": "$ ", **runtime}
        os.execve(words[0], words, environment)
    os.write(master, b"test -t 0 && echo is-a-$((1+1))-terminal; exit 5\n")
    said = b""
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        said += data
    os.close(master)
    assert (os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said) == (5, said)
    assert b"is-a-2-terminal" in said


@both
def test_a_failed_step_waits_until_somebody_resumes(tiphys: Call) -> None:
    tiphys("submit", "--pause-on-failure", "two.yaml")
    while "paused after failure: main: Error (exit code 3)" not in tiphys("get", "two").stdout:
        assert tiphys("get", "two").returncode == 0
    assert tiphys("exec", "two", "bad", "--", "cat", "/tmp/left").stdout == "left\n"
    assert (
        tiphys("node", "set", "two", "--node-field-selector", "displayName=bad", "--phase", "Succeeded").returncode == 0
    )
    assert tiphys("wait", "two").returncode == 0


@pytest.mark.parametrize("runtime", [pytest.param("container", marks=needs_podman)], indirect=True)
def test_who_looks_into_a_kept_container_disturbs_nobody_and_leaves_nothing(
    tiphys: Call, runtime: dict[str, str], podman: Podman, tmp_path: Path
) -> None:
    mounted = MANIFEST.replace("[{name: shared, emptyDir: {}}]", "[{name: shared, secret: {secretName: keys}}]")
    (tmp_path / "two.yaml").write_text(mounted)
    tiphys("run", "two.yaml")
    kept, images = podman.run("ps", "--all", "--quiet"), podman.run("images", "--all", "--quiet")
    inherited = os.environ
    words = [sys.executable, "-m", "tiphys", "exec", "two", "bad", "--", "sh"]
    environment = {**inherited, "TIPHYS_HOME": str(tmp_path / "home"), **runtime}
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
    ) as first:
        assert first.stdin is not None and first.stdout is not None
        first.stdin.write("cat /shared/token; echo\n")
        assert first.stdout.readline() == "canary-71\n"
        assert tiphys("exec", "two", "bad", "--", "cat", "/shared/token").stdout == "canary-71"
        first.stdin.write("cat /shared/token; echo\n")
        assert first.stdout.readline() == "canary-71\n"
        first.kill()
    assert len(podman.run("ps", "--all", "--quiet").split()) == len(kept.split()) + 1
    uid = json.loads(tiphys("get", "two", "-o", "json").stdout)["metadata"]["uid"]
    assert uid in podman.run("ps", "--all", "--format", "{{.Names}}")
    tiphys("list", TIPHYS_KEEP_FAILED="0s")
    assert uid not in podman.run("ps", "--all", "--format", "{{.Names}}")
    assert podman.run("images", "--all", "--quiet") == images
    assert not list(Path(memory_directory(str(tmp_path / "home"), uid)).rglob("token"))

"""The command line against a server: ``ARGO_SERVER`` and its companions, as for Argo's own command."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.api.conftest import Running
from tiphys.entrypoints.cli.main import main

HELLO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: NAME}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
  - name: main
    container: {image: none, command: [echo, "hello {{workflow.parameters.who}}"]}
"""


class Done(Struct, frozen=True):
    """What a call of the command line answered with."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture
def tiphys(server: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the command line in this process, which is told of the server as Argo's command is."""
    monkeypatch.setenv("ARGO_SERVER", server.url.removeprefix("http://"))
    monkeypatch.setenv("ARGO_SECURE", "false")

    def call(*words: str, token: str | None = None) -> Done:
        monkeypatch.setenv("ARGO_TOKEN", f"Bearer {server.token if token is None else token}")
        code = main(words)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


def test_a_workflow_is_submitted_waited_for_read_and_deleted(tiphys: Call, tmp_path: Path) -> None:
    file = tmp_path / "hello.yaml"
    file.write_text(HELLO.replace("NAME", "over-http"), encoding="utf-8")
    submitted = tiphys("submit", str(file), "-p", "who=ana", "--wait")
    assert submitted.returncode == 0, submitted.stderr
    assert tiphys("logs", "over-http").stdout == "over-http: hello ana\n"
    assert "✔ over-http" in tiphys("get", "over-http").stdout
    assert "over-http" in tiphys("list", "-o", "name").stdout.splitlines()
    again = tiphys("resubmit", "over-http", "--wait", "-o", "name")
    assert again.returncode == 0, again.stderr
    assert tiphys("delete", "over-http").stdout == "Workflow 'over-http' deleted\n"
    assert tiphys("get", "never-was").returncode == 1


TEMPLATE = HELLO.replace("kind: Workflow", "kind: WorkflowTemplate")
CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: NAME}
spec:
  schedules: ["0 0 1 1 *"]
  workflowSpec:
    entrypoint: main
    arguments: {parameters: [{name: who, value: nobody}]}
    templates:
    - name: main
      container: {image: none, command: [echo, "cron {{workflow.parameters.who}}"]}
"""


def write(folder: Path, text: str, name: str) -> str:
    file = folder / f"{name}.yaml"
    file.write_text(text.replace("NAME", name), encoding="utf-8")
    return str(file)


def test_workflows_are_selected_as_argo_selects_them(tiphys: Call, tmp_path: Path) -> None:
    file = write(tmp_path, HELLO, "chosen")
    done = tiphys("submit", file, "--wait", "-l", "cli=chosen", "--serviceaccount", "robot", "--priority", "3")
    assert done.returncode == 0, done.stderr
    listed = tiphys("list", "-o=wide", "-l", "cli in (chosen)", "--completed=true", "--chunk-size", "1")
    heading, row = listed.stdout.splitlines()
    assert heading.split() == ["NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE", "P/R/C", "PARAMETERS"]
    assert row.split()[0] == "chosen" and row.split()[-3:] == ["3", "0/0/1", "who=nobody"]
    for words in (("--running",), ("--prefix", "other"), ("--older", "1d"), ("--status", "Failed")):
        assert tiphys("list", "-l", "cli=chosen", *words).stdout == "No workflows found\n"
    assert "Invalid older format '1w'" in tiphys("list", "--older", "1w").stderr
    assert tiphys("stop", "-l", "cli=chosen", "--dry-run").stdout == "workflow chosen stopped (dry-run)\n"
    assert tiphys("delete", "-l", "cli=none").stdout == "No resources found\n"
    dry = tiphys("delete", "-l", "cli=chosen", "--field-selector", "metadata.name=chosen", "--dry-run")
    assert dry.stdout == "Workflow 'chosen' deleted (dry-run)\n"
    assert "requires either a workflow or other argument" in tiphys("delete").stderr


def test_logs_are_filtered_where_they_are(tiphys: Call, tmp_path: Path) -> None:
    text = HELLO.replace("[echo,", "[printf, '%s\\nsecond\\n',")
    assert tiphys("submit", write(tmp_path, text, "told"), "--wait").returncode == 0
    assert tiphys("logs", "told", "--tail", "1").stdout == "told: second\n"
    assert tiphys("logs", "told", "--grep", "^hel+o", "--since", "1h").stdout == "told: hello nobody\n"
    assert tiphys("logs", "told", "-l", "workflows.argoproj.io/workflow=other").stdout == ""
    stamped = tiphys("logs", "told", "told", "--timestamps", "--since-time", "2020-01-01T00:00:00Z").stdout
    assert [line.split()[2] for line in stamped.splitlines()] == ["hello", "second"]
    refused = tiphys("logs", "told", "--since", "1h", "--since-time", "2020-01-01T00:00:00Z")
    assert "--since-time and --since cannot be used together" in refused.stderr


def test_templates_and_crons_live_on_the_server(tiphys: Call, tmp_path: Path) -> None:
    template, cron = write(tmp_path, TEMPLATE, "cli-template"), write(tmp_path, CRON, "cli-cron")
    made = tiphys("template", "create", template)
    assert made.stdout.splitlines()[:2] == ["Name:                cli-template", "Namespace:           default"]
    again = tiphys("template", "create", template)
    assert again.returncode == 1 and "failed to create workflow template: " in again.stderr
    assert tiphys("template", "update", template, "-o", "name").stdout == "cli-template\n"
    assert "cli-template" in tiphys("template", "list").stdout.split()
    assert tiphys("cron", "create", cron, "-p", "who=ben", "--name", "cli-cron2").returncode == 0
    assert tiphys("cron", "suspend", "cli-cron2").stdout == "CronWorkflow 'cli-cron2' suspended\n"
    shown = tiphys("cron", "get", "cli-cron2").stdout
    assert f"{'Suspended:':<30} true" in shown and f"{'  who:':<30} ben" in shown
    assert tiphys("cron", "resume", "cli-cron2").stdout == "CronWorkflow 'cli-cron2' resumed\n"
    words = ("-p", "who=eva", "--entrypoint", "main", "--generate-name", "made-", "-o", "name", "--wait")
    of_template = tiphys("submit", "--from", "workflowtemplate/cli-template", *words)
    assert of_template.stdout.startswith("made-"), of_template.stderr
    assert tiphys("logs", of_template.stdout.strip()).stdout.endswith(": hello eva\n")
    moment = "2026-01-01T00:00:00Z"
    of_cron = tiphys("submit", "--from", "cronwf/cli-cron2", "--scheduled-time", moment, "--dry-run", "-o", "json")
    assert json.loads(of_cron.stdout)["metadata"]["annotations"] == {"workflows.argoproj.io/scheduled-time": moment}
    assert "is malformed. Should be `kind/name`" in tiphys("submit", "--from", "cli-cron2").stderr
    span = ("--start", "2023-06-01T00:00:00Z", "--end", "2025-06-01T00:00:00Z", "--parallel")
    report = tiphys("cron", "backfill", "cli-cron2", *span)
    assert "Total Backfill Schedule: 2 \n" in report.stdout, report.stderr
    assert "no suitable scheduling time" in tiphys("cron", "backfill", "cli-cron2", *span).stdout
    assert tiphys("template", "delete", "cli-template").stdout == "WorkflowTemplate 'cli-template' deleted\n"
    assert tiphys("cron", "delete", "cli-cron2").stdout == ""


def test_a_trial_keeps_nothing(tiphys: Call, tmp_path: Path) -> None:
    file = write(tmp_path, HELLO, "trial")
    client = tiphys("submit", file, "--dry-run", "-o", "json", "-p", "who=x")
    assert "uid" not in json.loads(client.stdout)["metadata"], client.stderr
    kept = tiphys("submit", file, "--server-dry-run", "-o", "json")
    assert json.loads(kept.stdout)["metadata"]["uid"]
    assert tiphys("get", "trial").returncode == 1


def test_the_archive_is_looked_after(tiphys: Call, tmp_path: Path) -> None:
    assert tiphys("submit", write(tmp_path, HELLO, "kept"), "--wait", "-l", "cli=kept").returncode == 0
    assert tiphys("delete", "kept").returncode == 0
    heading, row = tiphys("archive", "list", "-l", "cli=kept").stdout.splitlines()
    assert heading.split()[0] == "NAMESPACE" and heading.split()[-1] == "UID"
    uid = row.split()[-1]
    shown = tiphys("archive", "get", "kept").stdout
    assert shown.startswith("Name:                kept\n") and "STEP" not in shown
    assert json.loads(tiphys("archive", "get", uid, "-o", "json").stdout)["metadata"]["name"] == "kept"
    assert "kept" in tiphys("archive", "list-label-values", "-l", "cli").stdout.splitlines()
    assert "cli" in tiphys("archive", "list-label-keys").stdout.splitlines()
    again = tiphys("archive", "resubmit", "kept", "--wait", "-o", "name")
    assert again.returncode == 0 and again.stdout.startswith("kept-"), again.stderr
    assert tiphys("archive", "delete", uid).stdout == f"Archived workflow '{uid}' deleted\n"
    gone = tiphys("archive", "get", "kept")
    assert (gone.returncode, "resolve UID: archived workflow 'kept' not found" in gone.stderr) == (1, True)


def test_artifacts_and_limits(tiphys: Call, tmp_path: Path) -> None:
    text = HELLO.replace("command: [echo,", "command: [sh, -c, 'echo art > /tmp/f'],\n      args: [").replace(
        'parameters.who}}"]}', 'parameters.who}}"]}\n    outputs: {artifacts: [{name: f, path: /tmp/f}]}'
    )
    assert tiphys("submit", write(tmp_path, text, "saved"), "--wait").returncode == 0
    copied = tiphys("cp", "saved", str(tmp_path / "out"), "--path", "{workflowName}/{artifactName}")
    assert copied.returncode == 0 and 'Created "' in copied.stderr
    assert len(list((tmp_path / "out" / "saved" / "f").iterdir())) == 1
    made = tiphys("sync", "create", "cli", "--type", "database", "--limit", "2")
    assert made.stdout == "Sync limit created\nKey: cli\nType: database\nNamespace: default\nLimit: 2\n"
    assert "Limit: 2" in tiphys("sync", "get", "cli", "--type", "database").stdout
    assert tiphys("sync", "list").stdout == "KEY   LIMIT\ncli   2\n"
    assert tiphys("sync", "delete", "cli", "--type", "database").stdout == "Sync limit deleted\n"
    missing = tiphys("sync", "get", "cli", "--type", "database")
    assert "failed to get sync limit: " in missing.stderr and missing.returncode == 1
    assert "argo-server: v" in tiphys("version").stdout


@pytest.fixture
def own_logging() -> Iterator[None]:
    """What the call sets up is taken down again."""
    root, ours = logging.getLogger(), logging.getLogger("tiphys")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.mark.usefixtures("own_logging")
def test_a_verbose_call_says_what_it_asks(tiphys: Call) -> None:
    told = tiphys("list", "-v", "-l", "cli=none").stderr
    assert "level=debug" in told and "GET http://" in told and "/api/v1/workflows/default" in told
    assert "unknown log level 'loud'" in tiphys("list", "--loglevel", "loud").stderr


def test_what_the_server_refuses_is_said(tiphys: Call) -> None:
    refused = tiphys("list", token="wrong")
    assert refused.returncode == 1
    assert "token not valid" in refused.stderr


STEPS = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: NAME}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: good, template: good}], [{name: bad, template: bad}]]
  - {name: good, container: {image: none, command: ["true"]}}
  - {name: bad, container: {image: none, command: ["false"]}}
"""


def test_what_became_of_a_run_is_told_and_its_nodes_run_again(tiphys: Call, tmp_path: Path) -> None:
    assert tiphys("submit", write(tmp_path, STEPS, "broken"), "--wait").returncode == 1
    story = tiphys("explain", "broken")
    assert story.returncode == 0 and "broken[1].bad" in story.stdout, story.stderr
    assert tiphys("explain", "broken", "good").stdout.splitlines()[0].split()[-1] == "Succeeded"
    unknown = tiphys("explain", "broken", "nobody")
    assert unknown.returncode == 1 and "no node is called 'nobody'" in unknown.stderr
    events = json.loads(tiphys("get", "broken", "--events", "-o", "json").stdout)
    node = next(each for each in events if each["reason"] == "WorkflowNodeFailed")
    assert node["metadata"]["annotations"]["workflows.argoproj.io/node-type"]
    plan = tiphys("retry", "broken", "--dry-run")
    assert actions(plan.stdout)["broken[0].good"] == "keep", plan
    words = ("retry", "broken", "--node", "good")
    assert actions(tiphys(*words, "--dry-run").stdout)["broken[0].good"] == "rerun"
    again = tiphys(*words, "-o", "name")
    assert (again.returncode, again.stdout) == (0, "broken\n"), again.stderr
    assert tiphys("wait", "broken").returncode == 1  # `bad` fails again
    assert "no node is called 'nobody'" in tiphys("retry", "broken", "--node", "nobody").stderr


def actions(plan: str) -> dict[str, str]:
    return {line.split()[1]: line.split()[0] for line in plan.splitlines()}

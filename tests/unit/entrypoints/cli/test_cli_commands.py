"""The commands over a fake system: what they ask for, print and answer with."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.entrypoints.cli.cli_fakes import NOW, FakeSystem, document, log_line, node, status, workflow

from tiphys.core.engine.explain import Explanation, Reason
from tiphys.core.manifest.diagnostics import Diagnostic, ManifestError, Severity
from tiphys.core.manifest.document import Loaded
from tiphys.core.manifest.load import load
from tiphys.core.manifest.source import Span
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.cli import main as entry
from tiphys.entrypoints.cli.version import ARGO_VERSION, VERSION
from tiphys.errors import ConflictError, StoreError, UnsupportedError
from tiphys.ports.api import ListFilter, LogFilter, RunObserver

Load = Callable[[Loaded], None]
Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[4]


def test_every_command_has_its_module_and_the_overview_knows_it(run: Run) -> None:
    folder = Path(entry.__file__).parent / "commands"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert set(entry.COMMANDS) == {name.replace("_", "-") for name in modules}
    code, out, _ = run("--help")
    assert code == 0 and all(name in out for name in entry.COMMANDS)
    for name in entry.COMMANDS:
        code, out, _ = run(name, "--help")
        assert code == 0 and out.startswith(f"Usage: tiphys {name}")


def test_no_arguments_is_help(run: Run) -> None:
    assert run()[0] == 0
    for group in ("archive", "cwft", "cwftmpl", "sync"):
        code, out, err = run(group)
        assert (code, err) == (0, "") and out.startswith("Usage: tiphys ")


def test_version_is_that_of_the_package(run: Run) -> None:
    assert f'\nversion = "{VERSION}"\n' in (ROOT / "pyproject.toml").read_text()
    assert run("version", "--short") == (0, f"tiphys: v{VERSION}\n", "")
    assert f"  Argo: {ARGO_VERSION}\n" in run("version")[1]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["rnu"], "did you mean 'run'?"),
        (["get"], "missing argument 'WORKFLOW...'"),
        (["list", "-o", "nope"], 'invalid argument "nope" for "-o, --output" flag: One of: name|json|yaml|wide'),
        (["run", "a.yaml", "-p", "x"], "expected parameter of the form: NAME=VALUE. Received: x"),
        (["run", "a.yaml", "-p", "x=1", "-p", "x=2"], "parameter 'x' is given twice"),
        (
            ["run", "a.yaml", "-l", "x"],
            "expected labels of the form: NAME1=VALUE2,NAME2=VALUE2. Received: x: unexpected label spec: x",
        ),
        (["run", "a.yaml", "-f", "/nope"], "no such file"),
        (["run"], "--resume NAME"),
        (["run", "a.yaml", "--resume", "x"], "--resume NAME"),
        (["run", "--resume", "x", "-p", "a=b"], "it takes no arguments"),
        (["list", "--since", "3 hours"], "Invalid since format '3 hours'. Expected format <duration><unit> (e.g. 3h)"),
        (["list", "--completed", "--running"], "--completed and --running cannot be used together"),
    ],
)
def test_wrong_usage_is_one_sentence(run: Run, system: FakeSystem, arguments: list[str], text: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2 if arguments[0] == "run" else 1, "")
    assert text in err and "[T010]" in err and err.startswith("error: ")


def test_run_shows_lines_and_a_summary(run: Run, system: FakeSystem, loaded: Load) -> None:
    made = workflow("demo", outputs={"parameters": [{"name": "out", "value": "7"}]})
    loaded(Loaded((document(made),), ()))
    system.warnings = ["no sandbox"]
    system.script = lambda observer: observer.changed(made, [status("demo", phase="Succeeded")])
    code, out, err = run("run", "wf.yaml", "-p", "a=b=c", "--log", "-l", "x=1,y=2", "--name", "n", "-n", "ns")
    assert code == 0
    assert err == "warning: no sandbox\nwarning: the workflow has no use for the parameter 'a'\n"
    lines = out.split("\n")
    assert lines[0].endswith("s  Succeeded  demo") and lines[1] == "  out: 7"
    assert lines[2].startswith("✔ demo Succeeded in ") and lines[2].endswith("(1/1)")
    options = system.submitted[0][1]
    assert (options.parameters, options.labels) == ({"a": "b=c"}, {"x": "1", "y": "2"})
    assert (options.name, options.namespace) == ("n", None)
    assert system.driven == [(["uid-demo"], True)]


def test_run_of_a_failing_workflow_is_one(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow(phase="Failed", message="main: Error (exit code 3)")),), ()))
    code, out, _ = run("run", "wf.yaml")
    assert code == 1 and out.endswith(": main: Error (exit code 3)\n")


@pytest.mark.parametrize("flags", [[], ["--log"], ["-o", "name"]])
def test_a_failed_run_ends_with_its_causes_and_what_their_pods_said_last(
    run: Run, system: FakeSystem, loaded: Load, flags: list[str]
) -> None:
    loaded(Loaded((document(workflow(phase="Failed")),), ()))
    causes = tuple(Reason(f"demo.{name}", "Failed", f"exit code {name}", (), f"demo.{name}(1)") for name in range(4))
    system.explanation = Explanation("demo", "Failed", "it failed", causes)
    system.lines = [log_line("disk\x1b[2J full")] * 11
    code, _, err = run("run", "wf.yaml", *flags)
    assert code == 1
    if flags:
        assert "demo.0" not in err
        return
    lines = err.splitlines()
    assert lines[:11] == ["Failed demo.0: exit code 0", *["  │ disk\\x1b[2J full"] * 10]
    assert [line for line in lines if "│" not in line][1:] == [
        "Failed demo.1: exit code 1", "Failed demo.2: exit code 2", "… and 1 more: `tiphys explain demo`",
    ]  # fmt: skip


@pytest.mark.parametrize(("phase", "explained"), [("Failed", True), ("Error", True), ("Succeeded", False)])
def test_a_failed_run_says_what_in_its_manifest_may_be_to_blame(
    run: Run, system: FakeSystem, loaded: Load, phase: str, explained: bool
) -> None:
    text = f"""kind: Workflow
metadata: {{name: demo, namespace: default, uid: uid-demo}}
spec:
  entrypoint: a
  templates:
  - name: a
    steps: [[{{name: s, template: b, when: "x = y"}}]]
  - {{name: b, container: {{image: i, command: [x]}}}}
  - {{name: uncalled, container: {{image: i, command: [x]}}}}
status: {{phase: {phase}, startedAt: "2024-01-31T12:00:00Z", finishedAt: "2024-01-31T12:00:09Z"}}
"""
    loaded(load(text, "wf.yaml"))
    code, _, err = run("run", "wf.yaml")
    assert code == int(explained)
    assert err.startswith("wf.yaml:7:43: warning: the condition cannot be evaluated:") == explained
    assert ("  hint: compare with ==\n" in err) == explained
    assert "nothing calls" not in err


def test_run_as_json_prints_the_object_alone(run: Run, system: FakeSystem, loaded: Load) -> None:
    made = workflow(nodes=[node("demo")])
    loaded(Loaded((document(made),), ()))
    system.warnings = ["careful"]

    def script(observer: RunObserver) -> None:
        observer.changed(made, [status("demo")])
        observer.log(log_line("a log"))

    system.script = script
    code, out, err = run("run", "wf.yaml", "-o", "json", "--log")
    assert code == 0 and json.loads(out)["status"]["nodes"]["demo"]["phase"] == "Succeeded"
    assert err == "warning: careful\ndemo-echo-1: a log\n"


def test_run_wide_ends_with_the_whole_tree(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow(nodes=[node("demo")])),), ()))
    assert "RESOURCESDURATION" in run("run", "wf.yaml", "-o", "wide")[1]


def test_run_survives_a_workflow_whose_time_to_live_is_over(run: Run, system: FakeSystem, loaded: Load) -> None:
    started, ended = workflow(phase="Running"), workflow(phase="Succeeded")
    loaded(Loaded((document(started),), ()))

    def script(observer: RunObserver) -> None:
        observer.changed(ended, [])
        del system.workflows["demo"]

    system.script = script
    assert run("run", "wf.yaml")[0] == 0


def test_run_skips_other_kinds_with_a_warning_and_needs_a_workflow(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow("t"), "WorkflowTemplate"),), ()))
    code, out, err = run("run", "wf.yaml")
    assert (code, out) == (2, "") and system.submitted == []
    assert err == "warning: WorkflowTemplate 't' is not run\nerror: no workflow found in given files [T010]\n"


def refusal(**more: Any) -> Diagnostic:
    values = {"code": "T201", "message": "no such field", "span": Span("no.yaml", 3, 4), "hint": "mend it", **more}
    return Diagnostic(**values)


def test_a_refused_manifest_is_two_and_starts_nothing(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow()),), (refusal(), refusal(severity=Severity.WARNING))))
    code, out, err = run("run", "wf.yaml")
    assert (code, out, system.submitted) == (2, "", [])
    assert err.startswith("no.yaml:3:4: no such field [T201]\n  hint: mend it\n")
    assert err.endswith("error: the manifest has 1 error; nothing was started [T100]\n")


def test_several_workflows_start_all_or_none(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow("a")), document(workflow("b"))), ()))
    system.refuse = ManifestError([refusal()])
    assert run("run", "wf.yaml")[0] == 2
    assert system.workflows == {} and system.driven == []


def test_resume_drives_what_is_there(run: Run, system: FakeSystem) -> None:
    system.workflows["old"] = workflow("old")
    assert run("run", "--resume", "old")[0] == 0
    assert system.driven == [(["uid-old"], False)]


def test_ctrl_c_stops_and_a_second_one_terminates(run: Run, system: FakeSystem, loaded: Load) -> None:
    loaded(Loaded((document(workflow(phase="Failed")),), ()))

    def script(observer: RunObserver) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        observer.tick()
        os.kill(os.getpid(), signal.SIGTERM)
        observer.tick()

    system.script = script
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    code, out, _ = run("run", "wf.yaml")
    assert code == 1 and system.stops == ["Stop", "Terminate"]
    assert out.index("Stopping: ") < out.index("Terminating: ")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConflictError("another process drives it", "wait for it", "demo"), 2),
        (UnsupportedError("resource templates do not work yet", where="wf.yaml:3:1"), 2),
        (StoreError("the disk is full"), 70),
    ],
)
def test_errors_have_exit_codes(run: Run, system: FakeSystem, error: Exception, code: int) -> None:
    system.workflows["a"] = workflow("a")

    def script(observer: RunObserver) -> None:
        raise error

    system.script = script
    got, out, err = run("run", "--resume", "a")
    assert (got, out) == (code, "") and err.startswith(f"error: {error.args[0]} [")
    assert "Traceback" not in err


def test_a_fault_is_one_line_and_a_file(
    run: Run, system: FakeSystem, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    system.workflows["a"] = workflow("a")

    def script(observer: RunObserver) -> None:
        raise ZeroDivisionError("oh\nno")

    system.script = script
    code, _, err = run("run", "--resume", "a")
    assert code == 70 and err.count("\n") == 1
    assert err.startswith("error: a fault in tiphys: ZeroDivisionError: oh no; details are in ")
    assert "Traceback" in Path(err.split(" in ")[-1].strip()).read_text()


def test_list(run: Run, system: FakeSystem) -> None:
    assert run("list") == (0, "No workflows found\n", "")
    assert run("list", "-o", "json")[1] == "[]\n"
    system.workflows = {"a": workflow("a"), "b": workflow("b", phase="Running", finishedAt=None)}
    code, out, _ = run("list", "-A", "--prefix", "p", "--status", "Running,Failed", "--since", "2h", "-l", "k=v")
    assert code == 0 and [line.split()[1] for line in out.split("\n")[:-1]] == ["NAME", "b", "a"]
    wanted = system.filters[-1]
    assert isinstance(wanted, ListFilter) and wanted.namespace is None
    assert (wanted.prefix, tuple(wanted.phases), wanted.labels) == ("p", ("Running", "Failed"), parse_selector("k=v"))
    assert wanted.since is not None and (NOW - wanted.since).total_seconds() == 7200
    assert run("list", "-o", "name")[1] == "b\na\n"
    assert run("list", "--no-headers")[1].count("\n") == 2


def test_get(run: Run, system: FakeSystem) -> None:
    system.workflows = {"a": workflow("a", nodes=[node("a")])}
    assert run("get", "@latest")[1].startswith("Name:                a\n")
    assert json.loads(run("get", "a", "-o", "json")[1])["metadata"]["name"] == "a"
    assert run("get", "a", "-o", "short", "--no-utf8")[1].split("\n")[1].startswith(" Succeeded a")
    assert run("get", "a", "-o", "name")[1] == "a\n"
    code, out, err = run("get", "nope")
    assert (code, out) == (1, "")
    assert err == "error: workflow 'nope' does not exist [T030]\n  at default\n"


def test_logs(run: Run, system: FakeSystem) -> None:
    system.workflows["a"] = workflow("a")
    system.lines = [log_line("one"), log_line("two")]
    assert run("logs", "a", "a-pod", "-c", "side", "-f")[1] == "demo-echo-1: one\ndemo-echo-1: two\n"
    assert system.filters == [LogFilter(pod_name="a-pod", container="side", follow=True)]


def test_delete(run: Run, system: FakeSystem) -> None:
    system.workflows = {"a": workflow("a")}
    assert run("delete", "a", "--dry-run")[1] == "Workflow 'a' deleted (dry-run)\n" and "a" in system.workflows
    assert run("delete", "a", "b") == (0, "Workflow 'a' deleted\nWorkflow 'b' not found\n", "")
    assert system.workflows == {}


def test_lint_of_what_cannot_be_read(run: Run, loaded: Load) -> None:
    found = refusal(owner='in "a" (Workflow)', argo="boom")
    loaded(Loaded((), (found,)))
    code, out, _ = run("lint", "no.yaml")
    assert code == 1 and out.endswith("\n✖ 1 linting errors found!\n") and "  argo: boom\n" in out
    assert run("lint", "no.yaml", "-o", "simple")[1] == 'no.yaml: in "a" (Workflow): boom\n'
    data = json.loads(run("lint", "no.yaml", "-o", "json")[1])
    assert data[0]["line"] == 3 and data[0]["severity"] == "error" and data[0]["code"] == "T201"


def test_lint_of_nothing(run: Run, loaded: Load) -> None:
    loaded(Loaded((), ()))
    assert run("lint", "a.yaml") == (1, "✖ found nothing to lint in the specified paths, failing...\n", "")
    assert run("lint", "a.yaml", "-o", "simple")[1] == "found nothing to lint in the specified paths, failing...\n"


def test_a_full_disk_is_said(run: Run, system: FakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(namespace: str, name: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(system, "get", full, raising=False)
    code, out, err = run("get", "a")
    assert (code, out) == (1, "") and err.startswith("error: there is no space left on the disk [T")


def test_a_closed_pipe_is_no_traceback(run: Run, system: FakeSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    system.workflows["a"] = workflow("a")
    silenced: list[object] = []
    monkeypatch.setattr(entry, "silence", silenced.append)

    def broken(namespace: str, name: str, wanted: LogFilter) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(system, "logs", broken, raising=False)
    assert entry.main(["logs", "a"]) == 141 and len(silenced) == 1

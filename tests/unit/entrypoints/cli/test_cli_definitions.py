"""``template``, ``cluster-template``, ``cron`` and ``completion`` over a data directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiphys.entrypoints.cli.main import main

TEMPLATE = """
apiVersion: argoproj.io/v1alpha1
kind: KIND
metadata: {name: t}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: none, command: [COMMAND]}
"""
CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: c}
spec:
  schedules: ["0 3 * * *"]
  timezone: Europe/Berlin
  workflowSpec:
    entrypoint: main
    templates: [{name: main, container: {image: none, command: ["true"]}}]
"""


class Shell:
    """Runs commands on one data directory."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._home = home
        self._capsys = capsys

    def file(self, text: str) -> str:
        path = self._home / "given.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--home", str(self._home / "data")])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.mark.parametrize(
    ("group", "kind"), [("template", "WorkflowTemplate"), ("cluster-template", "ClusterWorkflowTemplate")]
)
def test_templates_from_their_making_to_their_end(shell: Shell, group: str, kind: str) -> None:
    text = TEMPLATE.replace("KIND", kind)
    code, out, _ = shell(group, "create", shell.file(text.replace("COMMAND", "a")))
    assert code == 0
    assert out.startswith("Name:                t\n")
    assert ("Namespace:           default\n" in out) == (kind == "WorkflowTemplate")
    assert shell(group, "list")[1] == "NAME\nt   \n"
    assert shell(group, "create", shell.file(text))[0] == 1
    assert shell(group, "update", shell.file(text.replace("COMMAND", "b")), "-o", "name")[1] == "t\n"
    assert "- b" in shell(group, "get", "t", "-o", "yaml")[1]
    assert shell(group, "delete", "--all")[1] == f"{kind} 't' deleted\n"
    code, _, err = shell(group, "get", "t")
    assert (code, "not found" in err) == (1, True)


def test_what_is_wrong_is_not_made(shell: Shell) -> None:
    broken = TEMPLATE.replace("KIND", "WorkflowTemplate").replace("entrypoint: main", "entrypoint: nowhere")
    code, _, err = shell("template", "create", shell.file(broken))
    assert (code, "nowhere" in err) == (1, True)
    assert shell("template", "list")[1] == "NAME\n"
    assert "No CronWorkflows found in given files" in shell("cron", "create", shell.file(broken))[2]
    assert (
        'failed to get existing workflow template "t" to update'
        in shell("template", "update", shell.file(TEMPLATE.replace("KIND", "WorkflowTemplate")))[2]
    )


def test_crons_from_their_making_to_their_end(shell: Shell) -> None:
    code, out, _ = shell("cron", "create", shell.file(CRON), "--schedule", "@hourly")
    assert code == 0
    assert "Schedules:                     @hourly\n" in out
    assert "NextScheduledTime:" in out
    assert shell("cron", "suspend", "c")[1] == "CronWorkflow 'c' suspended\n"
    assert shell("cron", "list")[1].splitlines()[1].split()[2:] == ["N/A", "N/A", "@hourly", "Europe/Berlin", "true"]
    assert shell("cron", "resume", "c")[1] == "CronWorkflow 'c' resumed\n"
    assert shell("cron", "update", shell.file(CRON), "-o", "name")[1] == "c\n"
    assert "- 0 3 * * *" in shell("cron", "get", "c", "-o", "yaml")[1]
    assert shell("cron", "backfill", "c")[2].startswith("error: start date should not be empty")
    assert "no time" in shell("cron", "backfill", "c", "--start", "yesterday")[2]
    nothing = ("--start", "2026-01-01T04:00:00Z", "--end", "2026-01-01T05:00:00Z")
    assert shell("cron", "backfill", "c", *nothing)[1] == "There is no suitable scheduling time.\n"
    assert shell("cron", "delete", "c")[:2] == (0, "")


@pytest.mark.parametrize("words", [("cron", "create"), ("cron", "update"), ("apply", "-f")])
def test_a_time_zone_that_does_not_exist_is_refused(shell: Shell, words: tuple[str, ...]) -> None:
    code, _, err = shell(*words, shell.file(CRON.replace("Europe/Berlin", "Europe/Nowhere")))
    assert code in {1, 2}  # `apply` has its own for a manifest that is wrong
    assert 'invalid timezone "Europe/Nowhere": unknown time zone Europe/Nowhere' in err


def test_what_the_call_makes_of_a_cron_is_checked_too(shell: Shell) -> None:
    file = shell.file(CRON)
    for words in (("create", file, "--schedule", "nope"), ("create", file, "--entrypoint", "nobody")):
        code, out, err = shell("cron", *words)
        assert (code, out) == (1, "") and "hint: an option of the call makes it so" in err
    assert shell("cron", "create", file)[0] == 0
    assert shell("cron", "update", file, "--entrypoint", "nobody")[0] == 1


def test_a_group_with_options_alone_is_help(shell: Shell) -> None:
    for group in (("template",), ("archive",), ()):
        code, out, err = shell(*group)
        assert (code, err) == (0, "") and "Commands:" in out


@pytest.mark.parametrize(
    ("words", "lister"),
    [
        (("get", "x"), "list"),
        (("template", "get", "x"), "template list"),
        (("cluster-template", "get", "x"), "cluster-template list"),
        (("cron", "suspend", "x"), "cron list"),
    ],
)
def test_what_is_not_there_has_a_list_of_what_is(shell: Shell, words: tuple[str, ...], lister: str) -> None:
    code, _, err = shell(*words)
    assert code == 1 and f"hint: `tiphys {lister}` shows what is there" in err


def test_a_submission_of_what_is_stored_says_which_parameters_it_does_not_know(shell: Shell) -> None:
    assert shell("cron", "create", shell.file(CRON))[0] == 0
    template = TEMPLATE.replace("KIND", "WorkflowTemplate").replace("COMMAND", "x")
    arguments = "  entrypoint: main\n  arguments: {parameters: [{name: who, value: a}]}\n"
    assert shell("template", "create", shell.file(template.replace("  entrypoint: main\n", arguments)))[0] == 0
    for source, told in (("cronwf/c", "parameter 'woh'"), ("wftmpl/t", "parameter 'woh'; did you mean 'who'?")):
        code, _, err = shell("submit", "--from", source, "-p", "woh=1", "--server-dry-run", "-o", "name")
        assert (code, err) == (0, f"warning: the workflow has no use for the {told}\n")
    code, _, err = shell("submit", "--from", "wftmpl/none", "-p", "a=1")
    assert code == 1
    assert err.startswith('error: failed to submit workflow: workflowtemplates.argoproj.io "none" not found [T010]')


def test_completion_is_for_three_shells(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("bash", "zsh", "fish"):
        assert main(["completion", name]) == 0
        assert "_TIPHYS_COMPLETE" in capsys.readouterr().out
    assert main(["completion", "csh"]) == 1
    assert 'invalid shell "csh": supported shells are bash, zsh, and fish' in capsys.readouterr().err

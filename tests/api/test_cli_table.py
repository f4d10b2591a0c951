"""What commands answer, in a table: each row is called on a data directory and against a server, with one result."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.conftest import Running
from tiphys.entrypoints.cli.main import main

STEPS = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: table, labels: {team: table}}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
  - name: main
    steps: [[{name: good, template: good}], [{name: bad, template: bad}]]
  - {name: good, container: {image: none, command: [printf, 'one\\ntwo\\n']}}
  - {name: bad, container: {image: none, command: ["false"]}}
"""
TEMPLATE = STEPS.replace("kind: Workflow", "kind: WorkflowTemplate")
CRON = """
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: table}
spec:
  schedules: ["0 0 1 1 *"]
  workflowSpec: {entrypoint: main, templates: [{name: main, container: {image: none, command: ["true"]}}]}
"""
#: The words of a call, its exit code, and a pattern that all it says must match from the beginning on.
ROWS: list[tuple[str, int, str]] = [
    ("list -l team=table -o name", 0, "table\n$"),
    ("list -l team=table --no-headers --status Failed", 0, r"table +Failed +\S+ +\S+ +0 +child 'table-\d+' failed\n$"),
    ("list -l team=table --status Succeeded,Error", 0, "No workflows found\n$"),
    ("list -l team=none -o json", 0, r"\[\]\n$"),
    ("list --prefix tab --since 1h -o name", 0, "table\n$"),
    ("list --prefix tab --older 1h -o name", 0, "No workflows found\n$"),
    ("list --field-selector metadata.name!=table -l team=table -o yaml", 0, r"\[\]\n"),
    ("list --field-selector spec.x=1", 1, "error: unsupported requirement spec.x=1"),
    ("list -l a=", 0, "No workflows found\n$"),
    ("list -l 'team in a'", 1, "error: unable to parse requirement: found 'a', expected: '\\('"),
    ("list --since 1h30m", 1, "error: Invalid since format '1h30m'. Expected format <duration><unit> \\(e.g. 3h\\)"),
    ("list --completed --running", 1, "error: --completed and --running cannot be used together"),
    ("list -o short", 1, 'error: invalid argument "short" for "-o, --output" flag: One of: name.json.yaml.wide'),
    ("get nobody", 1, 'error: workflows.argoproj.io "nobody" not found'),
    ("get table nobody -o name", 1, 'table\nerror: workflows.argoproj.io "nobody" not found'),
    ("get table --status Failed --node-field-selector a=b", 1, "error: cannot use both --status and"),
    (
        "get table --node-field-selector phase",
        1,
        "error: unable to parse node field selector 'phase': invalid selector",
    ),
    ("logs table", 0, r"table-good-\d+: one\ntable-good-\d+: two\n$"),
    ("logs table --tail 1 --no-color", 0, r"table-good-\d+: two\n$"),
    ("logs table --grep o$", 0, r"table-good-\d+: two\n$"),
    ("logs table --grep [", 1, 'error: failed to compile "\\[": error parsing regexp: missing closing ]'),
    ("logs table -l a=b", 0, "$"),
    ("logs table -c side", 0, "$"),
    ("logs table gone", 0, "$"),
    ("logs table -p", 0, "$"),
    ("logs table --since 1d", 1, "error: '1d' is no duration"),
    ("logs nobody", 1, 'error: workflows.argoproj.io "nobody" not found'),
    ("wait table", 1, r"table Failed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC\n$"),
    ("wait nobody --ignore-not-found", 0, "$"),
    ("wait", 0, "$"),
    ("watch table --status Succeeded", 0, "Name: +table\n"),
    ("suspend", 0, "$"),
    ("suspend table", 1, "error: failed to suspend table: cannot suspend completed workflows"),
    ("resume", 1, "error: requires either node field selector or workflow"),
    ("resume table", 0, "workflow table resumed\n$"),
    ("stop", 1, "error: requires either selector or workflow"),
    ("stop -l team=table --dry-run", 0, r"workflow table stopped \(dry-run\)\n$"),
    ("stop table", 1, "error: failed to stop table: cannot shutdown a completed workflow"),
    ("terminate -l team=table --dry-run", 0, r"workflow table terminated \(dry-run\)\n$"),
    ("terminate nobody", 1, 'error: failed to terminate nobody: workflows.argoproj.io "nobody" not found'),
    ("retry", 1, "error: requires either node field selector or workflow"),
    ("retry nobody", 1, 'error: workflows.argoproj.io "nobody" not found'),
    ("resubmit", 0, "$"),
    ("node set table", 1, "error: 'set' currently only targets suspend nodes"),
    ("node unset table", 1, "error: unknown action 'unset'"),
    ("delete", 1, "error: requires either a workflow or other argument"),
    ("delete nobody table --dry-run", 0, r"Workflow 'nobody' not found\nWorkflow 'table' deleted \(dry-run\)\n$"),
    ("delete -l team=none", 0, "No resources found\n$"),
    ("submit", 1, "error: no workflow found in given files"),
    ("submit STEPS", 1, 'error: failed to submit workflow: workflows.argoproj.io "table" already exists'),
    ("submit STEPS --dry-run", 1, "error: --dry-run should have an output option"),
    ("submit STEPS --dry-run -o json --wait", 1, "error: --wait cannot be combined with --dry-run"),
    ("submit STEPS --dry-run --server-dry-run -o json", 1, "error: --dry-run cannot be combined with"),
    ("submit STEPS --name t2 --dry-run -o name", 0, "t2\n$"),
    (
        "submit STEPS --name t2 --server-dry-run -o name -p woh=1",
        0,
        "t2\nwarning: the workflow has no use for .*'who'\\?",
    ),
    ("submit STEPS --from cronwf/table", 1, "error: cannot combine --from with file arguments"),
    ("submit --from cronwf", 1, "error: resource identifier 'cronwf' is malformed. Should be `kind/name`"),
    ("submit --from thing/x", 1, "error: failed to submit workflow: Resource kind 'thing' is not supported"),
    (
        "submit --from wftmpl/none",
        1,
        'error: failed to submit workflow: workflowtemplates.argoproj.io "none" not found',
    ),
    ("submit --from wftmpl/table --name t3 --server-dry-run -o name", 0, "t3\n$"),
    ("template", 0, "Usage: tiphys template"),
    ("template get table -o name", 0, "table\n$"),
    ("template get none", 1, 'error: workflowtemplates.argoproj.io "none" not found'),
    ("template create TEMPLATE", 1, 'error: failed to create workflow template: .* "table" already exists'),
    ("template create STEPS", 1, "error: No workflow template found in given files"),
    ("template update TEMPLATE -o name", 0, "table\n$"),
    ("template list -o name -l a=b", 0, "$"),
    ("template lint TEMPLATE -o simple", 0, "no linting errors found!\n$"),
    ("template delete none", 1, 'error: workflowtemplates.argoproj.io "none" not found'),
    ("cluster-template list", 0, "NAME\n$"),
    ("cwft delete none", 1, 'error: clusterworkflowtemplates.argoproj.io "none" not found'),
    ("cron create CRON --name c2 --schedule nope", 1, "error: .*cron schedule nope is malformed: expected exactly 5"),
    ("cron update CRON -o name", 0, "table\n$"),
    ("cron suspend table", 0, "CronWorkflow 'table' suspended\n$"),
    ("cron resume table", 0, "CronWorkflow 'table' resumed\n$"),
    ("cron list -o name", 0, "table\n$"),
    ("cron get none", 1, 'error: cronworkflows.argoproj.io "none" not found'),
    ("cron backfill table", 1, "error: start date should not be empty"),
    ("cron lint STEPS -o simple", 1, "found nothing to lint in the specified paths, failing...\n$"),
    ("sync get x --type other", 1, "error: --type must be either 'database' or 'configmap'"),
    ("sync get x --type configmap", 1, "error: --cm-name is required when type is configmap"),
    (
        "sync create x --type database --limit 0",
        1,
        "error: failed to create sync limit: limit must be greater than zero",
    ),
    ("sync delete x --type DATABASE", 1, "error: failed to delete sync limit: Database sync limit not found"),
    ("cp table", 1, "error: incorrect number of arguments"),
    ("convert CRON -o json", 0, r'\{"apiVersion":"argoproj.io/v1alpha1"'),
    ("completion csh", 1, 'error: invalid shell "csh": supported shells are bash, zsh, and fish'),
]
Say = Callable[[str], tuple[int, str]]


@pytest.fixture
def places(
    server: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[Say, Say]:
    """The command line on a data directory of its own, and against a server."""
    files = {"STEPS": STEPS, "TEMPLATE": TEMPLATE, "CRON": CRON}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def call(line: str, *more: str) -> tuple[int, str]:
        words = [str(tmp_path / f"{word}.yaml") if word in files else word for word in line.split()]
        quoted = re.sub(r" '([^']*)'", "", line)
        if quoted != line:  # one quoted argument at the end
            words = [*quoted.split(), line.split("'")[1]]
        code = main([*words, *more])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    monkeypatch.setenv("ARGO_SERVER", server.url.removeprefix("http://"))
    monkeypatch.setenv("ARGO_SECURE", "false")
    monkeypatch.setenv("ARGO_TOKEN", f"Bearer {server.token}")
    return lambda line: call(line, "--home", str(tmp_path / "home")), call


def test_commands_answer_the_same_here_and_against_a_server(places: tuple[Say, Say]) -> None:
    wrong: list[str] = []
    for say in places:
        for kind in ("", "template ", "cron "):  # of a first look: the server is the module's
            assert say(f"{kind}delete --all")[0] == 0
        assert say("submit STEPS --wait")[0] == 1
        assert say("template create TEMPLATE")[0] == say("cron create CRON")[0] == 0
        for line, code, pattern in ROWS:
            found = say(line)
            if found[0] != code or not re.match(pattern, found[1], re.DOTALL):
                wrong.append(f"{line}: expected {code} {pattern!r}, got {found}")
    assert not wrong, "\n".join(wrong)

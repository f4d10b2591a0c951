"""``render``, ``eval``, ``schema`` and ``explain``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.core.manifest import yaml
from tiphys.entrypoints.cli import main as entry


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("render", "eval", "schema", "explain"):
        monkeypatch.setitem(entry.COMMANDS, name, entry.COMMANDS.get(name, name))


WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: a-, labels: {team: t}}
spec:
  entrypoint: m
  arguments: {parameters: [{name: msg, value: hi, description: d}, {name: q}]}
  templates:
  - name: m
    container:
      image: "{{workflow.parameters.msg}}:{{workflow.labels.team}}"
      args: ["{{workflow.name}}", "{{workflow.parameters.q}}", "{{workflow.mainEntrypoint}}", "{{=workflow.parameters}}"]
"""


def rendered(run: Run, tmp_path: Path, text: str, *options: str) -> tuple[list[str], Any]:
    """The comments and the manifest that ``render`` prints."""
    file = tmp_path / "wf.yaml"
    file.write_text(text)
    code, out, err = run("render", str(file), *options)
    assert (code, err) == (0, "")
    data = yaml.parse(out)[0].data
    assert isinstance(data, dict)
    return [line for line in out.splitlines() if line.startswith("#")], data


def test_render_fills_in_what_is_known(run: Run, tmp_path: Path) -> None:
    comments, data = rendered(run, tmp_path, WORKFLOW)
    container = data["spec"]["templates"][0]["container"]
    assert container["image"] == "hi:t" and container["args"][2] == "m"
    assert comments == [
        "# Known only at run time: 3 tags",
        "#   spec.templates[0].container.args[0]: {{workflow.name}} (name of the workflow: known when the workflow starts)",
        "#   spec.templates[0].container.args[1]: {{workflow.parameters.q}} "
        "(no value is given for the argument: pass -p q=VALUE)",
        "#   spec.templates[0].container.args[3]: {{=workflow.parameters}} "
        "(arguments of the workflow as a JSON list: known when the workflow starts)",
    ]


def test_render_with_arguments_and_a_name(run: Run, tmp_path: Path) -> None:
    parameters = tmp_path / "p.yaml"
    parameters.write_text("q: 1\nmsg: file\nmore: [1]\n")
    _, data = rendered(run, tmp_path, WORKFLOW, "-p", "msg=call", "-f", str(parameters), "--name", "b", "-n", "s")
    assert data["metadata"] == {"name": "b", "namespace": "s", "labels": {"team": "t"}}
    assert data["spec"]["arguments"] == {
        "parameters": [
            {"name": "msg", "value": "call", "description": "d"},
            {"name": "q", "value": "1"},
            {"name": "more", "value": "[1]"},
        ]
    }
    container = data["spec"]["templates"][0]["container"]
    assert container["image"] == "call:t" and container["args"][:2] == ["b", "1"]


def test_render_of_a_cron_workflow_knows_its_own_arguments(run: Run, tmp_path: Path) -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: c}
spec:
  schedules: ["@daily"]
  when: "{{workflow.parameters.a}}"
  workflowSpec:
    entrypoint: m
    arguments: {parameters: [{name: a, value: x}]}
    templates: [{name: m, container: {image: "{{workflow.parameters.a}}", args: ["{{workflow.name}}"]}}]
"""
    comments, data = rendered(run, tmp_path, text)
    spec = data["spec"]
    assert spec["when"] == "{{workflow.parameters.a}}"
    assert spec["workflowSpec"]["templates"][0]["container"]["image"] == "x"
    assert comments[0] == "# Known only at run time: 1 tag" and "workflowSpec.templates[0]" in comments[1]


def test_render_refuses_what_cannot_be_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wf.yaml"
    file.write_text("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {x: 1}\n")
    code, out, err = run("render", str(file))
    assert (code, out) == (2, "") and 'unknown field "spec.x" [T105]' in err


ENV = 'workflow: {parameters: {a: "1"}}\nk: 3\nx.y: {z: "<q>"}\n'


@pytest.mark.parametrize(
    ("mode", "text", "value"),
    [
        ("expr", "1 + 2 * k", "7"),
        ("expr", "x.y", '{"z":"<q>"}'),
        ("expr", "workflow.parameters.a", '"1"'),
        ("expr", "[1, nil, 1.5]", "[1,null,1.5]"),
        ("expr", "now().Year() == 2024", "true"),
        ("expr", "len(sprig.uuidv4())", "36"),
        ("template", "v={{workflow.parameters.a}} {{=asInt(workflow.parameters.a) + k}}", "v=1 4"),
        ("template", "{{x.y.z}}", "<q>"),
        ("when", "{{workflow.parameters.a}} == 1 && yes != no", "true"),
        ("when", "a == b", "false"),
    ],
)
def test_eval(run: Run, system: object, monkeypatch: pytest.MonkeyPatch, mode: str, text: str, value: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(ENV))
    assert run("eval", text, "--mode", mode, "--env", "-") == (0, f"{value}\n", "")


@pytest.mark.parametrize(
    ("text", "env", "value"),
    [
        ("a && b.Failed", "{a: Succeeded, b: [Failed, AnySucceeded]}", "true"),
        ("a || b", "{a: Error, b: {Failed: true, Skipped: false}}", "false"),
        ("a.Errored", "{a: Error}", "true"),
    ],
)
def test_eval_of_depends(run: Run, monkeypatch: pytest.MonkeyPatch, text: str, env: str, value: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(env))
    assert run("eval", text, "--mode", "depends", "--env", "-") == (0, f"{value}\n", "")


@pytest.mark.parametrize(
    ("mode", "text", "said"),
    [
        ("expr", "1 + +", "unexpected token EOF (1:5)\n | 1 + +\n | ....^\n"),
        ("expr", "nope.x", "unknown name nope (1:1)\n | nope.x\n | ^\n"),
        ("template", "v={{w.b}}", "failed to resolve {{w.b}} (1:5)\n | v={{w.b}}\n | ....^\n"),
        ("template", "a {{b", "Cannot find end tag"),
        ("when", "a b", "Invalid 'when' expression 'a b'"),
        ("depends", "a && b", "there is no result of task a (1:1)\n | a && b\n | ^\n"),
    ],
)
def test_eval_says_where_it_fails(run: Run, mode: str, text: str, said: str) -> None:
    code, out, err = run("eval", text, "--mode", mode)
    assert (code, out) == (1, "") and err.startswith("error: ") and said in err


def test_eval_of_a_number_in_a_tag(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text("k: 3\n")
    code, _, err = run("eval", "{{k}}", "--mode", "template", "--env", str(tmp_path / "e.yaml"))
    assert code == 1 and err.endswith("  hint: tags insert strings: put the value in quotes\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [("[1]", "must be one map"), ("a: [", "is not YAML"), ("{a: Fine}", "cannot have the result Fine")],
)
def test_eval_refuses_an_environment(run: Run, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "e.yaml").write_text(content)
    code, out, err = run("eval", "a", "--mode", "depends", "--env", str(tmp_path / "e.yaml"))
    assert (code, out) == (2, "") and said in err
    assert run("eval", "a", "--env", str(tmp_path / "none.yaml"))[0] == 2


def test_schema(run: Run) -> None:
    code, out, _ = run("schema", "--kind", "cronworkflow")
    found = json.loads(out)
    assert code == 0 and found["title"] == "CronWorkflow" and found["$schema"].endswith("2020-12/schema")
    assert len(json.loads(run("schema")[1])["allOf"]) == 8
    code, _, err = run("schema", "--kind", "Workflwo")
    assert code == 2 and "hint: did you mean 'Workflow'?" in err


def test_explain(run: Run) -> None:
    code, out, _ = run("explain", "wf.spec.templates.suspend")
    assert code == 0
    assert out == (
        "workflow.spec.templates.suspend  <SuspendTemplate>\n"
        "  wait for a time, or until somebody goes on\n"
        "\nFields:\n"
        "  duration  <string>  how long to wait; without it until somebody goes on\n"
    )
    code, out, err = run("explain", "wf.spec.entripoint")
    assert (code, out) == (1, "") and "hint: did you mean 'entrypoint'?" in err
    assert "hint: one of: " in run("explain", "wf.spec.zzzzzz")[2]

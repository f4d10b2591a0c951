"""``apply``, ``get-object`` and ``delete-object`` on a data directory."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tiphys.entrypoints.cli.main import main

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--home", str(tmp_path / "home")])
        out, error = capsys.readouterr()
        return code, out, error

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return str(path)

    return write


Write = Callable[[str, str], str]
OBJECTS = """\
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: c, labels: {team: blue}}
    data: {x: '1'}
    ---
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: batch/v1beta9, kind: Thing, metadata: {name: t}, status: {phase: New}}
    - {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {k: v}}
    """


def test_apply_says_what_came_of_each_object(call: Call, write: Write) -> None:
    file = write("o.yaml", OBJECTS)
    lines = ["configmap/c created", "thing.batch/t created", "secret/s created"]
    assert call("apply", "-f", file) == (0, "".join(f"{line}\n" for line in lines), "")
    assert call("apply", "-f", file)[1].count("unchanged") == 3
    changed = write("p.yaml", OBJECTS.replace("'1'", "'2'"))
    assert call("apply", "-f", changed)[1].splitlines()[0] == "configmap/c configured"


def test_get_object_prints_tables_and_data(call: Call, write: Write) -> None:
    call("apply", "-f", write("o.yaml", OBJECTS))
    code, out, _ = call("get-object", "cm", "c", "-o", "json")
    assert (code, json.loads(out)["data"]) == (0, {"x": "1"})
    assert json.loads(call("get-object", "configmaps", "-o", "json")[1])["items"][0]["kind"] == "ConfigMap"
    assert call("get-object", "thing", "-o", "name")[1] == "thing.batch/t\n"
    assert call("get-object", "cm", "c", "-o", "jsonpath={.data.x}")[1] == "1\n"
    assert call("get-object", "things")[1].split()[:7] == ["NAMESPACE", "NAME", "STATUS", "AGE", "default", "t", "New"]
    assert "team=blue" in call("get-object", "cm", "-o", "wide", "-l", "team in (blue,red)")[1]
    assert call("get-object", "cm", "-l", "team=red")[1] == "No resources found.\n"
    assert call("get-object", "cm", "-n", "other")[1] == "No resources found.\n"
    assert call("get-object", "sa", "default", "-o", "name")[1] == "serviceaccount/default\n"


def test_errors_name_what_is_wrong(call: Call, write: Write) -> None:
    assert call("get-object", "cm", "none")[::2] == (1, 'error: configmaps "none" not found [T030]\n')
    code, _, error = call("get-object", "configmap")
    assert code == 0 and error == ""
    code, _, error = call("get-object", "confgmaps")
    assert code == 2 and "did you mean 'configmaps'?" in error
    assert "there is json, yaml" in call("get-object", "cm", "-o", "xml")[2]
    assert "must specify -f" in call("apply")[2]
    assert "cannot be read" in call("apply", "-f", "/nowhere.yaml")[2]
    assert "not YAML" in call("apply", "-f", write("bad.yaml", "a: ["))[2]
    assert "no apiVersion and kind" in call("apply", "-f", write("no.yaml", "a: b"))[2]
    assert (
        "RFC 1123" in call("apply", "-f", write("n.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: A}}"))[2]
    )


def test_delete_object(call: Call, write: Write) -> None:
    file = write("o.yaml", OBJECTS)
    call("apply", "-f", file)
    assert call("delete-object", "cm", "c") == (0, 'configmap "c" deleted\n', "")
    assert call("delete-object", "cm", "c")[0] == 1
    assert call("delete-object", "-f", file, "--ignore-not-found")[1] == (
        'thing.batch "t" deleted\nsecret "s" deleted\n'
    )
    assert call("delete-object", "cm")[0] == 2


TEMPLATE = """\
    apiVersion: argoproj.io/v1alpha1
    kind: WorkflowTemplate
    metadata: {name: lib}
    spec:
      templates:
      - name: main
        container: {image: alpine, command: [echo, hello]}
    """
USER = """\
    apiVersion: argoproj.io/v1alpha1
    kind: Workflow
    metadata: {name: user}
    spec:
      entrypoint: a
      templates:
      - name: a
        steps: [[{name: x, templateRef: {name: lib, template: main}}]]
    """


def test_stored_templates_are_found(call: Call, write: Write) -> None:
    user = write("user.yaml", USER)
    assert call("lint", user, "--strict-refs")[0] == 1
    assert call("apply", "-f", write("lib.yaml", TEMPLATE))[1] == "workflowtemplate.argoproj.io/lib created\n"
    assert call("lint", user, "--strict-refs")[0] == 0
    code, out, _ = call("run", user)
    assert code == 0 and "Succeeded" in out


def test_documents_of_the_call_come_before_stored_ones(call: Call, write: Write) -> None:
    call("apply", "-f", write("lib.yaml", TEMPLATE.replace("hello", "stored")))
    user, library = write("user.yaml", USER), write("own.yaml", TEMPLATE.replace("hello", "given"))
    code, out, _ = call("run", user, library, "--log")
    assert code == 0 and "given" in out and "stored" not in out


def test_wrong_templates_are_not_applied(call: Call, write: Write) -> None:
    file = write("bad.yaml", TEMPLATE.replace("[echo, hello]", "[echo, '{{inputs.parameters.none}}']"))
    code, out, error = call("apply", "-f", file)
    assert (code, out) == (2, "")
    assert "inputs.parameters.none" in error
    assert call("get-object", "wftmpl")[1] == "No resources found.\n"

"""What shells are offered, over a data directory that is really there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiphys.entrypoints.cli.main import main

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: hello}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: one, template: echo}], [{name: two, template: echo}]]
  - name: echo
    container: {image: none, command: [echo]}
"""
TEMPLATE = WORKFLOW.replace("kind: Workflow", "kind: WorkflowTemplate").replace("hello", "tmpl")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completing")
    for name, text in (("wf", WORKFLOW), ("wft", TEMPLATE)):
        (folder / f"{name}.yaml").write_text(text)
    place = str(folder / "home")
    assert main(["run", str(folder / "wf.yaml"), "--home", place]) == 0
    assert main(["template", "create", str(folder / "wft.yaml"), "--home", place]) == 0
    return folder / "home"


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("get h", ["hello"]),
        ("get x", []),
        ("retry ", []),
        ("delete ", ["hello"]),
        ("-n other get ", []),
        ("explain hello ", ["one", "two"]),
        ("exec hello t", ["two"]),
        ("exec nobody t", []),
        ("submit --from c", ["clusterworkflowtemplate/", "cronwf/"]),
        ("submit --from workflowtemplate/", ["workflowtemplate/tmpl"]),
        ("submit --from pod/", []),
        ("template get ", ["tmpl"]),
        ("cron suspend ", []),
        ("archive get ", []),
        ("get -o s", ["short"]),
        ("arch", ["archive"]),
    ],
)
def test_names_are_offered(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    offered: list[str],
) -> None:
    words = f"tiphys {line}"
    monkeypatch.setenv("TIPHYS_HOME", str(home))
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - (not words.endswith(" "))))
    monkeypatch.setenv("_TIPHYS_COMPLETE", "bash_complete")
    capsys.readouterr()
    assert main([]) == 0
    captured = capsys.readouterr()
    assert [text.removeprefix("plain,") for text in captured.out.split()] == offered
    assert captured.err == ""


def test_pods_are_offered_for_logs_and_files_for_manifests(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIPHYS_HOME", str(home))
    monkeypatch.setenv("_TIPHYS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "tiphys logs hello ")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert main([]) == 0
    assert [text.rpartition("-")[0] for text in capsys.readouterr().out.split()] == ["plain,hello-echo"] * 2
    monkeypatch.setenv("COMP_WORDS", "tiphys lint x")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert main([]) == 0
    assert capsys.readouterr().out == "file,x\n"

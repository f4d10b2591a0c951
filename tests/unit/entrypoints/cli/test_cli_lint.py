"""``tiphys lint``: forms of the findings, references, kinds, repairs."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.adapters import system
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.source import Span
from tiphys.entrypoints.cli.output.github import workflow_commands
from tiphys.entrypoints.cli.output.sarif import sarif

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
GOOD = "spec:\n  entrypoint: m\n  templates:\n  - {name: m, suspend: {}}\n"
CALLS = (
    "spec:\n  entrypoint: m\n  templates:\n  - {name: m, steps: [[{name: a, templateRef: {name: out, template: m}}]]}\n"
)


def manifest(body: str, kind: str = "Workflow", name: str = "a") -> str:
    return HEAD.format(kind=kind, name=name) + body


@pytest.fixture
def wf(tmp_path: Path) -> Path:
    return tmp_path / "wf.yaml"


def test_references_between_files_and_outside_them(run: Run, tmp_path: Path, wf: Path) -> None:
    wf.write_text(manifest(CALLS))
    code, out, _ = run("lint", str(wf))
    assert code == 0 and "warning: WorkflowTemplate 'out' is not among the files given" in out
    code, out, _ = run("lint", str(wf), "--strict-refs")
    assert code == 1 and "argo: templates.m.steps[0].a template reference out.m not found" in out
    (tmp_path / "out.yaml").write_text(manifest(GOOD, "WorkflowTemplate", "out"))
    assert run("lint", str(tmp_path), "--strict-refs") == (0, "✔ no linting errors found!\n", "")


def test_kinds(run: Run, wf: Path) -> None:
    wf.write_text(manifest("spec: {entrypoint: nope}\n") + "---\n" + manifest("spec: {x: 1}\n", "CronWorkflow"))
    assert run("lint", str(wf), "-o", "simple")[1].count("\n") == 2
    out = run("lint", str(wf), "-o", "simple", "--kinds", "wf,wftmpl")[1]
    assert "template name 'nope' undefined" in out and "CronWorkflow" not in out
    assert '"spec.x"' in run("lint", str(wf), "-o", "simple", "--kinds", "cronworkflows")[1]
    code, _, err = run("lint", str(wf), "--kinds", "pods")
    assert code == 1 and "unknown kind: pods [T010]" in err


def test_what_lint_is_given_by_the_way(run: Run, tmp_path: Path, wf: Path) -> None:
    (tmp_path / "README.md").write_text("hello: [")
    empty = tmp_path / "empty.yaml"
    empty.write_text("# {{ if .Values.on }}\n")
    code, out, err = run("lint", str(empty), str(tmp_path / "README.md"), "-o", "simple")
    assert (code, out) == (1, "found nothing to lint in the specified paths, failing...\n")
    assert f"warning: {tmp_path}/README.md is passed over: no .yaml, .yml, .json" in err
    code, out, _ = run("lint", str(empty))
    assert code == 1 and "warning: there is no document in this text" in out and "nothing to lint" in out
    wf.write_text(manifest(GOOD))
    assert run("lint", *map(str, sorted(tmp_path.iterdir())), "-o", "simple")[:2] == (0, "no linting errors found!\n")


def test_not_strict_allows_unknown_fields(run: Run, wf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = manifest(GOOD + "  more: 1\n")
    wf.write_text(text)
    assert run("lint", str(wf))[0] == 1
    assert run("lint", "--no-strict", str(wf))[0] == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO(manifest("spec: {more: 1}\n")))
    code, out, _ = run("lint", "--no-strict", "-")
    assert code == 1 and "spec.entrypoint is required" in out and "│ spec: {more: 1}" in out
    assert run("lint", "--no-strict", "/no/such.yaml")[0] == 1


def test_fix_rewrites_the_file_and_says_so(run: Run, wf: Path) -> None:
    wf.write_bytes(manifest(GOOD.replace("entrypoint", "entryPoint")).replace("\n", "\r\n").encode())
    code, out, err = run("lint", "--fix", str(wf))
    assert (code, out) == (0, "✔ no linting errors found!\n")
    assert err == f"{wf}:5:3: fixed: renamed spec.entryPoint to entrypoint\n"
    assert wf.read_bytes() == manifest(GOOD).replace("\n", "\r\n").encode()
    assert run("lint", "--fix", str(wf)) == (0, "✔ no linting errors found!\n", "")


def test_fix_leaves_what_it_cannot_read(run: Run, wf: Path) -> None:
    wf.write_bytes(b"\xff\xfe\x00")
    assert run("lint", "--fix", str(wf))[0] == 1 and wf.read_bytes() == b"\xff\xfe\x00"
    code, _, err = run("lint", "--fix", "-")
    assert code == 1 and "--fix rewrites files" in err


def test_time_zones(run: Run, wf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wf.write_text(
        manifest(
            'spec: {schedules: ["@daily"], timezone: Moon/Sea, workflowSpec: {workflowTemplateRef: {name: o}}}\n',
            "CronWorkflow",
        )
    )
    monkeypatch.setattr(system, "timezone_exists", lambda name: name != "Moon/Sea")
    assert "unknown time zone Moon/Sea" in run("lint", str(wf))[1]
    monkeypatch.undo()
    assert system.timezone_exists("UTC") and system.timezone_exists("Local") and system.timezone_exists("")


def test_sarif(run: Run, wf: Path) -> None:
    wf.write_text(manifest("spec: {entrypont: no}\n"))
    code, out, _ = run("lint", str(wf), "-o", "sarif")
    log = json.loads(out)
    (result,) = log["runs"][0]["results"]
    rule = log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert code == 1 and log["version"] == "2.1.0" and log["runs"][0]["columnKind"] == "unicodeCodePoints"
    assert rule["id"] == result["ruleId"] == "T105" and rule["shortDescription"]["text"] == "A field is unknown."
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == wf.as_uri()
    assert place["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 8}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "spec.entrypont"
    assert result["level"] == "error" and 'did you mean "entrypoint"?' in result["message"]["text"]


def test_sarif_fingerprints_do_not_depend_on_lines() -> None:
    def fingerprint(line: int, message: str = "m") -> str:
        found = Diagnostic(code="T283", message=message, severity=Severity.WARNING, span=Span("a b.yaml", line, 1))
        result = json.loads(sarif([found]))["runs"][0]["results"][0]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.yaml"
        return str(result["partialFingerprints"]["tiphys/v1"])

    assert fingerprint(1) == fingerprint(9) != fingerprint(1, "other")
    assert "locations" not in json.loads(sarif([Diagnostic(code="T101", message="m")]))["runs"][0]["results"][0]


def test_github_annotations_cannot_be_forged() -> None:
    bad = Diagnostic(code="T101", message="100%\n::set-env::", span=Span("a,b:c.yaml", 3, 4), hint="h")
    assert workflow_commands([bad]) == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=4,title=T101::100%25%0A::set-env::%0Ahint: h\n"
    )
    plain = Diagnostic(code="T280", message="w", severity=Severity.WARNING)
    assert workflow_commands([plain]) == "::warning title=T280::w\n"


def test_github_ends_with_the_summary(run: Run, wf: Path) -> None:
    wf.write_text(manifest(GOOD))
    assert run("lint", str(wf), str(wf), "-o", "github") == (0, "✔ no linting errors found!\n", "")
    wf.write_text("a: [\n")
    code, out, _ = run("lint", str(wf), "-o", "github")
    assert code == 1 and out.startswith(f"::error file={wf},line=2,col=1,title=T101::") and "✖ 1 linting" in out


@pytest.mark.parametrize("spec", ["{tasks: {a-1: {name: x, http: {url: u}}}}", "{taks: {}}"])
def test_objects_of_argos_own_parts_are_read_and_not_linted(run: Run, wf: Path, spec: str) -> None:
    wf.write_text(manifest(f"spec: {spec}\n", "WorkflowTaskSet"))
    code, out, _ = run("lint", str(wf))
    assert code == 0 and 'documents of kind "WorkflowTaskSet" are ignored' in out


def test_injection_can_be_asked_for(run: Run, wf: Path) -> None:
    wf.write_text(
        manifest(
            "spec:\n  entrypoint: t\n  templates:\n  - name: t\n    steps:\n"
            "    - - {name: a, template: u, arguments: {parameters: [{name: p, value: fixed}]}}\n"
            "  - name: u\n    inputs: {parameters: [{name: p}]}\n"
            "    script: {image: a, command: [sh], source: 'echo {{inputs.parameters.p}}'}\n"
        )
    )
    assert "T286" not in run("lint", str(wf))[1]
    assert "T286" in run("lint", str(wf), "--injection")[1]


REFERENCE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: ref-}
spec: {workflowTemplateRef: {name: shared}}
"""
SHARED = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: shared}
spec: {entrypoint: main, templates: [{name: main, container: {image: a, command: [a]}}]}
"""


def test_offline_only_the_files_count(run: Run, tmp_path: Path) -> None:
    reference, shared, again = tmp_path / "ref.yaml", tmp_path / "shared.yaml", tmp_path / "again.yaml"
    reference.write_text(REFERENCE)
    shared.write_text(SHARED)
    again.write_text(SHARED)
    code, out, _ = run("lint", "--offline", "-o", "simple", str(reference))
    text = """in "ref-" (Workflow): couldn't find workflow template "shared" in namespace ""\n"""
    assert (code, out) == (1, f"{reference}: {text}")
    assert run("lint", "--offline", str(reference), str(shared))[0] == 0
    code, _, err = run("lint", "--offline", str(shared), str(again))
    assert code == 1 and 'duplicate WorkflowTemplate found: "shared"' in err


def test_lint_of_a_group_is_about_its_kind(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ref.yaml"
    file.write_text(REFERENCE)
    assert run("template", "lint", str(file), "-o", "simple")[:2] == (
        1,
        "found nothing to lint in the specified paths, failing...\n",
    )

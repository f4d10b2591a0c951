"""Agreement with Argo on the conformance corpus, apart from a list of differences with reasons."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.core.validate.validate_documents import documents, zones

from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.check import Report, check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

CORPUS = Path("/work/shared/corpus")
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the conformance corpus is not on this machine")

#: Cases of validation.yaml where the answer is meant to differ: Argo looks into the first inline template only.
DIFFERENT = {
    "B01": "templates.t.steps[0].b templates..container.image may not be empty",
    "B02": "templates.t.tasks.b templates..container.image may not be empty",
}


def _first(report: Report) -> str | None:
    return re.sub(r"placeholder-\w+", "placeholder-0", report.errors[0].argo or "ours only") if report.errors else None


def _validation_cases() -> list[dict[str, Any]]:
    path = CORPUS / "validation.yaml"
    if not path.is_file():
        return []
    cases: list[dict[str, Any]] = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cases"]
    return [case for case in cases if all("ok" in want or "error" in want for want in case["want"]) and case["want"]]


#: Cases whose document is refused before it is checked.
REFUSED_BY_THE_READER = {
    "P07": "an unknown field inside a step is reported here and overlooked by Argo",
    "TestInvalidMetricName#1": "Go's test reads the file with a reader that turns the number 1 into text",
    "TestInvalidMetricLabelName#1": "the same",
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in _validation_cases()])
def test_validation_case(case: dict[str, Any]) -> None:
    options = case.get("options") or {}
    if options.get("nonstrict"):
        pytest.skip("needs the lenient decoder")
    if case["id"] in REFUSED_BY_THE_READER:
        assert load(case["doc"], "t.yaml").diagnostics
        return
    found = documents(case["doc"])
    library = Library(item.manifest for item in found)
    checks = CheckOptions(lint=not options.get("nolint"), timezone_exists=zones().__contains__)
    got = [_first(check_document(item, library, checks)) for item in found]
    want = [
        re.sub(r"placeholder-\w+", "placeholder-0", item["error"]) if "error" in item else None for item in case["want"]
    ]
    assert got == ([DIFFERENT[case["id"]]] if case["id"] in DIFFERENT else want)


def _unit_cases() -> list[dict[str, Any]]:
    path = CORPUS / "controller/validate_cases.json"
    cases: list[dict[str, Any]] = json.loads(path.read_text())["cases"] if path.is_file() else []
    return [case for case in cases if "file" in case]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in _unit_cases()])
def test_unit_case(case: dict[str, Any]) -> None:
    others = [CORPUS / path for path in case.get("templates", ())]
    if not all(path.is_file() for path in others):
        pytest.skip("a template that the case needs is not in this part of the corpus")
    text = (CORPUS / case["file"]).read_text()
    if case.get("changes"):
        text = json.dumps(_changed(yaml.safe_load(text), case["changes"]))
    text = re.sub(r"^kind: .*$", f"kind: {case['kind']}", text, count=1, flags=re.MULTILINE)
    if case["id"] in REFUSED_BY_THE_READER:
        assert load(text, "t.yaml").diagnostics
        return
    document = documents(text)[0]
    library = Library(item.manifest for path in others for item in documents(path.read_text()))
    report = check_document(document, library, _options(case))
    assert bool(report.errors) == (case["expect"] == "error")
    for expected in case.get("errors", ()):
        first = report.errors[0].argo or ""
        assert expected["text"] == first if expected["match"] == "exact" else expected["text"] in first


def _options(case: dict[str, Any]) -> CheckOptions:
    opts, defaults = case.get("opts") or {}, None
    if case.get("workflowDefaults"):
        held = documents(json.dumps({"kind": "Workflow", **case["workflowDefaults"]}))[0].manifest
        assert isinstance(held, Workflow)
        defaults = held
    return CheckOptions(
        lint=bool(opts.get("lint")),
        submit=bool(opts.get("submit")),
        ignore_entrypoint=bool(opts.get("ignoreEntrypoint")),
        defaults=defaults,
    )


def _changed(data: Any, changes: list[dict[str, Any]]) -> Any:
    for change in changes:
        *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", change["path"])]
        place = data
        for part in parents:
            place = place[part]
        place[last] = change["value"]
    return data


def _examples() -> list[Path]:
    return sorted(CORPUS.glob("examples/**/*.yaml"))


@functools.cache
def _example_library() -> Library:
    return Library(item.manifest for path in _examples() for item in load(path.read_text(), path.name).documents)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in _examples()])
def test_example_is_valid(path: Path) -> None:
    loaded = load(path.read_text(), path.name)
    reports = [check_document(item, _example_library()) for item in loaded.documents]
    assert [item for report in reports for item in report.errors] == []


def test_warnings_are_rare_on_examples() -> None:
    found = [
        item.code
        for path in _examples()
        for document in load(path.read_text(), path.name).documents
        for item in check_document(document, _example_library()).diagnostics
    ]
    # Two templates that nothing calls, and six arguments that nobody declares: all of them are real.
    assert sorted(set(found)) == ["T283", "T288"]
    assert len(found) <= 8

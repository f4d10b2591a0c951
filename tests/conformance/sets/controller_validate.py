"""Go's unit tests of the validator: ``controller/validate_cases.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.argo.reader import as_unit_tests_read
from tests.conformance.case import Case, Comparison, Outcome
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

#: Where Tiphys differs on purpose: the case and the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT: Mapping[str, str] = {}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def cases(corpus: Path) -> Iterable[Case]:
    """Every case of the file."""
    for entry in json.loads((corpus / "controller/validate_cases.json").read_text())["cases"]:
        yield Case(entry["id"], entry, corpus)


def run(case: Case) -> Outcome:
    """Check one document and compare the answer, and the text of the first error."""
    data = case.data
    others = [case.corpus / path for path in data.get("templates", ())]
    if not all(path.is_file() for path in others):
        return Outcome(cannot="a template that is not in this part of the corpus")
    loaded = load(as_unit_tests_read(_text(case)), "case.yaml")
    library = Library(item.manifest for path in others for item in load(path.read_text(), path.name).documents)
    errors = [item for item in loaded.diagnostics if item.severity is Severity.ERROR]
    for document in loaded.documents[:1]:
        errors += check_document(document, library, _options(data)).errors
    compared = Comparison()
    compared.equal("answer", data["expect"], "error" if errors else "valid")
    for expected in data.get("errors", ()):
        _compare_text(compared, expected, errors)
    return compared.outcome()


def _compare_text(compared: Comparison, expected: dict[str, str], errors: list[Diagnostic]) -> None:
    first = (errors[0].argo or errors[0].message) if errors else ""
    holds = expected["text"] == first if expected["match"] == "exact" else expected["text"] in first
    compared.hold("text", holds, expected["text"], first)


def _text(case: Case) -> str:
    """The manifest with the changes of the test; Go's tests decode some files as another kind than they say."""
    data = case.data
    text = json.dumps({"kind": data["kind"], **data["object"]}) if "object" in data else _read(case, data["file"])
    if data.get("changes"):
        text = json.dumps(_changed(yaml.load(text, _LOADER), data["changes"]))
    return re.sub(r"^kind: .*$", f"kind: {data['kind']}", text, count=1, flags=re.MULTILINE)


def _read(case: Case, file: str) -> str:
    return (case.corpus / file).read_text()


def _changed(data: Any, changes: list[dict[str, Any]]) -> Any:
    for change in changes:
        *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", change["path"])]
        place = data
        for part in parents:
            place = place[part]
        place[last] = change["value"]
    return data


def _options(data: dict[str, Any]) -> CheckOptions:
    options, defaults = data.get("opts") or {}, None
    if data.get("workflowDefaults"):
        held = load(json.dumps({"kind": "Workflow", **data["workflowDefaults"]}), "defaults.yaml").documents[0].manifest
        defaults = held if isinstance(held, Workflow) else None
    return CheckOptions(
        lint=bool(options.get("lint")),
        submit=bool(options.get("submit")),
        ignore_entrypoint=bool(options.get("ignoreEntrypoint")),
        advise=False,
        defaults=defaults,
    )

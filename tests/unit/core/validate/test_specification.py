"""Agreement with every case in short form of ``spec/data.md``, appendix A."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from tests.unit.core.validate.validate_documents import documents, zones

from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

DATA = Path("/work/shared/spec/data.md")
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="the specification is not on this machine")

#: Cases that are meant to differ, with what is reported instead.
DIFFERENT = {
    # Argo looks into the first inline template only.
    "A92": ["templates.t.steps[0].a templates..steps[0].b templates..container.image may not be empty"],
    "B01": ["templates.t.steps[0].b templates..container.image may not be empty"],
    "B02": ["templates.t.tasks.b templates..container.image may not be empty"],
    # Argo prints the JSON text after an open tag; the finding has a sentence of its own.
    "T58": ["a tag is opened with '{{' and never closed"],
}
CALLEES: list[dict[str, Any]] = [
    {"name": "x", "container": {"image": "a"}},
    {"name": "u", "container": {"image": "a"}},
    {"name": "p", "inputs": {"parameters": [{"name": "q"}]}, "container": {"image": "a"}},
    {
        "name": "o",
        "container": {"image": "a"},
        "outputs": {
            "parameters": [{"name": "r", "valueFrom": {"path": "/r"}}],
            "artifacts": [{"name": "s", "path": "/s"}],
        },
    },
    {"name": "ia", "inputs": {"artifacts": [{"name": "f", "path": "/f"}]}, "container": {"image": "a"}},
    {"name": "sc", "script": {"image": "a", "source": "x"}},
    {"name": "su", "suspend": {}},
]
_CASE = re.compile(r"([A-Z]\d\d[a-z]?)\s+\[(\w+)\] (?:\(([\w ]+)\) )?(.*?)\n     => (.*?)\s*", re.DOTALL)
_WITH = re.compile(r"\s+with (metadata|spec): (.*)", re.DOTALL)


class Case(NamedTuple):
    id: str
    text: str
    submit: bool
    want: list[str | None]


def _cases() -> list[Case]:
    if not DATA.is_file():
        return []
    _, _, appendix = DATA.read_text().partition("## Appendix A")
    blocks = "\n".join(re.findall(r"```text\n(.*?)```", appendix, re.DOTALL))
    entries = re.split(r"\n(?=[A-Z]\d\d[a-z]?\s+\[)", blocks)
    matches = [found for found in map(_CASE.fullmatch, map(str.strip, entries)) if found]
    return [_case(*found.groups()) for found in matches if _decodable(found[3], found[5])]


def _decodable(option: str | None, want: str) -> bool:
    return option != "lenient parse" and "parse:" not in want and not want.startswith(("skipped", "ignored"))


def _case(name: str, kind: str, option: str | None, source: str, want: str) -> Case:
    source, want = (
        re.sub(r"<(\d+)×a>", lambda found: "a" * int(found[1]), text) for text in (source.replace(" ⏎ ", "\n"), want)
    )
    texts = [None if text.strip() == "ok" else text.strip() for text in want.split("  ##  ")]
    return Case(name, source if kind == "doc" else _workflow(kind, source), option == "submit", texts)


def _workflow(kind: str, source: str) -> str:
    added = _WITH.search(source)
    body = yaml.safe_load(source[: added.start()] if added else source)
    callees = [] if kind == "spec" else CALLEES
    spec = body if kind == "spec" else {"entrypoint": "t", "templates": [{"name": "t", **body}, *callees]}
    document: dict[str, Any] = {"kind": "Workflow", "metadata": {"generateName": "v-"}, "spec": spec}
    if added:
        document[added[1]].update(yaml.safe_load(added[2]))
    return json.dumps(document)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in _cases()])
def test_case(case: Case) -> None:
    found = documents(case.text)
    library = Library(item.manifest for item in found)
    options = CheckOptions(lint=not case.submit, timezone_exists=zones().__contains__)
    reports = [check_document(item, library, options) for item in found]
    first = [report.errors[0] if report.errors else None for report in reports]
    got = [None if item is None else _plain(item.argo or item.message) for item in first]
    assert got == DIFFERENT.get(case.id, [None if text is None else _plain(text) for text in case.want])


def test_nearly_all_cases_are_read() -> None:
    assert len(_cases()) > 340


def _plain(text: str) -> str:
    return re.sub(r"placeholder-\w+", "placeholder-0", text)

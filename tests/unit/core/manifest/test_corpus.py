"""Agreement with Argo's reader on the conformance corpus."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from tiphys.core.manifest import decode, encode, yaml
from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.load import load

CORPUS = Path("/work/shared/corpus")
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the conformance corpus is not on this machine")

#: Examples that Argo drops without a word: a key is written twice.
DROPPED = {"k8s-patch-json-workflow": "T104"}


@functools.cache
def _cases() -> list[dict[str, Any]]:
    path = CORPUS / "validation.yaml"
    data: Any = yaml.parse(path.read_text())[0].data if path.is_file() else {"cases": []}
    return list(data["cases"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in _cases()])
def test_parse_case(case: dict[str, Any]) -> None:
    loaded = load(case["doc"], "f.yaml", strict=not (case.get("options") or {}).get("nonstrict"))
    errors = [finding for finding in loaded.diagnostics if finding.severity is Severity.ERROR]
    wanted = [item for item in case["want"] if "ignored" not in item]
    first: dict[str | None, str | None] = {}
    for finding in errors:
        first.setdefault(finding.owner, finding.argo)
    texts = [item["parse"] for item in wanted if "parse" in item] if case["want"] else ["yaml file is not valid"]
    assert list(first.values()) == texts
    assert len(loaded.documents) == len(wanted) - len([item for item in wanted if "parse" in item])


def _examples() -> list[Path]:
    index = CORPUS / "examples/index.json"
    if not index.is_file():
        return []
    return [CORPUS / each["file"] for each in json.loads(index.read_text())["files"] if each["parses"]]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in _examples()])
def test_example(path: Path) -> None:
    loaded = load(path.read_bytes(), path.name)
    errors = [finding.code for finding in loaded.diagnostics if finding.severity is Severity.ERROR]
    assert errors == ([DROPPED[path.stem]] if path.stem in DROPPED else [])
    for document in loaded.documents:
        manifest = document.manifest
        data = encode.to_data(manifest)
        assert decode.decode(type(manifest), data) == manifest
        assert load(encode.to_yaml(manifest), "again").documents[0].manifest == manifest
        assert load(encode.to_json(manifest), "again").documents[0].manifest == manifest
        assert _texts(data) == _texts(_without_null(document.data))


def _without_null(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_null(value) for key, value in data.items() if value is not None}
    return [_without_null(item) for item in data] if isinstance(data, list) else data


def _texts(data: Any) -> Any:
    """Data with scalars as text, because numbers for AnyString become strings; null items of withItems stay."""
    if isinstance(data, dict):
        return {key: _texts(value) for key, value in data.items() if value is not None}
    if isinstance(data, (list, tuple)):
        return [_texts(item) for item in data]
    return str(data).lower() if isinstance(data, bool) else str(data)

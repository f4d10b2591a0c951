"""The linter answers for every text: it never raises, and what it finds has a place in the text.

A few examples run with the other tests.  For a long run by hand::

    TIPHYS_FUZZ_EXAMPLES=20000 nice python -m pytest -p no:xdist --timeout 0 tests/property/test_fuzz_lint.py \
        --hypothesis-show-statistics
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.mutated_manifests import SNIPPETS, spoilt_bytes, spoilt_text, spoilt_tree

from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.load import load
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions
from tiphys.entrypoints.cli.output.findings import as_data, pretty, simple
from tiphys.entrypoints.cli.output.style import Style

EXAMPLES = int(os.environ.get("TIPHYS_FUZZ_EXAMPLES", "50"))
FILE = "fuzz.yaml"
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def lint(text: str | bytes) -> None:
    """Do what ``tiphys lint`` does, with all that it can be asked for."""
    loaded = load(text, FILE)
    findings = list(loaded.diagnostics)
    library = Library(document.manifest for document in loaded.documents)
    for document in loaded.documents:
        for options in (CheckOptions(), CheckOptions(submit=True, injection=True, timezone_exists="UTC".__eq__)):
            report = check_document(document, library, options)
            findings += report.diagnostics
            refused = any(item.severity is Severity.ERROR for item in report.diagnostics)
            assert (report.valid is not None) == (document.kind == "Workflow" and not refused)
    assert loaded.documents or findings or loaded.config_maps
    lines = _lines(text)
    for finding in findings:
        _sensible(finding, lines)
    source = "\n".join(lines)
    pretty(findings, lambda file: source, Style())
    simple(findings, FILE)
    assert len([as_data(finding) for finding in findings]) == len(findings)


def _lines(text: str | bytes) -> list[str]:
    if isinstance(text, bytes):
        wide = text.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = text.decode("utf-16" if wide else "utf-8", "replace")
    return text.split("\n")


def _sensible(finding: Diagnostic, lines: list[str]) -> None:
    assert finding.code.startswith(("T1", "T2"))
    assert finding.message
    assert finding.span is not None
    assert 1 <= finding.span.line <= len(lines)
    assert finding.span.column >= 1


@fuzzed
@given(spoilt_text())
def test_manifests_spoilt_as_text(text: str) -> None:
    lint(text)


@fuzzed
@given(spoilt_tree())
def test_manifests_spoilt_as_trees(text: str) -> None:
    lint(text)


@fuzzed
@given(spoilt_bytes())
def test_any_bytes(data: bytes) -> None:
    lint(data)


@fuzzed
@given(st.lists(st.sampled_from((*SNIPPETS, "\n", "  ", "a", "kind", "metadata", "name")), max_size=30).map("".join))
def test_any_yaml(text: str) -> None:
    lint(text)


def test_the_check_of_findings_can_fail() -> None:
    with pytest.raises(AssertionError):
        _sensible(Diagnostic(code="T100", message="no place"), ["x"])

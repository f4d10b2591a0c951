"""Agreement with Argo on the conformance corpus, apart from a list of differences with reasons."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from tests.conformance.case import Case
from tests.conformance.corpus import CORPUS, present
from tests.conformance.sets import controller_validate, validation

from tiphys.core.manifest.load import load
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library

pytestmark = pytest.mark.skipif(not present(), reason=f"the conformance corpus is not at {CORPUS}")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in (validation.cases(CORPUS) if present() else ())]
)
def test_validation_case(case: Case) -> None:
    outcome = validation.run(case)
    if outcome.not_yet is not None:
        pytest.skip(outcome.not_yet)
    assert outcome.stated > 0
    assert bool(outcome.differences) == (case.id in validation.DIFFERENT), outcome.differences


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in (controller_validate.cases(CORPUS) if present() else ())]
)
def test_unit_case(case: Case) -> None:
    outcome = controller_validate.run(case)
    if outcome.cannot is not None:
        pytest.skip(outcome.cannot)
    assert outcome.stated > 0
    assert bool(outcome.differences) == (case.id in controller_validate.DIFFERENT), outcome.differences


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
    # Two templates that nothing calls, six arguments that nobody declares, five arguments of workflows that become
    # source code and three steps with `when: false`: all of them are real.
    assert {code: found.count(code) for code in sorted(set(found))} == {"T283": 2, "T286": 5, "T288": 6, "T295": 3}

"""The language server answers at every place of every text, however broken, and never raises."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.mutated_manifests import SNIPPETS, spoilt_text
from tests.property.test_fuzz_lint import EXAMPLES

from tiphys.entrypoints.lsp.completion import completion
from tiphys.entrypoints.lsp.definition import definition
from tiphys.entrypoints.lsp.findings import findings
from tiphys.entrypoints.lsp.hover import hover
from tiphys.entrypoints.lsp.project import Project
from tiphys.entrypoints.lsp.symbols import symbols
from tiphys.entrypoints.lsp.text import UNITS

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def ask(text: str, offset: int, units: str) -> None:
    """Everything that an editor can ask at one place."""
    project = Project(UNITS[units])
    file = project.put("file:///fuzz.yaml", text)
    position = file.text.position(offset)
    assert file.text.position(file.text.offset(position)) == position
    for item in completion(project, file, position):
        assert item.label and item.text_edit is not None
    hover(project, file, position)
    definition(project, file, position)
    symbols(file)
    for finding in findings(project, file):
        assert finding.message and finding.range.start.line <= text.count("\n") + text.count("\r") + 1


@given(spoilt_text(), st.integers(0, 5000), st.sampled_from(sorted(UNITS)))
@fuzzed
def test_spoilt_manifests(text: str, offset: int, units: str) -> None:
    ask(text, min(offset, len(text)), units)


@given(st.lists(st.sampled_from(SNIPPETS), max_size=8).map("\n".join), st.integers(0, 400))
@fuzzed
def test_pieces_of_manifests(text: str, offset: int) -> None:
    ask(text, min(offset, len(text)), "utf-16")


@given(st.text(), st.integers(0, 30))
@fuzzed
def test_any_text(text: str, offset: int) -> None:
    ask(text, min(offset, len(text)), "utf-8")

"""Half-written YAML is read as far as it can be understood; nothing raises."""

from __future__ import annotations

import pytest
from lsprotocol import types
from tests.unit.entrypoints.lsp.editing import WORKFLOW

from tiphys.core.manifest import yaml
from tiphys.entrypoints.lsp.completion import completion
from tiphys.entrypoints.lsp.definition import definition
from tiphys.entrypoints.lsp.findings import findings
from tiphys.entrypoints.lsp.hover import hover
from tiphys.entrypoints.lsp.outline import Outline
from tiphys.entrypoints.lsp.project import Project
from tiphys.entrypoints.lsp.structure import dig
from tiphys.entrypoints.lsp.symbols import symbols
from tiphys.entrypoints.lsp.text import Text, utf8


def test_the_outline_of_good_yaml_is_what_the_parser_reads() -> None:
    found = Outline(WORKFLOW, 0, len(WORKFLOW)).read().data
    parsed = yaml.parse(WORKFLOW)[0].data
    for path in (("spec", "templates", 0), ("spec", "templates", 2), ("spec", "arguments"), ("metadata",)):
        assert dig(found, path) == dig(parsed, path)


@pytest.mark.parametrize(
    "broken", ["  - name: [", '    image: "', "   - x", "{{", "\t", "  key: : :", "? a", "*x", "&a &b"]
)
def test_a_broken_line_costs_only_itself(broken: str) -> None:
    text = f"{WORKFLOW}{broken}\n"
    found = Outline(text, 0, len(text)).read().data
    assert dig(found, ("spec", "templates", 1, "name")) == "make"


def test_every_place_of_every_prefix_has_an_answer() -> None:
    """As if the file were typed from its beginning; nothing raises anywhere."""
    for stop in range(0, len(WORKFLOW), 7):
        project = Project()
        file = project.put("file:///a.yaml", WORKFLOW[:stop])
        position = file.text.position(stop)
        assert isinstance(completion(project, file, position), list)
        hover(project, file, position)
        definition(project, file, position)
        symbols(file)
        assert all(each.source == "tiphys" for each in findings(project, file))


def test_positions_count_code_units() -> None:
    text = Text("a𝄞b\r\nc")
    assert text.position(3) == types.Position(0, 4)
    assert text.offset(types.Position(0, 3)) == 2
    assert text.offset(types.Position(1, 0)) == 5
    assert text.offset(types.Position(9, 9)) == 6
    assert text.position(4) == types.Position(0, 4)  # between the two characters of a line break
    assert Text("a𝄞b", utf8).position(2) == types.Position(0, 5)

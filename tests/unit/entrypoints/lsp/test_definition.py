"""From a name to its declaration."""

from __future__ import annotations

import pytest
from tests.unit.entrypoints.lsp.editing import WORKFLOW, defined, mark
from tests.unit.entrypoints.lsp.test_completion import LIBRARY


@pytest.mark.parametrize(
    ("before", "declared"),
    [
        ("entrypoint: ma", "name: main"),
        ("template: ma", "name: make\n    inputs"),
        ("depends: ma", "name: make-it"),
        ('"{{tasks.make-it.outputs.parameters.th', "name: thing"),
        ('print("{{inputs.parameters.si', "name: size\n      - name: shade"),
        ("{{workflow.parameters.co", "name: colour"),
        ("          - name: si", "name: size\n      - name: shade"),
        ('args: ["{{inputs.parameters.wh', "name: what\n    container"),
    ],
)
def test_definition_in_the_same_file(before: str, declared: str) -> None:
    found = defined(mark(before))
    line = WORKFLOW[: WORKFLOW.index(declared)].count("\n") + 1
    assert found is not None
    assert found[:2] == ("main.yaml", line)
    assert f"name: {found[2]}" == declared.partition("\n")[0]


def test_definition_in_another_file() -> None:
    text = WORKFLOW.replace("template: make\n", "templateRef: {name: shared, template: greet}\n")
    assert defined(mark("template: gre", text), LIBRARY) == ("other0.yaml", 6, "greet")
    assert defined(mark("name: shar", text), LIBRARY) == ("other0.yaml", 3, "shared")


@pytest.mark.parametrize("before", ["image: bus", "entryp", "generateName: de", "{{workflow.parameters.colour}} "])
def test_nothing_is_declared_elsewhere(before: str) -> None:
    text = WORKFLOW.replace('{{workflow.parameters.colour}}")', '{{workflow.parameters.colour}} ")')
    assert defined(mark(before, text)) is None


def test_a_name_of_nothing() -> None:
    assert defined(mark("entrypoint: nob", WORKFLOW.replace("entrypoint: main", "entrypoint: nobody"))) is None

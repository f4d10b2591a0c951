"""Help about fields, variables and templates."""

from __future__ import annotations

from tests.unit.entrypoints.lsp.editing import WORKFLOW, hovered, mark


def test_a_field_is_explained() -> None:
    assert hovered(mark("  entryp")).startswith("**entrypoint**: string")
    assert hovered(mark("    outp")).startswith("**outputs**: Outputs")


def test_a_variable_is_explained() -> None:
    text = hovered(mark('"{{tasks.make-it.outputs.par'))
    assert text.startswith("**tasks.make-it.outputs.parameters.thing** (string): output parameter")


def test_a_variable_that_is_not_available_here() -> None:
    text = WORKFLOW.replace("{{tasks.make-it.outputs.parameters.thing}}", "{{pod.name}}")
    assert "Not available here" in hovered(mark("{{pod.na", text))


def test_a_template_shows_its_inputs_and_outputs() -> None:
    text = hovered(mark("template: ma"))
    assert text.startswith("**make**: script")
    assert "inputs parameters: `size`, `shade`" in text
    assert "outputs parameters: `thing`" in text


def test_nothing_to_say() -> None:
    assert hovered(mark("image: bus")) == ""
    assert hovered(mark("generateName: de")) == ""

"""The documentation page ``docs/variables.md``, written from the catalogue."""

from __future__ import annotations

from tiphys.core.template.variables import Place, Variable, catalogue

_HEADINGS = {
    "global": "Workflow",
    "runtime": "Workflow while it runs",
    "input": "Inputs of a template",
    "output": "Outputs of a template",
    "node-ctx": "The node itself",
    "node-ref": "Outputs and state of other nodes",
    "item": "Loops",
    "retry": "Retries",
    "metric": "Metrics",
    "cron-workflow": "CronWorkflows",
}

_INTRODUCTION = """# Variables

<!-- Written by `tiphys.core.template.variablespage`. Do not edit. -->

Use a variable as a tag, `{{workflow.name}}`, or in an expression, `{{=workflow.name + "-x"}}`. All values are strings
unless the type says otherwise. A part in angle brackets stands for a name of yours. In expressions, names with other
characters than letters, digits and `_` need an index: `inputs.parameters['my-param']`.

Some variables exist only in expressions and references (`from`, `valueFrom`); they are marked *expressions only*.
"""


def render_page() -> str:
    """The page as Markdown: one section for each kind, then one list for each place."""
    sections = [_INTRODUCTION]
    for kind, heading in _HEADINGS.items():
        rows = [_row(variable) for variable in catalogue() if variable.kind == kind]
        sections.append(
            "\n".join([f"## {heading}\n", "| variable | type | value | when |", "|---|---|---|---|", *rows, ""])
        )
    sections.append("## By place\n")
    for place in Place:
        names = ", ".join(f"`{variable.key}`" for variable in catalogue() if place in variable.places)
        sections.append(f"### {place.value[0].upper()}{place.value[1:]}\n\n{names}\n")
    return "\n".join(sections)


def _row(variable: Variable) -> str:
    meaning = variable.meaning if variable.text else f"{variable.meaning} (*expressions only*)"
    return f"| `{variable.key}` | {variable.type} | {meaning} | {', '.join(variable.phases)} |"

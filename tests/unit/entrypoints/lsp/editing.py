"""A text with a mark where the cursor is, and what the language server answers there."""

from __future__ import annotations

from lsprotocol import types

from tiphys.entrypoints.lsp.completion import completion
from tiphys.entrypoints.lsp.definition import definition
from tiphys.entrypoints.lsp.hover import hover
from tiphys.entrypoints.lsp.project import File, Project

MARK = "‸"

WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: demo-
spec:
  entrypoint: main
  arguments:
    parameters:
    - name: colour
      value: red
  templates:
  - name: main
    dag:
      tasks:
      - name: make-it
        template: make
        arguments:
          parameters:
          - name: size
            value: "1"
      - name: use
        template: use
        depends: make-it
        arguments:
          parameters:
          - name: what
            value: "{{tasks.make-it.outputs.parameters.thing}}"
  - name: make
    inputs:
      parameters:
      - name: size
      - name: shade
        default: dark
    script:
      image: python
      command: [python]
      source: |
        print("{{inputs.parameters.size}} {{workflow.parameters.colour}}")
    outputs:
      parameters:
      - name: thing
        valueFrom:
          path: /tmp/thing
  - name: use
    inputs:
      parameters:
      - name: what
    container:
      image: busybox
      args: ["{{inputs.parameters.what}}"]
"""


def put(text: str, *others: str) -> tuple[Project, File, types.Position]:
    """A project with the text, its mark taken out, and other files; the position of the mark."""
    offset = text.index(MARK)
    project = Project()
    for at, other in enumerate(others):
        project.put(f"file:///other{at}.yaml", other)
    file = project.put("file:///main.yaml", text.replace(MARK, ""))
    return project, file, file.text.position(offset)


def completed(text: str, *others: str) -> dict[str, str]:
    """The labels that are offered at the mark, with the text that each inserts."""
    return {
        item.label: item.text_edit.new_text if item.text_edit else item.label
        for item in completion(*put(text, *others))
    }


def accepted(text: str, label: str, *others: str) -> str:
    """The text after the editor inserted an item."""
    project, file, position = put(text, *others)
    item = next(each for each in completion(project, file, position) if each.label == label)
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    source = file.text.source
    start, end = file.text.offset(edit.range.start), file.text.offset(edit.range.end)
    return source[:start] + edit.new_text + source[end:]


def hovered(text: str, *others: str) -> str:
    """The help at the mark; empty when there is none."""
    found = hover(*put(text, *others))
    if found is None:
        return ""
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


def defined(text: str, *others: str) -> tuple[str, int, str] | None:
    """The file's name, the line (from 1) and the text of the definition of what stands at the mark."""
    project, file, position = put(text, *others)
    found = definition(project, file, position)
    if found is None:
        return None
    target = project.file(found.uri)
    assert target is not None
    start, end = target.text.offset(found.range.start), target.text.offset(found.range.end)
    return found.uri.rpartition("/")[2], found.range.start.line + 1, target.text.source[start:end]


def mark(before: str, text: str = WORKFLOW) -> str:
    """The text with the mark behind the first place of ``before``."""
    at = text.index(before) + len(before)
    return text[:at] + MARK + text[at:]

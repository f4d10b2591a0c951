"""Short manifests for stories about the engine."""

from __future__ import annotations

import textwrap

from tiphys.core.manifest.diagnostics import Severity
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow, WorkflowTemplate
from tiphys.core.plan.resolve import pin
from tiphys.core.validate.library import Library
from tiphys.testing.playbook import Playbook

LEAVES = """
  - name: echo
    inputs: {parameters: [{name: m, default: hi}]}
    container: {image: alpine, command: [echo, "{{inputs.parameters.m}}"]}
  - name: script
    script: {image: alpine, command: [sh], source: "echo hi"}
"""


def workflow(text: str) -> Workflow:
    """The first workflow of a text."""
    loaded = load(text if "kind:" in text else f"kind: Workflow\nmetadata: {{name: wf}}\n{text}", "story.yaml")
    assert not loaded.diagnostics, [str(item) for item in loaded.diagnostics]
    return next(d.manifest for d in loaded.documents if isinstance(d.manifest, Workflow))


def play(text: str, *, leaves: bool = True, restoring: bool = False, name: str | None = None) -> Playbook:
    """Begin the story of the first workflow in a text; ``leaves`` adds the templates ``echo`` and ``script``."""
    body = textwrap.dedent(text)
    loaded = load(body + (LEAVES if leaves else ""), "story.yaml")
    assert not loaded.diagnostics, [str(item) for item in loaded.diagnostics]
    workflow = next(d.manifest for d in loaded.documents if isinstance(d.manifest, Workflow))
    library = [d.manifest for d in loaded.documents if isinstance(d.manifest, WorkflowTemplate)]
    return Playbook(workflow, library=library, restoring=restoring, name=name)


def main(body: str, *, spec: str = "", more: str = "", name: str = "wf", restoring: bool = False) -> Playbook:
    """Begin the story of a workflow whose entry template ``main`` has the given body; ``more`` are other templates."""
    text = f"""
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: {name}}}
spec:
  entrypoint: main
{textwrap.indent(textwrap.dedent(spec).strip(), "  ")}
  templates:
  - name: main
{textwrap.indent(textwrap.dedent(body).strip(), "    ")}
{textwrap.indent(textwrap.dedent(more).strip(), "  ")}
"""
    return play(text, restoring=restoring)


def refer(text: str, *, restoring: bool = False) -> Playbook:
    """Begin the story of the workflow in a text that refers to the text's other documents."""
    parts = (textwrap.dedent(part.rstrip(" ")) for part in text.split("---\n"))
    loaded = load("---\n".join(parts), "story.yaml")
    assert not [item for item in loaded.diagnostics if item.severity is Severity.ERROR], loaded.diagnostics
    workflow = next(d.manifest for d in loaded.documents if isinstance(d.manifest, Workflow))
    library = Library((document.manifest for document in loaded.documents), loaded.config_maps)
    return Playbook(pin(workflow, library, "default"), restoring=restoring)

"""Find what a name refers to: templates in the same document and in other open files."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.source import Path
from tiphys.entrypoints.lsp.project import File, Part, Project
from tiphys.entrypoints.lsp.structure import Named, mapping, spec_path, templates


class Callee(Struct, frozen=True):
    """A template, wherever it stands; ``file`` is None for one of the document that asks."""

    file: File | None
    part: Part
    path: Path

    @property
    def data(self) -> JsonObject:
        """The template."""
        return mapping(self.part.data, *self.path)


def callee(project: Project, part: Part, holder: JsonObject) -> Callee | None:
    """The template that a step, task or hook runs; an inline one has no name to be found by and is its own."""
    reference = holder.get("templateRef")
    if isinstance(reference, dict):
        return referred(project, reference)
    name = holder.get("template")
    if isinstance(name, str):
        return template_named(project, part, name)
    inline = holder.get("inline")
    if isinstance(inline, dict):
        return Callee(None, Part(part.start, part.stop, inline, part.spot), ())
    return None


def template_named(project: Project, part: Part, name: str) -> Callee | None:
    """A template by name: of the document, else of the WorkflowTemplate that the workflow is made from."""
    found = next((each for each in templates(part.data) if each.name == name), None)
    if found is not None:
        return Callee(None, part, found.path)
    reference = mapping(part.data, *spec_path(part.data), "workflowTemplateRef")
    return referred(project, {**reference, "template": name}) if reference else None


def referred(project: Project, reference: JsonObject) -> Callee | None:
    """The template that a ``templateRef`` names, if its object is open."""
    for file, part, each in referred_templates(project, reference):
        if each.name == reference.get("template"):
            return Callee(file, part, each.path)
    return None


def referred_templates(project: Project, reference: JsonObject) -> Iterator[tuple[File, Part, Named]]:
    """All templates of the object that a ``templateRef`` or ``workflowTemplateRef`` names."""
    for file, part, name in project.libraries(cluster=reference.get("clusterScope") is True):
        if name == reference.get("name"):
            yield from ((file, part, each) for each in templates(part.data))
            return


def template_names(project: Project, part: Part) -> list[str]:
    """The names that ``template`` and ``entrypoint`` can have in a document."""
    reference = mapping(part.data, *spec_path(part.data), "workflowTemplateRef")
    borrowed = [each.name for _, _, each in referred_templates(project, reference)] if reference else []
    return list(dict.fromkeys([*(each.name for each in templates(part.data)), *borrowed]))

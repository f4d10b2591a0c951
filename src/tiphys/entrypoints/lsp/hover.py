"""What a field, a variable or a name means, for the editor's hover."""

from __future__ import annotations

from lsprotocol import types

from tiphys.core.manifest.fieldhelp import description, type_name
from tiphys.core.manifest.source import Path
from tiphys.core.template import variables
from tiphys.entrypoints.lsp import schema
from tiphys.entrypoints.lsp.definition import Target, target_at
from tiphys.entrypoints.lsp.project import File, Part, Place, Project, place_at
from tiphys.entrypoints.lsp.scope import Names
from tiphys.entrypoints.lsp.structure import mapping, named, type_field
from tiphys.entrypoints.lsp.tags import Tag, dotted_name, is_bare, name_at, tag_at


def hover(project: Project, file: File, position: types.Position) -> types.Hover | None:
    """Help about what stands at a position; None where there is nothing to say."""
    offset = file.text.offset(position)
    part = file.part_at(offset)
    if part is None:
        return None
    place = place_at(part, file.text, offset)
    if place.on_key:
        return _field(file, part, place)
    tag = tag_at(file.text.source, offset, part.start)
    if tag is None and is_bare(place.path):
        tag = name_at(file.text.source, offset, place.start, is_expression=True)
    if tag is not None:
        return _variable(project, file, part, place.path, tag)
    target = target_at(project, file, position)
    return _template(target, file, place) if target is not None and target.is_template else None


def _field(file: File, part: Part, place: Place) -> types.Hover | None:
    """The type of a field and what it is for."""
    found = schema.field_at(schema.root_kind(part.data), place.path)
    if found is None:
        return None
    text = description(found.owner, found.name)
    lines = [f"**{found.name}**: {type_name(found.kind)}", *((text,) if text else ())]
    return _markdown("\n\n".join(lines), file.text.range(place.start, file.text.extent(place.start)))


def _variable(project: Project, file: File, part: Part, path: Path, tag: Tag) -> types.Hover | None:
    """What the catalogue says of a name, and whether it is in scope."""
    name = dotted_name(file.text.source[tag.start : tag.stop])
    found = variables.find(name)
    if not found:
        return None
    names = Names(project, part, path)
    offered = (each.variable for each in names.offered() if each.name == name)
    entry = next(offered, None) or next((each for each in found if names.place in each.places), found[-1])
    lines = [f"**{name}** ({entry.type}): {entry.meaning}"]
    if names.place not in entry.places:
        lines.append(f"Not available here ({names.place.value}).")
    else:
        lines.append(f"Exists: {', '.join(entry.phases)}.")
    return _markdown("\n\n".join(lines), file.text.range(tag.start, tag.stop))


def _template(target: Target, file: File, place: Place) -> types.Hover:
    """The type of a template, its inputs and its outputs."""
    data = mapping(target.part.data, *target.path)
    lines = [f"**{data.get('name', 'template')}**: {type_field(data) or 'template without a type'}"]
    for side in ("inputs", "outputs"):
        for kind in ("parameters", "artifacts"):
            names = [f"`{each.name}`" for each in named(data, (side, kind))]
            if names:
                lines.append(f"{side} {kind}: {', '.join(names)}")
    return _markdown("\n\n".join(lines), file.text.range(place.start, file.text.extent(place.start)))


def _markdown(text: str, where: types.Range) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), where)

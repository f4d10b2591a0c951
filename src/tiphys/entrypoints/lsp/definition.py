"""From a name to where it is declared: templates, steps and tasks, inputs, arguments."""

from __future__ import annotations

import re
from typing import Final

from lsprotocol import types
from msgspec import Struct

from tiphys.core.manifest.source import Path
from tiphys.entrypoints.lsp import schema
from tiphys.entrypoints.lsp.lookup import Callee, callee, template_named
from tiphys.entrypoints.lsp.project import File, Part, Project, place_at, spot_at
from tiphys.entrypoints.lsp.structure import Named, call_path, calls, mapping, named, spec_path, template_path
from tiphys.entrypoints.lsp.tags import dotted_name, is_bare, name_at, tag_at

_TEMPLATE_FIELDS: Final = frozenset(("template", "entrypoint", "onExit"))
_DECLARED: Final = re.compile(r"(?P<side>inputs|outputs)\.(?P<kind>parameters|artifacts)\.(?P<name>[^.]+)")
_ARGUMENT: Final = re.compile(r"workflow\.parameters\.(?P<name>[^.]+)")
_CALL: Final = re.compile(
    r"(?:steps|tasks)\.(?P<call>[^.]+)(?:\.outputs\.(?P<kind>parameters|artifacts)\.(?P<name>[^.]+))?"
)


class Target(Struct, frozen=True):
    """Where something is declared; ``file`` may be another one than asked about."""

    file: File
    part: Part
    path: Path
    is_template: bool = False


def definition(project: Project, file: File, position: types.Position) -> types.Location | None:
    """The place at which the name at a position is declared."""
    target = target_at(project, file, position)
    return location(target) if target is not None else None


def location(target: Target) -> types.Location | None:
    """The name of what a target is, as a range of its file."""
    text = target.file.text
    found = spot_at(target.part.spot, (*target.path, "name")) or spot_at(target.part.spot, target.path)
    if found is None:
        return None
    spot = found[1]
    start = spot if isinstance(spot, int) else spot.start
    return types.Location(target.file.uri, text.range(start, text.extent(start, flow=True)))


def target_at(project: Project, file: File, position: types.Position) -> Target | None:
    """What the name at a position refers to."""
    offset = file.text.offset(position)
    part = file.part_at(offset)
    if part is None:
        return None
    place = place_at(part, file.text, offset)
    tag = tag_at(file.text.source, offset, part.start)
    if tag is None and is_bare(place.path) and not place.on_key:
        tag = name_at(file.text.source, offset, place.start, is_expression=True)
    if tag is not None:
        return _variable(project, file, part, place.path, dotted_name(file.text.source[tag.start : tag.stop]))
    if place.on_key:
        return None
    if "depends" in place.path[-1:] or place.path[-2:-1] == ("dependencies",):
        word = name_at(file.text.source, offset, place.start, is_expression=False)
        return _call(file, part, place.path, file.text.source[word.start : word.stop].partition(".")[0])
    return _named(project, file, part, place.path)


def _named(project: Project, file: File, part: Part, path: Path) -> Target | None:
    """The template or object that a value names."""
    field = schema.field_at(schema.root_kind(part.data), path)
    if field is None:
        return None
    value = mapping(part.data, *path[:-1]).get(field.name)
    owner = field.owner.__name__
    if owner in {"TemplateRef", "WorkflowTemplateRef"}:
        if field.name == "template":
            return _callee(file, callee(project, part, {"templateRef": mapping(part.data, *path[:-1])}))
        cluster = mapping(part.data, *path[:-1]).get("clusterScope") is True
        return _object(project, value, cluster=cluster) if field.name == "name" else None
    if field.name in _TEMPLATE_FIELDS and isinstance(value, str):
        return _callee(file, template_named(project, part, value))
    if field.name == "name" and path[-4:-3] == ("arguments",):
        target = _callee(file, callee(project, part, mapping(part.data, *path[:-4])))
        return _declared(target, "inputs", str(path[-3]), str(value)) if target else None
    return None


def _callee(file: File, found: Callee | None) -> Target | None:
    return None if found is None else Target(found.file or file, found.part, found.path, is_template=True)


def _object(project: Project, name: object, *, cluster: bool) -> Target | None:
    for file, part, found in project.libraries(cluster=cluster):
        if found == name:
            return Target(file, part, ("metadata",))
    return None


def _variable(project: Project, file: File, part: Part, path: Path, name: str) -> Target | None:
    """Where a variable gets its value."""
    template = template_path(part.data, path)
    if template is not None and (match := _DECLARED.match(name)):
        return _declared(Target(file, part, template), match["side"], match["kind"], match["name"])
    if match := _ARGUMENT.match(name):
        base = (*spec_path(part.data), "arguments", "parameters")
        return _first(file, part, [each for each in named(part.data, base) if each.name == match["name"]])
    if match := _CALL.match(name):
        target = _call(file, part, path, match["call"])
        if target is None or not match["name"]:
            return target
        called = _callee(file, callee(project, part, mapping(part.data, *target.path)))
        return (_declared(called, "outputs", match["kind"], match["name"]) if called else None) or target
    return None


def _declared(target: Target, side: str, kind: str, name: str) -> Target | None:
    """An input or output of a template."""
    found = [each for each in named(target.part.data, (*target.path, side, kind)) if each.name == name]
    return _first(target.file, target.part, found)


def _call(file: File, part: Part, path: Path, name: str) -> Target | None:
    """A step or task of the template around a path."""
    template = template_path(part.data, path)
    if template is None:
        return None
    own = call_path(template, path)
    found = [each for each in calls(part.data, template) if each.name == name]
    return _first(file, part, sorted(found, key=lambda each: each.path == own))


def _first(file: File, part: Part, found: list[Named]) -> Target | None:
    return Target(file, part, found[0].path) if found else None

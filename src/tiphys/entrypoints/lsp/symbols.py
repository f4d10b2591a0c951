"""The outline of a file: objects, their templates, and the steps and tasks in them."""

from __future__ import annotations

from lsprotocol import types

from tiphys.core.manifest.source import Path
from tiphys.entrypoints.lsp.project import File, Part, spot_at
from tiphys.entrypoints.lsp.structure import Named, calls, mapping, templates, type_field


def symbols(file: File) -> list[types.DocumentSymbol]:
    """One symbol for each object that names its kind."""
    return [_object(file, part) for part in file.parts if part.kind]


def _object(file: File, part: Part) -> types.DocumentSymbol:
    metadata = mapping(part.data, "metadata")
    name = metadata.get("name") or metadata.get("generateName") or part.kind
    start = part.start
    where = file.text.range(start, part.stop)
    children = [_template(file, part, each) for each in templates(part.data)]
    return types.DocumentSymbol(
        name=str(name),
        kind=types.SymbolKind.Module,
        range=where,
        selection_range=file.text.range(start, start),
        detail=part.kind,
        children=children,
    )


def _template(file: File, part: Part, template: Named) -> types.DocumentSymbol:
    inner = [_leaf(file, part, each, "") for each in calls(part.data, template.path)]
    found = _leaf(file, part, template, type_field(template.data))
    found.kind = types.SymbolKind.Function
    found.children = inner
    return found


def _leaf(file: File, part: Part, each: Named, detail: str) -> types.DocumentSymbol:
    where = _range(file, part, (*each.path, "name"))
    return types.DocumentSymbol(
        name=each.name, kind=types.SymbolKind.Event, range=where, selection_range=where, detail=detail or None
    )


def _range(file: File, part: Part, path: Path) -> types.Range:
    found = spot_at(part.spot, path)
    spot = found[1] if found else part.start
    start = spot if isinstance(spot, int) else spot.start
    return file.text.range(start, file.text.extent(start))

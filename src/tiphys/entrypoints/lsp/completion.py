"""What can be typed at a place: fields, words, names of templates, tasks and parameters, variables in tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lsprotocol import types
from msgspec import Struct

from tiphys.core.manifest.fieldhelp import description, type_name
from tiphys.core.manifest.shapes import RecordOf
from tiphys.core.manifest.source import Path
from tiphys.entrypoints.lsp import schema
from tiphys.entrypoints.lsp.flow import Cursor
from tiphys.entrypoints.lsp.lookup import callee, referred_templates, template_names
from tiphys.entrypoints.lsp.outline import Outline
from tiphys.entrypoints.lsp.project import LIBRARIES, File, Part, Project
from tiphys.entrypoints.lsp.scope import Names
from tiphys.entrypoints.lsp.structure import call_path, calls, dig, mapping, named, template_path
from tiphys.entrypoints.lsp.tags import Tag, is_bare, name_at, tag_at, written
from tiphys.entrypoints.lsp.words import words_of

_DEPENDS: Final = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed")
_TEMPLATE_FIELDS: Final = frozenset(("template", "entrypoint", "onExit"))


class _Asked(Struct, frozen=True):
    """One question: what can stand at ``offset``, which replaces the text from the cursor's start to it."""

    project: Project
    file: File
    part: Part
    cursor: Cursor
    offset: int


def completion(project: Project, file: File, position: types.Position) -> list[types.CompletionItem]:
    """Everything that can be typed at a position; the editor filters by what is typed already."""
    offset = file.text.offset(position)
    part = file.part_at(offset)
    if part is None:
        return []
    cursor = Outline(file.text.source, part.start, part.stop).cursor(offset)
    asked = _Asked(project, file, part, cursor, offset)
    tag = _tag(asked)
    if tag is not None:
        return list(_variables(asked, tag))
    if cursor.mode == "key":
        return list(_fields(asked))
    return list(_values(asked)) if cursor.mode == "value" else []


def _tag(asked: _Asked) -> Tag | None:
    """The tag or bare expression that is being typed."""
    cursor, source = asked.cursor, asked.file.text.source
    if cursor.mode == "none":
        return None
    found = tag_at(source, asked.offset, asked.part.start)
    if found is None and cursor.mode == "value" and is_bare(cursor.path):
        return name_at(source, asked.offset, cursor.start, is_expression=True)
    return found


def _variables(asked: _Asked, tag: Tag) -> Iterator[types.CompletionItem]:
    """The names that are in scope, and functions where an expression stands."""
    where = asked.file.text.range(tag.start, tag.stop)
    for offered in Names(asked.project, asked.part, asked.cursor.path).offered():
        name = written(offered.name, is_expression=tag.is_expression)
        if offered.variable.text or tag.is_expression or _is_reference(asked.cursor.path):
            yield _item(name, types.CompletionItemKind.Variable, where, offered.variable.type, offered.variable.meaning)
    if tag.is_expression:
        yield from (_item(f"{name}(", types.CompletionItemKind.Function, where, "function") for name in _functions())


def _is_reference(path: Path) -> bool:
    return bool(path) and path[-1] == "from"


def _functions() -> list[str]:
    from tiphys.core.expr.builtins.catalogue import argo_functions, builtin_specs

    own = [name for name, value in argo_functions(with_sprig=False).items() if callable(value)]
    return sorted({*builtin_specs(), *own})


def _fields(asked: _Asked) -> Iterator[types.CompletionItem]:
    """Fields of the mapping that it does not have yet."""
    cursor = asked.cursor
    kind = schema.kind_at(schema.root_kind(asked.part.data), cursor.path)
    if not isinstance(kind, RecordOf):
        yield from _items(asked)
        return
    there = mapping(asked.part.data, *cursor.path)
    where = asked.file.text.range(cursor.start, asked.offset)
    for name, field in kind.table().items():
        if name in there and cursor.prefix != name:
            continue
        text = description(kind.record, name)
        end = schema.starter(field.kind) or ""
        yield _item(name, types.CompletionItemKind.Field, where, type_name(field.kind), text, insert=f"{name}:{end}")


def _items(asked: _Asked) -> Iterator[types.CompletionItem]:
    """Words in a place that is no mapping: items of a list of names."""
    if asked.cursor.path[-2:-1] == ("dependencies",):
        yield from _tasks(asked)


def _values(asked: _Asked) -> Iterator[types.CompletionItem]:
    """What can stand after a colon or dash."""
    path = asked.cursor.path
    field = schema.field_at(schema.root_kind(asked.part.data), path)
    if field is None:
        yield from _items(asked)
        return
    yield from _words(asked, words_of(field), types.CompletionItemKind.EnumMember)
    if field.name in _TEMPLATE_FIELDS and field.owner.__name__ not in {"TemplateRef"}:
        names = template_names(asked.project, asked.part)
        yield from _words(asked, names, types.CompletionItemKind.Function, "template")
    elif field.owner.__name__ in {"TemplateRef", "WorkflowTemplateRef"}:
        yield from _references(asked, field.name)
    elif field.name in {"depends", "target"}:
        yield from _tasks(asked)
    elif field.name == "name" and path[-4:-3] == ("arguments",):
        yield from _inputs(asked)


def _references(asked: _Asked, field: str) -> Iterator[types.CompletionItem]:
    """Names of objects, and of the templates in one."""
    reference = mapping(asked.part.data, *asked.cursor.path[:-1])
    cluster = reference.get("clusterScope") is True
    if field == "template":
        names = [each.name for _, _, each in referred_templates(asked.project, reference)]
        yield from _words(asked, names, types.CompletionItemKind.Function, "template")
    elif field == "name":
        kind = next(kind for kind, whole in LIBRARIES.items() if whole is cluster)
        names = [name for _, _, name in asked.project.libraries(cluster=cluster)]
        yield from _words(asked, names, types.CompletionItemKind.Module, kind)


def _tasks(asked: _Asked) -> Iterator[types.CompletionItem]:
    """The other tasks of the DAG; after a dot the results that a task can have."""
    source, offset = asked.file.text.source, asked.offset
    template = template_path(asked.part.data, asked.cursor.path)
    if template is None:
        return
    word = name_at(source, offset, asked.cursor.start, is_expression=False)
    own = call_path(template, asked.cursor.path)
    names = [each.name for each in calls(asked.part.data, template) if each.path != own]
    typed = source[word.start : offset]
    if "." in typed:
        start = word.start + typed.rindex(".") + 1
        where = asked.file.text.range(start, word.stop)
        yield from (_item(name, types.CompletionItemKind.EnumMember, where, "result") for name in _DEPENDS)
        return
    where = asked.file.text.range(word.start, word.stop)
    yield from (_item(name, types.CompletionItemKind.Event, where, "task") for name in names)


def _inputs(asked: _Asked) -> Iterator[types.CompletionItem]:
    """The inputs of the template that is called; ``path`` ends with arguments, kind, index, name."""
    path = asked.cursor.path
    holder = mapping(asked.part.data, *path[:-4])
    target = callee(asked.project, asked.part, holder)
    if target is None:
        return
    given = {each.name for each in named(asked.part.data, path[:-2]) if each.path != path[:-1]}
    for each in named(target.data, ("inputs", str(path[-3]))):
        if each.name not in given:
            default = dig(each.data, ("default",))
            detail = "input" if default is None else f"input, default {default}"
            yield from _words(asked, (each.name,), types.CompletionItemKind.Property, detail)


def _words(
    asked: _Asked, names: list[str] | tuple[str, ...], kind: types.CompletionItemKind, detail: str = ""
) -> Iterator[types.CompletionItem]:
    where = asked.file.text.range(asked.cursor.start, asked.offset)
    space = " " if asked.cursor.glued else ""
    yield from (_item(name, kind, where, detail, insert=f"{space}{name}") for name in names)


def _item(
    label: str,
    kind: types.CompletionItemKind,
    where: types.Range,
    detail: str = "",
    documentation: str = "",
    *,
    insert: str | None = None,
) -> types.CompletionItem:
    return types.CompletionItem(
        label=label,
        kind=kind,
        detail=detail or None,
        documentation=documentation or None,
        text_edit=types.TextEdit(where, insert or label),
    )

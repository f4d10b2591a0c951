"""Templates, steps and tasks in the plain data of a document, typed or half typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.validate.kinds import TYPES

#: Fields that say of which type a template is.
TYPE_FIELDS: Final = tuple(field for _, field, _ in TYPES)


class Named(NamedTuple):
    """Something with a name: a template, step, task or parameter, and where it stands."""

    name: str
    path: Path
    data: JsonObject


def dig(data: JsonValue, path: Path) -> JsonValue:
    """The value at a path; None when there is none."""
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
            data = data[part]
        else:
            return None
    return data


def mapping(data: JsonValue, *path: str | int) -> JsonObject:
    """The mapping at a path; an empty one when there is none."""
    found = dig(data, path)
    return found if isinstance(found, dict) else {}


def items(data: JsonValue, path: Path) -> Iterator[tuple[Path, JsonValue]]:
    """The items of the list at a path, with their paths."""
    found = dig(data, path)
    for at, item in enumerate(found if isinstance(found, list) else ()):
        yield (*path, at), item


def named(data: JsonValue, path: Path) -> Iterator[Named]:
    """The items of a list that are mappings with a name."""
    for place, item in items(data, path):
        if isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"]:
            yield Named(str(item["name"]), place, item)


def spec_path(data: JsonValue) -> Path:
    """Where the templates' owner stands: in a CronWorkflow one level deeper."""
    cron = isinstance(data, dict) and data.get("kind") == "CronWorkflow"
    return ("spec", "workflowSpec") if cron else ("spec",)


def templates(data: JsonValue) -> Iterator[Named]:
    """The templates of a document that have a name."""
    return named(data, (*spec_path(data), "templates"))


def template_path(data: JsonValue, path: Path) -> Path | None:
    """The path of the innermost template around a place."""
    base = spec_path(data)
    found: Path | None = None
    if path[: len(base)] == base:
        rest = path[len(base) :]
        if len(rest) > 1 and rest[0] == "templates" and isinstance(rest[1], int):
            found = path[: len(base) + 2]
        elif rest[:1] == ("templateDefaults",):
            found = path[: len(base) + 1]
    if found is not None and "inline" in path[len(found) :]:
        last = max(at for at, part in enumerate(path) if part == "inline")
        found = path[: last + 1]
    return found


def calls(data: JsonValue, template: Path) -> Iterator[Named]:
    """The steps and tasks of a template."""
    for group, _ in items(data, (*template, "steps")):
        yield from named(data, group)
    yield from named(data, (*template, "dag", "tasks"))


def call_path(template: Path | None, path: Path) -> Path | None:
    """The path of the step or task of a template around a place."""
    if template is None:
        return None
    rest = path[len(template) :]
    if len(rest) >= 3 and (rest[0] == "steps" or rest[:2] == ("dag", "tasks")):
        return path[: len(template) + 3]
    return None


def type_field(template: JsonObject) -> str:
    """The field that says of which type a template is; empty when there is none."""
    return next((field for field in TYPE_FIELDS if field in template), "")

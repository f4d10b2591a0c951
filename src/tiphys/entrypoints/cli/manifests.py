"""Objects of any kind in files, for ``apply`` and ``delete-object``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tiphys.errors import UsageError

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonObject, JsonValue


class Given(NamedTuple):
    """One object of a file."""

    file: str
    manifest: JsonObject


def read_objects(files: Sequence[str]) -> list[Given]:
    """All objects of files and directories, ``-`` is standard input; lists are taken apart.

    Raises:
        UsageError: a file cannot be read, is no YAML, or holds something that is no object.
    """
    found = [given for file in files for path in paths_of(file) for given in _of_file(path)]
    if not found:
        raise UsageError("no objects passed: the files are empty")
    return found


def paths_of(file: str) -> Iterator[str]:
    """The file itself, or the manifests in a directory."""
    if file != "-" and Path(file).is_dir():
        yield from sorted(str(path) for path in Path(file).iterdir() if path.suffix in (".yaml", ".yml", ".json"))
    else:
        yield file


def _of_file(file: str) -> Iterator[Given]:
    from tiphys.core.manifest.yaml import YamlError, parse

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        text = text.removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise UsageError(f"{file} cannot be read: {reason.lower()}", where=file) from None
    try:
        documents = parse(text)
    except YamlError as error:
        raise UsageError(f"not YAML: {error.message}", where=f"{file}:{error.place(text)}") from None
    for document in documents:
        yield from _objects(file, document.data)


def _objects(file: str, data: JsonValue) -> Iterator[Given]:
    if data is None:
        return
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("kind"), str)
        or not isinstance(data.get("apiVersion"), str)
    ):
        raise UsageError("a document is no object: it has no apiVersion and kind", where=file)
    items = data.get("items")
    if str(data["kind"]).endswith("List") and isinstance(items, list):
        for item in items:
            yield from _objects(file, item)
        return
    yield Given(file, data)

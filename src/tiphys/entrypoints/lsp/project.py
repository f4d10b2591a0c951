"""The open files: their texts, what the reader made of them, and the findings of each.

A file is split into documents (``Part``). A document that parses is read by the manifest reader's YAML parser; one
that does not is read line by line (``outline``), so that a half-written line costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tiphys.core.manifest import yaml
from tiphys.core.manifest.document import Loaded
from tiphys.core.manifest.load import MAX_SIZE, load
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot
from tiphys.core.validate.library import Library
from tiphys.entrypoints.lsp.outline import Outline
from tiphys.entrypoints.lsp.text import Text, Units, utf16

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest

_SEPARATOR: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
#: Kinds that others refer to, and whether they belong to the whole cluster.
LIBRARIES: Final = {"WorkflowTemplate": False, "ClusterWorkflowTemplate": True}


class Part(Struct, frozen=True, eq=False):
    """One document of a file: ``start`` and ``stop`` are offsets, ``data`` and ``spot`` what stands there."""

    start: int
    stop: int
    data: JsonValue
    spot: Spot

    @property
    def kind(self) -> str:
        """The kind that the document names; empty while it names none."""
        kind = self.data.get("kind") if isinstance(self.data, dict) else None
        return kind if isinstance(kind, str) else ""


class File:
    """One version of an open file."""

    def __init__(self, uri: str, source: str, version: int | None = None, units: Units = utf16) -> None:
        self.uri = uri
        self.version = version
        self.text = Text(source, units)
        self._loaded: Loaded | None = None
        self._parts: tuple[Part, ...] | None = None

    @property
    def loaded(self) -> Loaded:
        """What the manifest reader says of the text."""
        if self._loaded is None:
            self._loaded = load(self.text.source, self.uri)
        return self._loaded

    @property
    def parts(self) -> tuple[Part, ...]:
        """The documents, those that do not parse too."""
        if self._parts is None:
            self._parts = tuple(read_part(self.text.source, *bounds) for bounds in self.bounds())
        return self._parts

    def part_at(self, offset: int) -> Part | None:
        """The document in which an offset lies."""
        return next((part for part in reversed(self.parts) if part.start <= offset), None)

    def bounds(self) -> list[tuple[int, int]]:
        """The offsets of the documents."""
        source = self.text.source
        if len(source) > MAX_SIZE:
            return []
        starts = [1 if source.startswith("\ufeff") else 0]
        starts += [match.start() for match in _SEPARATOR.finditer(source) if match.start() > starts[0]]
        return list(zip(starts, [*starts[1:], len(source)], strict=True))


def read_part(source: str, start: int, stop: int) -> Part:
    """Read one document, by the parser when it can."""
    try:
        found = yaml.parse(source[start:stop], start)
    except yaml.YamlError:
        found = []
    if found and isinstance(found[0].data, dict):
        return Part(start, stop, found[0].data, found[0].spot)
    outline = Outline(source, start, stop).read()
    return Part(start, stop, outline.data, outline.spot)


class Place(Struct, frozen=True):
    """What stands at an offset: the path, and whether the offset is in the key or in the value."""

    path: Path
    on_key: bool
    start: int


def place_at(part: Part, text: Text, offset: int) -> Place:
    """The innermost value, or its key, in which an offset lies."""
    path: Path = ()
    spot = part.spot
    start, on_key = spot if isinstance(spot, int) else spot.start, False
    while not isinstance(spot, int):
        found = _innermost(spot, offset)
        if found is None:
            break
        name, key, value = found
        path, spot = (*path, name), value
        begin = value if isinstance(value, int) else value.start
        on_key = isinstance(name, str) and (begin < key or offset <= text.extent(key))
        start = key if on_key else begin
        if on_key or begin > offset:
            break
    return Place(path, on_key, start)


def _innermost(spot: MapSpot | ListSpot, offset: int) -> tuple[str | int, int, Spot] | None:
    """The entry that begins last before an offset: its name, where it begins, and its value."""
    if isinstance(spot, MapSpot):
        entries: list[tuple[str | int, int, Spot]] = [(key, *entry) for key, entry in spot.entries.items()]
    else:
        entries = [(at, each if isinstance(each, int) else each.start, each) for at, each in enumerate(spot.items)]
    before = [entry for entry in entries if entry[1] <= offset]
    return max(before, key=lambda entry: entry[1], default=None)


def spot_at(spot: Spot, path: Path) -> tuple[int, Spot] | None:
    """Where the key of a path stands (the value inside of a list), and the places of its value."""
    key = spot if isinstance(spot, int) else spot.start
    for part in path:
        if isinstance(spot, MapSpot) and isinstance(part, str) and part in spot.entries:
            key, spot = spot.entries[part]
        elif isinstance(spot, ListSpot) and isinstance(part, int) and 0 <= part < len(spot.items):
            spot = spot.items[part]
            key = spot if isinstance(spot, int) else spot.start
        else:
            return None
    return key, spot


class Project:
    """All open files. Every method answers for any text."""

    def __init__(self, units: Units = utf16) -> None:
        self.units = units
        self._files: dict[str, File] = {}
        self._library: Library | None = None

    def put(self, uri: str, source: str, version: int | None = None) -> File:
        """Open a file or replace its text."""
        self._library = None
        self._files[uri] = file = File(uri, source, version, self.units)
        return file

    def close(self, uri: str) -> None:
        """Forget a file."""
        self._library = None
        self._files.pop(uri, None)

    def file(self, uri: str) -> File | None:
        """An open file."""
        return self._files.get(uri)

    def files(self) -> tuple[File, ...]:
        """All open files in the order of their opening."""
        return tuple(self._files.values())

    def library(self) -> Library:
        """The templates that all open files offer to each other."""
        if self._library is None:
            self._library = Library(self._manifests())
        return self._library

    def _manifests(self) -> Iterator[Manifest]:
        return (document.manifest for file in self._files.values() for document in file.loaded.documents)

    def libraries(self, *, cluster: bool) -> Iterator[tuple[File, Part, str]]:
        """The open WorkflowTemplates or ClusterWorkflowTemplates with their names."""
        for file in self._files.values():
            for part in file.parts:
                metadata = part.data.get("metadata") if isinstance(part.data, dict) else None
                name = metadata.get("name") if isinstance(metadata, dict) else None
                if LIBRARIES.get(part.kind) is cluster and isinstance(name, str):
                    yield file, part, name

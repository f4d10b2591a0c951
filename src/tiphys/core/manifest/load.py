"""Text becomes documents: split, parsed, typed, and every finding at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiphys.core.manifest import yaml
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.document import Document, Loaded, Plain
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.spots import Lines, Tree

if TYPE_CHECKING:
    from tiphys.core.manifest.model.configmap import ConfigMap

# ``findings`` and ``json_text`` are imported where they are needed: a good YAML text needs neither.

#: Characters (or bytes) of one text.
MAX_SIZE = 16 * 1024 * 1024
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def load(text: str | bytes, file: str, *, strict: bool = True) -> Loaded:
    """Read every document of a text.

    Never raises for what is in the text. A document with an error finding is not among the documents; the others
    are. ``strict=False`` allows unknown fields and keys that are written twice (the last one counts).
    """
    from_bytes = text if isinstance(text, bytes) else None
    if len(text) > MAX_SIZE:
        message = f"the text is larger than {MAX_SIZE // 1024 // 1024} MiB"
        return Loaded((), (Diagnostic(code="T109", message=message, span=Lines(file, "").span(0)),))
    try:
        text = _decoded(text) if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        return Loaded((), (_not_unicode(from_bytes or b"", file, error),))
    reader = _Reader(Lines(file, text.removeprefix("\ufeff")), strict)
    reader.read()
    return Loaded(tuple(reader.documents), tuple(reader.diagnostics), tuple(reader.config_maps), tuple(reader.objects))


def _decoded(text: bytes) -> str:
    for mark, encoding in _BOMS:
        if text.startswith(mark):
            return text[len(mark) :].decode(encoding)
    return text.decode("utf-8")


def _not_unicode(text: bytes, file: str, error: UnicodeDecodeError) -> Diagnostic:
    from tiphys.core.manifest import findings

    bare = text[2:] if error.encoding != "utf-8" else text
    before = bare[: error.start].decode(error.encoding, "replace")
    problem = yaml.YamlError(len(before), f"byte 0x{bare[error.start]:02x} is not {error.encoding.upper()}")
    return findings.unreadable(Lines(file, f"{before}?"), problem)


class _Reader:
    """Reads the documents of one text one after the other."""

    def __init__(self, lines: Lines, strict: bool) -> None:
        self.lines = lines
        self.strict = strict
        self.count = 0
        self.documents: list[Document] = []
        self.diagnostics: list[Diagnostic] = []
        self.config_maps: list[ConfigMap] = []
        self.objects: list[Plain] = []

    def read(self) -> None:
        """Fill ``documents`` and ``diagnostics``."""
        for parsed in self._parsed():
            self._object(parsed)
            self.count += 1
        if not self.count:
            from tiphys.core.manifest import findings

            self.diagnostics.append(findings.nothing(self.lines.span(0)))

    def _parsed(self) -> Iterator[yaml.Parsed]:
        text = self.lines.text
        try:
            value = _json(text)
        except yaml.YamlError as error:
            self._unreadable(error)
            return
        if value is not None:
            yield value
            return
        for start, part in _parts(text):
            try:
                yield from yaml.parse(part, start)
            except yaml.YamlError as error:
                self._unreadable(error)

    def _unreadable(self, error: yaml.YamlError) -> None:
        from tiphys.core.manifest import findings

        self.diagnostics.append(findings.unreadable(self.lines, error))
        self.count += 1

    def _object(self, parsed: yaml.Parsed) -> None:
        tree = Tree(self.lines, parsed.spot)
        data = parsed.data
        kind = data.get("kind") if isinstance(data, dict) else None
        if isinstance(data, dict) and isinstance(kind, str) and kind in KINDS:
            self._document(kind, data, tree, parsed)
        elif isinstance(data, dict) and kind == "ConfigMap" and data.get("data"):
            self._config_map(data, tree)
        else:
            from tiphys.core.manifest import findings

            finding = findings.unusable(data, tree, tuple(KINDS))
            self.diagnostics.append(finding)
            if isinstance(data, dict) and finding.severity is Severity.WARNING and _is_object(data):
                self.objects.append(Plain(data, finding))

    def _config_map(self, data: JsonObject, tree: Tree) -> None:
        """A config map that parameters or semaphores may read."""
        from tiphys.core.manifest.model.configmap import ConfigMap

        decoded = check(ConfigMap, data, strict=False)
        if decoded.record is not None:
            self.config_maps.append(decoded.record)
            if _is_object(data):
                self.objects.append(Plain(data))
            return
        from tiphys.core.manifest import findings

        self.diagnostics += findings.diagnose(ConfigMap, decoded.problems, tree, f'in "{_name(data)}" (ConfigMap)')

    def _document(self, kind: str, data: JsonObject, tree: Tree, parsed: yaml.Parsed) -> None:
        if parsed.words:
            from tiphys.core.manifest import findings

            self.diagnostics += [findings.word_key(self.lines, *word) for word in parsed.words]
        cls = KINDS[kind]
        name = _name(data)
        decoded = check(cls, data, strict=self.strict)
        duplicates = parsed.duplicates if self.strict else ()
        if decoded.problems or duplicates:
            from tiphys.core.manifest import findings

            owner = f'in "{name or f"object #{self.count + 1}"}" ({kind})'
            self.diagnostics += findings.diagnose(cls, decoded.problems, tree, owner)
            self.diagnostics += [findings.duplicate(self.lines, *each, owner) for each in duplicates]
        if decoded.record is None or duplicates:
            return
        document = Document(
            file=self.lines.file,
            index=self.count,
            kind=kind,
            name=name,
            manifest=decoded.record,
            data=data,
            places=tree,
        )
        self.documents.append(document)


def _json(text: str) -> yaml.Parsed | None:
    """The value of a text that is JSON as a whole; None for other texts, which are YAML.

    Raises:
        YamlError: the JSON passes a limit.
    """
    if text.lstrip(" \t\r\n")[:1] not in ("{", "["):
        return None
    from tiphys.core.manifest import json_text

    return json_text.parse(text)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a text with their offsets; blank ones are left out.

    They are parsed one by one, as Argo does it, so that a mistake in one does not hide the others.
    """
    starts = [0]
    if "---" in text:
        starts += [match.start() for match in re.finditer(r"^---(?=[ \t\r\n]|\Z)", text, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if not _is_blank(text, start, end):
            yield start, text[start:end]


def _is_blank(text: str, start: int, end: int) -> bool:
    """Whether there is nothing but comments and directives between two offsets."""
    if text.startswith("---", start, end):
        start += 3
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop == -1 else stop
        line = text[start:stop].strip(" \t\r\ufeff")
        if line and line[0] not in "#%" and line != "...":
            return False
        start = stop + 1
    return True


def _is_object(data: JsonObject) -> bool:
    """Whether a document has all that names an object."""
    return isinstance(data.get("apiVersion"), str) and bool(_name(data))


def _name(data: JsonObject) -> str:
    """What the document calls itself: its name, else the beginning of the name that it asks for."""
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    named = (metadata.get(key) for key in ("name", "generateName"))
    return next((name for name in named if isinstance(name, str) and name), "")

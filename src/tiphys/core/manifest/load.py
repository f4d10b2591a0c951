"""Text becomes documents: split, parsed, typed, and every finding at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tiphys.core.manifest import findings, json_text, yaml
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.document import Document, Loaded, Manifest
from tiphys.core.manifest.model.cron import CronWorkflow
from tiphys.core.manifest.model.events import WorkflowEventBinding
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, Workflow, WorkflowTemplate
from tiphys.core.manifest.spots import Lines, Tree

#: Bytes of one text.
MAX_SIZE = 16 * 1024 * 1024
KINDS: dict[str, type[Manifest]] = {
    "Workflow": Workflow,
    "WorkflowTemplate": WorkflowTemplate,
    "ClusterWorkflowTemplate": ClusterWorkflowTemplate,
    "CronWorkflow": CronWorkflow,
    "WorkflowEventBinding": WorkflowEventBinding,
}
#: Kinds whose names are near to ours without being slips.
_FOREIGN = frozenset({"WorkflowTaskSet", "WorkflowTaskResult", "WorkflowArtifactGCTask", "CronJob"})
_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BLANK = re.compile(r"(?:---)?(?:[ \t]*(?:[#%][^\n]*|\.\.\.[ \t\r]*)?(?:\r?\n|\Z))*\Z")
#: What YAML does not allow anywhere in a text.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def load(text: str | bytes, file: str, *, strict: bool = True) -> Loaded:
    """Read every document of a text.

    Never raises for what is in the text. A document with an error finding is not among the documents; the others
    are. ``strict=False`` allows unknown fields and keys that are written twice (the last one counts).
    """
    if len(text) > MAX_SIZE:
        message = f"the text is larger than {MAX_SIZE // 1024 // 1024} MiB"
        return Loaded((), (Diagnostic(code="T109", message=message, span=Lines(file, "").span(0)),))
    if isinstance(text, bytes):
        try:
            text = _decoded(text)
        except UnicodeDecodeError as error:
            return Loaded((), (_not_unicode(text, file, error),))
    reader = _Reader(Lines(file, text.removeprefix("\ufeff")), strict)
    reader.read()
    return Loaded(tuple(reader.documents), tuple(reader.diagnostics))


def _decoded(text: bytes) -> str:
    for mark, encoding in _BOMS:
        if text.startswith(mark):
            return text[2:].decode(encoding)
    return text.decode("utf-8")


def _not_unicode(text: bytes, file: str, error: UnicodeDecodeError) -> Diagnostic:
    before = text[: error.start].decode(error.encoding, "replace")
    bad = text[error.start : error.start + 1]
    problem = yaml.YamlError(len(before), f"byte 0x{bad.hex()} is not {error.encoding.upper()}")
    return findings.unreadable(Lines(file, f"{before}?"), problem)


class _Reader:
    """Reads the documents of one text one after the other."""

    def __init__(self, lines: Lines, strict: bool) -> None:
        self.lines = lines
        self.strict = strict
        self.count = 0
        self.documents: list[Document] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self) -> None:
        """Fill ``documents`` and ``diagnostics``."""
        for parsed in self._parsed():
            self._object(parsed)
            self.count += 1
        if not self.count and not self.diagnostics:
            self.diagnostics.append(findings.no_object(self.lines.span(0), "there is no document in this text"))

    def _parsed(self) -> Iterator[yaml.Parsed]:
        text = self.lines.text
        if text.lstrip()[:1] in {"{", "["} and text.lstrip():
            try:
                value = json_text.parse(text)
            except yaml.YamlError as error:
                self._unreadable(error)
                return
            if value:
                yield value
                return
        forbidden = _FORBIDDEN.search(text)
        if forbidden:
            name = f"the character U+{ord(forbidden[0]):04X} is not allowed"
            self._unreadable(yaml.YamlError(forbidden.start(), name))
            return
        for start, part in _parts(text):
            try:
                yield from yaml.parse(part, start)
            except yaml.YamlError as error:
                self._unreadable(error)

    def _unreadable(self, error: yaml.YamlError) -> None:
        self.diagnostics.append(findings.unreadable(self.lines, error))
        self.count += 1

    def _object(self, parsed: yaml.Parsed) -> None:
        tree = Tree(self.lines, parsed.spot)
        data = parsed.data
        if not isinstance(data, dict):
            message = "the document is not a mapping with apiVersion, kind, metadata and spec"
            self.diagnostics.append(findings.no_object(tree.span(()), message))
            return
        kind = data.get("kind")
        if not isinstance(kind, str) or not kind:
            self.diagnostics.append(_no_kind(tree, data))
        elif kind in KINDS:
            self._document(kind, data, tree, parsed)
        else:
            self._unknown_kind(kind, tree)

    def _unknown_kind(self, kind: str, tree: Tree) -> None:
        foreign = kind in _FOREIGN or len(kind) > 60
        near = None if foreign else findings.nearest(kind, KINDS)
        self.diagnostics.append(findings.unknown_kind(tree.span(("kind",)), kind, near))

    def _document(self, kind: str, data: JsonObject, tree: Tree, parsed: yaml.Parsed) -> None:
        cls = KINDS[kind]
        name = _name(data)
        owner = f'in "{name or f"object #{self.count + 1}"}" ({kind})'
        decoded = check(cls, data, strict=self.strict)
        found = [
            findings.duplicate(self.lines, offset, key, first, owner)
            for offset, key, first in (parsed.duplicates if self.strict else ())
        ]
        if decoded.problems:
            found = findings.diagnose(cls, decoded.problems, tree, owner) + found
        self.diagnostics.extend(found)
        if decoded.record is not None and not any(each.severity is Severity.ERROR for each in found):
            self.documents.append(
                Document(
                    file=self.lines.file,
                    index=self.count,
                    kind=kind,
                    name=name,
                    manifest=decoded.record,
                    data=data,
                    places=tree,
                )
            )


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a text with their offsets; blank ones are left out."""
    starts = [match.start() for match in _SEPARATOR.finditer(text)]
    if not starts or starts[0] != 0:
        starts.insert(0, 0)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        if not _BLANK.match(part):
            yield start, part


def _name(data: JsonObject) -> str:
    """What the document calls itself: its name, else the beginning of the name that it asks for."""
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    named = (metadata.get(key) for key in ("name", "generateName"))
    return next((name for name in named if isinstance(name, str) and name), "")


def _no_kind(tree: Tree, data: JsonObject) -> Diagnostic:
    if data.get("kind") is not None and data["kind"] != "":
        return findings.no_object(tree.span(("kind",)), "kind is not a string", ("kind",))
    near = next((key for key in data if key != "kind" and key.lower() == "kind"), None)
    hint = f'write "kind" instead of "{near}"' if near else "add a line such as kind: Workflow"
    return findings.no_object(tree.key_span((near,) if near else ()), "the document has no kind", hint=hint)

"""Problems become diagnostics: code, place, sentence, hint, Argo's text.

T101  the text is no YAML or JSON
T102  the document is not an object with a kind
T103  the kind is unknown
T104  a key is written twice
T105  a field is unknown
T106  a value has the wrong type
T107  steps are not a list of lists
T108  a value is malformed
T109  the text passes a limit
T110  a key is a word that is read as a boolean
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from tiphys.core.manifest import decode, nesting
from tiphys.core.manifest.diagnostics import Diagnostic, Severity
from tiphys.core.manifest.gotypes import struct_name
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.problems import PUT_IN_QUOTES, Problem, described
from tiphys.core.manifest.shapes import Field, ListOf, RecordOf
from tiphys.core.manifest.source import Path, Span, dotted
from tiphys.core.manifest.spots import Lines, Tree
from tiphys.core.manifest.yaml import YamlError

#: What Argo logs for a document that it cannot read, before it skips it.
NOT_VALID = "yaml file is not valid"
#: What the YAML reader says of a line that stands left of the item it belongs to.
_NO_DASH = "did not find expected '-' indicator"
#: Looking for a near name is slow; a text with more unknown fields than this has another trouble.
_MAX_HINTS = 50
#: Kinds whose names are near to ours without being slips.
_FOREIGN = frozenset({"CronJob"})
_LONGEST_KIND = 60
_YES = frozenset({"y", "yes", "on"})
#: Fields of so many records that nobody can tell which one was meant.
_EVERYWHERE = frozenset({"name", "value", "key", "namespace", "labels", "annotations", "optional"})


def unreadable(lines: Lines, error: YamlError) -> Diagnostic:
    """The finding for a text that cannot be parsed."""
    span = lines.span(error.offset)
    line = lines.line(span.line)
    hint = None
    if "\t" in line[: len(line) - len(line.lstrip())] or line[span.column - 1 : span.column] == "\t":
        hint = "YAML does not allow tabs for indentation; use spaces"
    elif line[max(span.column - 2, 0) : span.column] == "{{":
        hint = 'a text that begins with a tag needs quotes: "{{…}}"'
    elif _NO_DASH in error.message:
        hint = (
            "what belongs to an item begins where the first word behind its dashes begins; is it indented too little?"
        )
    code = "T109" if error.limit else "T101"
    message = error.message if error.limit else f"not valid YAML: {error.message}"
    return Diagnostic(code=code, message=message, span=span, hint=hint, argo=None if error.limit else NOT_VALID)


def no_object(span: Span, message: str, path: Path = (), hint: str | None = None) -> Diagnostic:
    """The finding for a document that is not an object with a kind."""
    return Diagnostic(code="T102", message=message, span=span, path=path, hint=hint, argo=NOT_VALID)


def nothing(span: Span) -> Diagnostic:
    """The warning about a text without documents: Argo passes it over, a template may render to nothing."""
    found = no_object(span, "there is no document in this text")
    return structs.replace(found, severity=Severity.WARNING)


def is_nothing(finding: Diagnostic) -> bool:
    """Whether a finding is that of a text without documents."""
    return finding.code == "T102" and finding.severity is Severity.WARNING


def unusable(data: JsonValue, tree: Tree, kinds: Sequence[str]) -> Diagnostic:
    """The finding for a document that is not an object of a known kind."""
    if not isinstance(data, dict):
        return no_object(tree.span(()), "the document is not a mapping with apiVersion, kind, metadata and spec")
    kind = data.get("kind")
    if isinstance(kind, str) and kind:
        return _unknown_kind(tree.span(("kind",)), kind, kinds)
    if kind is not None and kind != "":
        return no_object(tree.span(("kind",)), f"kind: expected a string, found {described(kind)}", ("kind",))
    near = next((key for key in data if key != "kind" and key.lower() == "kind"), None)
    hint = f'write "kind" instead of "{near}"' if near else "add a line such as kind: Workflow"
    return no_object(tree.key_span((near,) if near else ()), "the document has no kind", hint=hint)


def _unknown_kind(span: Span, kind: str, kinds: Sequence[str]) -> Diagnostic:
    """Other kinds are no concern of ours; one that looks like a slip is an error."""
    near = None if kind in _FOREIGN or len(kind) > _LONGEST_KIND else nearest(kind, kinds)
    if near:
        message, hint = f'unknown kind "{kind}"', _did_you_mean(near)
        return Diagnostic(code="T103", message=message, span=span, path=("kind",), hint=hint)
    return ignored(span, kind)


def ignored(span: Span, kind: str) -> Diagnostic:
    """The finding about an object of a kind that is nobody's concern."""
    message = f'documents of kind "{kind}" are ignored' if kind.isprintable() else "documents of this kind are ignored"
    return Diagnostic(code="T103", message=message, severity=Severity.WARNING, span=span, path=("kind",))


def duplicate(lines: Lines, offset: int, key: str, first: int, owner: str | None) -> Diagnostic:
    """The finding for a key that is written twice."""
    message = f'the key "{key}" is already set in this mapping'
    hint = f"it is set first in line {lines.span(first).line}; remove one of the two"
    return Diagnostic(code="T104", message=message, span=lines.span(offset), path=(key,), hint=hint, owner=owner)


def word_key(lines: Lines, offset: int, written: str) -> Diagnostic:
    """The finding for a key such as ``n`` or ``on``, which YAML 1.1 takes for a boolean, as Argo does."""
    message = f"the key {written} is read as {str(written.lower() in _YES).lower()}"
    hint = f'{PUT_IN_QUOTES}"{written}"'
    span = lines.span(offset)
    return Diagnostic(code="T110", message=message, severity=Severity.WARNING, span=span, hint=hint)


def diagnose(cls: type[Record], problems: Sequence[Problem], tree: Tree, owner: str | None) -> list[Diagnostic]:
    """The findings about one document, by their places; the one that Argo reports comes first."""
    found = tuple(problems)
    strict = decode.strict_text(cls, found)
    primary = decode.first_for_argo(cls, found)
    hints = _MAX_HINTS
    placed: list[tuple[bool, int, int, Diagnostic]] = []
    for problem in found:
        if problem.unknown_in is not None:
            finding = _unknown(cls, problem, tree, strict, hinted=hints > 0)
            hints -= 1
            first = problem is primary and finding.argo != strict
        else:
            finding = _wrong(cls, problem, tree)
            first = problem is primary
        span = finding.span or tree.span(())
        placed.append((not first, span.line, span.column, _owned(finding, owner)))
    placed.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in placed]


def _owned(finding: Diagnostic, owner: str | None) -> Diagnostic:
    return structs.replace(finding, owner=owner)


def _unknown(cls: type[Record], problem: Problem, tree: Tree, strict: str | None, *, hinted: bool) -> Diagnostic:
    place = decode.context(cls, problem.path)
    return Diagnostic(
        code="T105",
        message=f'unknown field "{dotted(problem.path)}"',
        severity=Severity.WARNING if decode.passed_over(cls, problem) else Severity.ERROR,
        span=tree.key_span(problem.path),
        path=problem.path,
        hint=_field_hint(problem, place.records) if hinted else None,
        argo=decode.argo_text(cls, problem) if place.in_step else strict,
    )


def _wrong(cls: type[Record], problem: Problem, tree: Tree) -> Diagnostic:
    hint = problem.hint
    code = "T106" if problem.go else "T108"
    if problem.nesting:
        code, hint = "T107", nesting.hint(problem, tree)
    elif hint and hint.startswith(PUT_IN_QUOTES):
        hint = _as_written(tree, problem.path) or hint
    name = dotted(problem.path)
    return Diagnostic(
        code=code,
        message=f"{name}: {problem.message}" if name else problem.message,
        span=tree.span(problem.path),
        path=problem.path,
        hint=hint,
        argo=decode.argo_text(cls, problem),
    )


def _as_written(tree: Tree, path: Path) -> str | None:
    """The hint with a number or a word as the text has it: ``y`` rather than true."""
    span = tree.span(path)
    written = re.split(r"[\s,\[\]{}&*!]", tree.lines.line(span.line)[span.column - 1 :], maxsplit=1)[0]
    return f'{PUT_IN_QUOTES}"{written}"' if written else None


def _field_hint(problem: Problem, records: Iterable[type[Record]]) -> str | None:
    """The field that was meant: one of this record, or one of a record around it (wrong indentation)."""
    from tiphys.core.manifest.fields import record_kind

    owner, name = problem.unknown_in, str(problem.path[-1])
    if owner is None:
        return None
    for outer in records:
        if outer is not owner and name in record_kind(outer).table():
            return f'"{name}" is a field of {struct_name(outer.__name__)}; is it indented too far?'
    fields = record_kind(owner).table()
    near = nearest(name, fields)
    if near and near.lower() == name.lower():
        return _did_you_mean(near)
    return _too_little(name, fields) or (_did_you_mean(near) if near else None)


def _too_little(name: str, fields: Mapping[str, Field]) -> str | None:
    """Where a field belongs that one of the records below this one has (wrong indentation)."""
    if name in _EVERYWHERE:
        return None
    lists = {parent: kind.item for parent, field in fields.items() if isinstance(kind := field.kind, ListOf)}
    single = {parent: field.kind for parent, field in fields.items() if parent not in lists}
    for parent, kind in (*lists.items(), *single.items()):
        if isinstance(kind, RecordOf) and name in kind.table():
            place = f"an item of {parent}" if parent in lists else parent
            return f'"{name}" belongs below {place}; is it indented too little?'
    return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like another, if one is like it at all; case does not count."""
    import difflib

    names = {each.lower(): each for each in known}
    if name.lower() in names:
        return names[name.lower()]
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    return names[near[0]] if near else None


def _did_you_mean(name: str) -> str:
    return f'did you mean "{name}"?'

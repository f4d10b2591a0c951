"""Safe repairs of manifests as edits of their text: comments and layout stay as they are.

A repair is safe when there is only one thing that the author can have meant: a field that does not exist but is near
to exactly one that does, a field of an older version with its successor, a step that lacks its second dash, a number
in quotes where a number is wanted or the reverse.  Each one is tried on the text; it is kept only when the text then
has fewer mistakes and everything else in it means the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tiphys.core.manifest import yaml
from tiphys.core.manifest.decode import check, context
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.findings import nearest
from tiphys.core.manifest.load import KINDS, MAX_SIZE
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.problems import Problem, decimal
from tiphys.core.manifest.source import Path, Span, dotted
from tiphys.core.manifest.spots import Lines, ListSpot, MapSpot, Spot, start_of
from tiphys.core.validate import layout
from tiphys.core.validate.layout import Edit

#: Repairs of one text; more of them are a sign of a text that is no manifest of ours.
MOST = 200
#: How alike a name must be to the one that was meant, and how much less all others.
_ALIKE, _APART = 0.8, 0.1
#: A fourth edition removed these: record, old field, new field, a list of what the old one held.
_SUCCESSORS = {
    ("CronWorkflowSpec", "schedule"): "schedules",
    ("Synchronization", "mutex"): "mutexes",
    ("Synchronization", "semaphore"): "semaphores",
}
_SCALAR_END = r"(?=[ \t]*(?:[,}\]\r\n]|[ \t]#|\Z))"


class Fix(Struct, frozen=True):
    """A repair that was made: where it was in the text as given to that round, and what it did."""

    span: Span
    message: str


class Fixed(Struct, frozen=True):
    """The text after all repairs, and what they were, in the order in which they were made."""

    text: str
    fixes: tuple[Fix, ...]


class _Candidate(Struct, frozen=True):
    """A repair that may be made; ``offset`` is what it is about."""

    offset: int
    message: str
    edits: tuple[Edit, ...]


def fix_text(text: str, file: str = "") -> Fixed:
    """Make every safe repair.

    Pure and idempotent: a second call finds nothing to do.  A text that is not YAML, or holds no document of a known
    kind, comes back as it was.
    """
    fixes: list[Fix] = []
    refused: set[tuple[str, tuple[Edit, ...]]] = set()
    documents = _parse(text)
    while documents and len(fixes) < MOST:
        made = _first_that_helps(text, documents, refused)
        if made is None:
            break
        candidate, repaired = made
        fixes.append(Fix(Lines(file, text).span(candidate.offset), candidate.message))
        text, documents = repaired
        refused.clear()  # the edits that were refused have offsets of the old text
    return Fixed(text, tuple(fixes))


_Documents = list[yaml.Parsed]


def _first_that_helps(
    text: str, documents: _Documents, refused: set[tuple[str, tuple[Edit, ...]]]
) -> tuple[_Candidate, tuple[str, _Documents]] | None:
    before = _mistakes(documents)
    for candidate in _candidates(text, documents):
        key = (candidate.message, candidate.edits)
        if key in refused:
            continue
        repaired = layout.apply(text, candidate.edits)
        parsed = _parse(repaired)
        if parsed is not None and len(parsed) == len(documents) and _is_better(before, _mistakes(parsed)):
            return candidate, (repaired, parsed)
        refused.add(key)
    return None


def _parse(text: str) -> _Documents | None:
    if len(text) > MAX_SIZE:
        return None
    try:
        return yaml.parse(text.removeprefix("\ufeff"), int(text.startswith("\ufeff")))
    except yaml.YamlError:
        return None


def _mistakes(documents: _Documents) -> list[int]:
    """For every document: its mistakes; one of an unknown kind has more than any other."""
    counts = []
    for parsed in documents:
        cls = _class(parsed)
        unknown = 1_000_000 if _kind(parsed) and cls is None else 0
        counts.append(unknown + len(parsed.duplicates) + (len(check(cls, parsed.data).problems) if cls else 0))
    return counts


def _is_better(before: Sequence[int], after: Sequence[int]) -> bool:
    """No document has more mistakes than before and one has fewer."""
    return sum(after) < sum(before) and all(new <= old for old, new in zip(before, after, strict=True))


def _kind(parsed: yaml.Parsed) -> str:
    kind = parsed.data.get("kind") if isinstance(parsed.data, dict) else None
    return kind if isinstance(kind, str) else ""


def _class(parsed: yaml.Parsed) -> type[Record] | None:
    return KINDS.get(_kind(parsed))


def _candidates(text: str, documents: _Documents) -> Iterator[_Candidate]:
    for parsed in documents:
        cls = _class(parsed)
        if cls is None:
            yield from _kind_fix(text, parsed)
            continue
        for problem in check(cls, parsed.data).problems:
            yield from _repair(text, parsed, cls, problem)


def _kind_fix(text: str, parsed: yaml.Parsed) -> Iterator[_Candidate]:
    """A kind that differs from a known one in the case of its letters only."""
    kind = _kind(parsed)
    meant = next((known for known in KINDS if known.lower() == kind.lower()), None)
    if meant is not None and isinstance(parsed.spot, MapSpot):
        start = start_of(parsed.spot.entries["kind"][1])
        edit = layout.replaced_word(text, start, kind, meant)
        if edit is not None:
            yield _Candidate(start, f"changed kind {kind} to {meant}", (edit,))


def _repair(text: str, parsed: yaml.Parsed, cls: type[Record], problem: Problem) -> Iterator[_Candidate]:
    if problem.unknown_in is not None:
        yield from _field_fix(text, parsed, problem)
    elif problem.nesting:
        yield from _nesting_fix(text, parsed, problem)
    elif problem.go is not None and problem.found is not None:
        yield from _scalar_fix(text, parsed, problem)
    del cls


def _field_fix(text: str, parsed: yaml.Parsed, problem: Problem) -> Iterator[_Candidate]:
    """A field that was removed, or that is near to exactly one other."""
    *parents, name = problem.path
    around = _data_at(parsed.data, tuple(parents))
    place = _spot_at(parsed.spot, tuple(parents))
    if problem.unknown_in is None or not isinstance(around, dict) or not isinstance(place, MapSpot):
        return
    name = str(name)
    key, value = place.entries[name]
    successor = _SUCCESSORS.get((problem.unknown_in.__name__, name))
    if successor is not None and successor not in around:
        edits = layout.wrapped(text, key, name, successor, start_of(value))
        message = f"replaced {dotted(problem.path)}, which Argo 4 does not have, by {successor}"
    else:
        meant = None if successor else _meant(name, problem.unknown_in)
        if meant is None or meant in around or not _fits(problem.unknown_in, meant, around[name]):
            return
        edit = layout.replaced_word(text, key, name, meant)
        edits = (edit,) if edit is not None else ()
        message = f"renamed {dotted(problem.path)} to {meant}"
    if edits:
        yield _Candidate(key, message, edits)


def _meant(name: str, record: type[Record]) -> str | None:
    """The one field that a name can stand for; None when there is none, or when two are near."""
    known = tuple(record_kind(record).table())
    plain = [field for field in known if _bare(field) == _bare(name)]
    if len(plain) == 1:
        return plain[0]
    rated = sorted(((_likeness(name, field), field) for field in known), reverse=True)
    if not rated or rated[0][0] < _ALIKE or (len(rated) > 1 and rated[0][0] - rated[1][0] < _APART):
        return None
    return rated[0][1] if nearest(name, known) == rated[0][1] else None


def _bare(name: str) -> str:
    """A name without what styles of writing names differ in."""
    return name.replace("_", "").replace("-", "").lower()


def _likeness(name: str, field: str) -> float:
    return difflib.SequenceMatcher(None, name.lower(), field.lower()).ratio()


def _fits(record: type[Record], field: str, value: object) -> bool:
    """Whether a value can be what a field holds, mistakes further inside aside."""
    from tiphys.core.manifest.problems import Walk

    walk = Walk()
    if value is not None:
        record_kind(record).table()[field].kind.read(value, walk)
    return all(problem.path for problem in walk.problems)


def _nesting_fix(text: str, parsed: yaml.Parsed, problem: Problem) -> Iterator[_Candidate]:
    """Steps that lack their second dash; all of a list at once, since Argo reads them as one."""
    if problem.found != "object" or not isinstance(problem.path[-1], int):
        return
    steps = _spot_at(parsed.spot, problem.path[:-1])
    if not isinstance(steps, ListSpot):
        return
    edits: list[Edit] = []
    flat = 0
    for item in steps.items:
        if isinstance(item, MapSpot):
            edits += layout.with_second_dash(text, item.start)
            flat += 1
    if edits:
        name = dotted(problem.path[:-1])
        what = "step" if flat == 1 else "steps"
        message = f"gave {flat} {what} of {name} a second dash: one after the other"
        yield _Candidate(start_of(_spot_at(parsed.spot, problem.path)), message, tuple(edits))


def _scalar_fix(text: str, parsed: yaml.Parsed, problem: Problem) -> Iterator[_Candidate]:
    """A number or boolean that needs quotes, or must not have them."""
    value = _data_at(parsed.data, problem.path)
    start = start_of(_spot_at(parsed.spot, problem.path))
    if problem.go == "string" and isinstance(value, bool | int | float):
        written = ("true" if value else "false") if isinstance(value, bool) else decimal(value)
        found, repaired = re.escape(written), f'"{written}"'
        message = f"put {written} at {dotted(problem.path)} in quotes"
    elif problem.go in {"int32", "int64", "bool"} and isinstance(value, str):
        wanted = r"true|false" if problem.go == "bool" else r"-?(?:0|[1-9][0-9]{0,17})"
        if not re.fullmatch(wanted, value):
            return
        found, repaired = rf'(?:"{value}"|' + rf"'{value}')", value
        message = f"removed the quotes of {value} at {dotted(problem.path)}"
    else:
        return
    match = re.compile(found + _SCALAR_END).match(text, start)
    if match is not None:
        yield _Candidate(start, message, (Edit(match.start(), match.end(), repaired),))


def _data_at(data: object, path: Path) -> object:
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _spot_at(spot: Spot, path: Path) -> Spot:
    """The place of the value at a path that exists."""
    for part in path:
        if isinstance(spot, MapSpot) and isinstance(part, str):
            spot = spot.entries[part][1]
        elif isinstance(spot, ListSpot) and isinstance(part, int):
            spot = spot.items[part]
    return spot


__all__ = ["MOST", "Fix", "Fixed", "context", "fix_text"]

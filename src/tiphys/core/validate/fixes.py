"""Safe repairs of manifests as edits of their text: comments and layout stay as they are.

A repair is safe when there is only one thing that the author can have meant: a field that does not exist but is near
to exactly one that does, a field of an older version with its successor, a step that lacks its second dash, a number
in quotes where a number is wanted or the reverse.  Each one is tried on the text, which is then read again: it is made
only when the text means what was intended and nothing else in it has changed.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from tiphys.core.manifest import yaml
from tiphys.core.manifest.decode import check, context
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.load import MAX_SIZE
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.objects import KINDS
from tiphys.core.manifest.problems import Problem, Walk
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
#: A value without blanks, in quotes or not.
_WORD = r"""(?P<quote>["']?)(?P<word>[\w.+-]+)(?P=quote)"""
_SCALAR_END = r"(?=[ \t]*(?:[,}\]\r\n]|[ \t]#|\Z))"


class Fix(Struct, frozen=True):
    """A repair that was made: what it did, and where, in the text as the repairs before it had left it."""

    span: Span
    message: str


class Fixed(Struct, frozen=True):
    """The text after all repairs, and what they were, in the order in which they were made."""

    text: str
    fixes: tuple[Fix, ...]


class _Candidate(Struct, frozen=True):
    """A repair that may be made; ``offset`` is what it is about, ``data`` what the document shall then hold."""

    offset: int
    message: str
    edits: tuple[Edit, ...]
    data: JsonValue


def fix_text(text: str, file: str = "") -> Fixed:
    """Make every safe repair.

    Pure and idempotent: a second call finds nothing to do.  A text that is not YAML, or holds no document of a known
    kind, comes back as it was.
    """
    fixes: list[Fix] = []
    documents = _parse(text)
    while documents and len(fixes) < MOST:
        made = _first_that_works(text, documents)
        if made is None:
            break
        candidate, repaired, documents = made
        fixes.append(Fix(Lines(file, text).span(candidate.offset), candidate.message))
        text = repaired
    return Fixed(text, tuple(fixes))


def _first_that_works(text: str, documents: list[yaml.Parsed]) -> tuple[_Candidate, str, list[yaml.Parsed]] | None:
    """The first repair after which the text means what was intended, with the text and its documents."""
    for number, parsed in enumerate(documents):
        for candidate in _candidates(text, parsed):
            repaired = layout.apply(text, candidate.edits)
            expected = [candidate.data if number == other else each.data for other, each in enumerate(documents)]
            found = _parse(repaired)
            if found is not None and [each.data for each in found] == expected:
                return candidate, repaired, found
    return None


def _parse(text: str) -> list[yaml.Parsed] | None:
    if len(text) > MAX_SIZE:
        return None
    mark = text.startswith("\ufeff")
    try:
        return yaml.parse(text[mark:], int(mark))
    except yaml.YamlError:
        return None


def _candidates(text: str, parsed: yaml.Parsed) -> Iterator[_Candidate]:
    kind = parsed.data.get("kind") if isinstance(parsed.data, dict) else None
    cls = KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        yield from _kind_fix(text, parsed, str(kind))
        return
    for problem in check(cls, parsed.data).problems:
        if problem.unknown_in is not None:
            yield from _field_fix(text, parsed, cls, problem)
        elif problem.nesting:
            yield from _nesting_fix(text, parsed, problem)
        elif problem.go is not None:
            yield from _scalar_fix(text, parsed, problem)


def _kind_fix(text: str, parsed: yaml.Parsed, kind: str) -> Iterator[_Candidate]:
    """A kind that differs from a known one in the case of its letters only."""
    meant = next((known for known in KINDS if known.lower() == kind.lower()), None)
    if meant is None:
        return
    start = start_of(_spot_at(parsed.spot, ("kind",)))
    edit = layout.replaced_word(text, start, kind, meant)
    if edit is not None:
        data = _changed(parsed.data, (), "kind", "kind", meant)
        yield _Candidate(start, f"changed kind {kind} to {meant}", (edit,), data)


def _changed(data: JsonValue, parents: Path, old: str | int, new: str | int, value: JsonValue) -> JsonValue:
    """A copy with another key and value below ``parents``; what aliases share stays shared."""
    whole = copy.deepcopy(data)
    around: Any = _data_at(whole, parents)
    if isinstance(around, dict):
        del around[old]
    around[new] = value
    return whole


def _field_fix(text: str, parsed: yaml.Parsed, cls: type[Record], problem: Problem) -> Iterator[_Candidate]:
    """A field that was removed, or that is near to exactly one other."""
    owner, parents, name = problem.unknown_in, problem.path[:-1], str(problem.path[-1])
    around, place = _data_at(parsed.data, parents), _spot_at(parsed.spot, parents)
    if owner is None or not isinstance(around, dict) or not isinstance(place, MapSpot):
        return
    key, value = place.entries[name]
    successor = _SUCCESSORS.get((owner.__name__, name))
    new = successor or _meant(name, owner, context(cls, problem.path).records)
    held = [around[name]] if successor else around[name]
    if new is None or new in around or not _fits(owner, new, held):
        return
    if successor:
        edits = layout.wrapped(text, key, name, successor, start_of(value))
        message = f"replaced {dotted(problem.path)}, which Argo 4 does not have, by {successor}"
    else:
        edit = layout.replaced_word(text, key, name, new)
        edits = (edit,) if edit is not None else ()
        message = f"renamed {dotted(problem.path)} to {new}"
    if edits:
        yield _Candidate(key, message, edits, _changed(parsed.data, parents, name, new, held))


def _meant(name: str, record: type[Record], records: tuple[type[Record], ...]) -> str | None:
    """The one field that a name can stand for; None when there is none, or when two are near.

    A name that a record around this one has is not misspelt: its line may be indented too far.
    """
    if any(name in record_kind(outer).table() for outer in records if outer is not record):
        return None
    known = tuple(record_kind(record).table())
    plain = [field for field in known if _bare(field) == _bare(name)]
    if len(plain) == 1:
        return plain[0]
    rated = sorted(((_likeness(name, field), field) for field in known), reverse=True)
    if not rated or rated[0][0] < _ALIKE or (len(rated) > 1 and rated[0][0] - rated[1][0] < _APART):
        return None
    return rated[0][1]


def _bare(name: str) -> str:
    """A name without what styles of writing names differ in."""
    return name.replace("_", "").replace("-", "").lower()


def _likeness(name: str, field: str) -> float:
    return difflib.SequenceMatcher(None, name.lower(), field.lower()).ratio()


def _fits(record: type[Record], field: str, value: JsonValue) -> bool:
    """Whether a value can be what a field holds, mistakes further inside aside."""
    walk = Walk()
    if value is not None:
        record_kind(record).table()[field].kind.read(value, walk)
    return all(problem.path for problem in walk.problems)


def _nesting_fix(text: str, parsed: yaml.Parsed, problem: Problem) -> Iterator[_Candidate]:
    """Steps that lack their second dash; all of a list at once, since Argo reads them as one."""
    if problem.found != "object" or not isinstance(problem.path[-1], int):
        return
    path = problem.path[:-1]
    steps, groups = _spot_at(parsed.spot, path), _data_at(parsed.data, path)
    if not isinstance(steps, ListSpot) or not isinstance(groups, list):
        return
    flat = [item.start for item in steps.items if isinstance(item, MapSpot)]
    edits = tuple(edit for start in flat for edit in layout.with_second_dash(text, start))
    if edits:
        nested: JsonValue = [[group] if isinstance(group, dict) else group for group in groups]
        what = "1 step" if len(flat) == 1 else f"{len(flat)} steps"
        message = f"gave {what} of {dotted(path)} a second dash, to run one after the other"
        yield _Candidate(flat[0], message, edits, _changed(parsed.data, path[:-1], path[-1], path[-1], nested))


def _scalar_fix(text: str, parsed: yaml.Parsed, problem: Problem) -> Iterator[_Candidate]:
    """A plain value that needs quotes to be text, or a number or boolean that must not have them."""
    value = _data_at(parsed.data, problem.path)
    start = start_of(_spot_at(parsed.spot, problem.path))
    written = re.compile(_WORD + _SCALAR_END).match(text, start)
    meant: JsonValue
    if written is None:
        return
    if problem.go == "string" and isinstance(value, bool | int | float) and not written["quote"]:
        meant, repaired = written["word"], f'"{written["word"]}"'
        message = f"put {written['word']} at {dotted(problem.path)} in quotes"
    elif problem.go in {"int32", "int64", "bool"} and written["quote"] and value == written["word"]:
        wanted = r"true|false" if problem.go == "bool" else r"-?(?:0|[1-9][0-9]{0,17})"
        if not re.fullmatch(wanted, written["word"]):
            return
        repaired = written["word"]
        meant = repaired == "true" if problem.go == "bool" else int(repaired)
        message = f"removed the quotes of {repaired} at {dotted(problem.path)}"
    else:
        return
    data = _changed(parsed.data, problem.path[:-1], problem.path[-1], problem.path[-1], meant)
    yield _Candidate(start, message, (Edit(written.start(), written.end(), repaired),), data)


def _data_at(data: JsonValue, path: Path) -> JsonValue:
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

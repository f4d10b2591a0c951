"""Plain data becomes typed records: checked, for what people write, or trusted, for what the store gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from tiphys.core.manifest import gotypes
from tiphys.core.manifest.fields import record_kind
from tiphys.core.manifest.kinds import Kind
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.problems import Problem, Walk
from tiphys.core.manifest.shapes import ListOf, MapOf, RecordOf, StepGroups
from tiphys.core.manifest.source import Path, dotted

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonValue

R = TypeVar("R", bound=Record)


def decode(cls: type[R], data: JsonValue) -> R:
    """The record of data that we wrote ourselves: no coercion, no findings.

    Raises:
        msgspec.ValidationError: the data was not made by ``encode.to_data``.
    """
    return msgspec.convert(data, cls)


class Decoded(msgspec.Struct, Generic[R], frozen=True):
    """A checked decoding: the problems in the order of the data, and the record when Argo would read it."""

    record: R | None
    problems: tuple[Problem, ...]


def check(cls: type[R], data: JsonValue, *, strict: bool = True) -> Decoded[R]:
    """Decode data as Argo does (``spec/data.md`` 11.2), and note everything that is wrong with it.

    Not strict: unknown fields are left out without a word, but for those of steps themselves, which Argo never allows.
    """
    walk = Walk()
    record = record_kind(cls).read(data, walk)
    problems = walk.problems
    if problems and not strict:
        problems = [problem for problem in problems if problem.unknown_in is None or _of_a_step(cls, problem)]
    read = all(passed_over(cls, problem) for problem in problems)
    return Decoded(record if read and isinstance(record, cls) else None, tuple(problems))


def passed_over(cls: type[Record], problem: Problem) -> bool:
    """Whether Argo reads past a problem without a word: an unknown field below the fields of a step."""
    return problem.unknown_in is not None and context(cls, problem.path).in_step > _STEP_FIELD


def _of_a_step(cls: type[Record], problem: Problem) -> bool:
    return context(cls, problem.path).in_step == _STEP_FIELD


#: Length of the path below ``steps`` of a step's own field: group, step, field.
_STEP_FIELD = 3


class Context(msgspec.Struct, frozen=True):
    """Where Go's decoder says a value is.

    ``struct`` and ``fields`` are those of the outermost ``steps`` for everything inside steps; ``in_step`` is the
    length of the path below it, 0 outside. ``records`` are the records around the value, outermost first.
    """

    struct: str
    fields: str
    in_step: int
    records: tuple[type[Record], ...]


def context(cls: type[Record], path: Path) -> Context:
    """Where a value is, by the types on the way to it."""
    kind: Kind = record_kind(cls)
    struct, fields, in_step = gotypes.struct_name(cls.__name__), [], 0
    records: list[type[Record]] = []
    for number, part in enumerate(path):
        if isinstance(kind, RecordOf):
            records.append(kind.record)
            known = kind.table().get(str(part))
            if known is None:
                break
            if not in_step:
                struct = gotypes.struct_name(kind.record.__name__)
                fields.append(str(part))
            kind = known.kind
            if isinstance(kind, StepGroups) and not in_step:
                in_step = len(path) - number - 1
        elif isinstance(kind, (ListOf, MapOf)):
            kind = kind.item
        elif isinstance(kind, StepGroups):
            kind = ListOf(kind.go, kind.expected, item=kind.step)
    return Context(struct, ".".join(fields), in_step, tuple(records))


def argo_text(cls: type[Record], problem: Problem) -> str | None:
    """Argo's text for a problem on its own; None where Argo finds nothing, or for unknown fields (``strict_text``)."""
    if problem.text is not None:
        return problem.text
    if problem.unknown_in is not None:
        return f'json: unknown field "{problem.path[-1]}"' if _of_a_step(cls, problem) else None
    if problem.go is None:
        return None
    place = context(cls, problem.path)
    if not place.fields:
        return f"json: cannot unmarshal {problem.found} into Go value of type {problem.go}"
    field = f"{place.struct}.{place.fields}"
    return f"json: cannot unmarshal {problem.found} into Go struct field {field} of type {problem.go}"


def strict_text(cls: type[Record], problems: tuple[Problem, ...]) -> str | None:
    """Argo's one text for all unknown fields of a document that it finds: those outside steps."""
    unknown = (problem for problem in problems if problem.unknown_in and not context(cls, problem.path).in_step)
    names = sorted(dotted(problem.path) for problem in unknown)
    return "strict decoding error: " + ", ".join(f'unknown field "{name}"' for name in names) if names else None


def first_for_argo(cls: type[Record], problems: tuple[Problem, ...]) -> Problem | None:
    """The problem that Argo would report; it reports one per document.

    Types that Go reads with code of their own stop its decoder; other wrong types come after them, unknown fields last.
    Fields are taken in the order of their names, which is that of YAML turned to JSON.
    """
    ranked = [(rank, _order(problem), problem) for problem in problems if (rank := _rank(cls, problem)) is not None]
    return min(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def _rank(cls: type[Record], problem: Problem) -> int | None:
    if problem.unknown_in is not None:
        inside = context(cls, problem.path).in_step
        return 0 if inside == _STEP_FIELD else None if inside else 2
    if argo_text(cls, problem) is None:
        return None
    return 0 if problem.aborts or context(cls, problem.path).in_step else 1


def _order(problem: Problem) -> list[tuple[int, int | str]]:
    return [(0, part) if isinstance(part, int) else (1, part) for part in problem.path]

"""How lists, maps, records and the groups of steps are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tiphys.core.manifest.kinds import Kind, Text
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.problems import Problem, Walk, described, go_name

if TYPE_CHECKING:
    from tiphys.core.manifest.model.scalars import JsonValue


class Field(Struct, frozen=True, eq=False):
    """A field of a record: its attribute and its type."""

    attribute: str
    kind: Kind


class ListOf(Kind, frozen=True, kw_only=True, eq=False):
    """A list of one type, read to a tuple."""

    item: Kind

    def read(self, value: object, walk: Walk) -> object:
        """Every item; null is the zero of the type."""
        if not isinstance(value, list):
            self.wrong(value, walk)
            return None
        path, item, found = walk.path, self.item, []
        path.append(0)
        for number, each in enumerate(value):
            path[-1] = number
            found.append(item.zero() if each is None else item.read(each, walk))
        path.pop()
        return tuple(found)

    def written(self, value: JsonValue) -> JsonValue:
        """Each item."""
        if not isinstance(value, list):
            return value
        return [self.item.written(each) for each in value]

    def zero(self) -> object:
        """The empty list."""
        return ()

    def hint(self, value: object) -> str | None:
        """One string becomes a list of one, a mapping the first item of a list."""
        if isinstance(self.item, Text) and isinstance(value, str) and value.isprintable():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'write a list: ["{escaped}"]'
        if isinstance(self.item, RecordOf) and isinstance(value, dict):
            return 'begin each item of the list with "- "'
        return None


class MapOf(Kind, frozen=True, kw_only=True, eq=False):
    """A mapping with values of one type."""

    item: Kind

    def read(self, value: object, walk: Walk) -> object:
        """Every value; null is the zero of the type."""
        if not isinstance(value, dict):
            self.wrong(value, walk)
            return None
        path, item, found = walk.path, self.item, {}
        path.append("")
        for key, each in value.items():
            path[-1] = key
            found[key] = item.zero() if each is None else item.read(each, walk)
        path.pop()
        return found

    def written(self, value: JsonValue) -> JsonValue:
        """Each value."""
        if not isinstance(value, dict):
            return value
        return {key: self.item.written(each) for key, each in value.items()}

    def zero(self) -> object:
        """The empty mapping."""
        return {}


class RecordOf(Kind, frozen=True, kw_only=True, eq=False):
    """A record. ``make`` gives its fields when it is first read, because records hold one another."""

    record: type[Record]
    make: Callable[[type[Record]], dict[str, Field]]
    fields: dict[str, Field] = field(default_factory=dict)

    def read(self, value: object, walk: Walk) -> object:
        """The record; null fields stay absent, unknown ones are noted."""
        if not isinstance(value, dict):
            self.wrong(value, walk)
            return None
        fields, path, found = self.table(), walk.path, {}
        for key, each in value.items():
            known = fields.get(key)
            if known is None:
                problem = Problem(path=(*path, key), message=f'unknown field "{key}"', unknown_in=self.record)
                walk.problems.append(problem)
            elif each is not None:
                path.append(key)
                read = known.kind.read(each, walk)
                path.pop()
                if read is not None:
                    found[known.attribute] = read
        return self.record(**found)

    def table(self) -> dict[str, Field]:
        """The fields by their JSON names."""
        if not self.fields:
            self.fields.update(self.make(self.record))
        return self.fields

    def written(self, value: JsonValue) -> JsonValue:
        """Each field that is known; the others stay as they are."""
        if not isinstance(value, dict):
            return value
        fields = self.table()
        return {key: fields[key].kind.written(each) if key in fields else each for key, each in value.items()}

    def zero(self) -> object:
        """A record without fields."""
        return self.record()


class StepGroups(Kind, frozen=True, kw_only=True, eq=False):
    """``steps``: a list of lists of steps, which Argo reads with code of its own."""

    step: RecordOf

    def read(self, value: object, walk: Walk) -> object:
        """Tuples of steps; a list that lacks one level is noted once, at its first step."""
        if not isinstance(value, list):
            self._note(walk, value, self.go, f"expected a list of lists of steps, found {described(value)}")
            return None
        groups: list[object] = []
        flat = False
        for number, group in enumerate(value):
            walk.path.append(number)
            if group is None or isinstance(group, list):
                groups.append(self._group(group or (), walk))
            elif not (flat and isinstance(group, dict)):
                one_step = isinstance(group, dict)
                found = "one step" if one_step else described(group)
                message = f"expected a list of steps that run in parallel, found {found}"
                self._note(walk, group, "[]map[string]interface {}", message)
                flat = flat or one_step
            walk.path.pop()
        return tuple(groups)

    def written(self, value: JsonValue) -> JsonValue:
        """Each step."""
        if not isinstance(value, list):
            return value
        return [[self.step.written(step) for step in group] if isinstance(group, list) else group for group in value]

    def _group(self, group: Sequence[object], walk: Walk) -> object:
        steps = []
        for number, step in enumerate(group):
            walk.path.append(number)
            if step is None:
                steps.append(self.step.zero())
            elif isinstance(step, dict):
                steps.append(self.step.read(step, walk))
            else:
                self._note(walk, step, "map[string]interface {}", f"expected a step, found {described(step)}")
            walk.path.pop()
        return tuple(steps)

    def _note(self, walk: Walk, value: object, go: str, message: str) -> None:
        path = walk.here()
        problem = Problem(path=path, message=message, found=go_name(value), go=go, aborts=True, nesting=True)
        walk.problems.append(problem)

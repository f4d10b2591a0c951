"""The names that tags and expressions can use at a place of a document: the catalogue with its holes filled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.source import Path
from tiphys.core.template import variables
from tiphys.core.template.variables import Place, Variable
from tiphys.entrypoints.lsp.lookup import Callee, callee
from tiphys.entrypoints.lsp.project import Part, Project
from tiphys.entrypoints.lsp.structure import (
    Named,
    call_path,
    calls,
    dig,
    items,
    mapping,
    named,
    spec_path,
    template_path,
    templates,
    type_field,
)

_PODS: Final = frozenset(("container", "containerSet", "script", "resource", "data"))
_RESULTS: Final = frozenset(("container", "containerSet", "script", "data", "http", "plugin"))
_LOOPS: Final = ("withItems", "withParam", "withSequence")
_TASK_NAME: Final = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
_TIMES: Final = tuple("BbmAadHIMSYypZzL")


class Offered(Struct, frozen=True):
    """A name that can be used, and what the catalogue says of it."""

    name: str
    variable: Variable


def place_of(data: JsonValue, path: Path) -> Place:
    """Which of the catalogue's places a path is."""
    template = template_path(data, path)
    if template is not None:
        return _in_template(mapping(data, *template), path[len(template) :])
    base = spec_path(data)
    first = path[len(base)] if path[: len(base)] == base and len(path) > len(base) else ""
    if first in ("hooks", "onExit"):
        return Place.EXIT_HANDLER
    if first == "metrics":
        return Place.WORKFLOW_METRIC
    if first in ("volumes", "volumeClaimTemplates"):
        return Place.VOLUME
    return (
        Place.CRON if base != ("spec",) and path[:2] in (("spec", "when"), ("spec", "stopStrategy")) else Place.WORKFLOW
    )


def _in_template(template: JsonObject, rest: Path) -> Place:
    kind = type_field(template)
    if len(rest) > 2 and rest[0] in ("steps", "dag"):
        if "hooks" in rest[3:] or "onExit" in rest[3:]:
            return Place.HOOK
        return Place.STEP if rest[0] == "steps" else Place.TASK
    if rest[:1] == ("metrics",):
        return Place.METRIC
    if rest[:1] == ("outputs",) and kind in ("steps", "dag"):
        return Place.STEPS_OUTPUTS if kind == "steps" else Place.DAG_OUTPUTS
    return Place.POD if kind in _PODS else Place.TEMPLATE


class Names:
    """What is in scope at a path of a document."""

    def __init__(self, project: Project, part: Part, path: Path) -> None:
        self._project = project
        self._part = part
        self._data = part.data
        self._path = path
        self._template = template_path(part.data, path)
        self._call = call_path(self._template, path)
        self.place = place_of(part.data, path)

    def offered(self) -> Iterator[Offered]:
        """Every name, each once."""
        seen: set[str] = set()
        reachable = [(each, callee(self._project, self._part, each.data)) for each in self.siblings()]
        for variable in variables.at(self.place):
            for name in self._filled(variable, reachable):
                if name not in seen:
                    seen.add(name)
                    yield Offered(name, variable)

    def siblings(self) -> Iterator[Named]:
        """The steps or tasks whose outputs can be read here."""
        if self._template is None:
            return
        every = list(calls(self._data, self._template))
        if self._call is None:
            yield from every if self.place in (Place.STEPS_OUTPUTS, Place.DAG_OUTPUTS) else ()
            return
        hooked = self.place is Place.HOOK
        before = self._ancestors(every) if "dag" in self._call[len(self._template) :] else None
        for each in every:
            same = each.path == self._call
            earlier = each.name in before if before is not None else self._group(each.path) < self._group(self._call)
            if (same and hooked) or (earlier and not same):
                yield each

    def _group(self, path: Path) -> int:
        group = path[-2]
        return group if isinstance(group, int) else 0

    def _ancestors(self, every: list[Named]) -> frozenset[str]:
        """The tasks that the task at hand waits for, directly or not."""
        waits = {each.name: dependencies(each.data) for each in every}
        found: set[str] = set()
        pending = list(dependencies(mapping(self._data, *(self._call or ()))))
        while pending:
            name = pending.pop()
            if name in waits and name not in found:
                found.add(name)
                pending += waits[name]
        return frozenset(found)

    def _filled(self, variable: Variable, reachable: list[tuple[Named, Callee | None]]) -> Iterator[str]:
        """The names that an entry of the catalogue stands for here."""
        root, _, rest = variable.key.partition(".")
        if root in ("steps", "tasks") and rest.startswith("<"):
            if root == self._root():
                yield from self._of_siblings(root, rest, reachable)
        elif root in ("retries", "lastRetry"):
            if "retryStrategy" in mapping(self._data, *(self._template or ("",))):
                yield variable.key
        elif root == "item":
            yield from self._items(variable.key)
        elif "<" not in variable.key:
            yield variable.key
        else:
            head, _, tail = variable.key.partition("<")
            suffix = tail.partition(">")[2]
            yield from (f"{head}{name}{suffix}" for name in self._holes(head))

    def _root(self) -> str:
        return "tasks" if type_field(mapping(self._data, *(self._template or ("",)))) == "dag" else "steps"

    def _items(self, key: str) -> Iterator[str]:
        looped = mapping(self._data, *(self._call or ("",)))
        if not any(field in looped for field in _LOOPS):
            return
        if key == "item":
            yield key
            return
        values = looped.get("withItems")
        for value in values if isinstance(values, list) else ():
            yield from (f"item.{name}" for name in (value if isinstance(value, dict) else ()))

    def _holes(self, head: str) -> Iterable[str]:
        """What can stand in the hole after ``head``."""
        spec = spec_path(self._data)
        if head == "workflow.parameters.":
            return _names(self._data, (*spec, "arguments", "parameters"))
        if head in ("workflow.labels.", "workflow.annotations."):
            return self._metadata(head.split(".")[1])
        if head.startswith("workflow.outputs."):
            return self._globals(head.split(".")[2])
        if head == "workflow.creationTimestamp.":
            return _TIMES
        if head == "resourcesDuration.":
            return ("cpu", "memory")
        if head == "outputs.parameters." or head.startswith(("inputs.", "outputs.artifacts.")):
            source, kind = head.split(".")[:2]
            return _names(self._data, (*(self._template or ("",)), source, kind))
        return ()

    def _metadata(self, which: str) -> list[str]:
        found = [*mapping(self._data, "metadata", which)]
        return [*found, *mapping(self._data, *spec_path(self._data), "workflowMetadata", which)]

    def _globals(self, kind: str) -> Iterator[str]:
        for template in templates(self._data):
            for _, output in items(self._data, (*template.path, "outputs", kind)):
                name = output.get("globalName") if isinstance(output, dict) else None
                if isinstance(name, str) and name:
                    yield name

    def _of_siblings(self, root: str, rest: str, reachable: list[tuple[Named, Callee | None]]) -> Iterator[str]:
        hole, _, suffix = rest.partition(".")
        for each, target in reachable:
            looped = any(field in each.data for field in _LOOPS)
            if looped is not (hole == "<loopName>") and suffix.startswith("outputs"):
                continue
            if hole == "<loopName>" and not looped:
                continue
            if not _offers(suffix, target):
                continue
            if suffix.endswith((".<p>", ".<a>")):
                kind = suffix.split(".")[1]
                outputs = _names(target.part.data, (*target.path, "outputs", kind)) if target else ()
                yield from (f"{root}.{each.name}.outputs.{kind}.{name}" for name in outputs)
            else:
                yield f"{root}.{each.name}.{suffix}"


def _offers(suffix: str, target: Callee | None) -> bool:
    """Whether a call can have an output of this form, by the type of its template; an unknown one may have all."""
    if target is None:
        return True
    template = mapping(target.part.data, *target.path)
    if suffix in ("outputs.result", "exitCode"):
        return type_field(template) in _RESULTS
    if suffix == "outputs.parameters":
        return bool(dig(template, ("outputs", "parameters")))
    return bool(template.get("daemon")) if suffix == "ip" else True


def dependencies(task: JsonObject) -> list[str]:
    """The tasks that a task names in ``depends`` and ``dependencies``."""
    found: list[str] = []
    depends, older = task.get("depends"), task.get("dependencies")
    if isinstance(depends, str):
        found += [match[0] for match in _TASK_NAME.finditer(re.sub(r"\.\w+", "", depends))]
    found += [name for name in (older if isinstance(older, list) else ()) if isinstance(name, str)]
    return found


def _names(data: JsonValue, path: Path) -> list[str]:
    return [each.name for each in named(data, path)]

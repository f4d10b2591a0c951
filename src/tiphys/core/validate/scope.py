"""The variables that a place can read, known before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from tiphys.core.validate.tags import simple_tags

#: What Argo's linter puts in the place of values that are known only at run time.
PLACEHOLDER = "__argo__internal__placeholder-0"

_SIBLINGS = ("steps.", "tasks.")
#: What names begin with that the linter looks at; it lets all others pass.
CHECKED = ("item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks.")
#: How deep tags may stand in the names of others.
_NESTED = 4
_LATER = (
    "outputs.",
    "workflow.creationTimestamp",
    "workflow.scheduledTime",
    "workflow.duration",
    "tasks.name",
    "steps.name",
    "node.name",
)


class Offer(NamedTuple):
    """What a step or task offers to those after it; ``unknown`` when its template could not be found."""

    names: frozenset[str] = frozenset()
    unknown: bool = False


class Collection(Protocol):
    """A set of names."""

    def __contains__(self, name: object) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...


class Names:
    """A chain of maps from variable to value; ``None`` stands for a value that only the run knows.

    ``offers`` maps ``steps.<name>`` and ``tasks.<name>`` to what they offer.  ``open`` are prefixes below which
    every name exists.
    """

    __slots__ = ("ancestors", "offers", "open", "parent", "values")

    def __init__(self, parent: Names | None = None, values: Mapping[str, str | None] | None = None) -> None:
        self.parent = parent
        self.values: dict[str, str | None] = dict(values or {})
        self.offers: dict[str, Offer] = {}
        self.open: set[str] = set()
        #: The tasks that a task waits for, and what each task offers to those that wait for it.
        self.ancestors: tuple[Collection, Mapping[str, Offer]] | None = None

    def _chain(self) -> Iterator[Names]:
        scope: Names | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def add(self, names: Iterable[str]) -> None:
        """Make names known whose values only the run knows."""
        for name in names:
            self.values[name] = None

    def __contains__(self, name: str) -> bool:
        sibling, rest = _sibling(name)
        for scope in self._chain():
            if name in scope.values or any(map(name.startswith, scope.open)):
                return True
            offer = scope._offer(sibling)
            if offer is not None:
                return offer.unknown or rest in offer.names
        return False

    def _offer(self, sibling: str) -> Offer | None:
        offer = self.offers.get(sibling)
        if offer is None and self.ancestors is not None and sibling.startswith("tasks."):
            before, done = self.ancestors
            name = sibling.removeprefix("tasks.")
            return done[name] if name in before else None
        return offer

    def value(self, name: str) -> str | None:
        """The literal value, or ``None`` when it is unknown before the run."""
        return next((scope.values[name] for scope in self._chain() if name in scope.values), None)

    def __iter__(self) -> Iterator[str]:
        for scope in self._chain():
            yield from scope.values
            for sibling, offer in scope.offers.items():
                yield from (f"{sibling}.{name}" for name in offer.names)
            if scope.ancestors is not None:
                before, done = scope.ancestors
                yield from (f"tasks.{task}.{name}" for task in before for name in done[task].names)

    def expand(self, text: str) -> str:
        """The text with known globals and inputs inserted (a placeholder where the value is unknown)."""
        if "{{" not in text:
            return text
        for tag in dict.fromkeys(simple_tags(text)):
            name = tag.strip(" ")
            if _substituted(name) and name in self:
                value = self.value(name)
                text = text.replace("{{" + tag + "}}", PLACEHOLDER if value is None else value)
        return text

    def unresolved(self, text: str, depth: int = 3) -> Iterator[str]:
        """The tags of a text that name nothing, as Argo prints them (``spec/data.md`` 18.1)."""
        for shown in simple_tags(self._inner(text)):
            name = shown.strip(" ")
            if not name.startswith(CHECKED):
                continue
            if name in self:
                value = self.value(name) if depth and name.startswith("workflow.parameters.") else None
                if value is not None and "{{" in value:
                    yield from self.unresolved(value, depth - 1)
            elif not name.startswith(_LATER):
                yield shown

    def _inner(self, text: str) -> str:
        """The text with the inner tags of ``{{a.{{b}}.c}}`` replaced where their values are known now."""
        for _ in range(_NESTED):
            nested = {tag: tag.rpartition("{{") for tag in simple_tags(text) if "{{" in tag}
            known = {tag: parts for tag, parts in nested.items() if parts[2] in self and _substituted(parts[2])}
            if not known:
                break
            for tag, (head, _opening, inner) in known.items():
                value = self.value(inner)
                text = text.replace(f"{{{{{tag}}}}}", f"{{{{{head}{PLACEHOLDER if value is None else value}")
        return text


def _sibling(name: str) -> tuple[str, str]:
    """``steps.a`` and the rest of ``steps.a.rest``; empty for all other names."""
    if not name.startswith(_SIBLINGS):
        return "", ""
    kind, sibling, *rest = name.split(".", 2)
    return f"{kind}.{sibling}", rest[0] if rest else ""


def _substituted(name: str) -> bool:
    """True for names that are replaced before a template is examined."""
    return name.startswith(("workflow.", "inputs.parameters", "pod.name"))

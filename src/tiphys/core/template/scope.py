"""Variables by their flat names, as tags see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tiphys.core.manifest.model.scalars import JsonValue

#: What a variable may hold.  ``None`` is an *absent optional* (``spec/expressions.md`` 2.8); text tags accept only
#: strings; artifacts and parameter lists are JSON values that only expressions and references can use.
ScopeValue = JsonValue


class Scope:
    """A chain of flat maps: the nearest map that has a name decides.

    Maps are kept by reference and never copied; adding to the newest one is how a pass extends its scope.
    """

    __slots__ = ("parent", "values")

    def __init__(self, values: Mapping[str, ScopeValue], parent: Scope | None = None) -> None:
        self.values = values
        self.parent = parent

    def child(self, values: Mapping[str, ScopeValue]) -> Scope:
        """A scope that looks in ``values`` first."""
        return Scope(values, self)

    def __contains__(self, name: object) -> bool:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return True
            scope = scope.parent
        return False

    def get(self, name: str, default: ScopeValue = None) -> ScopeValue:
        """The value of ``name``, or ``default`` when no map has it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.parent
        return default

    def maps(self) -> Iterator[Mapping[str, ScopeValue]]:
        """The maps from the nearest to the farthest."""
        scope: Scope | None = self
        while scope is not None:
            yield scope.values
            scope = scope.parent

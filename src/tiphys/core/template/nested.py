"""Flat variable names as the nested maps that expressions see: ``spec/expressions.md`` 4.1-4.3.

Nothing is expanded ahead of time: a look-up follows one dotted path.  Which names lie below a prefix comes from an
index per flat map, kept between look-ups and extended when the map has grown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.template.scope import Scope, ScopeValue


def environment(scope: Scope) -> Mapping[str, Value]:
    """The variables of a scope as nested maps.

    Where both ``a`` and ``a.b`` exist, ``a`` is the map: nested wins.  The view reads the scope when it is asked.
    """
    return Branch(tuple((values, _index(values)) for values in scope.maps()), "")


def exists(scope: Scope, name: str) -> bool:
    """True when a dotted path is a variable, leads to one, or leads into the fields of one.

    A variable that holds null exists (``spec/expressions.md`` 2.9).
    """
    if name in scope:
        return True
    value: object = environment(scope)
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


#: Where the first parts of all names are listed; no name holds this character.
_TOP = "\0"


class ArtifactView(Mapping[str, Value]):
    """An artifact as expressions see it: fields by their Go names (``.Name``, ``.S3.Key``) or their JSON names.

    ``artifact`` is the JSON object itself.
    """

    __slots__ = ("artifact",)

    def __init__(self, artifact: JsonObject) -> None:
        self.artifact = artifact

    def __getitem__(self, name: str) -> Value:
        key = name
        if key not in self.artifact:
            wanted = name.lower()
            key = next((own for own in self.artifact if own.lower() == wanted), name)
        value = self.artifact[key]
        return ArtifactView(value) if isinstance(value, dict) else _value(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.artifact)

    def __len__(self) -> int:
        return len(self.artifact)


class Branch(Mapping[str, Value]):
    """The map below one dotted prefix; ``path`` is that prefix with a final dot, or empty at the top."""

    __slots__ = ("_maps", "_path")

    def __init__(self, maps: tuple[tuple[Mapping[str, ScopeValue], _Index | _Names], ...], path: str) -> None:
        self._maps = maps
        self._path = path

    def __getitem__(self, name: str) -> Value:
        path = self._path + name
        for _, index in self._maps:
            if index.leads(path):
                return Branch(self._maps, f"{path}.")
        for values, _ in self._maps:
            if path in values:
                value = values[path]
                return ArtifactView(value) if isinstance(value, dict) and ".artifacts." in path else _value(value)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        path = f"{self._path}{name}"
        return any(path in values or index.leads(path) for values, index in self._maps)

    def get(self, name: str, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """The value of a name; quicker than the inherited way for names that are there."""
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys(name for _, index in self._maps for name in index.names(self._path))
        return iter(names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _value(value: ScopeValue) -> Value:
    return cast(Value, value)


class _Names:
    """The names of a small map in one text, which is quicker made and searched than an index."""

    __slots__ = ("_text",)

    def __init__(self, source: Mapping[str, ScopeValue]) -> None:
        self._text = f"{_TOP}{_TOP.join(source)}" if source else ""

    def leads(self, path: str) -> bool:
        """Whether names lie below a dotted path."""
        return f"{_TOP}{path}." in self._text

    def names(self, path: str) -> Iterator[str]:
        """What stands directly below a prefix with its dot; the empty one is the top."""
        for name in self._text.split(_TOP)[1:]:
            if name.startswith(path):
                yield name[len(path) :].partition(".")[0]


class _Index:
    """The names that lie directly below each dotted prefix of a flat map; the top is ``_TOP``.

    ``last`` and ``size`` tell whether the map has only grown since: dictionaries keep their order.
    """

    __slots__ = ("below", "last", "size", "source")

    def __init__(self, source: Mapping[str, ScopeValue]) -> None:
        self.source = source
        self.below: dict[str, dict[str, None]] = {}
        self.size = 0
        self.last: str | None = None

    def leads(self, path: str) -> bool:
        """Whether names lie below a dotted path."""
        return path in self.below

    def names(self, path: str) -> Iterable[str]:
        """What stands directly below a prefix with its dot; the empty one is the top."""
        return self.below.get(path[:-1] or _TOP, ())

    def update(self) -> bool:
        """Take in the keys that were added; False when other keys have gone and the index is of no more use."""
        source = cast("dict[str, ScopeValue]", self.source)
        grown = len(source) - self.size
        if grown < 0:
            return False
        added: list[str] = []
        newest = reversed(source)
        for _ in range(grown):
            added.append(next(newest))
        if self.size and next(newest) != self.last:
            return False
        if added:
            self.add(reversed(added))
            self.last = added[0]
            self.size = len(source)
        return True

    def add(self, keys: Iterator[str]) -> None:
        """Register keys under all their prefixes."""
        below = self.below
        for key in keys:
            path = key
            while True:
                parent, dot, name = path.rpartition(".")
                above = parent if dot else _TOP
                names = below.get(above)
                if names is not None and name in names:
                    break
                if names is None:
                    below[above] = {name: None}
                else:
                    names[name] = None
                if not dot:
                    break
                path = parent


#: Indexes of the large maps used last, by identity; each holds its map, so that an identity cannot be used again.
_indexes: OrderedDict[int, _Index] = OrderedDict()
_KEPT = 16
#: A map of fewer names gets no index.
_LARGE = 64


def _index(values: Mapping[str, ScopeValue]) -> _Index | _Names:
    if len(values) < _LARGE or not isinstance(values, dict):
        return _Names(values)
    key = id(values)
    known = _indexes.get(key)
    if known is not None and known.update():
        _indexes.move_to_end(key)
        return known
    index = _indexes[key] = _Index(values)
    index.update()
    if len(_indexes) > _KEPT:
        _indexes.popitem(last=False)
    return index

"""Values that only Go programs can make but expressions can meet: structs, functions, null lists, any-keyed maps."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from tiphys.core.expr.values import Value


class Function(msgspec.Struct, frozen=True):
    """A function value with what Go prints about it.

    ``parameters`` and ``result`` are Go type names; ``variadic`` repeats the last parameter.  ``wants_frame`` passes
    the running frame first, for functions that read the clock or are charged for their work.
    """

    name: str
    call: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    result: str = "interface {}"
    variadic: bool = False
    wants_frame: bool = False

    @property
    def go_type(self) -> str:
        """The type as Go prints it, like ``func(string) string``."""
        shown = [*self.parameters]
        if self.variadic and shown:
            shown[-1] = "..." + shown[-1]
        return f"func({', '.join(shown)}) {self.result}".rstrip()

    def __call__(self, *arguments: Value) -> Value:
        """Call without the language's checks of the arguments."""
        value: Value = self.call(*arguments)
        return value


class Struct(Mapping[str, Value]):
    """A Go struct: fields by their Go names, methods as functions; a missing field is an error, not nil."""

    __slots__ = ("fields", "go_type", "methods")

    def __init__(
        self, go_type: str, fields: Mapping[str, Value], methods: Mapping[str, Callable[..., Value]] | None = None
    ) -> None:
        self.go_type = go_type
        self.fields = fields
        self.methods = methods or {}

    def __getitem__(self, key: str) -> Value:
        return self.fields[key]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Struct) and other.go_type == self.go_type and other.fields == self.fields

    def __hash__(self) -> int:
        return hash((self.go_type, tuple(self.fields.items())))

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)


class NoElement:
    """Stands for the elements of what can be counted but not indexed; using one is an error."""

    __slots__ = ()


NO_ELEMENT = NoElement()


class NullList(list[Value]):
    """A Go nil slice: empty, but ``null`` in JSON."""


class Location(msgspec.Struct, frozen=True, eq=False):
    """A time zone by name; ``offset`` gives seconds east of UTC and the abbreviation for Unix seconds."""

    name: str
    offset: Callable[[int], tuple[int, str]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Location) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class NamedInt(int):
    """An int whose text form is a word: a month or a day of the week."""

    go_type: str
    word: str

    @classmethod
    def of(cls, value: int, go_type: str, word: str) -> NamedInt:
        """Make the value."""
        made = cls(value)
        made.go_type = go_type
        made.word = word
        return made


class AnyMap(Mapping[Any, Value]):
    """A map whose keys may be of any kind: ``1``, ``1.0``, ``true`` and ``"1"`` are four keys."""

    __slots__ = ("_entries", "go_type")

    def __init__(self, go_type: str = "map[interface {}]interface {}") -> None:
        self.go_type = go_type
        self._entries: dict[tuple[type, Any], tuple[Any, Value]] = {}

    def put(self, key: Value, value: Value) -> None:
        """Set a key; raises ``TypeError`` for a key that Go cannot hash."""
        self._entries[(key.__class__, key)] = (key, value)

    def __getitem__(self, key: Any) -> Value:
        return self._entries[(key.__class__, key)][1]

    def __contains__(self, key: object) -> bool:
        try:
            return (key.__class__, key) in self._entries
        except TypeError:
            return False

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

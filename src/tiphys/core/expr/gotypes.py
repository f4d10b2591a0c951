"""Types as the language sees them: static for the checker, Go's names for messages (``spec/expressions.md`` 7)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tiphys.core.expr.structs import AnyMap, Function, Location, NamedInt, Struct
from tiphys.core.expr.values import Duration, Time, Value


class Type(msgspec.Struct, frozen=True):
    """A static type.

    ``kind`` groups types for the operators' rules; ``name`` is what messages print.  ``element`` is the type of the
    elements of an array or the values of a map; ``fields`` are the known fields of a struct.
    """

    kind: str
    name: str
    element: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    function: Function | None = None

    def __str__(self) -> str:
        return self.name


UNKNOWN = Type("unknown", "unknown")
ANY = Type("unknown", "interface {}")
#: A variable about which nothing is known yet: it may hold a map of values of any type.
OPEN = Type("unknown", "interface {}", ANY)
NIL = Type("nil", "unknown")
BOOL = Type("bool", "bool")
INT = Type("int", "int")
FLOAT = Type("float", "float64")
STRING = Type("string", "string")
BYTES = Type("array", "[]uint8", INT)
ARRAY = Type("array", "[]interface {}", ANY)
STRINGS = Type("array", "[]string", STRING)
MAP = Type("map", "map[string]interface {}", ANY)
ANY_MAP = Type("map", "map[interface {}]interface {}", ANY)
TIME = Type("time", "time.Time")
DURATION = Type("duration", "time.Duration")
LOCATION = Type("location", "*time.Location")
FUNCTION = Type("func", "func(...interface {}) (interface {}, error)")

_PLAIN: dict[type, Type] = {
    type(None): NIL,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STRING,
    bytes: BYTES,
    list: ARRAY,
    dict: MAP,
    Time: TIME,
    Duration: DURATION,
    Location: LOCATION,
}

#: Static types by the Go names that function signatures use.
BY_NAME = {
    found.name: found
    for found in (ANY, BOOL, INT, FLOAT, STRING, BYTES, ARRAY, STRINGS, MAP, ANY_MAP, TIME, DURATION, LOCATION)
} | {"*time.Location": LOCATION, "": NIL}


def array_of(element: Type) -> Type:
    """The type of an array literal or of the result of a builtin over such elements."""
    return Type("array", "[]interface {}", element)


def static_type(value: Value) -> Type:
    """The static type of a variable that holds the value; collections hold elements of unknown type."""
    plain = _PLAIN.get(value.__class__)
    if plain is not None:
        return plain
    if isinstance(value, Struct):
        members = [*value.fields.items(), *value.methods.items()]
        return Type("struct", value.go_type, None, tuple((name, static_type(member)) for name, member in members))
    if isinstance(value, Function):
        return Type("func", value.go_type, None, (), value)
    if isinstance(value, AnyMap):
        return ANY_MAP
    if isinstance(value, NamedInt):
        return Type("int", value.go_type)
    if isinstance(value, Mapping):
        return MAP
    if isinstance(value, list):
        return ARRAY
    return FUNCTION if callable(value) else ANY


def go_type(value: Value) -> str:
    """The Go type of a value, as messages print it."""
    if value is None:
        return "<nil>"
    plain = _PLAIN.get(value.__class__)
    if plain is not None:
        return plain.name
    named = getattr(value, "go_type", None)
    if isinstance(named, str):
        return named
    return static_type(value).name


def go_kind(value: Value) -> str:
    """The Go kind of a value, as messages of run-time type tests print it."""
    if value is None:
        return "invalid"
    kind = static_type(value).kind
    kinds = {"array": "slice", "float": "float64", "time": "struct", "duration": "int64", "location": "ptr"}
    return kinds.get(kind, kind)

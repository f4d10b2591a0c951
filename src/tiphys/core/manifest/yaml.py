"""YAML text becomes plain data with places, and plain data becomes YAML text. The only door to PyYAML.

The events of the parser are composed here, not by PyYAML: aliases share one value, duplicate keys are noted, depth
and the growth by aliases are limited.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from tiphys.core.manifest import resolve
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.spots import ListSpot, MapSpot, Spot

try:
    from yaml._yaml import CParser as _Parser
except ImportError:  # PyYAML without libyaml: the same events, slower

    class _Parser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):  # type: ignore[no-redef]
        """The parser in Python."""

        def __init__(self, stream: str) -> None:
            yaml.reader.Reader.__init__(self, stream)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)


#: Nesting of collections, aliases included.
MAX_DEPTH = 100
#: Values that aliases may add to a document.
MAX_ALIASED = 200_000
_TAGS = "tag:yaml.org,2002:"


class YamlError(Exception):
    """A text that is no YAML, or passes a limit; ``offset`` counts characters."""

    def __init__(self, offset: int, message: str, *, limit: bool = False) -> None:
        super().__init__(offset, message)
        self.offset = offset
        self.message = message
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document: plain data, its places, and the keys that are written twice (offset, key, first offset)."""

    data: JsonValue
    spot: Spot
    duplicates: tuple[tuple[int, str, int], ...] = ()


def parse(text: str, base: int = 0) -> list[Parsed]:
    """The documents of a text; offsets count from ``base``.

    Raises:
        YamlError: the text is no YAML or passes a limit.
    """
    try:
        parser: Any = _Parser(text)
        composer = _Composer(parser, base)
        return list(composer.documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(base + (mark.index if mark else 0), said) from None
    except yaml.YAMLError as error:
        raise YamlError(base, str(getattr(error, "reason", None) or error)) from None


@dataclass(slots=True)
class _Anchored:
    data: JsonValue
    spot: Spot
    size: int
    height: int


@dataclass(slots=True)
class _Composer:
    """Builds one document after the other from the events of a parser."""

    parser: Any
    base: int
    anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    duplicates: list[tuple[int, str, int]] = field(default_factory=list)
    size: int = 0
    aliased: int = 0
    deepest: int = 0

    def documents(self) -> Iterator[Parsed]:
        """Every document of the stream."""
        while self.parser.check_event():
            event = self.parser.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors, self.duplicates = {}, []
                self.size = self.aliased = 0
                data, spot = self._value(self.parser.get_event(), 0)
                yield Parsed(data, spot, tuple(self.duplicates))

    def _value(self, event: Any, depth: int) -> tuple[Any, Spot]:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if event.anchor is None:
            return self._fresh(event, depth)
        size, deepest = self.size, self.deepest
        self.deepest = depth
        self.anchors[event.anchor] = None
        data, spot = self._fresh(event, depth)
        self.anchors[event.anchor] = _Anchored(data, spot, self.size - size, self.deepest - depth)
        self.deepest = max(self.deepest, deepest)
        return data, spot

    def _fresh(self, event: Any, depth: int) -> tuple[Any, Spot]:
        self.size += 1
        if isinstance(event, yaml.ScalarEvent):
            start = self.base + event.start_mark.index
            value = resolve.plain(event.value) if event.implicit[0] else self._tagged(event, start)
            if type(value) is float and value - value != 0:
                self._fail(event, f"{event.value} cannot be written as JSON")
            return value, start
        depth += 1
        self._reach(depth, event)
        return self._mapping(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)

    def _alias(self, event: Any, depth: int) -> tuple[Any, Spot]:
        known = self.anchors.get(event.anchor)
        if known is None:
            inside = event.anchor in self.anchors
            self._fail(event, f"the value of anchor {event.anchor!r} contains itself" if inside else _unknown(event))
        self.size += known.size
        self.aliased += known.size
        if self.aliased > MAX_ALIASED:
            self._fail(event, f"aliases repeat more than {MAX_ALIASED} values", limit=True)
        self._reach(depth + known.height, event)
        return known.data, known.spot

    def _reach(self, depth: int, event: Any) -> None:
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            self._fail(event, f"values are nested more than {MAX_DEPTH} deep", limit=True)

    def _list(self, event: Any, depth: int) -> tuple[Any, Spot]:
        data: list[JsonValue] = []
        spots: list[Spot] = []
        while not isinstance(inner := self.parser.get_event(), yaml.SequenceEndEvent):
            value, spot = self._value(inner, depth)
            data.append(value)
            spots.append(spot)
        return data, ListSpot(self.base + event.start_mark.index, spots)

    def _mapping(self, event: Any, depth: int) -> tuple[Any, Spot]:
        data: JsonObject = {}
        entries: dict[str, tuple[int, Spot]] = {}
        merges: list[tuple[Any, Any, Spot]] = []
        while not isinstance(inner := self.parser.get_event(), yaml.MappingEndEvent):
            if _is_merge(inner):
                merges.append((inner, *self._value(self.parser.get_event(), depth)))
                continue
            start = self.base + inner.start_mark.index
            key = self._key(inner, depth)
            value, spot = self._value(self.parser.get_event(), depth)
            if key in data:
                self.duplicates.append((start, key, entries[key][0]))
            data[key] = value
            entries[key] = (start, spot)
        for at, value, spot in merges:
            self._merge(at, value, spot, data, entries)
        return data, MapSpot(self.base + event.start_mark.index, entries)

    def _merge(self, at: Any, value: Any, spot: Spot, data: JsonObject, entries: dict[str, tuple[int, Spot]]) -> None:
        """Add the entries of a merge key; explicit and earlier ones win."""
        if isinstance(spot, MapSpot):
            for key, entry in spot.entries.items():
                if key not in data:
                    data[key] = value[key]
                    entries[key] = entry
        elif isinstance(spot, ListSpot) and all(isinstance(item, MapSpot) for item in spot.items):
            for number, item in enumerate(spot.items):
                self._merge(at, value[number], item, data, entries)
        else:
            self._fail(at, "a merge key (<<) takes a mapping or a list of mappings")

    def _key(self, event: Any, depth: int) -> str:
        value, spot = self._value(event, depth)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int)):
            return str(value)
        if isinstance(value, float):
            return str(event.value) if isinstance(event, yaml.ScalarEvent) else repr(value)
        self._fail(event, "a key is null" if value is None and isinstance(spot, int) else "a key is not a scalar")

    def _tagged(self, event: Any, start: int) -> JsonValue:
        """A quoted scalar, or one with a tag of its own."""
        tag = (event.tag or "").removeprefix(_TAGS)
        if tag in {"int", "float", "bool", "null"}:
            value = resolve.plain(event.value)
            wanted: type | tuple[type, ...] = {"bool": bool, "null": type(None)}.get(tag, (int, float))
            if not isinstance(value, wanted) or (isinstance(value, bool) and tag != "bool"):
                self._fail(event, f"{event.value!r} is no !!{tag}")
            return value
        if tag == "binary":
            try:
                return binascii.a2b_base64(event.value.encode()).decode()
            except ValueError:
                raise YamlError(start, "a !!binary value is not base64 of text") from None
        return str(event.value)

    def _fail(self, event: Any, message: str, *, limit: bool = False) -> NoReturn:
        raise YamlError(self.base + event.start_mark.index, message, limit=limit)


def _unknown(event: Any) -> str:
    return f"there is no anchor {event.anchor!r} before this alias"


def _is_merge(event: Any) -> bool:
    if not isinstance(event, yaml.ScalarEvent) or event.value != "<<":
        return False
    return bool(event.implicit[0]) or event.tag == f"{_TAGS}merge"


def dump(data: JsonValue) -> str:
    """YAML as sigs.k8s.io/yaml prints it: sorted keys, two spaces, lists not indented, no folding."""
    text = yaml.emit(_events(data), allow_unicode=True, width=2**31, indent=2)
    return str(text).removesuffix("...\n")


def _events(data: JsonValue) -> Iterator[Any]:
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    yield from _value_events(data)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _value_events(data: JsonValue) -> Iterator[Any]:
    if isinstance(data, dict):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not data)
        for key in sorted(data):
            yield _scalar(key)
            yield from _value_events(data[key])
        yield yaml.MappingEndEvent()
    elif isinstance(data, (list, tuple)):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=not data)
        for item in data:
            yield from _value_events(item)
        yield yaml.SequenceEndEvent()
    else:
        yield _scalar(data)


def _scalar(value: JsonValue) -> Any:
    if isinstance(value, str):
        style = "|" if "\n" in value else None if resolve.is_plain_string(value) else '"'
        return yaml.ScalarEvent(None, None, (True, True), value, style=style)
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = "null" if value is None else _number(value)
    return yaml.ScalarEvent(None, None, (True, False), text)


def _number(value: Any) -> str:
    """A number so that reading it gives the same number: exponents need no dot in YAML as Argo reads it."""
    return repr(value)

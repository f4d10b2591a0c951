"""YAML text becomes plain data with places, and plain data becomes YAML text. The only door to PyYAML.

The events of the parser are composed here, not by PyYAML: aliases share one value, duplicate keys are noted, depth
and the growth by aliases are limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field

from tiphys.core.manifest import resolve
from tiphys.core.manifest.key_order import in_order
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.problems import number_text
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
_NO_FOLDING = 2**30
#: Values that aliases may add to a document.
MAX_ALIASED = 200_000
_TAGS = "tag:yaml.org,2002:"
#: PyYAML's events: of two parsers, and typed too narrowly by its stubs to be of use.
_Event = Any
#: What YAML does not allow anywhere in a text. Compiled when it is needed, which takes milliseconds.
_FORBIDDEN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


class YamlError(Exception):
    """A text that is no YAML, or passes a limit; ``offset`` counts characters."""

    def __init__(self, offset: int, message: str, *, limit: bool = False) -> None:
        super().__init__(offset, message)
        self.offset = offset
        self.message = message
        self.limit = limit

    def place(self, text: str) -> str:
        """``line:column`` in the text that was parsed, both from 1."""
        before = text[: self.offset]
        return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


class Parsed(Struct, frozen=True, eq=False):
    """One document: plain data, its places, and the keys that are written twice (offset, key, first offset).

    ``words`` are keys that are words and read as booleans: where they are and how they are written.
    """

    data: JsonValue
    spot: Spot
    duplicates: tuple[tuple[int, str, int], ...] = ()
    words: tuple[tuple[int, str], ...] = ()


def parse(text: str, base: int = 0) -> list[Parsed]:
    """The documents of a text; offsets count from ``base``.

    Raises:
        YamlError: the text is no YAML or passes a limit.
    """
    try:
        parser: Any = _Parser(text)
        composer = _Composer(parser, base)
        return list(composer.documents())
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise _forbidden(text, base, error) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(base + (mark.index if mark else 0), said) from None


def _forbidden(text: str, base: int, error: Exception) -> YamlError:
    """Which character the reader did not accept."""
    import re

    found = re.search(_FORBIDDEN, text)
    if found is None:
        return YamlError(base, str(error).split("\n", 1)[0])
    return YamlError(base + found.start(), f"the character U+{ord(found[0]):04X} is not allowed")


class _Anchored(Struct, eq=False):
    """A value that aliases may name; its size and height with all aliases followed."""

    data: JsonValue
    spot: Spot
    size: int
    height: int


class _Composer(Struct, eq=False):
    """Builds one document after the other from the events of a parser."""

    parser: Any
    base: int
    anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    duplicates: list[tuple[int, str, int]] = field(default_factory=list)
    words: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0
    aliased: int = 0
    deepest: int = 0

    def documents(self) -> Iterator[Parsed]:
        """Every document of the stream."""
        while self.parser.check_event():
            event = self.parser.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors, self.duplicates, self.words = {}, [], []
                self.size = self.aliased = 0
                data, spot = self._value(self.parser.get_event(), 0)
                yield Parsed(data, spot, tuple(self.duplicates), tuple(self.words))

    def _value(self, event: _Event, depth: int) -> tuple[Any, Spot]:
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

    def _fresh(self, event: _Event, depth: int) -> tuple[Any, Spot]:
        self.size += 1
        start = self.base + event.start_mark.index
        if isinstance(event, yaml.ScalarEvent):
            value = resolve.plain(event.value) if event.implicit[0] else self._tagged(event)
            if type(value) is float and value - value != 0:
                raise self._error(event, f"{event.value} cannot be written as JSON")
            return value, start
        depth += 1
        self._reach(depth, event)
        return self._mapping(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)

    def _alias(self, event: _Event, depth: int) -> tuple[Any, Spot]:
        known = self.anchors.get(event.anchor)
        if known is None:
            inside = event.anchor in self.anchors
            raise self._error(
                event, f"the value of anchor {event.anchor!r} contains itself" if inside else _unknown(event)
            )
        self.size += known.size
        self.aliased += known.size
        if self.aliased > MAX_ALIASED:
            raise self._error(event, f"aliases repeat more than {MAX_ALIASED} values", limit=True)
        self._reach(depth + known.height, event)
        return known.data, known.spot

    def _reach(self, depth: int, event: _Event) -> None:
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            raise self._error(event, f"values are nested more than {MAX_DEPTH} deep", limit=True)

    def _list(self, event: _Event, depth: int) -> tuple[Any, Spot]:
        data: list[JsonValue] = []
        spots: list[Spot] = []
        while not isinstance(inner := self.parser.get_event(), yaml.SequenceEndEvent):
            value, spot = self._value(inner, depth)
            data.append(value)
            spots.append(spot)
        return data, ListSpot(self.base + event.start_mark.index, spots)

    def _mapping(self, event: _Event, depth: int) -> tuple[Any, Spot]:
        data: JsonObject = {}
        entries: dict[str, tuple[int, Spot]] = {}
        merges: list[tuple[_Event, JsonValue, Spot]] = []
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

    def _merge(
        self, at: _Event, value: JsonValue, spot: Spot, data: JsonObject, entries: dict[str, tuple[int, Spot]]
    ) -> None:
        """Add the entries of a merge key; explicit and earlier ones win."""
        if isinstance(spot, MapSpot) and isinstance(value, dict):
            for key, entry in spot.entries.items():
                if key not in data:
                    data[key] = value[key]
                    entries[key] = entry
        elif (
            isinstance(spot, ListSpot) and isinstance(value, list) and all(type(item) is MapSpot for item in spot.items)
        ):
            for inner, item in zip(value, spot.items, strict=True):
                self._merge(at, inner, item, data, entries)
        else:
            raise self._error(at, "a merge key (<<) takes a mapping or a list of mappings")

    def _key(self, event: _Event, depth: int) -> str:
        value, spot = self._value(event, depth)
        if isinstance(value, bool):
            read = "true" if value else "false"
            # An alias has no text of its own.
            written = str(event.value).lower() if isinstance(event, yaml.ScalarEvent) else read
            if written != read:
                at: Any = event.start_mark
                self.words.append((self.base + at.index, str(event.value)))
            return read
        if isinstance(value, (str, int)):
            return str(value)
        if isinstance(value, float):
            return str(event.value) if isinstance(event, yaml.ScalarEvent) else repr(value)
        null = isinstance(spot, int)
        raise self._error(event, "a key is null" if null else "a key is a list or a mapping")

    def _tagged(self, event: _Event) -> JsonValue:
        """A quoted scalar, or one with a tag of its own."""
        text, tag = str(event.value), (event.tag or "").removeprefix(_TAGS)
        if tag == "binary":
            return self._binary(event, text)
        if tag not in _TYPES:
            return text
        value = resolve.plain(text)
        if not isinstance(value, _TYPES[tag]) or (isinstance(value, bool) and tag != "bool"):
            raise self._error(event, f"{text!r} is no !!{tag}")
        return value

    def _binary(self, event: _Event, text: str) -> str:
        import binascii

        try:
            return binascii.a2b_base64("".join(text.split()).encode(), strict_mode=True).decode()
        except ValueError:
            raise self._error(event, "a !!binary value is not text in base64") from None

    def _error(self, event: _Event, message: str, *, limit: bool = False) -> YamlError:
        return YamlError(self.base + event.start_mark.index, message, limit=limit)


#: What a scalar with an explicit tag must be.
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def _unknown(event: _Event) -> str:
    return f"there is no anchor {event.anchor!r} before this alias"


def _is_merge(event: _Event) -> bool:
    if not isinstance(event, yaml.ScalarEvent) or event.value != "<<":
        return False
    return bool(event.implicit[0]) or event.tag == f"{_TAGS}merge"


def dump(data: JsonValue) -> str:
    """YAML as sigs.k8s.io/yaml prints it: sorted keys, two spaces, lists not indented, no folding."""
    dumper: Any = getattr(yaml, "CDumper", yaml.Dumper)
    text = yaml.emit(_events(data), Dumper=dumper, allow_unicode=True, width=_NO_FOLDING, indent=2)
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
        for key in in_order(data):
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


def _scalar(value: JsonValue) -> _Event:
    if isinstance(value, str):
        style = "|" if "\n" in value else None if resolve.is_plain_string(value) else '"'
        return yaml.ScalarEvent(None, None, (True, True), value, style=style)
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = "null" if value is None else number_text(value)
    return yaml.ScalarEvent(None, None, (True, False), text)

"""Compile strings and trees with tags once: the implementation of ``render.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.render import Compiled, Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.segments import Segment, split

__all__ = ["CompiledText", "CompiledTree", "Mode", "compile_text", "compile_tree"]


class CompiledText:
    """A string with its tags parsed.  Immutable."""

    __slots__ = ("_constant", "_names", "_segments", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._segments: tuple[str | Segment, ...] = split(text) if "{{" in text else ()
        self._constant = not any(not isinstance(segment, str) for segment in self._segments)
        self._names: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"CompiledText({self.text!r})"

    @property
    def constant(self) -> bool:
        """True when there is no tag inside."""
        return self._constant

    @property
    def names(self) -> frozenset[str]:
        """Every variable name that a tag may read."""
        if self._names is None:
            found = (segment.names for segment in self._segments if not isinstance(segment, str))
            self._names = frozenset[str]().union(*found)
        return self._names

    def render(self, scope: Scope, mode: Mode) -> str:
        """The text with its tags replaced; errors as in ``render.Compiled.render``."""
        if self._constant:
            return self.text
        return "".join(
            [segment if segment.__class__ is str else segment.render(scope, mode) for segment in self._segments]  # type: ignore[union-attr]
        )


class CompiledTree:
    """JSON data with the tags of its strings parsed.  Immutable."""

    __slots__ = ("_names", "_render", "_texts", "source")

    def __init__(self, source: JsonValue) -> None:
        self.source = source
        self._texts: list[CompiledText] = []
        self._render = _compile(source, self._texts)
        self._names: frozenset[str] | None = None

    @property
    def constant(self) -> bool:
        """True when there is no tag inside: ``render`` returns the source itself."""
        return self._render is None

    @property
    def names(self) -> frozenset[str]:
        """Every variable name that a tag may read."""
        if self._names is None:
            self._names = frozenset[str]().union(*(text.names for text in self._texts))
        return self._names

    def render(self, scope: Scope, mode: Mode) -> JsonValue:
        """The tree with its tags replaced; errors as in ``render.Compiled.render``."""
        return self.source if self._render is None else self._render(scope, mode)


def compile_text(text: str) -> CompiledText:
    """Parse the tags of one string; what is wrong with them is raised by ``render``."""
    return CompiledText(text)


def compile_tree(data: JsonValue) -> Compiled:
    """Parse the tags of all strings of a tree; what is wrong with them is raised by ``render``."""
    return CompiledTree(data)


_Renderer = Callable[[Scope, Mode], JsonValue]


def _compile(data: JsonValue, texts: list[CompiledText]) -> _Renderer | None:
    """How to render a node; None when it is constant."""
    if isinstance(data, str):
        if "{{" not in data:
            return None
        text = CompiledText(data)
        if text.constant:
            return None
        texts.append(text)
        return text.render
    if isinstance(data, dict):
        return _compile_map(data, texts)
    if isinstance(data, list | tuple):
        return _compile_list(data, texts)
    return None


def _compile_list(data: list[JsonValue] | tuple[JsonValue, ...], texts: list[CompiledText]) -> _Renderer | None:
    parts = [(place, part) for place, item in enumerate(data) if (part := _compile(item, texts)) is not None]
    if not parts:
        return None
    source = list(data)

    def render(scope: Scope, mode: Mode) -> JsonValue:
        result = source.copy()
        for place, part in parts:
            result[place] = part(scope, mode)
        return result

    return render


def _compile_map(data: dict[str, JsonValue], texts: list[CompiledText]) -> _Renderer | None:
    parts = [(key, part) for key, item in data.items() if (part := _compile(item, texts)) is not None]
    keys = {key: text for key in data if "{{" in key and not (text := CompiledText(key)).constant}
    if keys:
        texts.extend(keys.values())
        return _keyed(data, keys, dict(parts))
    if not parts:
        return None

    def render(scope: Scope, mode: Mode) -> JsonValue:
        result = data.copy()
        for key, part in parts:
            result[key] = part(scope, mode)
        return result

    return render


def _keyed(data: dict[str, JsonValue], keys: dict[str, CompiledText], parts: dict[str, _Renderer]) -> _Renderer:
    """A map whose keys have tags; of keys that become equal the last one stays."""

    def render(scope: Scope, mode: Mode) -> JsonValue:
        result: dict[str, JsonValue] = {}
        for key, value in data.items():
            name = keys[key].render(scope, mode) if key in keys else key
            result[name] = parts[key](scope, mode) if key in parts else value
        return cast(JsonValue, result)

    return render

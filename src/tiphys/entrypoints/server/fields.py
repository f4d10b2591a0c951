"""The ``fields`` parameter: which members of an answer to keep (``spec/api.md`` 6)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue


class Fields(Struct, frozen=True):
    """Dotted paths to keep, or with ``exclude`` to drop; no paths keep everything.  Arrays are transparent."""

    paths: tuple[tuple[str, ...], ...] = ()
    exclude: bool = False

    @classmethod
    def parse(cls, text: str) -> Fields:
        """The fields of a query parameter: a comma list; a leading ``-`` turns the whole list into what to drop."""
        exclude = text.startswith("-")
        names = [name.strip().removeprefix("-") for name in text.split(",")]
        return cls(tuple(tuple(name.split(".")) for name in names if name), exclude)

    def below(self, *prefix: str) -> Fields:
        """The same fields for the members below a prefix, for example ``items`` of a list."""
        return Fields(tuple(path[len(prefix) :] for path in self.paths if path[: len(prefix)] == prefix), self.exclude)

    def wants(self, *path: str) -> bool:
        """Whether anything at or below a path is kept: what is not wanted need not be loaded."""
        if not self.paths:
            return True
        if self.exclude:
            return not any(path[: len(item)] == item for item in self.paths)
        return any(item[: len(path)] == path[: len(item)] for item in self.paths)

    def clean(self, value: JsonValue) -> JsonValue:
        """The value with only what is kept."""
        return self._clean(value, self.paths) if self.paths else value

    def _clean(self, value: JsonValue, paths: Sequence[tuple[str, ...]]) -> JsonValue:
        if isinstance(value, list):
            return [self._clean(item, paths) for item in value]
        if not isinstance(value, dict):
            return value
        kept: JsonObject = {}
        for key, item in value.items():
            rest = [path[1:] for path in paths if path[:1] == (key,)]
            named = any(not path for path in rest)
            if named != self.exclude and (named or not rest):
                kept[key] = item
            elif rest and not named:
                kept[key] = self._clean(item, rest)
        return kept

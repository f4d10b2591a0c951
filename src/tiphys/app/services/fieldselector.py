"""The field selectors and other filters of workflow lists (``spec/api.md`` 10.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tiphys.errors import UsageError
from tiphys.ports.store import NAME_MATCHES, NameMatch

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})


class Selected(Struct, frozen=True, kw_only=True):
    """What a field selector says.

    ``namespace`` is None when it says nothing, ``not_namespace`` and ``not_name`` are empty then.
    """

    namespace: str | None = None
    not_namespace: str = ""
    name: str = ""
    not_name: str = ""
    started_after: datetime | None = None
    started_before: datetime | None = None
    remaining: bool = False


class NameFilter(Struct, frozen=True, kw_only=True):
    """How the name of a field selector is compared; ``prefix`` is that of the archive's lists."""

    how: str = "Exact"
    wanted: str = ""
    unwanted: str = ""
    prefix: str = ""

    def takes(self, name: str) -> bool:
        """Whether a workflow's name is wanted."""
        return all(match.takes(name) for match in self.matches)

    @property
    def matches(self) -> Sequence[NameMatch]:
        """The same for a store."""
        asked = ((self.how, self.wanted), ("Prefix", self.prefix), ("NotEquals", self.unwanted))
        return tuple(NameMatch(how, text) for how, text in asked if text)


def parse_field_selector(text: str) -> Selected:
    """The selector of a request.

    Raises:
        UsageError: a requirement is none that lists of workflows know.
    """
    found = Selected()
    for part in filter(None, text.split(",")):
        found = _with(found, part)
    return found


def name_filter(selected: Selected, how: str, prefix: str = "") -> NameFilter:
    """The filter on names; a prefix with ``Exact`` is the whole name, since that is how ``argo archive get`` asks.

    Raises:
        UsageError: there is no such way of comparing.
    """
    if how and how not in NAME_MATCHES:
        raise UsageError(f"unsupported nameFilter {how}", f"one of {', '.join(NAME_MATCHES)}")
    if prefix and how == "Exact" and not selected.name:
        return NameFilter(wanted=prefix, unwanted=selected.not_name)
    return NameFilter(how=how or "Exact", wanted=selected.name, unwanted=selected.not_name, prefix=prefix)


def target_namespace(given: str, selected: Selected) -> str:
    """The namespace of a list: of the path or of the selector.

    Raises:
        UsageError: they are not the same.
    """
    if given and selected.namespace and given != selected.namespace:
        raise UsageError(
            f"'namespace' query param (\"{given}\") and fieldselector 'metadata.namespace' "
            f'("{selected.namespace}") are both specified and contradict each other'
        )
    return given or selected.namespace or ""


def _with(found: Selected, part: str) -> Selected:
    for prefix, key in (
        ("metadata.namespace!=", "not_namespace"),
        ("metadata.namespace==", "namespace"),
        ("metadata.namespace=", "namespace"),
        ("metadata.name!=", "not_name"),
        ("metadata.name==", "name"),
        ("metadata.name=", "name"),
    ):
        if part.startswith(prefix):
            return replace(found, **{key: part.removeprefix(prefix)})
    for prefix, key in (("spec.startedAt>", "started_after"), ("spec.startedAt<", "started_before")):
        if part.startswith(prefix):
            return replace(found, **{key: _moment(part, part.removeprefix(prefix))})
    if part.startswith("ext.showRemainingItemCount="):
        return replace(found, remaining=part.partition("=")[2] in _TRUE)
    raise UsageError(f"unsupported requirement {part}")


def _moment(part: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"unsupported requirement {part}") from None
    if found.tzinfo is None:
        raise UsageError(f"unsupported requirement {part}")
    return found

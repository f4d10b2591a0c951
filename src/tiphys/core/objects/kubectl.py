"""The arguments of kubectl that ``resource`` templates give as ``flags``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from tiphys.core.objects.selectors import Requirement, parse_selector
from tiphys.errors import UsageError

#: Flags with a value, by their long name.
_VALUES: Final = frozenset(
    (
        "cascade", "chunk-size", "context", "dry-run", "field-manager", "field-selector", "filename", "grace-period",
        "kubeconfig", "limit", "namespace", "output", "patch", "request-timeout", "selector", "subresource", "timeout",
        "type", "validate",
    )
)  # fmt: skip
#: Flags that stand alone.
_SWITCHES: Final = frozenset(
    (
        "all", "all-namespaces", "force", "force-conflicts", "ignore-not-found", "now", "overwrite", "prune", "record",
        "recursive", "save-config", "server-side", "show-labels", "show-managed-fields", "wait",
    )
)  # fmt: skip
_SHORT: Final[Mapping[str, str]] = {
    "A": "all-namespaces",
    "R": "recursive",
    "f": "filename",
    "l": "selector",
    "n": "namespace",
    "o": "output",
    "p": "patch",
}
_YES: Final = frozenset({"true", "True", "1", "t", "T", "TRUE"})


class Arguments(Struct, frozen=True, kw_only=True):
    """What the flags say: ``targets`` are (resource, name) pairs, with an empty name for all that are selected."""

    targets: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = {}
    switches: frozenset[str] = frozenset()

    @property
    def namespace(self) -> str:
        """The namespace that is asked for; empty when none is."""
        return self.values.get("namespace", "")

    @property
    def labels(self) -> tuple[Requirement, ...]:
        """The label selector."""
        return parse_selector(self.values.get("selector", ""))

    @property
    def fields(self) -> tuple[Requirement, ...]:
        """The field selector."""
        return parse_selector(self.values.get("field-selector", ""))


def parse_arguments(flags: Sequence[str]) -> Arguments:
    """Read flags as kubectl does.

    Raises:
        UsageError: a flag is unknown or lacks its value; with kubectl's text.
    """
    words: list[str] = []
    values: dict[str, str] = {}
    switches: set[str] = set()
    rest = iter(flags)
    for flag in rest:
        if flag == "--":
            words += rest
        elif flag.startswith("--"):
            _long(flag[2:], rest, values, switches)
        elif flag.startswith("-") and len(flag) > 1:
            _short(flag[1:], rest, values, switches)
        else:
            words.append(flag)
    return Arguments(targets=tuple(_targets(words)), values=values, switches=frozenset(switches))


def _long(text: str, rest: Iterator[str], values: dict[str, str], switches: set[str]) -> None:
    name, equals, value = text.partition("=")
    if name in _SWITCHES:
        switches.discard(name)
        if not equals or value in _YES:
            switches.add(name)
    elif name in _VALUES:
        values[name] = value if equals else _next(rest, f"--{name}")
    else:
        raise UsageError(f"unknown flag: --{name}")


def _short(text: str, rest: Iterator[str], values: dict[str, str], switches: set[str]) -> None:
    name = _SHORT.get(text[0])
    if name is None:
        raise UsageError(f"unknown shorthand flag: '{text[0]}' in -{text}")
    if name in _SWITCHES:
        switches.add(name)
        return
    values[name] = text[1:].removeprefix("=") if len(text) > 1 else _next(rest, f"-{text[0]}")


def _next(rest: Iterator[str], flag: str) -> str:
    found = next(rest, None)
    if found is None:
        raise UsageError(f"flag needs an argument: {flag}")
    return found


def _targets(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """``pod a b``, ``pods,services``, ``pod/a service/b``."""
    if not words:
        return
    if any("/" in word for word in words):
        for word in words:
            resource, slash, name = word.partition("/")
            if not slash or not resource or not name:
                raise UsageError(
                    "there is no need to specify a resource type as a separate argument when passing arguments in "
                    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource "
                    "resource/<resource_name>'"
                )
            yield resource, name
        return
    for resource in words[0].split(","):
        if len(words) == 1:
            yield resource, ""
        for name in words[1:]:
            yield resource, name

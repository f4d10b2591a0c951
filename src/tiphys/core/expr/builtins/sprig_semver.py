"""sprig: semantic versions and constraints on them."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import BOOL, INT, TEXT, fn
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.structs import Function, Struct

_WORDS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION = re.compile(rf"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-({_WORDS}))?(?:\+({_WORDS}))?\Z", re.ASCII)
_PART = rf"(?:v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*]))?(?:\.(?:\d+|[xX*]))?(?:-{_WORDS})?(?:\+{_WORDS})?)"
_OPERATORS = r"=<|=>|!=|>=|<=|~>|=|>|<|~|\^"
_CONSTRAINT = re.compile(rf"\s*({_OPERATORS})?\s*({_PART})", re.ASCII)
#: What stands behind a constraint: a comma, space before the next one, or nothing more.
_BETWEEN = re.compile(r"\s*,|\s+|\Z")
_RANGE = re.compile(rf"\s*({_PART})\s+-\s+({_PART})\s*", re.ASCII)
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Version:
    """A version; a constraint's version may leave places open."""

    numbers: tuple[int, int, int]
    prerelease: str = ""
    metadata: str = ""
    original: str = ""
    places: int = 3

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts versions by precedence: a release comes after its pre-releases."""
        if not self.prerelease:
            return (*self.numbers, 1, ())
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.prerelease.split("."))
        return (*self.numbers, 0, parts)

    def text(self) -> str:
        """The version written out."""
        shown = ".".join(map(str, self.numbers))
        shown += f"-{self.prerelease}" if self.prerelease else ""
        return shown + (f"+{self.metadata}" if self.metadata else "")


def parse_version(text: str) -> Version:
    """Read a version; missing minor and patch numbers are 0.

    Raises:
        Fault: not a version.
    """
    match = _VERSION.match(text) if len(text) <= _LONGEST else None
    if match is None:
        raise Fault("Invalid Semantic Version")
    major, minor, patch, prerelease, metadata = match.groups()
    return Version((int(major), int(minor or 0), int(patch or 0)), prerelease or "", metadata or "", text)


def _semver(text: str) -> Struct:
    return _object(parse_version(text), "*semver.Version")


def _object(version: Version, go_type: str) -> Struct:
    """A version as expressions see it: everything is a method."""
    shown = version.text()
    values: dict[str, Any] = {
        "Major": version.numbers[0],
        "Minor": version.numbers[1],
        "Patch": version.numbers[2],
        "Prerelease": version.prerelease,
        "Metadata": version.metadata,
        "Original": version.original,
        "String": shown,
        "MarshalJSON": f'"{shown}"',
    }
    methods = {name: _getter(name, value) for name, value in values.items()}
    return Struct(go_type, {}, methods | _comparisons(version) | _increments(version))


def _getter(name: str, value: Any) -> Function:
    return Function(name, lambda: value, (), "string" if isinstance(value, str) else "uint64")


def _comparisons(version: Version) -> dict[str, Function]:
    def order(other: Struct) -> int:
        limit = parse_version(str(other.methods["String"]())).order
        return (version.order > limit) - (version.order < limit)

    tests: dict[str, Callable[[Struct], Any]] = {
        "Compare": order,
        "Equal": lambda other: order(other) == 0,
        "LessThan": lambda other: order(other) < 0,
        "LessThanEqual": lambda other: order(other) <= 0,
        "GreaterThan": lambda other: order(other) > 0,
        "GreaterThanEqual": lambda other: order(other) >= 0,
    }
    return {
        name: fn(name, test, "*semver.Version", result=INT if test is order else BOOL) for name, test in tests.items()
    }


def _increments(version: Version) -> dict[str, Function]:
    """The next versions; a pre-release is followed by its own release when the patch number is what grows."""
    major, minor, patch = version.numbers
    following = {
        "IncMajor": (major + 1, 0, 0),
        "IncMinor": (major, minor + 1, 0),
        "IncPatch": (major, minor, patch + (not version.prerelease)),
    }
    return {name: fn(name, _maker(numbers), result="semver.Version") for name, numbers in following.items()}


def _maker(numbers: tuple[int, int, int]) -> Callable[[], Struct]:
    return lambda: _object(Version(numbers, original=".".join(map(str, numbers))), "semver.Version")


def _compare(constraint: str, text: str) -> bool:
    alternatives = [_conjunction(part) for part in constraint.split("||")]
    version = parse_version(text)
    return any(_all_hold(constraints, version) for constraints in alternatives)


def _all_hold(constraints: list[tuple[str, Version]], version: Version) -> bool:
    """A pre-release only meets constraints one of which names one."""
    if version.prerelease and not any(limit.prerelease for _, limit in constraints):
        return False
    return all(_holds(operator, limit, version) for operator, limit in constraints)


def _conjunction(text: str) -> list[tuple[str, Version]]:
    """Read constraints that all must hold.

    Raises:
        Fault: not a list of constraints.
    """
    improper = Fault(f"improper constraint: {text}")
    if len(text) > _LONGEST:
        raise improper
    plain = _RANGE.sub(lambda match: f">={match.group(1)}, <={match.group(2)} ", text).rstrip()
    found: list[tuple[str, Version]] = []
    index = 0
    while index < len(plain) or not found:
        match = _CONSTRAINT.match(plain, index)
        gap = _BETWEEN.match(plain, match.end()) if match is not None else None
        if match is None or gap is None:
            raise improper
        found.append((match.group(1) or "=", _open_version(match.group(2))))
        index = gap.end()
    return found


def _open_version(text: str) -> Version:
    """Read a version of a constraint; ``places`` counts the numbers before the first open place."""
    head, _, metadata = text.lstrip("v").partition("+")
    numbers_text, _, prerelease = head.partition("-")
    numbers: list[int] = []
    for part in numbers_text.split("."):
        if part in ("x", "X", "*"):
            break
        numbers.append(int(part))
    padded = (*numbers, 0, 0, 0)
    return Version((padded[0], padded[1], padded[2]), prerelease, metadata, text, min(len(numbers), 3))


def _holds(operator: str, limit: Version, version: Version) -> bool:
    """Whether a version meets a constraint; one of a limit with open places is about the places that it gives."""
    given = limit.places or 3
    places, wanted = version.numbers[:given], limit.numbers[:given]
    if operator in ("=", "!="):
        same = limit.places == 0 or (places == wanted if given < 3 else version.order == limit.order)
        return same == (operator == "=")
    if operator == ">":
        return places > wanted if given < 3 else version.order > limit.order
    if operator == "<":
        return version.order < limit.order
    if operator in ("<=", "=<"):
        return places <= wanted if given < 3 else version.order <= limit.order
    above = version.order >= limit.order
    return above if operator in (">=", "=>") else above and version.numbers < _ceiling(operator, limit)


def _ceiling(operator: str, limit: Version) -> tuple[int, int, int]:
    """The first version that ``~`` or ``^`` no longer allows."""
    major, minor, patch = limit.numbers
    if limit.places == 0 or (operator in ("~", "~>") and limit.places == 3 and not any(limit.numbers)):
        return (1 << 63, 0, 0)
    if operator in ("~", "~>"):
        return (major + 1, 0, 0) if limit.places == 1 else (major, minor + 1, 0)
    if major > 0 or limit.places == 1:
        return (major + 1, 0, 0)
    if minor > 0 or limit.places == 2:
        return (0, minor + 1, 0)
    return (0, 0, patch + 1)


FUNCTIONS = (
    fn("semver", _semver, TEXT, result="*semver.Version"),
    fn("semverCompare", _compare, TEXT, TEXT, result=BOOL),
)

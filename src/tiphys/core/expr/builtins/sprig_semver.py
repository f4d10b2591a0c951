"""sprig: semantic versions and constraints on them."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import BOOL, TEXT, fn
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.structs import Function, Struct

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?\Z", re.ASCII)
_PART = r"(?:v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*]))?(?:\.(?:\d+|[xX*]))?(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)"
_OPERATORS = r"=<|=>|!=|>=|<=|~>|=|>|<|~|\^"
_CONSTRAINT = re.compile(rf"\s*({_OPERATORS})?\s*({_PART})\s*", re.ASCII)
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
    version = parse_version(text)
    values: dict[str, Any] = {
        "Major": version.numbers[0],
        "Minor": version.numbers[1],
        "Patch": version.numbers[2],
        "Prerelease": version.prerelease,
        "Metadata": version.metadata,
        "Original": version.original,
        "String": version.text(),
    }
    return Struct("*semver.Version", {}, {name: _getter(name, value) for name, value in values.items()})


def _getter(name: str, value: Any) -> Function:
    return Function(name, lambda: value, (), "string" if isinstance(value, str) else "uint64")


def _compare(constraint: str, text: str) -> bool:
    alternatives = [_conjunction(part, constraint) for part in constraint.split("||")]
    version = parse_version(text)
    return any(all(check(version) for check in checks) for checks in alternatives)


def _conjunction(text: str, whole: str) -> list[Callable[[Version], bool]]:
    if len(text) > _LONGEST:
        raise Fault(f"improper constraint: {whole}")
    plain = _RANGE.sub(lambda match: f">={match.group(1)} <={match.group(2)} ", text)
    checks: list[Callable[[Version], bool]] = []
    index = 0
    while index < len(plain):
        match = _CONSTRAINT.match(plain, index)
        if match is None:
            raise Fault(f"improper constraint: {whole}")
        checks.append(_check(match.group(1) or "", _open_version(match.group(2))))
        index = match.end()
        if plain[index : index + 1] == ",":
            index += 1
    if not checks:
        raise Fault(f"improper constraint: {whole}")
    return checks


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


def _check(operator: str, limit: Version) -> Callable[[Version], bool]:
    low = limit.order

    def allowed(version: Version) -> bool:
        """A pre-release only matches constraints that name one."""
        return not version.prerelease or bool(limit.prerelease)

    def check(version: Version) -> bool:
        if operator == "!=":
            return not _matches(limit, version)
        return allowed(version) and _satisfies(operator, limit, low, version)

    return check


def _matches(limit: Version, version: Version) -> bool:
    if limit.places < 3:
        return version.numbers[: limit.places] == limit.numbers[: limit.places]
    return version.order == limit.order


def _satisfies(operator: str, limit: Version, low: tuple[Any, ...], version: Version) -> bool:
    if operator in ("", "="):
        return _matches(limit, version)
    if operator == ">":
        if limit.places < 3:
            return version.numbers[: limit.places] > limit.numbers[: limit.places]
        return version.order > low
    if operator == "<":
        return version.order < low
    if operator in (">=", "=>"):
        return version.order >= low
    if operator in ("<=", "=<"):
        if limit.places < 3:
            return version.numbers[: limit.places] <= limit.numbers[: limit.places]
        return version.order <= low
    return version.order >= low and version.numbers < _ceiling(operator, limit)


def _ceiling(operator: str, limit: Version) -> tuple[int, int, int]:
    """The first version that ``~`` or ``^`` no longer allows."""
    major, minor, patch = limit.numbers
    if limit.places == 0:
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

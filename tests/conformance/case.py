"""What the sets and the runner share: cases and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Case:
    """One case; ``data`` is what its set needs to run it."""

    id: str
    data: dict[str, Any]
    corpus: Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One statement of a case that does not hold."""

    what: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A case agrees when there are no differences; ``not_yet`` names the feature that keeps it from being run.

    ``not_behaviour`` says why a case states nothing that a user or client of the API could see; ``cannot`` what it
    needs that no single machine has.  ``stated`` is how many statements were compared: a case that states nothing is
    counted apart.
    """

    differences: tuple[Difference, ...] = ()
    not_yet: str | None = None
    not_behaviour: str | None = None
    cannot: str | None = None
    stated: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the case was run and all that it states holds."""
        return self.tried and self.stated > 0 and not self.differences

    @property
    def tried(self) -> bool:
        """Whether the case counts: it states behaviour, of features that are there."""
        return self.not_yet is None and self.not_behaviour is None and self.cannot is None


@dataclass(slots=True)
class Comparison:
    """Gathers statements: each ``equal`` is one that is counted."""

    differences: list[Difference] = field(default_factory=list)
    stated: int = 0

    def equal(self, what: str, expected: object, got: object) -> bool:
        """State that two values are equal."""
        return self.hold(what, expected == got, expected, got)

    def hold(self, what: str, holds: bool, expected: object, got: object) -> bool:
        """State something and say whether it holds."""
        self.stated += 1
        if not holds:
            self.differences.append(Difference(what, expected, got))
        return holds

    def outcome(self) -> Outcome:
        """What became of the case."""
        return Outcome(differences=tuple(self.differences), stated=self.stated)


class CaseSet(Protocol):
    """A module of ``sets``.

    It may have ``around(runtime)``, a context manager around all cases: the runtime is the one to be tried.
    """

    def cases(self, corpus: Path) -> Iterable[Case]:
        """All cases of the set, those included that cannot be run yet."""

    def run(self, case: Case) -> Outcome:
        """Run one case."""

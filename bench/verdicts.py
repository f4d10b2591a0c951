"""Which budgets were kept in this run: every figure with a budget comes by here, and the end of the run lists them."""

from __future__ import annotations

import re

from msgspec import Struct

_LIMIT = re.compile(r"(<=|>=)?\s*([\d,]+(?:\.\d+)?)")


class Verdict(Struct, frozen=True):
    """A figure beside its budget, which begins with ``<=`` (as without a sign) or ``>=`` and a number."""

    name: str
    measured: float
    budget: str
    kept: bool


_FOUND: list[Verdict] = []


def judge(name: str, measured: float, budget: str) -> str:
    """``ok`` or ``not``, noted for the end of the run; nothing where the text states no budget."""
    limit = _LIMIT.match(budget)
    if limit is None:
        return ""
    number = float(limit[2].replace(",", ""))
    kept = measured >= number if limit[1] == ">=" else measured <= number
    _FOUND.append(Verdict(name, measured, budget, kept))
    return "ok" if kept else "not"


def report() -> None:
    """All budgets of this run."""
    if _FOUND:
        print("== budgets")
    for each in _FOUND:
        print(f"{'ok ' if each.kept else 'NOT'} {each.name:58} {each.measured:10,.2f}   budget {each.budget}")

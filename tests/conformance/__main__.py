"""``python -m tests.conformance``: run sets of cases and count those that agree.

The exit code is 0 whatever the numbers; 1 when ``--require`` is not met; 2 when the runner itself cannot work.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, cast

from tests.conformance.case import Case, CaseSet, Difference, Outcome

#: Why a case is not tried: the field of its outcome, and how that is said before the reason.
_WORDS = {"not_yet": ("not yet", ""), "not_behaviour": ("not behaviour", ""), "cannot": ("cannot run here", " needs")}
NAMES = sorted(path.stem for path in (Path(__file__).parent / "sets").glob("*.py") if path.stem != "__init__")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sets that are asked for and write their reports."""
    options = _parser().parse_args(arguments)
    if not options.corpus.is_dir():
        print(f"error: there is no corpus at {options.corpus}", file=sys.stderr)
        return 2
    names = options.sets.replace(",", " ").split() or NAMES
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"error: no such set: {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    agreed = sum(_run_set(name, options) for name in names)
    if options.require is not None and agreed < options.require:
        print(f"error: {agreed} cases agree, {options.require} are required", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"), help="folder of the corpus")
    parser.add_argument("--sets", default="", help=f"names separated by blanks or commas; all: {', '.join(NAMES)}")
    parser.add_argument("--out", type=Path, default=Path("conformance-out"), help="folder for the reports")
    parser.add_argument("--only", default="", help="run only cases whose id holds this text")
    parser.add_argument("--runtime", choices=("process", "container"), default="process", help="what runs pods")
    parser.add_argument("--require", type=int, help="exit with 1 when fewer cases agree")
    return parser


def _run_set(name: str, options: argparse.Namespace) -> int:
    """Run one set, print its line and write its report; answers with the number that agree."""
    module = cast(CaseSet, importlib.import_module(f"tests.conformance.sets.{name}"))
    chosen = [case for case in module.cases(options.corpus.resolve()) if options.only in case.id]
    around = getattr(module, "around", nullcontext)
    with around(options.runtime), ThreadPoolExecutor(getattr(module, "AT_ONCE", 1)) as pool:
        outcomes = dict(zip([case.id for case in chosen], pool.map(partial(_run, module), chosen), strict=True))
    report = _report(outcomes)
    _print(name, report)
    text = json.dumps(report, indent=2, ensure_ascii=False, default=str)
    (options.out / f"{name}.json").write_text(f"{text}\n")
    return int(report["agree"])


def _report(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """What is kept of a set: numbers, reasons why cases were not tried, each case in a word, and what differs."""
    tried = {case: outcome for case, outcome in outcomes.items() if outcome.tried}
    reasons = {field: [getattr(outcome, field) for outcome in outcomes.values()] for field in _WORDS}
    return {
        "agree": sum(outcome.agrees for outcome in tried.values()),
        "total": len(tried),
        **{field: dict(Counter(filter(None, found)).most_common()) for field, found in reasons.items()},
        "cases": {case: _word(outcome) for case, outcome in outcomes.items()},
        "differences": [
            {"case": case, **asdict(difference)}
            for case, outcome in tried.items()
            for difference in outcome.differences or _silence(outcome)
        ],
    }


def _print(name: str, report: Mapping[str, Any]) -> None:
    besides = [f"{sum(report[field].values())} {word}" for field, (word, _) in _WORDS.items() if report[field]]
    print(f"{name}: {report['agree']} of {report['total']}" + (f" ({', '.join(besides)})" if besides else ""))
    for field, (word, link) in _WORDS.items():
        for reason, count in report[field].items():
            print(f"  {word}:{link} {reason} ({count})")


def _word(outcome: Outcome) -> str:
    """What became of a case, in a word or with its reason."""
    for field, (word, link) in _WORDS.items():
        if getattr(outcome, field) is not None:
            return f"{word}:{link} {getattr(outcome, field)}"
    return "agrees" if outcome.agrees else "differs"


def _silence(outcome: Outcome) -> tuple[Difference, ...]:
    """A case that states nothing does not agree."""
    return () if outcome.stated else (Difference("statements", "at least one", 0),)


def _run(module: CaseSet, case: Case) -> Outcome:
    """Run a case; an exception is a difference and does not end the set."""
    try:
        outcome = module.run(case)
    except Exception:
        outcome = Outcome(differences=(Difference("no exception", None, traceback.format_exc()),), stated=1)
    for difference in outcome.differences:
        print(f"  {case.id}: {difference.what}: {str(difference.got)[:160]}", file=sys.stderr, flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())

"""Run two commands in turn and compare them pair by pair."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from bench.verdicts import judge


def seconds(argv: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Wall time of one run of a command that must succeed."""
    begin = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    return time.perf_counter() - begin


def processor_seconds(argv: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Processor time of one run of a command that must succeed, with the children that it waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds(argv, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(ours: Callable[[], float], reference: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Medians of both and of their ratio pair by pair, after one warm-up."""
    ours(), reference()
    pairs = [(ours(), reference()) for _ in range(runs)]
    return (
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[0] / pair[1] for pair in pairs),
    )


def show(name: str, figures: tuple[float, float, float], budget: str) -> None:
    """One line; ``budget`` is of the ratio, see ``verdicts``."""
    mine, other, factor = figures
    times = f"{mine:8.3f} s   reference {other:8.3f} s   ratio {factor:6.2f}"
    print(f"{name:58} {times}   budget {budget} {judge(name, factor, budget)}", flush=True)

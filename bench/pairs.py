"""Run two commands in turn and compare them pair by pair."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from bench.verdicts import judge


class Cost(Struct, frozen=True):
    """What a command took: seconds of wall and of processor time, bytes of memory at its most."""

    wall: float
    processor: float
    memory: int


def cost(argv: Sequence[str], env: Mapping[str, str] | None = None) -> Cost:
    """What one run of a command took that must succeed, with the children that it waited for."""
    begin = time.perf_counter()
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv)
    return Cost(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def seconds(argv: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Wall time of one run of a command that must succeed."""
    return cost(argv, env).wall


def ratio(ours: Callable[[], float], reference: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Medians of both and of their ratio pair by pair, after one warm-up."""
    ours(), reference()
    return medians([(ours(), reference()) for _ in range(runs)])


def medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Medians of both, and of their ratio pair by pair."""
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

"""Run two commands in turn and compare them pair by pair."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence


def seconds(argv: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Wall time of one run of a command that must succeed."""
    begin = time.perf_counter()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    return time.perf_counter() - begin


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
    mine, other, factor = figures
    print(f"{name:44} {mine:8.3f} s   reference {other:8.3f} s   ratio {factor:6.2f}   budget {budget}")

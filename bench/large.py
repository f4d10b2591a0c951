"""Whole commands on workflows of 10,000 and 100,000 nodes: what a node costs must not grow with their number.

The nodes are Suspend nodes of no duration, so that nothing but the engine, the loop and the store is at work.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from bench.verdicts import judge

_MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: large-{count}}}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {{name: leaf, template: nap, withSequence: {{count: "{count}"}}}}
  - name: nap
    suspend: {{duration: "0"}}
"""


class Cost(Struct, frozen=True):
    """What one command took: seconds of wall and processor time, bytes of memory at its most."""

    wall: float
    processor: float
    memory: int


def _cost(*argv: str, home: str) -> Cost:
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {"TIPHYS_HOME": home}
    begin = time.perf_counter()
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, argv
    return Cost(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def report(*, quick: bool) -> None:
    """Run both sizes, and show what running and reading cost per node."""
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    sizes = (1_000, 10_000) if quick else (10_000, 100_000)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        _cost(tiphys, "run", _written(home, 1), home=home)  # makes the data directory, warms the files
        for verb, words in (("run", ("run", "{file}", "-o", "name")), ("get", ("get", "large-{count}"))):
            least, *costs = (
                _cost(tiphys, *(word.format(file=_written(home, count), count=count) for word in words), home=home)
                for count in (2, *sizes)
            )
            per_node = [
                _shown(f"{verb}, {count:,} nodes", cost, least, count) for count, cost in zip(sizes, costs, strict=True)
            ]
            growth, name = per_node[1] / per_node[0], f"{verb}: cost of a node, large to small"
            print(f"  growth {growth:5.2f}   budget <= 1.3 {judge(name, growth, '<= 1.3')}", flush=True)


def _shown(name: str, cost: Cost, least: Cost, count: int) -> float:
    """Print a line; answers with the microseconds of processor time of each node."""
    each = (cost.processor - least.processor) / count * 1e6
    memory = (cost.memory - least.memory) / count
    print(f"{name:58} {cost.wall:8.2f} s   {each:6.1f} us and {memory:6.0f} bytes per node", flush=True)
    return each


def _written(home: str, count: int) -> str:
    file = Path(home, f"{count}.yaml")
    file.write_text(_MANIFEST.format(count=count))
    return str(file)

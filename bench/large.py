"""Whole commands on workflows of 10,000 and 100,000 nodes: what a node costs must not grow with their number.

The nodes are Suspend nodes of no duration, so that nothing but the engine, the loop and the store is at work.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.pairs import Cost, cost
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


def report(*, quick: bool) -> None:
    """Run both sizes, and show what running and reading cost per node."""
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    sizes = (1_000, 10_000) if quick else (10_000, 100_000)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        env |= {"TIPHYS_HOME": home}
        cost([tiphys, "run", _written(home, 1)], env)  # makes the data directory, warms the files
        for verb, words in (("run", ("run", "{file}", "-o", "name")), ("get", ("get", "large-{count}"))):
            least, *costs = (
                cost([tiphys, *(word.format(file=_written(home, count), count=count) for word in words)], env)
                for count in (2, *sizes)
            )
            per_node = [
                _shown(f"{verb}, {count:,} nodes", took, least, count) for count, took in zip(sizes, costs, strict=True)
            ]
            growth, name = per_node[1] / per_node[0], f"{verb}: cost of a node, large to small"
            print(f"  growth {growth:5.2f}   budget <= 1.3 {judge(name, growth, '<= 1.3')}", flush=True)


def _shown(name: str, took: Cost, least: Cost, count: int) -> float:
    """Print a line; answers with the microseconds of processor time of each node."""
    each = (took.processor - least.processor) / count * 1e6
    memory = (took.memory - least.memory) / count
    print(f"{name:58} {took.wall:8.2f} s   {each:6.1f} us and {memory:6.0f} bytes per node", flush=True)
    return each


def _written(home: str, count: int) -> str:
    file = Path(home, f"{count}.yaml")
    file.write_text(_MANIFEST.format(count=count))
    return str(file)

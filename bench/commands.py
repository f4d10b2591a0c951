"""Whole commands against xargs with the same sandbox: a fan-out and a chain."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.pairs import ratio, seconds, show
from bench.runtime import sandbox_argv

FAN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: fan-}}
spec:
  entrypoint: main
  templates:
  - name: main
    parallelism: 8
    steps:
    - - {{name: leaf, template: "true", withSequence: {{count: {count}}}}}
  - name: "true"
    container: {{image: none, command: ["true"]}}
"""
CHAIN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{generateName: chain-}}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
{steps}
  - name: "true"
    container: {{image: none, command: ["true"]}}
"""


def xargs(argv: list[str], count: int, parallel: int) -> float:
    numbers = "\n".join(str(n) for n in range(count)).encode()
    begin = time.perf_counter()
    subprocess.run(["xargs", f"-P{parallel}", "-I{}", *argv], input=numbers, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def report(*, quick: bool) -> None:
    fan, chain, runs = (100, 20, 3) if quick else (1_000, 200, 3)
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        fan_file, chain_file = Path(scratch, "fan.yaml"), Path(scratch, "chain.yaml")
        fan_file.write_text(FAN.format(count=fan))
        steps = "\n".join(f'    - - {{name: s{n}, template: "true"}}' for n in range(chain))
        chain_file.write_text(CHAIN.format(steps=steps))
        homes = iter(range(1_000))

        def ours(file: Path, sandbox: str) -> float:
            env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
            env |= {"TIPHYS_HOME": f"{scratch}/home-{next(homes)}", "TIPHYS_SANDBOX": sandbox}
            return seconds([tiphys, "run", str(file), "-o", "name"], env)

        boxed = sandbox_argv(scratch)
        show(
            f"fan-out of {fan}, parallelism 8, sandboxed",
            ratio(lambda: ours(fan_file, "on"), lambda: xargs(boxed, fan, 8), runs),
            "<= 1.5 (xargs -P8 bwrap)",
        )
        show(
            f"fan-out of {fan}, parallelism 8, unsandboxed",
            ratio(lambda: ours(fan_file, "off"), lambda: xargs(["true"], fan, 8), runs),
            "<= 2.5 (xargs -P8 true)",
        )
        show(
            f"chain of {chain}, sandboxed",
            ratio(lambda: ours(chain_file, "on"), lambda: xargs(boxed, chain, 1), runs),
            "no budget (xargs -P1 bwrap)",
        )

"""How much the process runtime costs over running the same commands with xargs.

Usage: python bench/runtime.py [pods] [--repeat N]

Prints, with and without a sandbox, the wall time of N pods of ``true`` at parallelism 8, of the same command line
under ``xargs -P8``, and the ratio.  Read the ratios: the machine is never quiet.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from tiphys.adapters.runtimes.process import ProcessRuntime
from tiphys.adapters.runtimes.process.plan import compile_plan
from tiphys.adapters.supervisor.records import ProcessLaunch
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.ports.runtime import PodKey, PodRequest

PARALLELISM = 8


def request(number: int) -> PodRequest:
    name = f"pod-{number}"
    return PodRequest(
        key=PodKey(WorkflowUid("bench"), NodeId(name)),
        workflow="bench",
        namespace="default",
        node_name=NodeName(name),
        pod_name=name,
        manifest={"spec": {"containers": [{"name": "main", "image": "none", "command": ["true"]}]}},
    )


def run_pods(runtime: ProcessRuntime, count: int) -> float:
    begin = time.perf_counter()
    started = min(PARALLELISM, count)
    for number in range(started):
        runtime.start(request(number))
    ended = 0
    while ended < count:
        for report in runtime.poll(10):
            if report.phase not in {"Succeeded", "Failed"}:
                continue
            assert report.phase == "Succeeded", report
            ended += 1
            if started < count:
                runtime.start(request(started))
                started += 1
    return time.perf_counter() - begin


def run_xargs(argv: list[str], count: int) -> float:
    line = " ".join(map(shlex.quote, argv))
    begin = time.perf_counter()
    subprocess.run(
        f"seq {count} | xargs -P{PARALLELISM} -I{{}} {line}", shell=True, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin


def measure(count: int, sandboxed: bool, scratch: str) -> tuple[float, float, float]:
    # Removing thousands of files slows the making of new ones for half a minute (ext4): that comes at the very end.
    folder = tempfile.mkdtemp(dir=scratch)
    with contextlib.closing(ProcessRuntime(Path(folder), sandbox=sandboxed)) as runtime:
        theirs = run_xargs(_argv(runtime, folder) if sandboxed else ["true"], count)
        before = os.times()
        ours = run_pods(runtime, count)
        after = os.times()
    return ours, theirs, after.user + after.system - before.user - before.system


def _argv(runtime: ProcessRuntime, folder: str) -> list[str]:
    plan = compile_plan(request(0), runtime._settings())
    launch = plan.containers[0].launch
    assert isinstance(launch, ProcessLaunch)
    argv = list(launch.argv)
    root = f"{folder}/xargs"
    for name, _ in plan.skeleton:
        Path(root, name).mkdir(parents=True, exist_ok=True)
    for name, target in plan.links:
        Path(root, name).symlink_to(target)
    argv[argv.index("--bind") + 1] = root
    status = argv.index("--json-status-fd")
    del argv[status : status + 2]
    return argv


def sandbox_argv(scratch: str) -> list[str]:
    """The command line of `true` in the runtime's sandbox, for other programs to run."""
    folder = tempfile.mkdtemp(dir=scratch)
    with contextlib.closing(ProcessRuntime(Path(folder), sandbox=True)) as runtime:
        return _argv(runtime, folder)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pods", nargs="?", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        for sandboxed in (True, False):
            runs = [measure(options.pods, sandboxed, scratch) for _ in range(options.repeat)]
            ours, theirs, cpu = (statistics.median(column) for column in zip(*runs, strict=True))
            print(
                f"{'sandboxed' if sandboxed else 'unsandboxed':12} pods={options.pods} runtime={ours:.2f}s "
                f"xargs={theirs:.2f}s ratio={ours / theirs:.2f} controller={cpu / options.pods * 1000:.2f} ms/pod"
            )


if __name__ == "__main__":
    main()

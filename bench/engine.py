"""The engine alone with pods that end at once: cost of a node, its memory, rows per event, and whether they grow.

Shapes: a fan-out of one loop, layers of a DAG that each wait for the whole layer before, a chain, many small runs.
Times are processor time, because machines are shared.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from bench.verdicts import judge
from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.run import Run
from tiphys.core.engine.step import Step
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import Identity, Plan
from tiphys.ids import NodeId, WorkflowUid

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ECHO: dict[str, Any] = {
    "name": "echo",
    "inputs": {"parameters": [{"name": "m", "default": "hi"}]},
    "container": {"image": "alpine", "command": ["echo", "hi {{inputs.parameters.m}}"]},
}


class Figures(Struct):
    """What one shape cost; ``nodes`` are pods, ``planning`` is how long the plan took."""

    planning: float = 0.0
    seconds: float = 0.0
    nodes: int = 0
    rows: int = 0

    @property
    def per_node(self) -> float:
        """Microseconds of a node."""
        return self.seconds / self.nodes * 1e6


def plan_of(main: dict[str, Any], name: str = "bench") -> Plan:
    """The plan of a workflow whose entry template is given."""
    spec = {"entrypoint": "main", "templates": [{"name": "main", **main}, ECHO]}
    workflow = msgspec.convert({"metadata": {"name": name}, "spec": spec}, Workflow)
    identity = Identity(uid=WorkflowUid("u"), name=name, namespace="default", created_at=NOW)
    return compile_plan(workflow, identity)


def fan(count: int) -> Plan:
    """One loop of ``count`` items, eight at a time."""
    passed = {"parameters": [{"name": "m", "value": "{{item}}"}]}
    step = {"name": "leaf", "template": "echo", "withSequence": {"count": count}, "arguments": passed}
    return plan_of({"parallelism": 8, "steps": [[step]]})


def layers(depth: int, width: int) -> Plan:
    """``depth`` layers of ``width`` tasks, each waiting for the whole layer before."""
    tasks: list[dict[str, Any]] = []
    for layer in range(depth):
        before = [f"t{layer - 1}-{number}" for number in range(width)] if layer else None
        for number in range(width):
            task = {"name": f"t{layer}-{number}", "template": "echo"}
            tasks.append({**task, "dependencies": before} if before else task)
    return plan_of({"dag": {"tasks": tasks}})


def chain(length: int) -> Plan:
    """One task after the other."""
    first = {"name": "t0", "template": "echo"}
    rest = [{"name": f"t{n}", "template": "echo", "dependencies": [f"t{n - 1}"]} for n in range(1, length)]
    return plan_of({"dag": {"tasks": [first, *rest]}})


def small(index: int) -> Plan:
    """A workflow of twenty nodes."""
    steps = [[{"name": f"s{n}", "template": "echo", "withItems": [1, 2]}] for n in range(6)]
    return plan_of({"steps": steps}, name=f"small-{index}")


def drive(runs: Iterable[Run]) -> Figures:
    """Take every run to its end; pods of all runs end in the order in which they were asked for."""
    figures = Figures()
    waiting: deque[tuple[Run, NodeId]] = deque()

    def take(run: Run, step: Step) -> None:
        figures.rows += len(step.changes)
        waiting.extend((run, command.node_id) for command in step.commands if isinstance(command, StartPod))

    begin = time.process_time()
    for run in runs:
        take(run, run.advance([], NOW))
    while waiting:
        run, node_id = waiting.popleft()
        done = Container(name="main", exit_code=0, reason="Completed", finished_at=NOW)
        take(run, run.advance([PodChanged(node_id=node_id, phase="Succeeded", containers=(done,))], NOW))
        figures.nodes += 1
    figures.seconds = time.process_time() - begin
    return figures


def measured(make: Iterable[Plan]) -> Figures:
    """The figures of runs of these plans."""
    begin = time.process_time()
    plans = list(make)
    planning = time.process_time() - begin
    gc.collect()
    runs = [Run.start(plan, NOW) for plan in plans]
    figures = drive(runs)
    assert all(run.finished for run in runs)
    figures.planning = planning
    return figures


def bytes_per_node(count: int) -> float:
    """What a finished node of a fan-out keeps in memory."""
    plan = fan(count)
    tracemalloc.start()
    run = Run.start(plan, NOW)
    before, _ = tracemalloc.get_traced_memory()
    drive([run])
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / count


def show(name: str, figures: Figures) -> None:
    """One line."""
    plan = figures.planning / figures.nodes * 1e6
    speed = f"{figures.per_node:7.1f} us per node {1e6 / figures.per_node:8,.0f} nodes/s"
    print(f"{name:34} {speed} {figures.rows / figures.nodes:6.2f} rows per event, plan {plan:6.1f} us per node")


def report(*, quick: bool) -> None:
    """Measure all shapes."""
    cut = 10 if quick else 1
    gc.set_threshold(200_000, 20, 100)  # as the command line does
    measured([fan(1_000)])
    less, more = measured([fan(10_000 // cut)]), measured([fan(100_000 // cut)])
    show(f"fan-out of {10_000 // cut:,}", less)
    show(f"fan-out of {100_000 // cut:,}", more)
    growth, speed = more.per_node / less.per_node, 1e6 / max(less.per_node, more.per_node)
    print(f"  cost per node, large to small: {growth:5.2f}   budget <= 1.3 {judge('engine: growth', growth, '<= 1.3')}")
    print(f"  nodes a second: {speed:,.0f}   budget >= 5,000 {judge('engine: nodes a second', speed, '>= 5,000')}")
    depth = 30 if quick else 100
    show(f"DAG of {depth} layers of {depth}", measured(layers(depth, depth) for _ in range(1)))
    show(f"chain of {10_000 // cut:,}", measured(chain(10_000 // cut) for _ in range(1)))
    show(f"{1_000 // cut:,} workflows of 20 nodes at once", measured(small(index) for index in range(1_000 // cut)))
    size = bytes_per_node(10_000 // cut)
    print(f"memory: {size:6.0f} bytes per finished node   budget <= 4,096 {judge('engine: bytes', size, '<= 4,096')}")

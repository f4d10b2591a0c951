"""The engine alone with pods that end at once: cost of a node and whether it grows with the workflow."""

from __future__ import annotations

import gc
import resource
import time
from collections import deque
from datetime import UTC, datetime

from tiphys.core.engine.commands import StartPod
from tiphys.core.engine.events import Container, PodChanged
from tiphys.core.engine.run import Run
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.compile import compile_plan
from tiphys.core.plan.model import Identity
from tiphys.ids import WorkflowUid

TEXT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: fan}}
spec:
  entrypoint: main
  templates:
  - name: main
    parallelism: 8
    steps:
    - - name: leaf
        template: echo
        withSequence: {{count: {count}}}
        arguments: {{parameters: [{{name: m, value: "{{{{item}}}}"}}]}}
  - name: echo
    inputs: {{parameters: [{{name: m}}]}}
    container: {{image: alpine, command: [echo, "hi {{{{inputs.parameters.m}}}}"]}}
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def fan(count: int) -> tuple[float, int]:
    """Microseconds and rows of the store per node of a fan-out of ``count`` pods, eight at a time."""
    document = load(TEXT.format(count=count), "bench.yaml").documents[0]
    assert isinstance(document.manifest, Workflow)
    identity = Identity(uid=WorkflowUid("u"), name="fan", namespace="default", created_at=NOW)
    plan = compile_plan(document.manifest, identity)
    gc.collect()
    begin = time.perf_counter()
    run = Run.start(plan, NOW)
    step = run.advance([], NOW)
    waiting = deque(command.node_id for command in step.commands if isinstance(command, StartPod))
    ended = rows = 0
    while not run.finished:
        node_id = waiting.popleft()
        done = Container(name="main", exit_code=0, reason="Completed", finished_at=NOW)
        step = run.advance([PodChanged(node_id=node_id, phase="Succeeded", containers=(done,))], NOW)
        waiting.extend(command.node_id for command in step.commands if isinstance(command, StartPod))
        ended += 1
        rows += len(step.changes)
    assert ended == count
    return (time.perf_counter() - begin) / count * 1e6, rows


def report(*, quick: bool) -> None:
    small, large = (1_000, 10_000) if quick else (10_000, 100_000)
    fan(1_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    per_small, _ = fan(small)
    per_large, rows = fan(large)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / large
    print(f"fan-out of {small:7,}: {per_small:6.1f} us per node, {1e6 / per_small:8,.0f} nodes/s   budget >= 5,000")
    print(f"fan-out of {large:7,}: {per_large:6.1f} us per node, {1e6 / per_large:8,.0f} nodes/s")
    print(f"cost per node, large to small: {per_large / per_small:5.2f}   budget <= 1.3")
    print(f"memory: {memory:6.0f} bytes per finished node   budget <= 4,096")
    print(f"rows written per event: {rows / large:5.2f}, whatever the size")

"""The tasks of one DAG node while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from tiphys.core.engine.node import Call, Node
from tiphys.core.engine.phases import ERROR, FAILED, OMITTED, PENDING, SKIPPED, SUCCEEDED
from tiphys.core.plan.model import CallPlan, DagPlan
from tiphys.core.template.depends import TaskResult
from tiphys.ids import NodeName


class TaskState(Struct):
    """One task: ``waiting`` counts dependencies that are not over, ``open`` expanded tasks that are not."""

    plan: CallPlan
    order: int = 0
    waiting: int = 0
    open: int = 0
    node: Node | None = None
    calls: list[Call] = field(default_factory=list)
    parents: tuple[tuple[bool, NodeName], ...] = ()
    settled: bool = False
    settled_group: bool = False
    broken: str = ""


def reachable(plan: DagPlan, targets: Sequence[str]) -> list[str]:
    """The targets and everything that they depend on, dependencies first, in Argo's order of traversal."""
    order: dict[str, None] = {}
    stack: list[tuple[str, bool]] = [(name, False) for name in reversed(targets)]
    seen: set[str] = set()
    while stack:
        name, ready = stack.pop()
        if ready:
            order.setdefault(name)
            continue
        if name in seen or name not in plan.by_name:
            continue
        seen.add(name)
        stack.append((name, True))
        depends = plan.by_name[name].depends
        stack.extend((dep, False) for dep in reversed(depends.tasks if depends is not None else ()))
    return list(order)


def task_result(task: TaskState) -> TaskResult:
    """What ``depends`` can ask of a task that is over."""
    node = task.node if task.node is not None else (task.calls[0].node if task.calls else None)
    if node is None:
        return TaskResult()
    looping = node.kind == "TaskGroup"
    children = [call.node.phase for call in task.calls if call.node is not None] if looping else []
    return TaskResult(
        succeeded=node.phase == SUCCEEDED,
        failed=node.phase == FAILED,
        errored=node.phase == ERROR,
        skipped=node.phase == SKIPPED,
        omitted=node.phase == OMITTED,
        daemoned=node.daemoned and node.phase != PENDING,
        any_succeeded=SUCCEEDED in children,
        all_failed=bool(children) and all(phase == FAILED for phase in children),
    )

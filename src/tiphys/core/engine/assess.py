"""The phase of a DAG whose tasks are all over (``spec/engine.md`` 14.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import COMPLETED, ERROR, FAILED, SUCCEEDED, UNSUCCESSFUL
from tiphys.core.engine.tasks import TaskState
from tiphys.core.plan.model import DagPlan

#: The phases that a branch may have where it enters or leaves a task.
Branch = frozenset[str]
_START: Branch = frozenset({SUCCEEDED})


def dag_phase(plan: DagPlan, targets: Sequence[str], tasks: Mapping[str, TaskState]) -> str:
    """Succeeded, or the phase of the failed target that decides.

    A task that completed gives its branch its own phase; one that was skipped or omitted passes on what it got.
    """
    leaving: dict[str, Branch] = {}
    shared: dict[int, Branch] = {}
    reached: dict[str, Branch] = {}
    for name, task in tasks.items():
        key = id(task.plan.depends)  # tasks of one layer share it
        entering = shared.get(key)
        if entering is None:
            entering = shared[key] = _entering(task, leaving)
        node = _node(task)
        if node is None:
            leaving[name] = reached[name] = entering
        elif node.kind == "TaskGroup":
            reached[name] = frozenset({node.phase})
            leaving[name] = frozenset().union(
                *(frozenset({child.phase}) if child.phase in COMPLETED else reached[name] for child in _children(task))
            )
        else:
            reached[name] = leaving[name] = frozenset({node.phase}) if node.phase in COMPLETED else entering
    result = SUCCEEDED
    for name in targets:
        phase = _worst(reached[name])
        if phase in UNSUCCESSFUL and not _continues(tasks[name], phase):
            result = phase
            if plan.fail_fast:
                break
    return result


def _entering(task: TaskState, leaving: Mapping[str, Branch]) -> Branch:
    depends = task.plan.depends
    found = [leaving[name] for name in (depends.tasks if depends is not None else ()) if name in leaving]
    return frozenset().union(*found) if found else _START


def _node(task: TaskState) -> Node | None:
    return task.node if task.node is not None else (task.calls[0].node if task.calls else None)


def _children(task: TaskState) -> list[Node]:
    return [call.node for call in task.calls if call.node is not None]


def _worst(phases: Branch) -> str:
    for phase in (FAILED, ERROR):
        if phase in phases:
            return phase
    return SUCCEEDED


def _continues(task: TaskState, phase: str) -> bool:
    plan = task.plan
    return (plan.continue_failed and phase == FAILED) or (plan.continue_error and phase == ERROR)

"""Which module decides which kind of node: the one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.nodes.dag import decide_dag, decide_task_group
from tiphys.core.engine.nodes.pod import decide_pod
from tiphys.core.engine.nodes.retry import decide_retry
from tiphys.core.engine.nodes.steps import decide_group, decide_steps
from tiphys.core.engine.nodes.suspend import decide_suspend

KINDS: Mapping[str, Callable[[Context, Node], None]] = {
    "Pod": decide_pod,
    "HTTP": decide_pod,
    "Plugin": decide_pod,
    "Steps": decide_steps,
    "StepGroup": decide_group,
    "DAG": decide_dag,
    "TaskGroup": decide_task_group,
    "Retry": decide_retry,
    "Suspend": decide_suspend,
}

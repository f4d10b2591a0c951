"""What could not even begin: how its node says so, and what its caller makes of it (``spec/engine.md`` 9)."""

from __future__ import annotations

from tiphys.core.engine import pending
from tiphys.core.engine.node import Node

DEPTH_MESSAGE = (
    "Maximum recursion depth exceeded. See "
    "https://argo-workflows.readthedocs.io/en/release-4.1/scaling/#maximum-recursion-depth"
)


def refuse(node: Node, message: str) -> str:
    """Note that the engine itself could not carry a node out, so that its caller errs; answers with its message.

    A task says so by itself, a step's group says it instead (``spec/engine.md`` 9).
    """
    node.refused = True
    in_dag = node.boundary is not None and node.boundary.kind == "DAG"
    if not in_dag or node.hooked or node.attempt is not None or message in {DEPTH_MESSAGE, pending.MESSAGE}:
        return message
    return f"task '{node.name}' errored: {message}"


def ends_group(node: Node) -> bool:
    """True for a step that could not be carried out: its group errs, hooks and exit handler of the step never run."""
    in_steps = node.boundary is not None and node.boundary.kind == "Steps"
    return node.refused and in_steps and node.message != DEPTH_MESSAGE

"""Whether a node has to report its result."""

from __future__ import annotations

from tiphys.core.engine.node import Node


def captures_result(node: Node) -> bool:
    """True when somebody can read the node's ``outputs.result`` (``spec/engine.md`` 10.2)."""
    if node.kind in {"HTTP", "Plugin"} or (node.template is not None and node.template.template.data is not None):
        return True
    call = node.call
    plan = call.call_plan if call is not None else None
    return plan is not None and plan.capture_result

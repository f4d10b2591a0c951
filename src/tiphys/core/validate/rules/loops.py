"""Loops of steps and tasks (``spec/data.md`` 15, S4; 18.2)."""

from __future__ import annotations

from tiphys.core.manifest.model.template import DAGTask, WorkflowStep
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site
from tiphys.core.validate.scope import Names


def check_loop(context: Context, site: Site, label: str, node: WorkflowStep | DAGTask, names: Names) -> None:
    """At most one source of items; what the loop offers inside itself is added to ``names``."""
    sequence = node.with_sequence
    if sum((bool(node.with_items), bool(node.with_param), sequence is not None)) > 1:
        text = f"{label} only one of withItems, withParam, withSequence can be specified"
        context.error(Code.LOOP, site, text)
    if node.with_items:
        names.add(["item"])
        for item in node.with_items:
            if isinstance(item, dict):
                names.add(f"item.{key}" for key in item)
            elif isinstance(item, list):
                names.add(f"item.[{at}]" for at in range(len(item)))
    elif node.with_param:
        names.add(["item"])
        names.open.add("item.")
    elif sequence is not None:
        if sequence.count is not None and sequence.end is not None:
            text = f"{label} only one of count or end can be defined in withSequence"
            context.error(Code.LOOP, site.at("withSequence"), text)
        names.add(["item"])

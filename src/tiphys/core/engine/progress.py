"""Progress of nodes, and its sum over the workflow (``spec/engine.md`` 2.5)."""

from __future__ import annotations

import re

from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node

ANNOTATION = "workflows.argoproj.io/progress"
#: Kinds that count.
EXECUTABLE = frozenset({"Pod", "HTTP", "Plugin", "Container", "Suspend"})
_FORM = r"(\d{1,18})/(\d{1,18})\Z"


def parse(text: str | None) -> tuple[int, int] | None:
    """``N/M`` with N <= M and M > 0; None for anything else."""
    if text == "0/1":
        return (0, 1)
    match = re.match(_FORM, text) if text else None
    if match is None:
        return None
    done, total = int(match[1]), int(match[2])
    return (done, total) if 0 < total >= done else None


def begin(ctx: Context, node: Node) -> None:
    """Count a node that has just been made."""
    node.progress = "0/1"
    ctx.workflow.pods_total += 1


def report(ctx: Context, node: Node, text: str | None) -> None:
    """Take what a pod says of its progress; what is malformed says nothing."""
    if not text or text == node.progress:
        return
    new, old = parse(text), parse(node.progress)
    if new is None or old is None or new == old:
        return
    _change(ctx, node, old, new)


def _change(ctx: Context, node: Node, old: tuple[int, int], new: tuple[int, int]) -> None:
    node.progress = f"{new[0]}/{new[1]}"
    ctx.workflow.pods_done += new[0] - old[0]
    ctx.workflow.pods_total += new[1] - old[1]
    ctx.changed[node.name] = node


def complete(ctx: Context, node: Node) -> None:
    """A node that ended well has done all that it had to do."""
    old = parse(node.progress)
    if old is not None and old[0] != old[1]:
        _change(ctx, node, old, (old[1], old[1]))


def count(ctx: Context, node: Node) -> None:
    """Count a node of a restored run."""
    done, total = parse(node.progress) or (0, 0)
    ctx.workflow.pods_done += done
    ctx.workflow.pods_total += total

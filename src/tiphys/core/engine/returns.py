"""What an ended node gives back: its locks, and what it computed for the cache."""

from __future__ import annotations

from tiphys.core.engine.asks import CacheEnd
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import SUCCEEDED
from tiphys.core.engine.siblings import last_attempt


def give_back(ctx: Context, node: Node) -> None:
    """Give locks back, withdraw what a node still asks for, and keep the outputs of a memoized one that succeeded."""
    if node.locked or node.gate:
        ctx.unlocks.append(node.id)
    ctx.gated -= bool(node.gate)
    node.locked, node.waiting, node.gate = False, "", ""
    memo = node.memo
    if memo is None or memo.hit or node.attempt is not None:
        return
    succeeded = node.phase == SUCCEEDED and node.kind != "Suspend"
    ctx.cached.append(
        CacheEnd(
            node_id=node.id,
            made_by=last_attempt(node).id,
            cache=memo.cache_name,
            key=memo.key,
            succeeded=succeeded,
            outputs=node.outputs if succeeded else None,
        )
    )

"""What the engine asks for with a step; the answers are ``events.LocksAnswered`` and ``events.CacheAnswered``."""

from __future__ import annotations

import msgspec

from tiphys.core.locking.names import LockRef
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.ids import NodeId, NodeName


class LockAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants locks, all or none.  Asking again changes nothing.

    ``holder`` is a node's id or one of the names in ``locking.names``; ``sequence`` is its place in the workflow.
    """

    holder: str
    node: NodeName
    sequence: int
    priority: int
    locks: tuple[LockRef, ...]


class CacheLookup(msgspec.Struct, frozen=True, kw_only=True):
    """A node wants outputs that an earlier one left behind.

    ``position`` is where it stands in the workflow, ``max_age`` is in nanoseconds.  ``may_wait`` tells that the node
    holds nothing that others could wait for, so that it may wait for another node that computes the same.
    """

    node_id: NodeId
    position: tuple[int | str, ...]
    cache: str
    key: str
    max_age: int | None
    may_wait: bool


class CacheEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A node that looked something up has ended; ``outputs`` are to be kept when it succeeded.

    ``made_by`` is the node itself or its last attempt.
    """

    node_id: NodeId
    made_by: NodeId
    cache: str
    key: str
    succeeded: bool
    outputs: Outputs | None = None

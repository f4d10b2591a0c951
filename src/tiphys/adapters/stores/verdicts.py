"""Between the requests of the port and the claims that ``core.locking`` decides about."""

from __future__ import annotations

from tiphys.core.locking.queue import Claim
from tiphys.ports.locks import LockRequest, LockState


def claim_of(run: int, created: int, request: LockRequest) -> Claim:
    """The waiting claim of a request; ``created`` is when the workflow was made, in microseconds."""
    return Claim(
        run=run,
        holder=request.holder,
        node=request.node,
        order=(-request.priority, created, run, request.sequence),
        locks=tuple(name for name, _ in request.locks),
        capacities=tuple(capacity for _, capacity in request.locks),
        held=False,
    )


def state_of(claim: Claim) -> LockState:
    """What is said of a claim that is part of a deadlock."""
    return LockState(holder=claim.holder, held=False, lock=claim.locks[0], capacity=claim.capacities[0], deadlock=True)

"""Phases of nodes and workflows, and the predicates over them (``spec/engine.md`` 2.1, 3.2)."""

from __future__ import annotations

from typing import Final

PENDING: Final = "Pending"
RUNNING: Final = "Running"
SUCCEEDED: Final = "Succeeded"
SKIPPED: Final = "Skipped"
FAILED: Final = "Failed"
ERROR: Final = "Error"
OMITTED: Final = "Omitted"

COMPLETED: Final = frozenset({SUCCEEDED, FAILED, ERROR})
UNSUCCESSFUL: Final = frozenset({FAILED, ERROR})
FULFILLED: Final = COMPLETED | {SKIPPED, OMITTED}

#: Which phases may follow a node's phase; the empty phase is a node that is being made.  The documentation figure
#: is drawn from this table and ``invariants`` checks it.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "": frozenset({PENDING, RUNNING, SUCCEEDED, SKIPPED, FAILED, ERROR, OMITTED}),
    PENDING: frozenset({RUNNING, SUCCEEDED, FAILED, ERROR}),
    RUNNING: frozenset({SUCCEEDED, FAILED, ERROR, PENDING}),
    SUCCEEDED: frozenset(),
    SKIPPED: frozenset(),
    FAILED: frozenset(),
    ERROR: frozenset(),
    OMITTED: frozenset(),
}

#: What a workflow's phase becomes when its entry node has a phase.
WORKFLOW_PHASE: Final = {
    PENDING: PENDING,
    RUNNING: RUNNING,
    SUCCEEDED: SUCCEEDED,
    SKIPPED: SUCCEEDED,
    OMITTED: SUCCEEDED,
    FAILED: FAILED,
    ERROR: ERROR,
}

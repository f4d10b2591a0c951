"""What is told of a run: the Kubernetes events of workflows and their nodes (``spec/engine.md`` 29)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from tiphys.core.engine.node import Node
from tiphys.core.engine.phases import COMPLETED, PENDING, RUNNING, SUCCEEDED

NORMAL = "Normal"
WARNING = "Warning"


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event; those about a node carry what identifies it, and ``pod`` when they are told of its pod."""

    reason: str
    message: str
    time: datetime
    type: str = NORMAL
    node_name: str = ""
    node_id: str = ""
    node_type: str = ""
    node_started: datetime | None = None
    pod: str = ""


def of_workflow(phase: str, message: str, now: datetime) -> Fact | None:
    """The event of a workflow's new phase; waiting phases have none."""
    if phase == RUNNING:
        return running(now)
    if phase == SUCCEEDED:
        return Fact(reason="WorkflowSucceeded", message="Workflow completed", time=now)
    if phase in COMPLETED:
        return Fact(reason="WorkflowFailed", message=message, time=now, type=WARNING)
    return None


def running(now: datetime) -> Fact:
    """The event of a workflow that begins; it is told of one that is over in its first step too."""
    return Fact(reason="WorkflowRunning", message="Workflow Running", time=now)


def timed_out(now: datetime) -> Fact:
    """The event of a workflow whose deadline has passed."""
    return Fact(reason="WorkflowTimedOut", message="Workflow timed out", time=now, type=WARNING)


def of_node(node: Node, now: datetime) -> Iterator[Fact]:
    """The events of a node since it was last asked for.

    A node that is over without ever having been seen running is told to run first.
    """
    former, node.announced = node.announced, node.phase
    if former == node.phase:
        return
    if not former and node.phase != RUNNING and node.phase not in COMPLETED:
        return
    if former in {"", PENDING} and node.phase in COMPLETED:
        yield _fact(node, RUNNING, "", now)
    yield _fact(node, node.phase, node.message, now)


def _fact(node: Node, phase: str, message: str, now: datetime) -> Fact:
    text = f"{phase} node {node.name}"
    return Fact(
        reason=f"WorkflowNode{phase}",
        message=f"{text}: {message}" if message else text,
        time=now,
        type=NORMAL if phase in {RUNNING, SUCCEEDED} else WARNING,
        node_name=node.name,
        node_id=node.id,
        node_type=node.kind,
        node_started=node.started_at,
    )

"""What becomes of the pod of a node that is over, and when (``spec/engine.md`` 27.4)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from tiphys.core.engine.durations import add, parse_duration
from tiphys.core.engine.phases import COMPLETED, FULFILLED
from tiphys.core.expr.gotime import duration_text
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.meta import LabelSelector
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.strategy import PodGC
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.core.objects.selectors import label_selector, matches

ANNOTATION = "workflows.argoproj.io/pod-gc-strategy"
ON_POD, ON_POD_SUCCESS = "OnPodCompletion", "OnPodSuccess"
ON_WORKFLOW, ON_WORKFLOW_SUCCESS = "OnWorkflowCompletion", "OnWorkflowSuccess"


class Fate(enum.Enum):
    """What becomes of a pod: it stays as it is for now, stays for good (label ``completed``), or is deleted."""

    UNDECIDED = "undecided"
    KEPT = "kept"
    DELETED = "deleted"


def fate(gc: PodGC | None, labels: Mapping[str, str], node: NodeStatus, workflow_phase: str) -> Fate:
    """Decide about the pod of a node; ``labels`` are the pod's."""
    phase, strategy = node.phase or "", (gc.strategy if gc is not None else None) or ""
    if phase not in FULFILLED:
        return Fate.UNDECIDED
    if gc is None or not strategy or not _selects(gc.label_selector, labels):
        return Fate.KEPT
    over, succeeded = workflow_phase in COMPLETED, phase not in {"Failed", "Error"}
    deleted = {
        ON_WORKFLOW: over,
        ON_WORKFLOW_SUCCESS: workflow_phase == "Succeeded",
        ON_POD: True,
        ON_POD_SUCCESS: succeeded,
    }
    if deleted.get(strategy, False):
        return Fate.DELETED
    return Fate.KEPT if over or strategy == ON_POD_SUCCESS else Fate.UNDECIDED


def deleted_at(
    gc: PodGC | None, node_ended: datetime | None, workflow_ended: datetime | None, default_delay: str
) -> datetime | None:
    """When a pod whose fate is to be deleted goes: a delay after what its strategy waits for."""
    if gc is None:
        return None
    ended = node_ended if gc.strategy in {ON_POD, ON_POD_SUCCESS} else workflow_ended
    return add(ended, delay(gc, default_delay)) if ended is not None else None


def delay(gc: PodGC, default: str) -> int:
    """How long a pod is kept once it may be deleted, in nanoseconds; what cannot be read is the default."""
    try:
        return parse_duration(gc.delete_delay_duration or default)
    except ValueError:
        return parse_duration(default)


def shown(gc: PodGC, default_delay: str) -> str:
    """The strategy and the delay, as pods are annotated; the delay as Go writes durations."""
    return f"{gc.strategy or ''}/{duration_text(delay(gc, default_delay))}"


def _selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """No selector selects every pod."""
    return selector is None or matches(label_selector(cast(JsonObject, to_data(selector))), labels)

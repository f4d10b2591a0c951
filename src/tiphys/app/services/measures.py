"""Numbers about what runs and ran since the server started."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from tiphys.app.services.objects import KIND
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import ListOptions, Store

_PHASES = ("Pending", "Running")


class Numbers(Struct, frozen=True, kw_only=True):
    """Workflows that are not over by phase, and how many workflows and pods came into a (phase, namespace)."""

    unfinished: Mapping[str, int]
    phases: Mapping[tuple[str, str], int]
    pods: Mapping[tuple[str, str], int]
    watches: int


class Measures:
    """Counts; an observer of the controller.  ``watches`` says how many watch now."""

    def __init__(self, store: Store, watches: Callable[[], int] = lambda: 0) -> None:
        self._store = store
        self._watches = watches
        self._lock = threading.Lock()
        self._phases: Counter[tuple[str, str]] = Counter()
        self._pods: Counter[tuple[str, str]] = Counter()
        self._known: dict[str, str] = {}
        self._nodes: dict[str, dict[str, str]] = {}

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Count what came into another phase."""
        meta, status = workflow.metadata, workflow.status
        uid, namespace = (meta.uid if meta else "") or "", (meta.namespace if meta else "") or ""
        phase = (status.phase if status else "") or "Pending"
        with self._lock:
            if self._known.get(uid) != phase:
                self._known[uid] = phase
                self._phases[phase, namespace] += 1
            seen = self._nodes.setdefault(uid, {})
            for node in nodes:
                if node.type == "Pod" and node.phase and seen.get(node.id) != node.phase:
                    seen[node.id] = node.phase
                    self._pods[node.phase, namespace] += 1
            if status is not None and status.finished_at:
                self._known.pop(uid, None)
                self._nodes.pop(uid, None)

    def tick(self) -> None:
        """Nothing."""

    def log(self, line: LogLine) -> None:
        """Nothing."""

    def now(self) -> Numbers:
        """The numbers as they are now."""
        unfinished = {phase: self._count("" if phase == "Pending" else phase) for phase in _PHASES}
        unfinished["Pending"] += self._count("Pending")
        with self._lock:
            phases, pods = dict(self._phases), dict(self._pods)
        return Numbers(unfinished=unfinished, phases=phases, pods=pods, watches=self._watches())

    def _count(self, phase: str) -> int:
        count, after = 0, None
        while True:
            page = self._store.list(ListOptions(kind=KIND, phases=(phase,), after=after))
            count += len(page.items)
            after = page.next
            if after is None:
                return count

"""Removes what is left of pods that ``podGC`` deletes (``spec/engine.md`` 27.4).

Whether a pod is deleted follows from its workflow and its node, so nothing is kept about it: who asks for pods does not
see it from its moment on, and here its sandbox and its row go.  Its log stays until its workflow goes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tiphys.app.controller.duty import Duty
from tiphys.app.services.cluster.pods import is_view
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.objects import KIND, node_changes, workflow_of
from tiphys.app.services.podlabels import asked_labels, is_deleted
from tiphys.app.services.telemetry import PODS
from tiphys.core.plan.executed import executed_spec
from tiphys.ids import WorkflowUid
from tiphys.ports.debugging import KeptSandboxes
from tiphys.ports.runtime import PodKey
from tiphys.ports.store import ListOptions, Store, StoredObject

#: How often it is looked for pods that are to go.
LOOK = timedelta(seconds=5)


class PodGcDuty(Duty):
    """Removes what is left of pods that ``podGC`` deletes.

    Args:
        store: Has the workflows, and the rows of pods that somebody has patched.
        sandboxes: Those of pods that failed; the others are gone already.
        seen: Whether the pod of a namespace and name is there to be seen.
        remove: Removes the row of a pod.
        delete_delay: As in ``PodDefaults``.
    """

    queue = PODS

    def __init__(
        self,
        store: Store,
        sandboxes: KeptSandboxes,
        seen: Callable[[str, str], bool],
        remove: Callable[[StoredObject], None],
        delete_delay: str,
    ) -> None:
        self._store = store
        self._sandboxes = sandboxes
        self._seen = seen
        self._remove = remove
        self._delete_delay = delete_delay

    def perform(self, now: datetime) -> datetime:
        """Remove what is due; answers with the next look."""
        kept: dict[WorkflowUid, list[PodKey]] = {}
        for key in self._sandboxes.kept():
            kept.setdefault(key.uid, []).append(key)
        for uid, keys in kept.items():
            self._release(uid, keys, now)
        for stored in self._rows():
            if not self._seen(stored.key.namespace, stored.key.name):
                self._remove(stored)
        return now + LOOK

    def _release(self, uid: WorkflowUid, keys: list[PodKey], now: datetime) -> None:
        stored = self._store.find(uid)
        if stored is None or stored.key.kind != KIND:
            return
        workflow = workflow_of(stored)
        if executed_spec(workflow).pod_gc is None:
            return
        nodes = {change.status.id: change.status for change in node_changes(list(self._store.nodes(uid)))}
        for key in keys:
            node = nodes.get(key.node_id)
            asked = asked_labels(self._sandboxes.recorded(key))
            if node is not None and is_deleted(workflow, node, now, self._delete_delay, asked):
                self._sandboxes.release(key)

    def _rows(self) -> list[StoredObject]:
        """The rows of pods that belong to nodes of workflows that are still there."""
        page = self._store.list(ListOptions(kind="Pod", group="", limit=10_000))
        found = [stored for stored in page.items if is_view(manifest_of(stored))]
        return [stored for stored in found if any(self._store.find(uid) is not None for uid in stored.owners)]

"""When the containers of a run's pods began and ended: more than its nodes say, for the timeline of the UI."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tiphys.app.services.finding import find
from tiphys.app.services.objects import node_changes
from tiphys.ids import NodeId
from tiphys.ports.runtime import ContainerStatus, PodKey
from tiphys.ports.store import Store

#: Of a run with more pods those that began first are looked at.
MOST = 5_000


class PodTimes(Struct, frozen=True):
    """Reads what is known of containers; ``containers`` tells it of one pod, and nothing of a pod that is gone."""

    store: Store
    containers: Callable[[PodKey], Sequence[ContainerStatus]]

    def of(self, namespace: str, name: str) -> dict[str, Sequence[ContainerStatus]]:
        """The containers of each pod of a workflow by the node's id; pods of which nothing is left are not there.

        Raises:
            NotFoundError: there is no such workflow.
        """
        stored = find(self.store, namespace, name)
        rows = node_changes(list(self.store.nodes(stored.uid)))
        nodes = [NodeId(row.status.id) for row in rows if row.status.type == "Pod"][:MOST]
        found = ((node, self.containers(PodKey(stored.uid, node))) for node in nodes)
        return {node: containers for node, containers in found if containers}

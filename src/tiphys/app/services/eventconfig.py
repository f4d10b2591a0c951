"""Which events of a run are told.  Apart from ``events``, because the settings know it and every command reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from tiphys.core.engine.facts import Fact
    from tiphys.core.engine.step import Step


class EventConfig(Struct, frozen=True, kw_only=True):
    """Which events are told: ``workflowEvents.enabled``, ``nodeEvents.enabled`` and ``nodeEvents.sendAsPod``."""

    workflows: bool = True
    nodes: bool = True
    as_pods: bool = False

    def told(self, step: Step, workflow: str) -> list[Fact]:
        """The events of a step that are to be kept, those of nodes about their pods if it is wanted."""
        found = [fact for fact in step.events if (self.nodes if fact.node_name else self.workflows)]
        if not self.as_pods:
            return found
        from tiphys.app.services.podlabels import pod_name_of

        pods = {change.status.id: change.status for change in step.changes if change.status.type == "Pod"}
        return [
            replace(fact, pod=pod_name_of(workflow, pods[fact.node_id])) if fact.node_id in pods else fact
            for fact in found
        ]

"""What the configuration says about runs that have begun."""

from __future__ import annotations

from msgspec import Struct

from tiphys.app.services.eventconfig import EventConfig
from tiphys.core.engine.events import Refused
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.plan.restrictions import verify_unchanged
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import UsageError


class RunRules(Struct, frozen=True, kw_only=True):
    """How runs are driven.

    ``secure`` ends a run whose spec, or the template that it is made of, was changed after its start; ``defaults`` are
    the controller's for that comparison, ``library`` has the templates.  ``passing`` is a pattern of messages of
    failures that pass.  ``pods`` is said of pods where manifests say nothing, ``events`` says which events are told.
    """

    secure: bool = False
    defaults: WorkflowSpec | None = None
    library: Library = EMPTY
    passing: str = ""
    pods: PodDefaults = POD_DEFAULTS
    events: EventConfig = EventConfig()

    def refusal(self, workflow: Workflow) -> Refused | None:
        """The event that ends a run which must not go on; None when it may."""
        if not self.secure:
            return None
        try:
            verify_unchanged(workflow, self.library, self.defaults)
        except UsageError as error:
            return Refused(message=error.message)
        return None


NO_RULES = RunRules()

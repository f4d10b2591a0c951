"""What the configuration says about runs that have begun."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tiphys.app.services.archive import Archive
from tiphys.app.services.eventconfig import EventConfig
from tiphys.app.services.renewal import ARCHIVING_LABEL
from tiphys.core.engine.events import Refused
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.depth import MAX_DEPTH
from tiphys.core.plan.poddefaults import POD_DEFAULTS, PodDefaults
from tiphys.core.plan.restrictions import verify_unchanged
from tiphys.core.validate.library import EMPTY, Library
from tiphys.errors import UsageError


class RunRules(Struct, frozen=True, kw_only=True):
    """How runs are driven.

    ``secure`` ends a run whose spec, or the template that it is made of, was changed after its start; ``defaults`` are
    the controller's for that comparison, ``library`` has the templates.  ``passing`` is a pattern of messages of
    failures that pass, ``max_depth`` how deep templates may call each other (0: any depth).
    ``pods`` is said of pods where manifests say nothing, ``events`` says which events are told,
    ``estimates`` whether durations are estimated, ``archive`` which finished workflows count as archived.
    """

    secure: bool = False
    defaults: WorkflowSpec | None = None
    library: Library = EMPTY
    passing: str = ""
    max_depth: int = MAX_DEPTH
    pods: PodDefaults = POD_DEFAULTS
    events: EventConfig = EventConfig()
    estimates: bool = True
    archive: Archive | None = None

    def finished(self, workflow: Workflow) -> Workflow:
        """A workflow that is over, with the label of the archive if that has it."""
        meta = workflow.metadata or ObjectMeta()
        labels = meta.labels or {}
        if self.archive is None or not self.archive.wants(labels):
            return workflow
        return replace(workflow, metadata=replace(meta, labels={**labels, ARCHIVING_LABEL: "Archived"}))

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

"""Workflows that are made as objects, by a step or a client: checked as submitted ones are, and then run."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from tiphys.app.services.asking import body_of
from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.shapes import shape_problem
from tiphys.app.services.cluster.workflow_edits import asked_for
from tiphys.app.services.objects import COMPLETED, in_error, new_object, with_change
from tiphys.app.services.submission import Submission
from tiphys.app.services.submit import fresh
from tiphys.app.services.wholes import whole_workflow
from tiphys.core.engine.events import ShutdownRequested, SuspendChanged
from tiphys.core.manifest.diagnostics import ManifestError, Severity
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.kinds import WORKFLOW
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.status import invalid
from tiphys.core.validate.library import Library
from tiphys.errors import TiphysError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import SubmitOptions
from tiphys.ports.clock import Clock
from tiphys.ports.store import Store, StoredObject


class WorkflowRules(KindRules):
    """A workflow that does not pass the checks is kept and ends in Error, as Argo's controller does it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        submission: Submission,
        library: Library,
        created: Callable[[WorkflowUid], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._submission = submission
        self._library = library
        self._created = created

    def whole(self, stored: StoredObject) -> JsonObject:
        """The workflow with its nodes."""
        workflow = whole_workflow(self._store, stored)
        found: JsonObject = msgspec.json.decode(msgspec.json.encode(workflow))
        return found

    def made(self, manifest: JsonObject) -> StoredObject | None:
        """The row of a new workflow, with all that it refers to inside.

        Raises:
            InvalidObjectError: it is no workflow at all.
        """
        metadata = metadata_of(manifest)
        name, namespace = text(metadata, "name"), text(metadata, "namespace")
        loaded = load(msgspec.json.encode(manifest), "manifest", strict=False)
        document = next((item for item in loaded.documents if isinstance(item.manifest, Workflow)), None)
        if document is None or not isinstance(document.manifest, Workflow):
            problem = next(map(shape_problem, loaded.diagnostics), "spec: Required value")
            raise invalid(WORKFLOW, name, problem)
        try:
            options = SubmitOptions(namespace=namespace)
            checked = self._submission.submit(document, options, self._library, keep=False).workflow
            workflow = replace(checked, metadata=_identified(checked.metadata, document.manifest.metadata))
        except TiphysError as error:
            workflow = self._refused(document.manifest, error)
        return new_object(workflow, self._clock.now())

    def created(self, stored: StoredObject) -> None:
        """Let it run."""
        if stored.phase not in COMPLETED:
            self._created(stored.uid)

    def edited(self, stored: StoredObject, live: JsonObject, wanted: JsonObject) -> JsonObject:
        """The workflow with its new metadata; what its spec asks of the run is asked, its status is the run's."""
        changed = asked_for(WORKFLOW, live, wanted)
        if changed and stored.phase not in COMPLETED:
            spec = wanted.get("spec")
            spec = spec if isinstance(spec, dict) else {}
            stop = "shutdown" in changed
            request = ShutdownRequested(str(spec["shutdown"])) if stop else SuspendChanged(bool(spec.get("suspend")))
            self._store.ask(stored.uid, body_of(request))
        rest = {key: value for key, value in wanted.items() if key not in ("spec", "status")}
        return {**rest, **{key: live[key] for key in ("spec", "status") if key in live}}

    def _refused(self, workflow: Workflow, error: TiphysError) -> Workflow:
        return with_change(fresh(workflow), in_error(f"invalid spec: {_problem(error)}", self._clock.now()))


def _identified(made: ObjectMeta | None, given: ObjectMeta | None) -> ObjectMeta:
    """The metadata with the identity that the object has already."""
    own = given or ObjectMeta()
    return replace(made or own, name=own.name, uid=own.uid, creation_timestamp=own.creation_timestamp)


def _problem(error: TiphysError) -> str:
    """What Argo says of the first error."""
    if isinstance(error, ManifestError):
        first = next((item for item in error.diagnostics if item.severity is Severity.ERROR), None)
        if first is not None:
            return first.argo or first.message
    return error.message

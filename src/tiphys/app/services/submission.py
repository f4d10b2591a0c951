"""Checking a manifest and keeping it as a workflow, whoever asks: a person, a schedule, an event, another workflow."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.manifests import document_of
from tiphys.app.services.objects import COMPLETED, key_of, new_object, workflow_of
from tiphys.app.services.preflight import preflight
from tiphys.app.services.repositories import Repositories
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.app.services.submit import (
    admit,
    apply_options,
    as_executed,
    complete,
    fresh,
    identify,
    in_namespace,
    label,
    merge_defaults,
)
from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.compile import POD_NAMES
from tiphys.core.plan.restrictions import TemplateReferencing, enforce
from tiphys.core.validate.check import check_workflow
from tiphys.core.validate.library import EMPTY, Library
from tiphys.core.validate.options import CheckOptions
from tiphys.errors import UsageError
from tiphys.ports.api import SubmitOptions
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import Store


class Rules(Struct, frozen=True, kw_only=True):
    """What the configuration says about workflows: defaults below them, and what they may set beside a template.

    ``repository`` is the artifact repository of workflows that have no other; None: the data directory.
    ``pod_names`` is the form of the names of pods, see ``naming.pod_name``.
    ``scope`` says which controller looks after workflows.
    """

    namespace: str
    defaults: Workflow | None = None
    referencing: TemplateReferencing = TemplateReferencing.OFF
    overrides: Collection[str] = ()
    repository: JsonObject | None = None
    pod_names: str = "v2"
    scope: Scope = EVERYWHERE


class Submitted(Struct, frozen=True):
    """A workflow that was kept, or in a trial would be, and what the runtime will ignore of it."""

    workflow: Workflow
    notes: Sequence[str] = field(default_factory=list)


class Submission:
    """The one way into the store for workflows."""

    def __init__(self, store: Store, runtime: PodRuntime, clock: Clock, rules: Rules) -> None:
        self._store = store
        self._runtime = runtime
        self._clock = clock
        self._rules = rules

    def submit(
        self,
        document: Document,
        options: SubmitOptions,
        library: Library = EMPTY,
        *,
        keep: bool = True,
        go_on: bool = False,
        once: str = "",
    ) -> Submitted:
        """Check a manifest as the call changes it, and keep it with what it takes from the library and the store.

        ``keep`` False is a trial.  ``go_on`` answers with the unfinished run of the same name and manifest where
        there is one.  ``once`` is as in ``Store.create``.

        Raises:
            ManifestError: the checks found errors.
            UnsupportedError: this version or the runtime cannot honour a field.
            ConflictError: the name is taken.
            UsageError: the artifact repository that it asks for cannot be used.
        """
        manifest = document.manifest
        if not isinstance(manifest, Workflow):
            raise UsageError(f"{document.kind} is not run")
        rules = self._rules
        namespace = options.namespace or rules.namespace
        library = StoredLibrary(lambda: self._store) if library is EMPTY else library
        changed = apply_options(fresh(manifest), options)
        enforce(changed, rules.referencing, rules.overrides)
        wanted = in_namespace(merge_defaults(changed, rules.defaults), namespace)
        checks = CheckOptions(lint=False, submit=True, advise=False, defaults=rules.defaults)
        report = check_workflow(replace(document, manifest=wanted), library, checks)
        if report.valid is None:
            raise ManifestError(report.diagnostics)
        wanted = complete(wanted, library, rules.defaults)
        notes = preflight(as_executed(wanted), self._runtime)
        repositories = Repositories(library, rules.repository)
        wanted = _labelled(_with_pod_names(wanted, rules.pod_names), rules.scope)
        workflow = repositories.pin(label(admit(identify(wanted, self._clock, namespace))))
        interrupted = self._interrupted(workflow) if go_on else None
        if interrupted is not None:
            return Submitted(interrupted, notes)
        if keep:
            workflow = workflow_of(self._store.create(new_object(workflow, self._clock.now()), once=once))
        return Submitted(workflow, notes)

    def submit_once(self, workflow: Workflow, once: str) -> Workflow:
        """Check and keep a workflow that a program has made, unless that was done for the same words before.

        Raises:
            ConflictError: it was.
        """
        data = to_data(workflow)
        document = document_of("Workflow", data if isinstance(data, dict) else {}, once.partition("/")[0])
        return self.submit(document, SubmitOptions(), once=once).workflow

    def _interrupted(self, workflow: Workflow) -> Workflow | None:
        """The unfinished run of the same name and the same manifest, which driving then goes on with."""
        meta = workflow.metadata or ObjectMeta()
        stored = self._store.get(key_of(meta.namespace or "", meta.name or ""))
        if stored is None or stored.phase in COMPLETED:
            return None
        found = workflow_of(stored)
        return found if _lasting(found) == _lasting(workflow) else None


def _with_pod_names(workflow: Workflow, form: str) -> Workflow:
    """The workflow with the form of the names of its pods; one that says so itself, and the usual form, are left."""
    meta = workflow.metadata or ObjectMeta()
    if form == "v2" or POD_NAMES in (meta.annotations or {}):
        return workflow
    return replace(workflow, metadata=replace(meta, annotations={**(meta.annotations or {}), POD_NAMES: form}))


def _labelled(workflow: Workflow, scope: Scope) -> Workflow:
    """The workflow with the label of the instance that looks after it."""
    if not scope.instance:
        return workflow
    meta = workflow.metadata or ObjectMeta()
    return replace(workflow, metadata=replace(meta, labels={**(meta.labels or {}), **scope.labels}))


def _lasting(workflow: Workflow) -> WorkflowSpec:
    """The part of the spec that running does not change."""
    return replace(workflow.spec or WorkflowSpec(), shutdown=None, suspend=None)

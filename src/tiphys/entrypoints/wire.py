"""Settings become running parts; the only place that knows adapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct, field, structs
from msgspec.structs import replace

from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.requests import answer_undriven
from tiphys.app.controller.retention import delete_expired
from tiphys.app.services.features import refuse_unsupported
from tiphys.app.services.lifecycle import Lifecycle
from tiphys.app.services.objects import COMPLETED, key_of, new_object, workflow_of
from tiphys.app.services.preflight import preflight
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submit import (
    apply_options,
    as_executed,
    complete,
    defaults_of,
    identify,
    in_namespace,
    label,
    merge_defaults,
)
from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.plan.restrictions import TemplateReferencing, enforce
from tiphys.core.validate.check import check_workflow
from tiphys.core.validate.library import EMPTY, Library
from tiphys.core.validate.options import CheckOptions
from tiphys.entrypoints import background
from tiphys.entrypoints.settings import Settings
from tiphys.errors import StoreError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import Api, Driver, LifecycleApi, SubmitOptions
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import Store

RUNTIMES = ("process",)


class Local(Struct, frozen=True):
    """The system of this machine, open for one command."""

    api: Api
    driver: Driver
    warnings: Sequence[str]
    store: Store
    runtime: PodRuntime
    clock: Clock
    settings: Settings
    notes: list[str] = field(default_factory=list)

    def submit(self, document: Document, options: SubmitOptions, library: Library = EMPTY) -> Workflow:
        """Check a manifest as the call changes it, and keep it with what it takes from the library; nothing runs yet.

        What the runtime ignores of it is added to ``notes``.

        Raises:
            ManifestError: the checks found errors.
            UnsupportedError: this version or the runtime cannot honour a field.
            ConflictError: the name is taken.
        """
        manifest = document.manifest
        if not isinstance(manifest, Workflow):
            raise UsageError(f"{document.kind} is not run")
        defaults = defaults_of(self.settings.controller.workflow_defaults)
        namespace = options.namespace or self.settings.namespace
        changed = apply_options(manifest, options)
        enforce(changed, TemplateReferencing(self.settings.controller.template_referencing), self.settings.overrides)
        wanted = in_namespace(merge_defaults(changed, defaults), namespace)
        rules = CheckOptions(lint=False, submit=True, advise=False, defaults=defaults)
        report = check_workflow(replace(document, manifest=wanted), library, rules)
        if report.valid is None:
            raise ManifestError(report.diagnostics)
        wanted = complete(wanted, library, defaults)
        refuse_unsupported(wanted)
        self.notes.extend(note for note in preflight(as_executed(wanted), self.runtime) if note not in self.notes)
        workflow = label(identify(wanted, self.clock, namespace))
        interrupted = self._interrupted(workflow)
        if interrupted is not None:
            return interrupted
        return workflow_of(self.store.create(new_object(workflow, self.clock.now())))

    def _interrupted(self, workflow: Workflow) -> Workflow | None:
        """The unfinished run of the same name and the same manifest, which driving then goes on with."""
        meta = workflow.metadata or ObjectMeta()
        stored = self.store.get(key_of(meta.namespace or "", meta.name or ""))
        if stored is None or stored.phase in COMPLETED:
            return None
        found = workflow_of(stored)
        same = _lasting(found) == _lasting(workflow)
        return found if same else None

    @property
    def lifecycle(self) -> LifecycleApi:
        """What changes runs that are not over."""
        return Lifecycle(self.store, lambda uid: answer_undriven(self.store, self.clock, uid))

    def keep_driven(self, workflow: Workflow) -> None:
        """See to it that a workflow that is not over is driven: by a process of its own if nobody does it by now."""
        phase = workflow.status.phase if workflow.status is not None else None
        meta = workflow.metadata or ObjectMeta()
        uid = WorkflowUid(meta.uid or "")
        if phase in COMPLETED and not self.store.commands(uid):
            return
        if self.store.claim(uid):
            self.store.release(uid)
            background.drive(self.settings, self.runtime.name, meta.namespace or "", meta.name or "")

    def resume(self, name: str, namespace: str) -> Workflow:
        """The workflow that an interrupted run left behind; driving it goes on where it was."""
        return self.api.get(namespace, name)


def _lasting(workflow: Workflow) -> WorkflowSpec:
    """The part of the spec that running does not change."""
    return structs.replace(workflow.spec or WorkflowSpec(), shutdown=None, suspend=None)


@contextmanager
def open_local(settings: Settings, *, runtime: str | None = None) -> Iterator[Local]:
    """Open the data directory and the runtime of this machine.

    Raises:
        UsageError: no runtime has that name.
        StoreError: the data directory cannot be used.
    """
    from tiphys.adapters.stores.sql.store import SqliteStore
    from tiphys.adapters.system import SystemClock

    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(
            f"the data directory cannot be made: {reason}", "choose another with --home", str(settings.home)
        ) from None
    clock = SystemClock()
    pods = _runtime(settings, runtime or settings.runtime)
    try:
        store = SqliteStore(settings.database, clock)
        try:
            delete_expired(store, pods, clock.now())
            driver = LocalDriver(store, pods, clock)
            yield Local(LocalApi(store, pods), driver, pods.warnings(), store, pods, clock, settings)
        finally:
            store.close()
    finally:
        pods.close()


def _runtime(settings: Settings, name: str) -> PodRuntime:
    if name not in RUNTIMES:
        raise UsageError(f"no runtime is called {name!r}", f"there is: {', '.join(RUNTIMES)}")
    from tiphys.adapters.runtimes.process.runtime import ProcessRuntime

    sandbox = {"on": True, "off": False}.get(settings.sandbox)
    return ProcessRuntime(
        settings.home,
        sandbox=sandbox,
        host_paths=settings.host_paths,
        environment=settings.process_environment or None,
    )

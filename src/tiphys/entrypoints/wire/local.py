"""The system of this machine: everything a command works with, from one data directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from tiphys.app.controller.driver import LocalDriver, no_sources
from tiphys.app.controller.retention import RetentionCounts, RetentionDuty, SandboxDuty, delete_expired
from tiphys.app.services.cacheentries import collect
from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.objects import COMPLETED
from tiphys.app.services.scope import Scope
from tiphys.app.services.submission import Rules, Submission
from tiphys.app.services.submit import apply_options, defaults_of, in_namespace
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.plan.restrictions import TemplateReferencing
from tiphys.core.validate.library import EMPTY, Library
from tiphys.entrypoints import background
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.home import claim_home
from tiphys.entrypoints.wire.keeping import archive_of, artifact_storage, before_deletion, collector_of, own_collector
from tiphys.entrypoints.wire.runtimes import pod_runtime
from tiphys.entrypoints.wire.stores import connect
from tiphys.errors import AlreadyExistsError, ConflictError, UnsupportedError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import Api, LifecycleApi, RerunApi, RunObserver, SubmitOptions, Trial
from tiphys.ports.clock import Clock
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import Editor, Objects
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import Store, StoredObject

if TYPE_CHECKING:
    from tiphys.app.controller.controller import Controller
    from tiphys.app.controller.cron import CronController
    from tiphys.app.controller.duty import Duty
    from tiphys.app.controller.podgc import PodGcDuty
    from tiphys.app.services.archive import Archive
    from tiphys.app.services.artifacts import Artifacts
    from tiphys.app.services.debugging import Debugging
    from tiphys.core.manifest.document import Manifest
    from tiphys.core.manifest.model.configmap import ConfigMap
    from tiphys.entrypoints.wire.assembly import Parts
    from tiphys.ports.archive import ArchiveApi
    from tiphys.ports.debugging import RecordingRuntime, Sandboxes
    from tiphys.ports.downloads import Downloads
    from tiphys.ports.runtime import PodRequest, PodSources
    from tiphys.ports.synclimits import SyncLimits


class Local(Struct, frozen=True):
    """The system of this machine, open for one command.

    ``cluster`` has the objects that steps and people act on, where one is named.
    """

    api: Api
    driver: LocalDriver
    warnings: Sequence[str]
    store: Store
    runtime: PodRuntime
    clock: Clock
    settings: Settings
    make_objects: Callable[[], Objects]
    notes: list[str] = field(default_factory=list)
    sandboxes: Sandboxes | None = None
    sources: Callable[[str, PodRequest], PodSources] = no_sources
    cluster: Objects | None = None

    def mark(self, _namespace: str) -> str:
        """A moment from which changes are waited for."""
        return str(self.store.version())

    def await_change(self, mark: str, _keys: Collection[tuple[str, str]], seconds: float) -> None:
        """Return when something changed since the mark, at the latest after some seconds."""
        self.store.wait(int(mark), seconds)

    @property
    def objects(self) -> Objects:
        """The objects of the data directory."""
        return self.make_objects()

    @property
    def acted_on(self) -> Objects:
        """The objects that steps and people act on."""
        return self.cluster or self.objects

    def submit(
        self,
        document: Document,
        options: SubmitOptions,
        library: Library = EMPTY,
        *,
        trial: Trial = Trial.NO,
        go_on: bool = True,
    ) -> Workflow:
        """Check and keep a manifest, see ``Submission``; what the runtime ignores of it is added to ``notes``."""
        try:
            submitted = self.submission.submit(document, options, library, keep=trial is Trial.NO, go_on=go_on)
        except ConflictError as error:
            raise _taken(document, options) from error
        self.notes.extend(note for note in submitted.notes if note not in self.notes)
        if trial is Trial.CLIENT and isinstance(document.manifest, Workflow):
            return in_namespace(apply_options(document.manifest, options), self.settings.namespace)
        return submitted.workflow

    def submit_from(self, kind: str, name: str, options: SubmitOptions, namespace: str, trial: Trial) -> Workflow:
        """Make a workflow of a stored template or CronWorkflow."""
        from tiphys.app.services.creation import Creation
        from tiphys.app.services.submissionsource import submit_opts

        creation = Creation(self.store, self.clock, self.submission)
        made = creation.submit(OWNER, kind, name, namespace, submit_opts(options, trial))
        return msgspec.convert(made, Workflow, strict=False)

    def submit_once(self, workflow: Workflow, once: str) -> Workflow:
        """Check and keep a workflow, unless that was done for the same words before: then it is a ConflictError."""
        return self.submission.submit_once(workflow, once)

    def refer_to(self, documents: Iterable[Document]) -> None:
        """Let workflows that steps make refer to the templates in some files, as the files' own workflows may."""
        self.driver.rules.library.add(document.manifest for document in documents)

    def library(
        self, manifests: Iterable[Manifest] = (), config_maps: Iterable[ConfigMap] = (), *, namespace: str = ""
    ) -> Library:
        """What the manifests of a call may refer to: each other, then what is stored."""
        return StoredLibrary(lambda: self.store, manifests, config_maps, namespace=namespace)

    @property
    def definitions(self) -> Editor:
        """Templates and CronWorkflows."""
        return self.objects

    @property
    def limits(self) -> SyncLimits:
        """Limits of semaphores."""
        from tiphys.app.services.synclimits import BothLimits, ConfigMapLimits, DatabaseLimits

        return BothLimits(ConfigMapLimits(self.objects, OWNER), DatabaseLimits(self.store.locks))

    @property
    def archived(self) -> ArchiveApi:
        """Finished workflows that outlive their deletion."""
        from tiphys.app.services.archived import ArchivedWorkflows

        return ArchivedWorkflows(self.store, self.archive, self.rerun)

    @property
    def downloads(self) -> Downloads:
        """Output artifacts."""
        return self.artifacts()

    @property
    def submission(self) -> Submission:
        """What keeps new workflows."""
        return Submission(self.store, self.runtime, self.clock, rules_of(self.settings))

    def artifacts(self) -> Artifacts:
        """The artifacts of workflows."""
        from tiphys.app.services.artifacts import Artifacts

        return Artifacts(self.api, self.store, artifact_storage(self.settings))

    def collect_artifacts(self) -> list[str]:
        """Remove artifacts that ``artifactGC`` says are no longer wanted; answers with what could not be removed."""
        collector, now = collector_of(self.store, self.settings), self.clock.now()
        collector.plan(now)
        said = collector.collect(now)
        for stored in collector.free():
            self._delete(stored)
        return said

    @property
    def archive(self) -> Archive:
        """Finished workflows that outlive their deletion."""
        return archive_of(self.store, self.settings)

    @property
    def lifecycle(self) -> LifecycleApi:
        """What changes runs that are not over."""
        from tiphys.app.controller.requests import answer_undriven
        from tiphys.app.services.lifecycle import Lifecycle

        return Lifecycle(self.store, lambda uid: answer_undriven(self.store, self.clock, uid))

    @property
    def rerun(self) -> RerunApi:
        """What makes finished workflows run again."""
        from tiphys.app.services.rerun import Rerun

        return Rerun(self.store, self.runtime, self.clock)

    @property
    def debugging(self) -> Debugging:
        """What looks into steps that went wrong.

        Raises:
            UnsupportedError: this system has no sandboxes to look into.
        """
        from tiphys.app.services.debugging import Debugging

        if self.sandboxes is None:
            raise UnsupportedError("this system has no sandboxes to look into")
        storage = artifact_storage(self.settings)
        pods = self.driver.rules.pods
        return Debugging(self.store, self.sandboxes, self.runtime, self.sources, self.clock, storage, pods)

    def controller(self, observer: RunObserver | None = None) -> Controller:
        """What drives all workflows of the data directory while a server runs."""
        from tiphys.app.controller.artifacts import ArtifactDuty
        from tiphys.app.controller.controller import Controller

        collector = collector_of(self.store, self.settings)
        seconds = self.settings.controller.archive_seconds
        duties: list[Duty] = [
            ArtifactDuty(
                self.store, collector, lambda: own_collector(self.settings, self.clock), self.clock, self._delete
            ),
            RetentionDuty(self.store, self._delete, self.archive, seconds),
            self._crons(),
        ]
        if self.settings.controller.retention is not None:
            kept = self.settings.controller.retention
            duties.append(RetentionCounts(self.store, self._delete, kept, scope_of(self.settings)))
        if self.sandboxes is not None:
            duties.append(SandboxDuty(self.sandboxes, self.settings.keep_failed))
            duties.append(pod_gc(self.settings, self.store, self.sandboxes, self.clock, self._delete_row))
        scope = scope_of(self.settings)
        return Controller(self.store, self.driver, self.clock, duties=duties, observer=observer, scope=scope)

    def _delete(self, stored: StoredObject) -> None:
        self.api.delete(stored.key.namespace, stored.key.name)

    def _delete_row(self, stored: StoredObject) -> None:
        self.store.delete(stored.key)

    def _crons(self) -> CronController:
        """What fires CronWorkflows."""
        import zoneinfo

        from tiphys.app.controller.cron import CronController
        from tiphys.app.services.creation import cron_problem

        found = CronController(
            self.store,
            self.submission.submit_once,
            self.api.delete,
            lambda cron: cron_problem(self.store, cron),
            zone=UTC,
            zones=zoneinfo.ZoneInfo,
            scope=scope_of(self.settings),
            telemetry=self.driver.telemetry,
        )
        found.sync = self.settings.tuning.cron_sync
        return found

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

    def keep_object_driven(self, made: JsonObject) -> None:
        """See to it that a new Workflow, Job or Pod of the data directory runs, if nobody drives anything by now."""
        kind = (str(made.get("apiVersion")).partition("/")[0], made.get("kind"))
        metadata = metadata_of(made)
        namespace, name = text(metadata, "namespace"), text(metadata, "name")
        if kind == ("argoproj.io", "Workflow"):
            self.keep_driven(self.api.get(namespace, name))
        elif kind in (("batch", "Job"), ("v1", "Pod")):
            background.drive(self.settings, self.runtime.name, namespace)

    def resume(self, name: str, namespace: str) -> Workflow:
        """The workflow that an interrupted run left behind; driving it goes on where it was."""
        return self.api.get(namespace, name)


def rules_of(settings: Settings) -> Rules:
    """What the configuration says about new workflows."""
    return Rules(
        namespace=settings.namespace,
        defaults=defaults_of(settings.controller.workflow_defaults),
        referencing=TemplateReferencing(settings.controller.template_referencing),
        overrides=settings.overrides,
        repository=settings.controller.artifact_repository,
        pod_names=settings.pod_names,
        scope=scope_of(settings),
    )


def scope_of(settings: Settings) -> Scope:
    """What this installation looks after."""
    return Scope(instance=settings.instance or settings.controller.instance, namespace=settings.managed_namespace)


def _taken(document: Document, options: SubmitOptions) -> AlreadyExistsError:
    """The name of a workflow is taken, in the words that a server has for it."""
    meta = (document.manifest.metadata if isinstance(document.manifest, Workflow) else None) or ObjectMeta()
    return AlreadyExistsError(f'workflows.argoproj.io "{options.name or meta.name or ""}" already exists')


@contextmanager
def open_local(settings: Settings, *, runtime: str | None = None) -> Iterator[Local]:
    """Open the data directory and the runtime of this machine.

    Raises:
        UsageError: no runtime has that name.
        HomeError: the data directory cannot be made or written to.
        StoreError: what lies in it cannot be used.
    """
    from tiphys.adapters.system import SystemClock

    claim_home(settings.home)
    clock = SystemClock()
    pods = pod_runtime(settings, runtime or settings.runtime)
    try:
        store = connect(settings, clock)
        try:
            parts = parts_of(settings, store, pods, clock)
            if delete_expired(store, parts.remove, clock.now()):
                collector = collector_of(store, settings)
                collector.collect(clock.now())
                for stored in collector.free():
                    parts.remove(stored)
            pods.expire(clock.now() - settings.keep_failed)
            if pods.kept():
                pod_gc(settings, store, pods, clock, lambda stored: None).perform(clock.now())
            if settings.cache_lifetime is not None:
                collect(store, clock.now() - settings.cache_lifetime)
            warnings = parts.runtime.warnings()
            try:
                yield Local(
                    api=parts.api,
                    driver=parts.driver,
                    warnings=warnings,
                    store=store,
                    runtime=parts.runtime,
                    clock=clock,
                    settings=settings,
                    make_objects=parts.make_objects,
                    cluster=parts.cluster,
                    sandboxes=pods,
                    sources=parts.sources,
                )
            finally:
                if parts.cluster is not None:
                    parts.cluster.close()
        finally:
            store.close()
    finally:
        pods.close()


def pod_gc(
    settings: Settings, store: Store, sandboxes: Sandboxes, clock: Clock, remove: Callable[[StoredObject], None]
) -> PodGcDuty:
    """What removes pods that ``podGC`` deletes."""
    from tiphys.app.controller.podgc import PodGcDuty
    from tiphys.app.services.cluster.pods import PodRules

    delay = settings.controller.pods.delete_delay
    rules = PodRules(store, clock, delay, sandboxes.recorded)
    return PodGcDuty(store, sandboxes, lambda *place: rules.virtual(*place) is not None, remove, delay)


def parts_of(settings: Settings, store: Store, pods: RecordingRuntime, clock: Clock) -> Parts:
    """The parts around one connection to the store."""
    from tiphys.entrypoints.wire.assembly import assemble

    submission = Submission(store, pods, clock, rules_of(settings))
    return assemble(settings, store, pods, clock, submission, before_deletion(store, settings, clock))

"""Settings become running parts; the only place that knows adapters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING, cast

from msgspec import Struct, field

from tiphys.app.controller.driver import LocalDriver, no_sources
from tiphys.app.controller.requests import answer_undriven
from tiphys.app.controller.retention import RetentionDuty, SandboxDuty, delete_expired
from tiphys.app.services.cacheentries import collect
from tiphys.app.services.lifecycle import Lifecycle
from tiphys.app.services.objects import COMPLETED, GC_LABEL
from tiphys.app.services.rerun import Rerun
from tiphys.app.services.submission import Rules, Submission
from tiphys.app.services.submit import apply_options, defaults_of
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.plan.restrictions import TemplateReferencing
from tiphys.core.validate.library import EMPTY, Library
from tiphys.entrypoints import background
from tiphys.entrypoints.settings import ServerSettings, Settings
from tiphys.errors import PodRuntimeError, StoreError, UnsupportedError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import Api, LifecycleApi, RerunApi, RunObserver, SubmitOptions
from tiphys.ports.clock import Clock
from tiphys.ports.objects import Objects
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import Store, StoredObject

if TYPE_CHECKING:
    from tiphys.adapters.client.workflows import RemoteWorkflows
    from tiphys.adapters.runtimes.container.runtime import ContainerRuntime
    from tiphys.adapters.runtimes.process.runtime import ProcessRuntime
    from tiphys.app.controller.controller import Controller, Duty
    from tiphys.app.controller.cron import CronController
    from tiphys.app.services.archive import Archive
    from tiphys.app.services.artifacts import Artifacts
    from tiphys.app.services.collection import Collector
    from tiphys.app.services.debugging import Debugging
    from tiphys.app.services.measures import Measures
    from tiphys.entrypoints.assembly import Parts
    from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
    from tiphys.entrypoints.server.guard import Guard, GuardOptions
    from tiphys.entrypoints.server.hub import Hub
    from tiphys.ports.artifacts import ArtifactStorage
    from tiphys.ports.debugging import Sandboxes
    from tiphys.ports.runtime import PodRequest, PodSources

RUNTIMES = ("auto", "process", "container")
#: The version whose behaviour clients find.
ARGO_VERSION = "v4.1.2"


class Local(Struct, frozen=True):
    """The system of this machine, open for one command."""

    api: Api
    driver: LocalDriver
    warnings: Sequence[str]
    store: Store
    runtime: PodRuntime
    clock: Clock
    settings: Settings
    objects: Objects
    notes: list[str] = field(default_factory=list)
    sandboxes: Sandboxes | None = None
    sources: Callable[[str, PodRequest], PodSources] = no_sources

    def submit(
        self,
        document: Document,
        options: SubmitOptions,
        library: Library = EMPTY,
        *,
        keep: bool = True,
        go_on: bool = True,
    ) -> Workflow:
        """Check and keep a manifest, see ``Submission``; what the runtime ignores of it is added to ``notes``."""
        submitted = self.submission.submit(document, options, library, keep=keep, go_on=go_on)
        self.notes.extend(note for note in submitted.notes if note not in self.notes)
        return submitted.workflow

    @property
    def submission(self) -> Submission:
        """What keeps new workflows."""
        return Submission(self.store, self.runtime, self.clock, rules_of(self.settings))

    def artifacts(self) -> Artifacts:
        """The artifacts of workflows."""
        from tiphys.app.services.artifacts import Artifacts

        return Artifacts(self.api, self.store, _storage(self.settings))

    def collect_artifacts(self) -> list[str]:
        """Remove artifacts that ``artifactGC`` says are no longer wanted; answers with what could not be removed."""
        collector, now = _collector(self.store, self.settings), self.clock.now()
        collector.plan(now)
        return collector.collect(now)

    @property
    def archive(self) -> Archive:
        """Finished workflows that outlive their deletion."""
        return _archive(self.store, self.settings)

    @property
    def lifecycle(self) -> LifecycleApi:
        """What changes runs that are not over."""
        return Lifecycle(self.store, lambda uid: answer_undriven(self.store, self.clock, uid))

    @property
    def rerun(self) -> RerunApi:
        """What makes finished workflows run again."""
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
        return Debugging(self.store, self.sandboxes, self.runtime, self.sources, self.clock)

    def controller(self, observer: RunObserver | None = None) -> Controller:
        """What drives all workflows of the data directory while a server runs."""
        from tiphys.app.controller.artifacts import ArtifactDuty
        from tiphys.app.controller.controller import Controller

        collector = _collector(self.store, self.settings)
        seconds = self.settings.controller.archive_seconds
        duties: list[Duty] = [
            ArtifactDuty(self.store, collector, lambda: _own_collector(self.settings, self.clock), self.clock),
            RetentionDuty(self.store, self._delete, self.archive, seconds),
            self._crons(),
        ]
        if self.sandboxes is not None:
            duties.append(SandboxDuty(self.sandboxes, self.settings.keep_failed))
        return Controller(self.store, self.driver, self.clock, duties=duties, observer=observer)

    def _delete(self, stored: StoredObject) -> None:
        self.api.delete(stored.key.namespace, stored.key.name)

    def _crons(self) -> CronController:
        """What fires CronWorkflows."""
        import zoneinfo

        from tiphys.app.controller.cron import CronController
        from tiphys.app.services.creation import cron_problem
        from tiphys.app.services.manifests import document_of

        submission = self.submission

        def submit(workflow: Workflow, once: str) -> Workflow:
            document = document_of("Workflow", cast(JsonObject, to_data(workflow)), "cron")
            return submission.submit(document, SubmitOptions(), once=once).workflow

        return CronController(
            self.store,
            submit,
            self.api.delete,
            lambda cron: cron_problem(self.store, cron),
            zone=UTC,
            zones=zoneinfo.ZoneInfo,
        )

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


class Remote(Struct, frozen=True):
    """A server that is asked instead of the data directory; commands use it as they use ``Local``."""

    workflows: RemoteWorkflows
    namespace: str
    warnings: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def api(self) -> Api:
        """Reading and removing workflows."""
        return self.workflows

    @property
    def lifecycle(self) -> LifecycleApi:
        """What changes runs that are not over."""
        return self.workflows

    @property
    def rerun(self) -> RerunApi:
        """What makes finished workflows run again."""
        return self.workflows

    def submit(
        self,
        document: Document,
        options: SubmitOptions,
        library: Library = EMPTY,
        *,
        keep: bool = True,
        go_on: bool = True,
    ) -> Workflow:
        """Send a manifest as the call changes it; the server checks it against its own templates."""
        manifest = document.manifest
        if not isinstance(manifest, Workflow):
            raise UsageError(f"{document.kind} is not run")
        data = to_data(apply_options(manifest, options))
        namespace = options.namespace or (manifest.metadata and manifest.metadata.namespace) or self.namespace
        return self.workflows.submit(data if isinstance(data, dict) else {}, namespace, dry_run=not keep)

    @property
    def store(self) -> None:
        """There is none here: the server knows its templates."""

    def keep_driven(self, workflow: Workflow) -> None:
        """The server drives its workflows."""

    def collect_artifacts(self) -> list[str]:
        """The server removes artifacts; nothing to say."""
        return []


System = Local | Remote


@contextmanager
def open_remote(settings: Settings, server: ServerSettings) -> Iterator[Remote]:
    """Be ready to ask a server; nothing is sent yet."""
    from tiphys.adapters.client.connection import Connection, ServerAddress
    from tiphys.adapters.client.workflows import RemoteWorkflows

    address = ServerAddress(
        host=server.host,
        token=server.token,
        secure=server.secure,
        verify=server.verify,
        base_href=server.base_href,
        headers=server.headers,
        authorities=server.authorities,
        certificate=server.certificate,
        key=server.key,
        name=server.name,
        proxy=server.proxy,
        seconds=server.seconds,
        compressed=server.compressed,
    )
    connection = Connection(address)
    try:
        yield Remote(RemoteWorkflows(connection), settings.namespace)
    finally:
        connection.close()


class Web(Struct, frozen=True):
    """A server that is ready to be run, and the token of the owner."""

    application: Guard
    token: str
    base_href: str
    hub: Hub
    measures: Measures


def web(
    local: Local,
    *,
    base_href: str = "/",
    modes: Sequence[str] = (),
    secure: bool = False,
    guarding: GuardOptions | None = None,
) -> Web:
    """The server of an open system; ``modes`` are names of ``auth.modes``, ``secure`` says that it speaks TLS."""
    import zoneinfo

    from tiphys.adapters.system import timezone_exists
    from tiphys.app.services.artifactfiles import ArtifactFiles
    from tiphys.app.services.backfill import Schedules
    from tiphys.app.services.cluster.tokens import AccountTokens
    from tiphys.app.services.creation import Creation
    from tiphys.app.services.dispatch import Dispatch
    from tiphys.app.services.library import StoredLibrary
    from tiphys.app.services.listing import Listing
    from tiphys.app.services.measures import Measures
    from tiphys.app.services.reading import Reading
    from tiphys.app.services.resources import Resources
    from tiphys.app.services.synclimits import ConfigMapLimits, DatabaseLimits
    from tiphys.entrypoints.server.app import Application
    from tiphys.entrypoints.server.auth.modes import Gatekeeper, Mode, modes_of
    from tiphys.entrypoints.server.auth.owner import OwnerToken
    from tiphys.entrypoints.server.guard import Guard, GuardOptions
    from tiphys.entrypoints.server.hub import Hub
    from tiphys.entrypoints.server.parts import Parts as ServerParts
    from tiphys.entrypoints.server.parts import ServerOptions
    from tiphys.entrypoints.server.routes import ROUTES

    owner = OwnerToken(local.settings.home)
    # Pods are read by other threads than the one that runs them.
    own = _parts(local.settings, local.store, _runtime(local.settings, local.runtime.name), local.clock)
    store, clock, archive = local.store, local.clock, local.archive
    hub = Hub(store)
    measures = Measures(store, lambda: hub.count)
    creation = Creation(store, clock, local.submission)
    chosen = modes_of(modes)
    sso = _single_sign_on(local, own.objects) if Mode.SSO in chosen else None
    parts = ServerParts(
        api=own.api,
        lifecycle=local.lifecycle,
        rerun=Rerun(store, own.runtime, clock),
        creation=creation,
        schedules=Schedules(
            local.submission, lambda space: StoredLibrary(lambda: store, namespace=space), UTC, zoneinfo.ZoneInfo
        ),
        dispatch=Dispatch(store, creation),
        artifacts=ArtifactFiles(store, _storage(local.settings), local.settings.controller.artifact_repository),
        map_limits=ConfigMapLimits(own.objects),
        database_limits=DatabaseLimits(store.locks),
        reading=Reading(store, archive),
        listing=Listing(store, archive),
        archive=archive,
        resources=Resources(store, own.objects, timezone_exists),
        objects=own.objects,
        store=store,
        runtime=own.runtime,
        clock=clock,
        hub=hub,
        measures=measures,
        authorizer=own.rights,
        sign_in=Gatekeeper(
            chosen, [owner.principal, AccountTokens(store, clock).principal], sso.principal if sso is not None else None
        ),
        sso=sso,
        options=ServerOptions(
            version=ARGO_VERSION,
            namespace=local.settings.namespace,
            base_href=base_href,
            secure=secure,
            links=local.settings.controller.links,
            columns=local.settings.controller.columns,
            nav_color=local.settings.controller.nav_color,
        ),
    )
    guard = Guard(Application(parts, ROUTES), guarding or GuardOptions(), time.monotonic)
    return Web(guard, owner.token, base_href, hub, measures)


def _single_sign_on(local: Local, objects: Objects) -> SingleSignOn:
    """Signing in at the provider of the configuration.

    Raises:
        UsageError: it is not configured, or a Secret that it names is missing.
    """
    from tiphys.entrypoints.server.auth.sso.config import config_of
    from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
    from tiphys.entrypoints.server.auth.sso.provider import Provider
    from tiphys.entrypoints.server.auth.sso.rules import AccountRules
    from tiphys.entrypoints.server.auth.sso.secretkeys import value_of
    from tiphys.entrypoints.server.auth.sso.session import Sessions, session_key

    settings, store = local.settings, local.store
    if settings.controller.sso is None:
        raise UsageError(
            "--auth-mode sso needs the block sso in the configuration", "see Signing in, docs/differences.md"
        )
    config = config_of(settings.controller.sso)
    client_id = value_of(objects, settings.namespace, config.client_id)
    client_secret = value_of(objects, settings.namespace, config.client_secret)
    key = session_key(settings.home)
    rules = AccountRules(store, settings.namespace, delegate=settings.delegate_rbac)
    provider = Provider(config, client_id.reveal().decode(), client_secret)
    return SingleSignOn(config, provider, Sessions(store, local.clock, key), rules, key)


def rules_of(settings: Settings) -> Rules:
    """What the configuration says about new workflows."""
    return Rules(
        namespace=settings.namespace,
        defaults=defaults_of(settings.controller.workflow_defaults),
        referencing=TemplateReferencing(settings.controller.template_referencing),
        overrides=settings.overrides,
        repository=settings.controller.artifact_repository,
    )


def open_store(settings: Settings) -> Store | None:
    """The store of the data directory, None when there is no database yet.

    Raises:
        StoreError: the database cannot be used.
    """
    from tiphys.adapters.stores.sql.store import SqliteStore
    from tiphys.adapters.system import SystemClock

    return SqliteStore(settings.database, SystemClock()) if settings.database.exists() else None


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
            parts = _parts(settings, store, pods, clock)
            if delete_expired(store, parts.remove, clock.now()):
                _collector(store, settings).collect(clock.now())
            pods.expire(clock.now() - settings.keep_failed)
            if settings.cache_lifetime is not None:
                collect(store, clock.now() - settings.cache_lifetime)
            warnings = parts.runtime.warnings()
            yield Local(
                api=parts.api,
                driver=parts.driver,
                warnings=warnings,
                store=store,
                runtime=parts.runtime,
                clock=clock,
                settings=settings,
                objects=parts.objects,
                sandboxes=pods,
                sources=parts.sources,
            )
        finally:
            store.close()
    finally:
        pods.close()


def _storage(settings: Settings) -> ArtifactStorage:
    from tiphys.adapters.executor.storage import LocalStorage

    return LocalStorage({"home": str(settings.home)})


def _parts(settings: Settings, store: Store, pods: PodRuntime, clock: Clock) -> Parts:
    from tiphys.entrypoints.assembly import assemble

    submission = Submission(store, pods, clock, rules_of(settings))
    return assemble(settings, store, pods, clock, submission, _before_deletion(store, settings, clock))


def _collector(store: Store, settings: Settings) -> Collector:
    from tiphys.app.services.collection import Collector

    return Collector(store, _storage(settings))


def _archive(store: Store, settings: Settings) -> Archive:
    from tiphys.app.services.archive import Archive

    return Archive(store, on=settings.controller.archive)


def _before_deletion(store: Store, settings: Settings, clock: Clock) -> Callable[[StoredObject], None]:
    """What is done for a workflow that is deleted: its copy comes into the archive, its artifacts are dealt with."""

    def prepare(row: StoredObject) -> None:
        if settings.controller.archive:
            _archive(store, settings).keep(row)
        if GC_LABEL in row.labels:
            _collector(store, settings).before_deletion(row, clock.now())

    return prepare


@contextmanager
def _own_collector(settings: Settings, clock: Clock) -> Iterator[Collector]:
    """A collector with a connection to the store of its own, for another thread."""
    from tiphys.adapters.stores.sql.store import SqliteStore

    store = SqliteStore(settings.database, clock)
    try:
        yield _collector(store, settings)
    finally:
        store.close()


def _runtime(settings: Settings, name: str) -> ContainerRuntime | ProcessRuntime:
    if name not in RUNTIMES:
        raise UsageError(f"no runtime is called {name!r}", f"there is: {', '.join(RUNTIMES)}")
    found = None if name == "process" else _container_runtime(settings, needed=name == "container")
    if found is not None:
        return found
    from tiphys.adapters.runtimes.process.runtime import ProcessRuntime

    sandbox = {"on": True, "off": False}.get(settings.sandbox)
    return ProcessRuntime(
        settings.home,
        sandbox=sandbox,
        host_paths=settings.host_paths,
        environment=settings.process_environment or None,
    )


def _container_runtime(settings: Settings, *, needed: bool) -> ContainerRuntime | None:
    """The container runtime; None where it is not needed and no engine answers.

    Raises:
        PodRuntimeError: it is needed, and no engine answers or the library is missing.
    """
    from tiphys.adapters.runtimes.container.search import find_address

    address = find_address(settings.engine, settings.runtime_directory)
    if address is None:
        if not needed:
            return None
        hint = "start Docker or `podman system service`, or set TIPHYS_ENGINE to its address"
        raise PodRuntimeError("no container engine was found", hint)
    from tiphys.adapters.runtimes.container.runtime import ContainerRuntime

    try:
        return ContainerRuntime(settings.home, address, host_paths=settings.host_paths)
    except PodRuntimeError:
        if needed:
            raise
        return None

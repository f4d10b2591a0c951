"""The parts of the system on one machine, put together around a store and a runtime for containers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tiphys.adapters.executor.volumes import Volumes
from tiphys.adapters.metrics.registry import MetricRegistry
from tiphys.adapters.runtimes.routed import Leaf, RoutedRuntime
from tiphys.app.controller.capacities import WorkflowLimits
from tiphys.app.controller.claims import ClaimKeeper
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.plugins import PluginPods
from tiphys.app.controller.rules import RunRules
from tiphys.app.controller.workloads import Workloads
from tiphys.app.services.cluster.collect import Collector
from tiphys.app.services.cluster.measured import MeasuredObjects
from tiphys.app.services.cluster.sources import Sources
from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submission import Submission
from tiphys.app.services.submit import defaults_of
from tiphys.app.services.telemetry import Telemetry
from tiphys.core.engine.commands import StartPod
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.restrictions import TemplateReferencing
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.keeping import archive_of, artifact_storage
from tiphys.ports.clock import Clock
from tiphys.ports.debugging import RecordingRuntime
from tiphys.ports.runtime import PodRequest, PodRuntime, PodSources
from tiphys.ports.store import Store, StoredObject

if TYPE_CHECKING:
    from tiphys.adapters.cluster.objects import ClusterObjects
    from tiphys.adapters.runtimes.agent.runtime import AgentRuntime
    from tiphys.adapters.runtimes.agent.work import Plugin
    from tiphys.adapters.runtimes.resource.runtime import ResourceRuntime
    from tiphys.app.services.artifactfiles import ArtifactFiles
    from tiphys.app.services.cluster.objects import LocalObjects
    from tiphys.ids import WorkflowUid
    from tiphys.secret import Secret


class Parts(Struct, frozen=True):
    """What works together: ``runtime`` is the one in front of all.

    ``make_objects`` gives those of the data directory, made when first asked for, ``make_trial`` the same for changes
    that are only tried; ``cluster`` are those that steps act on instead where one is named.
    """

    api: LocalApi
    driver: LocalDriver
    runtime: PodRuntime
    make_objects: Callable[[], LocalObjects]
    make_trial: Callable[[], LocalObjects]
    cluster: ClusterObjects | None
    sources: Callable[[str, StartPod | PodRequest], PodSources]
    remove: Callable[[StoredObject], None]

    @property
    def objects(self) -> LocalObjects:
        """The objects of the data directory."""
        return self.make_objects()

    @property
    def trial(self) -> LocalObjects:
        """The same objects; what is changed there is forgotten."""
        return self.make_trial()


def assemble(
    settings: Settings,
    store: Store,
    pods: RecordingRuntime,
    clock: Clock,
    submission: Submission,
    before_deletion: Callable[[StoredObject], None],
) -> Parts:
    """Put all parts together; ``before_deletion`` is told of a workflow that is about to go."""
    volumes = Volumes(str(settings.home / "volumes"))
    metrics = MetricRegistry(clock, settings.controller.metrics)
    leaves: dict[str, Leaf] = {}
    runtime = RoutedRuntime(pods, leaves)
    collector = Collector(store, [lambda stored: _forget(stored, runtime, volumes, before_deletion)])

    def objects_of(store: Store, collector: Collector, adopt: Callable[[WorkflowUid], None]) -> LocalObjects:
        from tiphys.app.services.cluster.pods import PodRules
        from tiphys.entrypoints.wire.cluster import local_objects

        seen = PodRules(store, clock, settings.controller.pods.delete_delay, pods.recorded)
        return local_objects(store, clock, collector, submission, adopt, seen, driver.rules.library)

    @cache
    def objects() -> LocalObjects:
        return objects_of(store, collector, driver.adopt)

    @cache
    def trial() -> LocalObjects:
        from tiphys.app.services.cluster.trial import trial_store

        imagined = trial_store(store)
        return objects_of(imagined, Collector(imagined), lambda uid: None)

    cluster = _cluster(settings)
    # What the controller itself does with objects is counted; what others ask of the API is not.
    own = MeasuredObjects(objects, metrics, clock)
    here = Sources(store, lambda claim: volumes.path(claim.uid), pulls=pods.name != "process")
    sources = here if cluster is None else Sources(store, lambda claim: volumes.path(claim.uid), cluster)
    far = MeasuredObjects(lambda: cluster, metrics, clock) if cluster is not None else None
    places = settings.home / "leaves"
    agent = Leaf(lambda: _agent(settings, clock, store, sources, here, pods.wake), places / "agent")
    resource = Leaf(lambda: _resource(settings, clock, far or own, far=far is not None), places / "resource")
    leaves.update(resource=resource, http=agent, plugin=agent, data=agent)
    workloads = Workloads(own, store, runtime, clock, here)
    limits = WorkflowLimits(
        parallelism=settings.controller.parallelism,
        namespace_parallelism=settings.controller.namespace_parallelism,
        single_flight=settings.controller.single_flight,
    )

    def sources_of(namespace: str, pod: StartPod | PodRequest) -> PodSources:
        logs = [pod.log_artifact] if pod.log_artifact is not None else []
        artifacts: list[JsonValue] = [*pod.input_artifacts, *pod.output_artifacts, *logs]
        return sources.of(namespace, pod.manifest, pod.template, artifacts, account=pod.service_account)

    driver = LocalDriver(
        store,
        runtime,
        clock,
        sources=sources_of,
        companions=[ClaimKeeper(own), PluginPods(store, own, clock.uid), workloads],
        limits=lambda: limits,
    )
    driver.telemetry = Telemetry(metrics)
    driver.rules = run_rules(settings, store)

    def files() -> ArtifactFiles:
        from tiphys.app.services.artifactfiles import ArtifactFiles

        return ArtifactFiles(store, artifact_storage(settings))

    def remove(stored: StoredObject) -> None:
        orphan = settings.tuning.orphans and stored.key.kind == "Workflow"
        collector.remove(stored, rfc3339(clock.now()), orphan=orphan)

    return Parts(
        api=LocalApi(store, runtime, remove=remove, files=files),
        driver=driver,
        runtime=runtime,
        make_objects=objects,
        make_trial=trial,
        cluster=cluster,
        sources=sources_of,
        remove=remove,
    )


def run_rules(settings: Settings, store: Store) -> RunRules:
    """What the configuration says about runs that have begun."""
    defaults = defaults_of(settings.controller.workflow_defaults)
    return RunRules(
        secure=settings.controller.template_referencing == TemplateReferencing.SECURE,
        defaults=defaults.spec if defaults is not None else None,
        library=StoredLibrary(lambda: store),
        passing=settings.passing,
        max_depth=settings.tuning.max_depth,
        pods=replace(settings.controller.pods, host_label=settings.tuning.host_label, traced=bool(settings.traces)),
        estimates=settings.tuning.estimates,
        archive=archive_of(store, settings),
        events=settings.controller.events,
    )


def _cluster(settings: Settings) -> ClusterObjects | None:
    """The objects of the cluster that the settings name.

    Raises:
        UsageError: the kubeconfig cannot be used.
    """
    if settings.kubeconfig is None:
        return None
    from tiphys.adapters.cluster.connection import Connection
    from tiphys.adapters.cluster.objects import ClusterObjects

    return ClusterObjects(Connection(str(settings.kubeconfig), settings.kube_context))


def _resource(settings: Settings, clock: Clock, objects: MeasuredObjects, *, far: bool) -> ResourceRuntime:
    from tiphys.adapters.executor.reading import InputReader, LogKeeper
    from tiphys.adapters.runtimes.resource.runtime import ResourceRuntime

    directory, options = str(settings.home / "leaves" / "resource"), settings.artifact_options
    reader, keeper = InputReader(options), LogKeeper(options)
    return ResourceRuntime(directory, clock, objects, reader.read, keep_log=keeper.keep, far=far)


def _agent(
    settings: Settings, clock: Clock, store: Store, sources: Sources, here: Sources, woken: Callable[[], None]
) -> AgentRuntime:
    """The runtime of requests; ``here`` has the objects of the data directory, where tokens of plugins lie."""
    from tiphys.adapters.runtimes.agent.runtime import AgentRuntime
    from tiphys.adapters.runtimes.agent.tokens import Tokens
    from tiphys.adapters.runtimes.agent.work import Plugin
    from tiphys.app.services.cluster.plugins import address_of, plugins_of, secret_name

    tokens = Tokens(str(settings.home / "plugins"))

    def secret(namespace: str, name: str, key: str) -> Secret | None:
        return (sources.secret(namespace, name) or {}).get(key)

    def plugins(namespace: str, workflow: str) -> list[Plugin]:
        found: list[Plugin] = []
        for place in plugins_of(store, namespace, workflow):
            given = (here.secret(namespace, secret_name(workflow, place.name)) or {}).get("token")
            token = given.reveal().decode() if given is not None else tokens.of(place.namespace, place.name)
            address, over = address_of(store, namespace, workflow, place)
            found.append(Plugin(place.name, address, token, over))
        return found

    return AgentRuntime(
        str(settings.home / "leaves" / "agent"),
        clock,
        secret=secret,
        plugins=plugins,
        woken=woken,
        options=settings.artifact_options,
    )


def _forget(
    stored: StoredObject, runtime: PodRuntime, volumes: Volumes, before_deletion: Callable[[StoredObject], None]
) -> None:
    """Remove what an object has outside the store before it goes."""
    if stored.key.kind == "PersistentVolumeClaim":
        volumes.remove(stored.uid)
    elif stored.key.kind in ("Workflow", "Job", "Pod"):
        runtime.remove(stored.uid)
    if stored.key.kind == "Workflow":
        before_deletion(stored)

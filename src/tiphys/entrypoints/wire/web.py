"""The server of an open system: its application with everything that routes need."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tiphys.app.services.rerun import Rerun
from tiphys.entrypoints.wire.keeping import artifact_storage
from tiphys.entrypoints.wire.local import Local, parts_of, scope_of
from tiphys.entrypoints.wire.runtimes import pod_runtime
from tiphys.errors import UsageError
from tiphys.ports.objects import Objects

if TYPE_CHECKING:
    from tiphys.app.services.creation import Creation
    from tiphys.app.services.dispatch import Dispatch
    from tiphys.app.services.eventqueue import EventQueue
    from tiphys.app.services.measures import Measures
    from tiphys.entrypoints.serveflags import ServeFlags
    from tiphys.entrypoints.server.accesslog import AccessLog
    from tiphys.entrypoints.server.auth.owner import OwnerToken
    from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
    from tiphys.entrypoints.server.guard import GuardOptions
    from tiphys.entrypoints.server.hub import Hub
    from tiphys.entrypoints.server.parts import Parts as ServerParts
    from tiphys.entrypoints.server.parts import ServerOptions, SignIn
    from tiphys.entrypoints.server.routing import Route
    from tiphys.entrypoints.server.streams import Streams
    from tiphys.entrypoints.settings import Settings
    from tiphys.entrypoints.websettings import WebSettings


#: The version whose behaviour clients find.
ARGO_VERSION = "v4.1.2"


class Web(Struct, frozen=True):
    """A server that is ready to be run, and the token of the owner."""

    application: AccessLog
    token: str
    streams: Streams
    measures: Measures
    hub: Hub
    events: EventQueue | None

    def close(self) -> None:
        """End the threads."""
        self.hub.close()
        if self.events is not None:
            self.events.close()


class _Made(Struct, frozen=True):
    """What a server has of its own, besides what every command has."""

    hub: Hub
    measures: Measures
    creation: Creation
    dispatch: Dispatch
    events: EventQueue | None


def web_of(local: Local, flags: ServeFlags, *, secure: bool) -> Web:
    """The server of an open system; ``secure`` says that it speaks TLS."""
    from tiphys.app.services.creation import Creation
    from tiphys.app.services.dispatch import Dispatch
    from tiphys.app.services.measures import Measures
    from tiphys.entrypoints.logs import fields
    from tiphys.entrypoints.server.accesslog import AccessLog
    from tiphys.entrypoints.server.app import Application
    from tiphys.entrypoints.server.auth.owner import OwnerToken
    from tiphys.entrypoints.server.guard import Guard
    from tiphys.entrypoints.server.hub import Hub
    from tiphys.entrypoints.server.routes import ROUTES

    owner = OwnerToken(local.settings.home)
    hub = Hub(local.store)
    measures = Measures(local.store, local.clock, local.driver.telemetry, lambda: hub.count)
    creation = Creation(local.store, local.clock, local.submission)
    dispatch = Dispatch(local.store, creation, local.clock)
    events = _event_queue(flags, dispatch)
    made = _Made(hub, measures, creation, dispatch, events)
    parts = _parts(local, flags, owner, made, _options(local, flags, secure=secure))
    application = Application(parts, _routes(ROUTES, local.settings))
    guard = Guard(application, _guarding(flags, local.settings.web, secure=secure), time.monotonic)
    return Web(AccessLog(guard, time.monotonic, fields), owner.token, application.streams, measures, hub, events)


def _parts(local: Local, flags: ServeFlags, owner: OwnerToken, made: _Made, options: ServerOptions) -> ServerParts:
    """What routes use."""
    import zoneinfo

    from tiphys.adapters.system import timezone_exists
    from tiphys.app.services.acting import Acting
    from tiphys.app.services.artifactfiles import ArtifactFiles
    from tiphys.app.services.backfill import Schedules
    from tiphys.app.services.listing import Listing
    from tiphys.app.services.podtimes import PodTimes
    from tiphys.app.services.reading import Reading
    from tiphys.app.services.resources import Resources
    from tiphys.app.services.scope import Confined
    from tiphys.app.services.synclimits import ConfigMapLimits, DatabaseLimits
    from tiphys.entrypoints.server.parts import Parts as ServerParts

    # Pods are read by other threads than the one that runs them.
    pods = pod_runtime(local.settings, local.runtime.name)
    own = parts_of(local.settings, local.store, pods, local.clock)
    objects, store, clock, archive = own.objects, local.store, local.clock, local.archive
    scope = scope_of(local.settings)
    sso, sign_in = _signing_in(local, flags, owner, objects)
    return ServerParts(
        api=own.api,
        lifecycle=local.lifecycle,
        rerun=Rerun(store, own.runtime, clock),
        creation=made.creation,
        schedules=Schedules(local.submission.submit_once, UTC, zoneinfo.ZoneInfo),
        dispatch=made.dispatch,
        events=made.events,
        artifacts=ArtifactFiles(store, artifact_storage(local.settings), local.settings.controller.artifact_repository),
        map_limits=lambda principal: ConfigMapLimits(objects, principal),
        database_limits=DatabaseLimits(store.locks),
        reading=Reading(store, archive),
        listing=Listing(store, archive, scope),
        archive=archive,
        resources=Resources(store, objects, timezone_exists, scope),
        acting=Acting(store),
        scope=scope,
        objects=objects,
        trial=own.trial,
        store=store,
        runtime=own.runtime,
        pod_times=PodTimes(store, pods.containers),
        clock=clock,
        hub=made.hub,
        measures=made.measures,
        authorizer=Confined(objects.rights, scope.namespace) if scope.namespace else objects.rights,
        sign_in=sign_in,
        sso=sso,
        options=options,
    )


def _signing_in(
    local: Local, flags: ServeFlags, owner: OwnerToken, objects: Objects
) -> tuple[SingleSignOn | None, SignIn]:
    """Single sign-on, where it is on, and what finds out who asks."""
    from tiphys.app.services.cluster.tokens import AccountTokens
    from tiphys.entrypoints.server.auth.modes import Gatekeeper, Mode, modes_of

    chosen = modes_of(flags.auth_mode)
    sso = _single_sign_on(local, objects) if Mode.SSO in chosen else None
    tokens = [owner.principal, AccountTokens(local.store, local.clock).principal]
    return sso, Gatekeeper(chosen, tokens, sso.principal if sso is not None else None)


def _event_queue(flags: ServeFlags, dispatch: Dispatch) -> EventQueue | None:
    from tiphys.app.services.eventqueue import EventQueue

    if not flags.event_async_dispatch:
        return None
    return EventQueue(dispatch.dispatch, workers=flags.event_worker_count, size=flags.event_operation_queue_size)


def _options(local: Local, flags: ServeFlags, *, secure: bool) -> ServerOptions:
    from tiphys.entrypoints.server.parts import ServerOptions

    web, controller = local.settings.web, local.settings.controller
    return ServerOptions(
        version=ARGO_VERSION,
        namespace=local.settings.namespace,
        managed_namespace=scope_of(local.settings).namespace,
        base_href=flags.base,
        body_limit=web.body_limit,
        upload_limit=web.upload_limit,
        frame_options=flags.x_frame_options,
        artifact_headers=_artifact_headers(web),
        unlisted=web.unlisted,
        modals=web.modals,
        secure=secure,
        links=controller.links,
        columns=controller.columns,
        nav_color=controller.nav_color,
    )


def _artifact_headers(web: WebSettings) -> dict[str, str]:
    given = {"content-security-policy": web.artifact_policy, "x-frame-options": web.artifact_framing}
    return {name: text for name, text in given.items() if text}


def _guarding(flags: ServeFlags, web: WebSettings, *, secure: bool) -> GuardOptions:
    from tiphys.entrypoints.server.guard import GuardOptions

    return GuardOptions(
        loopback=flags.on_loopback,
        hosts=flags.allowed_host,
        origins=flags.access_control_allow_origin,
        rate=flags.api_rate_limit,
        hsts=secure and flags.hsts,
        address_headers=web.address_headers,
    )


def _routes(routes: Iterable[Route], settings: Settings) -> list[Route]:
    """The routes as the settings want them.

    ``ARGO_SERVER_METRICS_AUTH=false`` shows the metrics to everybody, ``ARGO_ARTIFACT_SERVER=false`` no artifacts.
    """
    from tiphys.entrypoints.server.routes import artifacts
    from tiphys.entrypoints.server.routing import Open

    return [
        replace(route, right=Open.PUBLIC) if route.pattern == "/metrics" and not settings.metrics_auth else route
        for route in routes
        if settings.web.artifacts or route not in artifacts.ROUTES
    ]


@contextmanager
def observed(local: Local) -> Iterator[None]:
    """Count what this process logs while the body runs, and tell what it is."""
    from tiphys.adapters.metrics.logmessages import counted_logs
    from tiphys.entrypoints.server.routes.info import build_of

    metrics = local.driver.telemetry.metrics
    names = {"goVersion": "go_version", "buildDate": "build_date", "gitCommit": "git_commit", "gitTag": "git_tag"}
    names |= {"gitTreeState": "git_tree_state", "version": "version", "platform": "platform", "compiler": "compiler"}
    build = build_of(ARGO_VERSION)
    metrics.count("version", {label: build[field] for field, label in names.items()})
    with counted_logs(metrics):
        yield


def _single_sign_on(local: Local, objects: Objects) -> SingleSignOn:
    """Signing in at the provider of the configuration.

    Raises:
        UsageError: it is not configured, or a Secret that it names is missing.
    """
    from tiphys.app.services.cluster.secretkeys import value_of
    from tiphys.entrypoints.server.auth.sso.config import config_of
    from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
    from tiphys.entrypoints.server.auth.sso.provider import Provider
    from tiphys.entrypoints.server.auth.sso.rules import AccountRules
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

"""What a server is made of; ``entrypoints/wire/web.py`` fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from tiphys.app.services.acting import Acting
from tiphys.app.services.archive import Archive
from tiphys.app.services.artifactfiles import ArtifactFiles
from tiphys.app.services.backfill import Schedules
from tiphys.app.services.creation import Creation
from tiphys.app.services.dispatch import Dispatch
from tiphys.app.services.eventqueue import EventQueue
from tiphys.app.services.listing import Listing
from tiphys.app.services.measures import Measures
from tiphys.app.services.podtimes import PodTimes
from tiphys.app.services.reading import Reading
from tiphys.app.services.resources import Resources
from tiphys.app.services.scope import Scope
from tiphys.app.services.synclimits import ConfigMapLimits, DatabaseLimits
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
from tiphys.entrypoints.server.hub import Hub
from tiphys.ports.api import Api, LifecycleApi, RerunApi
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Authorizer, Principal
from tiphys.ports.objects import Objects
from tiphys.ports.runtime import PodRuntime
from tiphys.ports.store import Store

#: Lower-case headers and the namespace of the path → who asks.  Raises ``UnauthenticatedError``; never answers with
#: anybody else's identity.
SignIn = Callable[[Mapping[str, str], str], Principal]


class ServerOptions(Struct, frozen=True, kw_only=True):
    """What a server can be told: ``body_limit`` and ``upload_limit`` in bytes, ``base_href`` with both slashes.

    ``secure`` is whether clients come over TLS, ``frame_options`` the header of pages; empty: none.
    ``artifact_headers`` replace those of artifacts, ``unlisted`` is a pattern of labels whose values nobody sees.
    """

    version: str
    namespace: str = "default"
    managed_namespace: str = ""
    base_href: str = "/"
    body_limit: int = 100 << 20
    upload_limit: int = 1 << 30
    links: Sequence[JsonObject] = ()
    columns: Sequence[JsonObject] = ()
    nav_color: str = ""
    modals: Sequence[str] = ()
    secure: bool = False
    frame_options: str = "DENY"
    artifact_headers: Mapping[str, str] = field(default_factory=dict)
    unlisted: str = ""


class Parts(Struct, frozen=True, kw_only=True):
    """The running parts that routes use; ``trial`` are the objects for changes that are only tried (``dryRun``)."""

    api: Api
    lifecycle: LifecycleApi
    rerun: RerunApi
    creation: Creation
    acting: Acting
    scope: Scope
    reading: Reading
    listing: Listing
    archive: Archive
    resources: Resources
    schedules: Schedules
    dispatch: Dispatch
    artifacts: ArtifactFiles
    map_limits: Callable[[Principal], ConfigMapLimits]
    database_limits: DatabaseLimits | None
    objects: Objects
    trial: Objects
    store: Store
    runtime: PodRuntime
    pod_times: PodTimes
    clock: Clock
    hub: Hub
    measures: Measures
    authorizer: Authorizer
    sign_in: SignIn
    options: ServerOptions
    sso: SingleSignOn | None = None
    events: EventQueue | None = None

"""A server that is asked instead of the data directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from tiphys.app.services.submit import apply_options
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.library import EMPTY, Library
from tiphys.entrypoints.settings import ServerSettings, Settings
from tiphys.errors import UsageError
from tiphys.ports.api import Api, LifecycleApi, RerunApi, SubmitOptions, Trial

if TYPE_CHECKING:
    from tiphys.adapters.client.connection import Connection
    from tiphys.adapters.client.workflows import RemoteWorkflows
    from tiphys.core.manifest.document import Manifest
    from tiphys.core.manifest.model.configmap import ConfigMap
    from tiphys.core.manifest.model.scalars import JsonObject
    from tiphys.ports.archive import ArchiveApi
    from tiphys.ports.downloads import Downloads
    from tiphys.ports.objects import Editor
    from tiphys.ports.synclimits import SyncLimits


class Remote(Struct, frozen=True):
    """A server that is asked instead of the data directory; commands use it as they use ``Local``."""

    connection: Connection
    workflows: RemoteWorkflows
    namespace: str
    warnings: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)

    def mark(self, namespace: str) -> str:
        """A moment from which changes of a namespace are waited for."""
        return self.workflows.version(namespace)

    def await_change(self, mark: str, keys: Collection[tuple[str, str]], seconds: float) -> None:
        """Return when one of the workflows may have changed since the mark, at the latest after some seconds."""
        namespace = next(iter(keys))[0]
        self.workflows.await_change(namespace, [name for space, name in keys if space == namespace], mark, seconds)

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
        trial: Trial = Trial.NO,
        go_on: bool = True,
    ) -> Workflow:
        """Send a manifest as the call changes it; the server checks it against its own templates."""
        manifest = document.manifest
        if not isinstance(manifest, Workflow):
            raise UsageError(f"{document.kind} is not run")
        data = to_data(apply_options(manifest, options))
        namespace = options.namespace or (manifest.metadata and manifest.metadata.namespace) or self.namespace
        return self.workflows.submit(data if isinstance(data, dict) else {}, namespace, trial)

    def submit_from(self, kind: str, name: str, options: SubmitOptions, namespace: str, trial: Trial) -> Workflow:
        """Make a workflow of a stored template or CronWorkflow."""
        return self.workflows.submit_from(kind, name, options, namespace, trial)

    def submit_once(self, workflow: Workflow, once: str) -> Workflow:
        """Send a workflow whose name is made of the words, so that a second one is a ConflictError."""
        from hashlib import sha256

        meta = workflow.metadata or ObjectMeta()
        name = f"{meta.generate_name or ''}{sha256(once.encode()).hexdigest()[:10]}"
        named = msgspec.structs.replace(meta, name=name, generate_name=None)
        data = to_data(msgspec.structs.replace(workflow, metadata=named))
        return self.workflows.submit(data if isinstance(data, dict) else {}, meta.namespace or self.namespace)

    def library(
        self, manifests: Iterable[Manifest] = (), config_maps: Iterable[ConfigMap] = (), *, namespace: str = ""
    ) -> Library:
        """What the manifests of a call may refer to: each other, then what the server has."""
        from tiphys.adapters.client.library import RemoteLibrary

        return RemoteLibrary(self.connection, manifests, config_maps, namespace=namespace or self.namespace)

    @property
    def definitions(self) -> Editor:
        """Templates and CronWorkflows."""
        from tiphys.adapters.client.definitions import RemoteDefinitions

        return RemoteDefinitions(self.connection)

    @property
    def limits(self) -> SyncLimits:
        """Limits of semaphores."""
        from tiphys.adapters.client.synclimits import RemoteLimits

        return RemoteLimits(self.connection)

    @property
    def archived(self) -> ArchiveApi:
        """Finished workflows that outlive their deletion."""
        from tiphys.adapters.client.archive import RemoteArchive

        return RemoteArchive(self.connection)

    @property
    def downloads(self) -> Downloads:
        """Output artifacts."""
        from tiphys.adapters.client.downloads import RemoteDownloads

        return RemoteDownloads(self.connection, self.workflows)

    def version(self) -> JsonObject:
        """What the server says about itself."""
        return self.connection.call("GET", "version")

    @property
    def acted_on(self) -> None:
        """There are none here: Argo's API keeps workflows and templates only."""

    def keep_driven(self, workflow: Workflow) -> None:
        """The server drives its workflows."""

    def collect_artifacts(self) -> list[str]:
        """The server removes artifacts; nothing to say."""
        return []


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
        yield Remote(connection, RemoteWorkflows(connection), settings.namespace)
    finally:
        connection.close()

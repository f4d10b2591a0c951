"""A server that is asked instead of the data directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tiphys.app.services.submit import apply_options
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.encode import to_data
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.library import EMPTY, Library
from tiphys.entrypoints.settings import ServerSettings, Settings
from tiphys.errors import UsageError
from tiphys.ports.api import Api, LifecycleApi, RerunApi, SubmitOptions

if TYPE_CHECKING:
    from tiphys.adapters.client.workflows import RemoteWorkflows


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
        yield Remote(RemoteWorkflows(connection), settings.namespace)
    finally:
        connection.close()

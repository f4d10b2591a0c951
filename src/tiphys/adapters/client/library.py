"""Templates of a server behind those of a call, for checks that are made here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from tiphys.adapters.client.connection import Connection, segment
from tiphys.adapters.client.pages import pages
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, WorkflowTemplate
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.validate.library import Library
from tiphys.errors import NotFoundError

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest
    from tiphys.core.manifest.model.configmap import ConfigMap

T = TypeVar("T", WorkflowTemplate, ClusterWorkflowTemplate)
_TEMPLATES, _CLUSTER = "workflow-templates", "cluster-workflow-templates"


class RemoteLibrary(Library):
    """What the documents of a call do not have is asked of the server, each once."""

    def __init__(
        self,
        connection: Connection,
        manifests: Iterable[Manifest] = (),
        config_maps: Iterable[ConfigMap] = (),
        *,
        namespace: str,
    ) -> None:
        super().__init__(manifests, config_maps)
        self._connection = connection
        self._namespace = namespace
        self._asked: dict[str, WorkflowTemplate | ClusterWorkflowTemplate | None] = {}

    def workflow_template(self, namespace: str, name: str) -> WorkflowTemplate | None:
        """The template of a namespace."""
        path = f"{_TEMPLATES}/{segment(namespace or self._namespace)}/{segment(name)}"
        return super().workflow_template(namespace, name) or self._ask(path, WorkflowTemplate)

    def cluster_workflow_template(self, name: str) -> ClusterWorkflowTemplate | None:
        """The template of the whole cluster."""
        found = super().cluster_workflow_template(name)
        return found or self._ask(f"{_CLUSTER}/{segment(name)}", ClusterWorkflowTemplate)

    def names(self, cluster_scope: bool) -> tuple[str, ...]:
        """The names that exist, for hints."""
        path = _CLUSTER if cluster_scope else f"{_TEMPLATES}/{segment(self._namespace)}"
        items = pages(self._connection, path, {})
        known = (text(metadata_of(item), "name") for item in items if isinstance(item, dict))
        return (*super().names(cluster_scope), *known)

    def _ask(self, path: str, cls: type[T]) -> T | None:
        if path not in self._asked:
            try:
                self._asked[path] = check(cls, self._connection.call("GET", path), strict=False).record
            except NotFoundError:
                self._asked[path] = None
        found = self._asked[path]
        return found if isinstance(found, cls) else None

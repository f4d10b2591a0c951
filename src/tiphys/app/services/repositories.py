"""The artifact repository of a workflow: chosen once, when it starts, and kept in its status."""

from __future__ import annotations

from msgspec.structs import replace

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow, WorkflowStatus
from tiphys.core.plan.executed import executed_spec
from tiphys.core.plan.repositories import RepositoryError, RepositoryMap, choose_repository
from tiphys.core.validate.library import Library
from tiphys.errors import UsageError

#: Where config maps for all namespaces lie, as on a cluster that Argo was installed on.
CONTROLLER_NAMESPACE = "argo"


class Repositories:
    """Repositories of config maps, and the controller's own.

    Args:
        library: Where config maps are found.
        default: The setting ``artifactRepository``; None when there is none.
    """

    def __init__(self, library: Library, default: JsonObject | None = None) -> None:
        self._library = library
        self._default = default

    def pin(self, workflow: Workflow) -> Workflow:
        """The workflow with the repository that it will use, for good; one that has it already is left as it is.

        Raises:
            UsageError: what the workflow asks for does not exist, or is no repository; the text is Argo's.
        """
        status, meta = workflow.status or WorkflowStatus(), workflow.metadata or ObjectMeta()
        if status.artifact_repository_ref is not None:
            return workflow
        reference = executed_spec(workflow).artifact_repository_ref
        try:
            chosen = choose_repository(
                reference, (meta.namespace or "", CONTROLLER_NAMESPACE), self._map, self._default
            )
        except RepositoryError as error:
            raise UsageError(f"failed to resolve artifact repository: {error}", None, meta.name) from None
        return replace(workflow, status=replace(status, artifact_repository_ref=chosen))

    def _map(self, namespace: str, name: str) -> RepositoryMap | None:
        found = self._library.config_map(namespace, name)
        if found is None:
            return None
        annotations = found.metadata.annotations if found.metadata is not None else None
        return RepositoryMap(found.data or {}, annotations or {})

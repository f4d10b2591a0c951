"""Stored templates and config maps behind those of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tiphys.core.manifest.model.configmap import ConfigMap
from tiphys.core.manifest.model.workflow import ClusterWorkflowTemplate, WorkflowTemplate
from tiphys.core.validate.library import Library

if TYPE_CHECKING:
    from tiphys.core.manifest.document import Manifest
    from tiphys.ports.store import Store, StoredObject

R = TypeVar("R", WorkflowTemplate, ClusterWorkflowTemplate, ConfigMap)
_FOR_PARAMETERS = {"workflows.argoproj.io/configmap-type": "Parameter"}


class StoredLibrary(Library):
    """What the documents of a call do not have is looked up in the store.

    ``store`` gives it when it is asked for; None where there is none.  ``namespace`` is that of manifests without one.
    """

    def __init__(
        self,
        store: Callable[[], Store | None],
        manifests: Iterable[Manifest] = (),
        config_maps: Iterable[ConfigMap] = (),
        *,
        namespace: str = "",
    ) -> None:
        super().__init__(manifests, config_maps)
        self._store = store
        self._namespace = namespace

    def _get(self, cls: type[R], namespace: str, name: str) -> R | None:
        store = self._store()
        if store is None:
            return None
        from tiphys.ports.store import ARGO_GROUP, ObjectKey

        group = "" if cls is ConfigMap else ARGO_GROUP
        return _decoded(store.get(ObjectKey(cls.__name__, namespace, name, group)), cls)

    def _list(self, kind: str) -> Sequence[StoredObject]:
        store = self._store()
        if store is None:
            return ()
        from tiphys.ports.store import ListOptions

        return store.list(ListOptions(kind=kind)).items

    def _for_parameters(self, namespace: str) -> Sequence[StoredObject]:
        store = self._store()
        if store is None:
            return ()
        from tiphys.ports.store import ListOptions

        options = ListOptions(
            kind="ConfigMap", group="", namespace=namespace or None, labels=_FOR_PARAMETERS, limit=10_000
        )
        return store.list(options).items

    def workflow_template(self, namespace: str, name: str) -> WorkflowTemplate | None:
        """The template of a namespace."""
        found = super().workflow_template(namespace, name)
        return found or self._get(WorkflowTemplate, namespace or self._namespace, name)

    def cluster_workflow_template(self, name: str) -> ClusterWorkflowTemplate | None:
        """The template of the whole cluster."""
        found = super().cluster_workflow_template(name)
        return found or self._get(ClusterWorkflowTemplate, "", name)

    def config_map(self, namespace: str, name: str) -> ConfigMap | None:
        """The config map of a name."""
        found = super().config_map(namespace, name)
        return found or self._get(ConfigMap, namespace, name)

    def config_maps(self, namespace: str) -> Mapping[str, Mapping[str, str]]:
        """The data of the config maps for parameters."""
        found: dict[str, Mapping[str, str]] = {}
        for stored in self._for_parameters(namespace):
            config_map = _decoded(stored, ConfigMap)
            found[stored.key.name] = (config_map.data if config_map is not None else None) or {}
        return {**found, **super().config_maps(namespace)}

    def names(self, cluster_scope: bool) -> tuple[str, ...]:
        """The names that exist, for hints."""
        kind = "ClusterWorkflowTemplate" if cluster_scope else "WorkflowTemplate"
        stored = self._list(kind)
        return (*super().names(cluster_scope), *(item.key.name for item in stored))


def _decoded(stored: StoredObject | None, cls: type[R]) -> R | None:
    if stored is None:
        return None
    from tiphys.core.manifest.decode import check

    return check(cls, msgspec.json.decode(stored.data), strict=False).record
